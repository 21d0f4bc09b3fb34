/**
 * How Go's `encoding/json` writes structs: `omitempty` leaves out what is empty, maps come in order of their keys.
 * Order of a struct's fields is the order in which the literal lists them.
 */

/** `omitempty`: undefined in place of what Go holds for empty (`''`, 0, false, an empty list or map, null). */
export function filled<T>(value: T): NonNullable<T> | undefined {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return value;
}

/** A field that is only there when the spec had it. */
export function when<T>(present: boolean, value: T): T | undefined {
  return present ? value : undefined;
}

/** The literal without its undefined fields: what is left is the JSON. */
export function struct<T extends object>(fields: T): Defined<T> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) result[name] = value;
  return result as Defined<T>;
}

/** Fields that may be undefined become optional. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A map in order of its keys. */
export function sortedMap<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  const result: Record<string, T> = {};
  for (const key of Object.keys(map).sort()) result[key] = map[key]!;
  return result;
}

/** A list that may be changed, from one that may not. */
export function list<T>(items: readonly T[]): T[] {
  return [...items];
}
