/**
 * Go's values and types, as far as templates can tell them apart: a JSON value together with the type Go would give it.
 * Types decide what a template sees of absent fields (zero values), what it prints (`map[a:b]`, `5s`) and how it complains
 * (`can't evaluate field X in type swarm.Service`). JSON of unknown type is `interface {}`, as in Go.
 * Source: Go `reflect`, `encoding/json`.
 */

/** A Go type. Maps have string keys: JSON knows no others. */
export type GoType =
  | { kind: 'string' | 'bool' | 'int' | 'uint' | 'float'; name: string; print?: (value: unknown) => string }
  | { kind: 'slice'; element: GoType }
  | { kind: 'map'; element: GoType; name?: string; methods?: Readonly<Record<string, GoMethod>> }
  | { kind: 'pointer'; to: GoType }
  | GoStruct
  | { kind: 'interface'; read?: GoReader };

/** How a type with `UnmarshalJSON()` reads its JSON: the value, or its own words for what is wrong. */
export type GoReader = (
  json: unknown,
) => { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** A struct. Its value is a JSON object (or anything that its methods and fields can read). */
export interface GoStruct {
  kind: 'struct';
  /** With package: `swarm.Service`. */
  name: string;
  fields: readonly GoField[];
  /** Methods that templates may call; without arguments they look like fields. */
  methods?: Readonly<Record<string, GoMethod>>;
  /** How `fmt` prints it, if it has `String()`. */
  print?: (value: unknown) => string;
  /** Its JSON, if it has `MarshalJSON()`. */
  json?: (value: unknown) => string;
}

/** A field of a struct. */
export interface GoField {
  name: string;
  type: GoType;
  /** Its key in JSON, if that is not the name. */
  key?: string;
  omitEmpty?: boolean;
  /** An embedded struct: its fields are also fields of the outer one, in JSON they stand among them. */
  embedded?: boolean;
}

/** A method: what it makes of its receiver and arguments. Arguments are strings: docker's methods take no others. */
export interface GoMethod {
  parameters: number;
  call(receiver: unknown, args: readonly string[]): GoValue;
}

/** A value with its type. */
export interface GoValue {
  type: GoType;
  value: unknown;
}

/** Go's invalid `reflect.Value`: neither value nor type, printed as `<no value>`. */
export const invalid = null;

/** A value, or none. */
export type MaybeValue = GoValue | null;

export const goString: GoType = { kind: 'string', name: 'string' };
export const goBool: GoType = { kind: 'bool', name: 'bool' };
export const goInt: GoType = { kind: 'int', name: 'int' };
export const goInt64: GoType = { kind: 'int', name: 'int64' };
export const goUint64: GoType = { kind: 'uint', name: 'uint64' };
export const goUint32: GoType = { kind: 'uint', name: 'uint32' };
export const goFloat64: GoType = { kind: 'float', name: 'float64' };
export const goInterface: GoType = { kind: 'interface' };

/** `[]T`. */
export function sliceOf(element: GoType): GoType {
  return { kind: 'slice', element };
}

/** `map[string]T`. */
export function mapOf(element: GoType): GoType {
  return { kind: 'map', element };
}

/** `*T`. */
export function pointerTo(to: GoType): GoType {
  return { kind: 'pointer', to };
}

export function stringValue(value: string): GoValue {
  return { type: goString, value };
}

export function boolValue(value: boolean): GoValue {
  return { type: goBool, value };
}

export function intValue(value: number): GoValue {
  return { type: goInt, value };
}

/** A number of decoded JSON: Go keeps its digits (`json.Number`, a kind of string). */
const jsonNumber: GoType = { kind: 'string', name: 'json.Number' };

/** Decoded JSON as Go holds it in an `interface {}`; null is invalid. */
export function fromJson(value: unknown): MaybeValue {
  if (value === null || value === undefined) return invalid;
  if (typeof value === 'string') return { type: goString, value };
  if (typeof value === 'boolean') return { type: goBool, value };
  if (typeof value === 'number') return { type: jsonNumber, value: String(value) };
  return { type: Array.isArray(value) ? sliceOf(goInterface) : mapOf(goInterface), value };
}

/** The thing inside an `interface {}`; other values as they are. */
export function unwrapInterface(value: MaybeValue): MaybeValue {
  return value?.type.kind === 'interface' ? fromJson(value.value) : value;
}

/** Follows pointers and interfaces to what they point at; invalid if there is nothing. */
export function indirect(value: MaybeValue): MaybeValue {
  let at = value;
  while (at && (at.type.kind === 'pointer' || at.type.kind === 'interface')) {
    if (at.type.kind === 'interface') at = fromJson(at.value);
    else at = isNil(at) ? invalid : { type: at.type.to, value: at.value };
  }
  return at;
}

/** Is it a nil pointer, slice, map or interface? */
export function isNil(value: GoValue): boolean {
  return value.value === null || value.value === undefined;
}

/** Go's truth: neither zero, empty nor nil. Structs always are true. */
export function isTrue(value: MaybeValue): boolean {
  if (!value) return false;
  switch (value.type.kind) {
    case 'struct':
      return true;
    case 'slice':
      return elementsOf(value).length > 0;
    case 'map':
      return entriesOf(value).length > 0;
    case 'pointer':
      return !isNil(value);
    case 'interface':
      return fromJson(value.value) !== invalid;
    default:
      return value.value !== '' && value.value !== 0 && value.value !== false;
  }
}

/** The name Go prints for a type. */
export function typeName(type: GoType): string {
  switch (type.kind) {
    case 'slice':
      return `[]${typeName(type.element)}`;
    case 'map':
      return type.name ?? `map[string]${typeName(type.element)}`;
    case 'pointer':
      return `*${typeName(type.to)}`;
    case 'interface':
      return 'interface {}';
    default:
      return type.name;
  }
}

/** Elements of a slice. */
export function elementsOf(value: GoValue): GoValue[] {
  if (value.type.kind !== 'slice' || !Array.isArray(value.value)) return [];
  const type = value.type.element;
  return value.value.map((element) => ({ type, value: element }));
}

/** Entries of a map, sorted by key. */
export function entriesOf(value: GoValue): { key: string; value: GoValue }[] {
  if (value.type.kind !== 'map' || isNil(value)) return [];
  const type = value.type.element;
  return Object.entries(value.value as Record<string, unknown>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => ({ key, value: { type, value: entry } }));
}

/** A field's value in a struct's JSON: absent ones are zero. */
export function fieldValue(struct: GoValue, field: GoField): GoValue {
  const object = (struct.value ?? {}) as Record<string, unknown>;
  return {
    type: field.type,
    value: field.embedded ? object : zeroIfAbsent(field.type, object[field.key ?? field.name]),
  };
}

/** The field of that name, also from embedded structs. */
export function findField(struct: GoValue, name: string): GoValue | undefined {
  if (struct.type.kind !== 'struct') return undefined;
  const own = struct.type.fields.find((field) => field.name === name);
  if (own) return fieldValue(struct, own);
  for (const field of struct.type.fields) {
    const promoted = field.embedded ? findField(fieldValue(struct, field), name) : undefined;
    if (promoted) return promoted;
  }
  return undefined;
}

function zeroIfAbsent(type: GoType, value: unknown): unknown {
  if (value !== undefined && value !== null) return value;
  switch (type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
    case 'uint':
    case 'float':
      return 0;
    case 'struct':
      return {};
    default:
      return null;
  }
}
