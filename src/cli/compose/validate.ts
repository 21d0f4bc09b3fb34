/**
 * Checks a value against rules and finds the one complaint that the real client prints: that about the most specific place.
 * Source: `xeipuuv/gojsonschema: validation.go` (order and score of complaints), `cli: cli/compose/schema/schema.go` (choice).
 * Simplified: complaints stand in the order of the rules and of the file; the original walks Go maps, whose order is random.
 */
import { parseDuration } from '../../go-template/go-duration.ts';
import { parsePortSpec } from '../opts/port.ts';
import { goText, isMapping, isTimestamp, type Mapping, type Value } from './value.ts';

/** Kinds of values, as the rules name them. */
export type TypeName = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';

/** What a value may be. */
export interface Rule {
  /** Absent: anything. */
  types?: readonly TypeName[];
  oneOf?: readonly Rule[];
  properties?: Readonly<Record<string, Rule>>;
  /** For all keys that match. */
  patterns?: readonly { pattern: RegExp; rule: Rule }[];
  /** Other keys than those are mistakes. */
  closed?: boolean;
  required?: readonly string[];
  items?: Rule;
  uniqueItems?: boolean;
  enum?: readonly string[];
  minimum?: number;
  format?: 'duration' | 'ports';
}

/** One complaint. */
interface Complaint {
  kind: 'type' | 'oneOf' | 'other';
  field: string;
  text: string;
}

interface Result {
  complaints: Complaint[];
  /** How much of the value fitted: of several alternatives the best is what the user meant. */
  score: number;
}

/** The complaint, such as `services.web Additional property foo is not allowed`; null if there is none. */
export function validate(rule: Rule, value: Value): string | null {
  const { complaints } = check(rule, value, '(root)');
  if (complaints.length === 0) return null;
  let chosen = 0;
  for (const [at, complaint] of complaints.entries()) {
    const difference = depth(complaint) - depth(complaints[chosen]!);
    const wins = complaint.kind === 'type' && complaints[chosen]!.kind !== 'type';
    if (difference > 0 || (difference === 0 && wins)) chosen = at;
  }
  const { kind, field, text } = complaints[chosen]!;
  const description = kind === 'oneOf' ? (complaints[chosen + 1]?.text ?? text) : text;
  // Only the chosen complaint itself is put into better words; that of an alternative keeps the library's.
  return `${field} ${kind === 'oneOf' ? description : friendly(complaints[chosen]!)}`;
}

function depth({ field }: Complaint): number {
  return field.split('.').length;
}

function friendly({ kind, text }: Complaint): string {
  const expected = /^Invalid type\. Expected: (.*), given: /.exec(text)?.[1];
  return kind === 'type' && expected !== undefined ? `must be a ${humanTypes(expected)}` : text;
}

/** `[string,null]` as `string or null`. */
function humanTypes(types: string): string {
  const names = types
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((name) => (name === 'object' ? 'mapping' : name === 'array' ? 'list' : name));
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function check(rule: Rule, value: Value, field: string): Result {
  const result: Result = { complaints: [], score: 0 };
  const given = typeOf(value);
  if (rule.types && !fits(rule.types, given)) {
    complain(result, 'type', field, `Invalid type. Expected: ${typesText(rule.types)}, given: ${given}`);
    return result;
  }
  checkAlternatives(rule, value, field, result);
  if (Array.isArray(value)) checkArray(rule, value, field, result);
  else if (isMapping(value)) checkObject(rule, value, field, result);
  else if (given !== 'null') checkScalar(rule, value, field, result);
  checkEnum(rule, value, field, result);
  if (isMapping(value)) checkProperties(rule, value, field, result);
  result.score++;
  return result;
}

function typeOf(value: Value): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'string' || isTimestamp(value)) return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

function fits(types: readonly TypeName[], given: TypeName): boolean {
  return types.includes(given) || (given === 'integer' && types.includes('number'));
}

function typesText(types: readonly TypeName[]): string {
  return types.length === 1 ? types[0]! : `[${types.join(',')}]`;
}

function complain(result: Result, kind: Complaint['kind'], field: string, text: string): void {
  result.complaints.push({ kind, field: field.replace(/^\(root\)\./, ''), text });
  result.score -= 2;
}

function merge(result: Result, other: Result): void {
  result.complaints.push(...other.complaints);
  result.score += other.score;
}

