/** Go's `omitempty`: how the real client leaves fields out of what it sends. Source: Go `encoding/json`. */

/** `object` without the fields that are empty: absent, null, `''`, 0, false, and lists and maps without entries. */
export function withoutEmpty<T extends object>(object: T, keep: readonly (keyof T)[] = []): T {
  const entries = Object.entries(object).filter(([key, value]) => keep.includes(key as keyof T) || !isEmpty(value));
  return Object.fromEntries(entries) as T;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** A map, or undefined if it has no entries. */
export function unlessEmpty<T>(map: Record<string, T> | undefined): Record<string, T> | undefined {
  return map && Object.keys(map).length > 0 ? map : undefined;
}
