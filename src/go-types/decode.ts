/**
 * Reads a JSON value into a type as Go's decoder does: keys in any case, unknown ones passed over, `null` as if it were not
 * there; and Go's words for what does not fit. Fields that are not given stay absent: readers fill in zero values.
 * Source: Go `encoding/json: decode.go`. Simplified: numbers are JavaScript's, so the last digits of those above 2^53 are lost.
 */
import { type GoField, type GoStruct, type GoType, typeName } from '../go-template/go-value.ts';

/** The value, or what Go says about the first thing in it that does not fit. */
export type Decoded = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** Reads `json` (already parsed; `undefined`: there was none) into `type`. */
export function decode(type: GoType, json: unknown): Decoded {
  try {
    return { ok: true, value: read(type, json, { struct: '', path: [] }) };
  } catch (error) {
    if (error instanceof Unfit) return { ok: false, message: error.message };
    throw error;
  }
}

/** Thrown from the depths of a value to `decode`, never further. */
class Unfit extends Error {}

/** Where in the value we are: the innermost struct, and the fields that lead here. */
interface Place {
  readonly struct: string;
  readonly path: readonly string[];
}

function read(type: GoType, json: unknown, at: Place): unknown {
  if (json === null || json === undefined) return undefined;
  switch (type.kind) {
    case 'pointer':
      return read(type.to, json, at);
    case 'interface':
      return type.read ? readByItself(type.read, json) : json;
    case 'struct':
      return isObject(json) ? readStruct(type, json, at) : unfit(json, type, at);
    case 'map':
      return isObject(json) ? readMap(type.element, json, at) : unfit(json, type, at);
    case 'slice':
      return Array.isArray(json)
        ? json.map((element) => readElement(type.element, element, at))
        : unfit(json, type, at);
    case 'string':
      return typeof json === 'string' ? readText(type.name, json) : unfit(json, type, at);
    case 'bool':
      return typeof json === 'boolean' ? json : unfit(json, type, at);
    case 'int':
    case 'uint':
    case 'float':
      return typeof json === 'number' ? readNumber(type, type.kind, json, at) : unfit(json, type, at);
  }
}

function readByItself(reader: (json: unknown) => Decoded, json: unknown): unknown {
  const result = reader(json);
  if (!result.ok) throw new Unfit(result.message);
  return result.value;
}

function readStruct(type: GoStruct, json: Record<string, unknown>, at: Place): unknown {
  const struct = type.name.replace(/^.*\./, '');
  const fields = fieldsOf(type);
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const found = fields.find(({ name }) => name === key) ?? fields.find(({ name }) => sameFold(name, key));
    if (!found) continue;
    const place = { struct, path: [...at.path, ...found.path] };
    const field = read(found.field.type, value, place);
    if (field !== undefined) given[found.name] = field;
  }
  return given;
}

/** A struct's fields by their keys in JSON; those of embedded structs count as its own. */
function fieldsOf(type: GoStruct): { name: string; path: readonly string[]; field: GoField }[] {
  return type.fields.flatMap((field) => {
    const name = field.key ?? field.name;
    if (!field.embedded || field.type.kind !== 'struct') return [{ name, path: [name], field }];
    return fieldsOf(field.type).map((inner) => ({ ...inner, path: [field.name, ...inner.path] }));
  });
}

function sameFold(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function readMap(element: GoType, json: Record<string, unknown>, at: Place): unknown {
  // Keys such as `__proto__` are keys like any other.
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, readElement(element, value, at)]));
}

/** In lists and maps `null` is the zero value. Simplified: also where Go has a nil pointer. */
function readElement(type: GoType, json: unknown, at: Place): unknown {
  return read(type, json, at) ?? zero(type);
}

function zero(type: GoType): unknown {
  switch (type.kind) {
    case 'pointer':
      return zero(type.to);
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
    case 'uint':
    case 'float':
      return 0;
    case 'slice':
      return [];
    case 'interface':
      return null;
    default:
      return {};
  }
}

/** Bytes are base64. */
function readText(name: string, text: string): string {
  if (name !== '[]uint8') return text;
  const wrong = firstWrongByte(text);
  if (wrong !== null) throw new Unfit(`illegal base64 data at input byte ${wrong}`);
  return text;
}

/** Where Go's base64 decoder gives up; it reads four digits at a time and passes over line breaks. */
function firstWrongByte(text: string): number | null {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\n' || char === '\r') continue;
    if (char === '=') return wrongPadding(text, i, digits % 4);
    if (!/[A-Za-z0-9+/]/.test(char)) return i;
    digits++;
  }
  return digits % 4 === 0 ? null : text.length - (digits % 4);
}

function wrongPadding(text: string, at: number, digits: number): number | null {
  if (digits < 2) return at;
  const rest = text.slice(at).replace(/[\r\n]/g, '');
  const wanted = 4 - digits;
  if (rest.length < wanted) return text.length;
  if (rest.slice(0, wanted) !== '='.repeat(wanted)) return at + 1;
  return rest.length > wanted ? at + wanted : null;
}

function readNumber(type: GoType, kind: 'int' | 'uint' | 'float', value: number, at: Place): number {
  if (kind === 'float' || (Number.isInteger(value) && fits(kind, typeName(type), value))) return value;
  return unfit(value, type, at, `number ${value}`);
}

function fits(kind: 'int' | 'uint', name: string, value: number): boolean {
  const bits = name === 'fs.FileMode' ? 32 : Number(/\d+$/.exec(name)?.[0] ?? 64);
  // 2^64 - 1 is read as 2^64.
  if (kind === 'uint') return value >= 0 && value <= (bits === 64 ? 2 ** 64 : 2 ** bits - 1);
  return value >= -(2 ** (bits - 1)) && value <= (bits === 64 ? 2 ** 63 : 2 ** (bits - 1) - 1);
}

function unfit(json: unknown, type: GoType, { struct, path }: Place, what = kindOf(json)): never {
  const where = path.length > 0 ? `Go struct field ${struct}.${path.join('.')} of type ` : 'Go value of type ';
  throw new Unfit(`json: cannot unmarshal ${what} into ${where}${typeName(type)}`);
}

function kindOf(json: unknown): string {
  if (Array.isArray(json)) return 'array';
  return typeof json === 'boolean' ? 'bool' : typeof json;
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