function checkAlternatives(rule: Rule, value: Value, field: string, result: Result): void {
  if (rule.oneOf) {
    const results = rule.oneOf.map((alternative) => check(alternative, value, field));
    const good = results.filter(({ complaints }) => complaints.length === 0).length;
    if (good !== 1) complain(result, 'oneOf', field, 'Must validate one and only one schema (oneOf)');
    if (good === 0)
      merge(
        result,
        results.reduce((best, other) => (other.score > best.score ? other : best)),
      );
  }
  result.score++;
}

function checkArray(rule: Rule, value: Value[], field: string, result: Result): void {
  if (rule.items) for (const [at, item] of value.entries()) merge(result, check(rule.items, item, `${field}.${at}`));
  if (rule.uniqueItems) checkUnique(value, field, result);
  result.score++;
}

/** An item that comes again is named with the place of its last twin before it. */
function checkUnique(value: Value[], field: string, result: Result): void {
  const places = new Map<string, number>();
  for (const [at, item] of value.entries()) {
    const key = jsonKey(item);
    const twin = places.get(key);
    if (twin !== undefined) complain(result, 'other', field, `array items[${twin},${at}] must be unique`);
    places.set(key, at);
  }
}

/** Equal for equal values: numbers by value, mappings whatever their order. */
function jsonKey(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(jsonKey).join(',')}]`;
  if (isMapping(value)) {
    return `{${[...value.keys()].sort().map((key) => `${JSON.stringify(key)}:${jsonKey(value.get(key)!)}`)}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return isTimestamp(value) ? JSON.stringify(value.text) : goText(value);
}

function checkObject(rule: Rule, value: Mapping, field: string, result: Result): void {
  for (const name of rule.required ?? []) {
    if (value.has(name)) result.score++;
    else complain(result, 'other', field, `${name} is required`);
  }
  for (const [key, item] of value) {
    const matches = (rule.patterns ?? []).filter(({ pattern }) => pattern.test(key));
    for (const match of matches) merge(result, check(match.rule, item, `${field}.${key}`));
    if (matches.length > 0) result.score++;
    const isKnown = matches.length > 0 || Object.hasOwn(rule.properties ?? {}, key);
    if (rule.closed && !isKnown) complain(result, 'other', field, `Additional property ${key} is not allowed`);
  }
  result.score++;
}

function checkProperties(rule: Rule, value: Mapping, field: string, result: Result): void {
  for (const [name, property] of Object.entries(rule.properties ?? {})) {
    if (value.has(name)) merge(result, check(property, value.get(name)!, `${field}.${name}`));
  }
}

function checkEnum(rule: Rule, value: Value, field: string, result: Result): void {
  if (rule.enum && (typeof value !== 'string' || !rule.enum.includes(value))) {
    const name = field.replace(/^\(root\)\./, '');
    const allowed = rule.enum.map((text) => JSON.stringify(text)).join(', ');
    complain(result, 'other', field, `${name} must be one of the following: ${allowed}`);
  }
  result.score++;
}

function checkScalar(rule: Rule, value: Value, field: string, result: Result): void {
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  if (isNumber && rule.minimum !== undefined && value < rule.minimum) {
    complain(result, 'other', field, `Must be greater than or equal to ${rule.minimum}`);
  }
  const hasFormat = rule.format && (isNumber || typeof value === 'string' || isTimestamp(value));
  if (hasFormat && !isFormat(rule.format!, value)) {
    complain(result, 'other', field, `Does not match format '${rule.format}'`);
  }
  if (isNumber || typeof value === 'string' || isTimestamp(value)) result.score++;
}

function isFormat(format: 'duration' | 'ports', value: Value): boolean {
  if (format === 'duration') return typeof value === 'string' && parseDuration(value).ok;
  // The original looks at the numerator of a fraction.
  const text = typeof value === 'number' && /^-?\d+\.\d+$/.test(String(value)) ? numerator(value) : goText(value);
  return parsePortSpec(text).ok;
}

/** Of the fraction in lowest terms. */
function numerator(value: number): string {
  const [whole = '', places = ''] = String(value).split('.');
  let [top, bottom] = [BigInt(whole + places), 10n ** BigInt(places.length)];
  for (const prime of [2n, 5n]) {
    while (bottom % prime === 0n && top % prime === 0n) {
      top /= prime;
      bottom /= prime;
    }
  }
  return String(top);
}
