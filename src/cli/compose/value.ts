/**
 * Values of a stack file as Go holds them between reading and loading: whole numbers apart from fractions, times apart
 * from texts, mappings with the keys in the order of the file.
 * Source: `gopkg.in/yaml.v3: resolve.go` (kinds), Go `fmt` (`%v`).
 */

import { quote } from '../../go-template/go-strconv.ts';

/** Whole numbers are `bigint`, fractions `number`. */
export type Value = string | boolean | null | bigint | number | Timestamp | OddMapping | Value[] | Mapping;

/** A mapping of texts; a `Map`, so that no key can mean anything to JavaScript. */
export type Mapping = Map<string, Value>;

/** `2001-12-14`: yaml.v3 makes a time of it. */
export interface Timestamp {
  kind: 'timestamp';
  /** RFC 3339. */
  text: string;
}

/** A mapping with keys that are not texts (`80: x`): Go's client can do nothing with it. */
export interface OddMapping {
  kind: 'odd-mapping';
}

export function isMapping(value: Value | undefined): value is Mapping {
  return value instanceof Map;
}

export function isTimestamp(value: Value | undefined): value is Timestamp {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'timestamp';
}

export function isOddMapping(value: Value | undefined): value is OddMapping {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'odd-mapping';
}

/** `fmt.Sprint`. */
export function goText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null) return '<nil>';
  if (typeof value === 'number') return floatText(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isMapping(value)) {
    const keys = [...value.keys()].sort();
    return `map[${keys.map((key) => `${key}:${goText(value.get(key)!)}`).join(' ')}]`;
  }
  if (isTimestamp(value)) return value.text.replace('T', ' ').replace(/Z$/, ' +0000 UTC');
  return isOddMapping(value) ? 'map[]' : String(value);
}

/** `%#v`: as it would stand in a program. */
export function goSyntax(value: Value): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value === null) return 'interface {}(nil)';
  if (!isMapping(value)) return goText(value);
  const keys = [...value.keys()].sort();
  return `map[string]interface {}{${keys.map((key) => `${quote(key)}:${goSyntax(value.get(key)!)}`).join(', ')}}`;
}

/** The name of its Go type, as errors have it. */
export function goTypeName(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (isTimestamp(value)) return 'time.Time';
  return isMapping(value) ? 'map[string]interface {}' : 'map[interface {}]interface {}';
}

/** `strconv.FormatFloat(value, 'g', -1, 64)`: shortest digits, with an exponent below -4 and from 6 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : '+Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', power] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
