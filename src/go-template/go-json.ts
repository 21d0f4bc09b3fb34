/**
 * Go's JSON of typed values: fields in the order of the struct, `omitempty` obeyed, keys of maps sorted.
 * Source: Go `encoding/json: encode.go`.
 */
import { elementsOf, entriesOf, fieldValue, type GoType, type GoValue, isNil, type MaybeValue } from './go-value.ts';

/** `json.Marshal` without escaping of `<`, `>` and `&`. */
export function toJson(value: MaybeValue): string {
  if (!value) return 'null';
  const { type } = value;
  switch (type.kind) {
    case 'string':
      // Bytes that are not there are a slice that is nil.
      if (type.name === '[]uint8' && (value.value ?? '') === '') return 'null';
      return type.name === 'json.Number' ? String(value.value) : jsonString(String(value.value));
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
      return String(value.value);
    case 'slice':
      return isNil(value) ? 'null' : `[${elementsOf(value).map(toJson).join(',')}]`;
    case 'map':
      return isNil(value) ? 'null' : object(entriesOf(value));
    case 'pointer':
      return isNil(value) ? 'null' : toJson({ type: type.to, value: value.value });
    case 'interface':
      return plainJson(value.value);
    case 'struct':
      return type.json ? type.json(value.value) : object(structEntries(value));
  }
}

/** What Go's client holds after decoding: absent fields have the zero value of their type. */
export function decodeJson<T>(type: GoType, json: unknown): T {
  return JSON.parse(toJson({ type, value: json })) as T;
}

/** A string in JSON, with `<`, `>` and `&` escaped too where `escaped`: as Go does by default. */
export function jsonString(text: string, escaped = false): string {
  const json = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return escaped ? escapeHtml(json) : json;
}

/** JSON with `<`, `>` and `&` as `\\u003c` and so on. */
export function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}

/** Decoded JSON of no known type: maps with sorted keys. */
function plainJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainJson).join(',')}]`;
  if (typeof value === 'string') return jsonString(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${jsonString(key)}:${plainJson((value as Record<string, unknown>)[key])}`).join(',')}}`;
}

function object(entries: readonly { key: string; value: GoValue }[]): string {
  return `{${entries.map((entry) => `${jsonString(entry.key)}:${toJson(entry.value)}`).join(',')}}`;
}

function structEntries(value: GoValue): { key: string; value: GoValue }[] {
  if (value.type.kind !== 'struct') return [];
  return value.type.fields.flatMap((field) => {
    const inner = fieldValue(value, field);
    if (field.embedded) return structEntries(inner);
    return field.omitEmpty && isEmpty(inner) ? [] : [{ key: field.key ?? field.name, value: inner }];
  });
}

/** Go's notion of empty for `omitempty`: structs never are. */
function isEmpty(value: GoValue): boolean {
  switch (value.type.kind) {
    case 'struct':
      return false;
    case 'pointer':
    case 'interface':
      return isNil(value);
    case 'slice':
      return elementsOf(value).length === 0;
    case 'map':
      return entriesOf(value).length === 0;
    default:
      return value.value === '' || value.value === 0 || value.value === false;
  }
}
