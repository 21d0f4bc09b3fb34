/**
 * The functions templates can call: Go's own, and those docker adds (`json`, `join`, `lower`, `upper`, `title`, `split`,
 * `truncate`, `pad`). In the header of a table docker's functions pass their first argument through.
 * Source: Go `text/template: funcs.go`, `docker/cli: templates/templates.go`.
 */

import { toJson } from './go-json.ts';
import { printValue, sprint } from './go-print.ts';
import { sprintf } from './go-printf.ts';
import {
  boolValue,
  elementsOf,
  entriesOf,
  fieldValue,
  type GoValue,
  goString,
  indirect,
  intValue,
  isTrue,
  type MaybeValue,
  sliceOf,
  stringValue,
  typeName,
  unwrapInterface,
} from './go-value.ts';
import { type ParseResult, parsed, unparsable } from './parse-result.ts';

/** A function: the types of its fixed parameters, whether more may follow, what it does. */
export interface TemplateFunction {
  parameters: readonly ('any' | 'string' | 'int' | '[]string')[];
  variadic?: boolean;
  /** `words` are the arguments as they are written. */
  call(args: readonly MaybeValue[], words: readonly string[]): ParseResult<MaybeValue>;
}

export type TemplateFunctions = Readonly<Record<string, TemplateFunction>>;

/** Go's built-in functions. `and` and `or` are evaluated by the executor, which may skip arguments. */
export const builtins: TemplateFunctions = {
  and: { parameters: ['any'], variadic: true, call: ([first]) => parsed(first ?? null) },
  or: { parameters: ['any'], variadic: true, call: ([first]) => parsed(first ?? null) },
  not: { parameters: ['any'], call: ([value]) => parsed(boolValue(!isTrue(value ?? null))) },
  len: { parameters: ['any'], call: ([value]) => length(value ?? null) },
  index: { parameters: ['any'], variadic: true, call: ([item, ...keys]) => index(item ?? null, keys) },
  slice: { parameters: ['any'], variadic: true, call: ([item, ...bounds]) => slice(item ?? null, bounds) },
  call: { parameters: ['any'], variadic: true, call: ([value], [word]) => call(value ?? null, word ?? '') },
  print: text((args) => sprint(args)),
  println: text((args) => `${args.map((arg) => printValue(arg)).join(' ')}\n`),
  printf: {
    parameters: ['string'],
    variadic: true,
    call: ([format, ...args]) => parsed(stringValue(sprintf(textOf(format), args))),
  },
  html: text((args) =>
    replaceSigns(sprint(args), { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\uFFFD' }),
  ),
  js: text((args) => escapeJs(sprint(args))),
  urlquery: text((args) => escapeQuery(sprint(args))),
  eq: { parameters: ['any'], variadic: true, call: ([first, ...rest]) => equalsAny(first ?? null, rest) },
  ne: compare((a, b) => negate(equals(a, b))),
  lt: compare(less),
  le: compare((a, b) => orElse(less(a, b), () => equals(a, b))),
  gt: compare((a, b) => negate(orElse(less(a, b), () => equals(a, b)))),
  ge: compare((a, b) => negate(less(a, b))),
};

/** All functions in rows and in `inspect`. */
export const dockerFunctions: TemplateFunctions = {
  ...builtins,
  json: { parameters: ['any'], call: ([value]) => parsed(stringValue(toJson(value ?? null))) },
  join: {
    parameters: ['[]string', 'string'],
    call: ([list, separator]) => parsed(stringValue(textsOf(list ?? null).join(textOf(separator)))),
  },
  split: {
    parameters: ['string', 'string'],
    call: ([value, separator]) => parsed({ type: sliceOf(goString), value: textOf(value).split(textOf(separator)) }),
  },
  title: { parameters: ['string'], call: ([value]) => parsed(stringValue(titleCase(textOf(value)))) },
  lower: { parameters: ['string'], call: ([value]) => parsed(stringValue(textOf(value).toLowerCase())) },
  upper: { parameters: ['string'], call: ([value]) => parsed(stringValue(textOf(value).toUpperCase())) },
  pad: {
    parameters: ['string', 'int', 'int'],
    call: ([value, before, after]) => pad(textOf(value), numberOf(before), numberOf(after)),
  },
  truncate: {
    parameters: ['string', 'int'],
    call: ([value, size]) => parsed(stringValue(textOf(value).slice(0, numberOf(size)))),
  },
};

/** Functions while the header of a table is written: docker's leave the column's name alone. */
export const headerFunctions: TemplateFunctions = {
  ...dockerFunctions,
  ...Object.fromEntries((['json', 'title', 'lower', 'upper'] as const).map((name) => [name, passThrough(['string'])])),
  split: passThrough(['string', 'string']),
  join: passThrough(['string', 'string']),
  truncate: passThrough(['string', 'int']),
};

function passThrough(parameters: TemplateFunction['parameters']): TemplateFunction {
  return { parameters, call: ([value]) => parsed(value ?? null) };
}

function text(make: (args: readonly MaybeValue[]) => string): TemplateFunction {
  return { parameters: [], variadic: true, call: (args) => parsed(stringValue(make(args))) };
}

function textOf(value: MaybeValue | undefined): string {
  return String(value?.value ?? '');
}

function numberOf(value: MaybeValue | undefined): number {
  return Number(value?.value ?? 0);
}

function length(value: MaybeValue): ParseResult<MaybeValue> {
  const item = indirect(value);
  if (!item) return unparsable('len of nil pointer');
  const size = sizeOf(item);
  return size === null ? unparsable(`len of type ${typeName(item.type)}`) : parsed(intValue(size));
}

function sizeOf(item: GoValue): number | null {
  if (item.type.kind === 'slice') return elementsOf(item).length;
  if (item.type.kind === 'map') return entriesOf(item).length;
  return item.type.kind === 'string' ? byteLength(String(item.value)) : null;
}

/** Bytes of a text in UTF-8. */
function byteLength(value: string): number {
  let bytes = 0;
  for (const character of value) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function index(value: MaybeValue, keys: readonly MaybeValue[]): ParseResult<MaybeValue> {
  if (!value) return unparsable('index of untyped nil');
  let at = value;
  for (const key of keys) {
    const item = indirect(at);
    if (!item) return unparsable('index of nil pointer');
    const next = indexOnce(item, key);
    if (!next.ok) return next;
    at = next.value;
  }
  return parsed(unwrapInterface(at));
}

function indexOnce(item: GoValue, key: MaybeValue): ParseResult<GoValue> {
  switch (item.type.kind) {
    case 'slice':
    case 'string': {
      if (!key) return unparsable('cannot index slice/array with nil');
      if (key.type.kind !== 'int' && key.type.kind !== 'uint')
        return unparsable(`cannot index slice/array with type ${typeName(key.type)}`);
      const at = numberOf(key);
      const size = sizeOf(item) ?? 0;
      if (at < 0 || at >= size) return unparsable(`index out of range: ${at}`);
      if (item.type.kind === 'slice') return parsed(elementsOf(item)[at]!);
      return parsed({ type: { kind: 'uint', name: 'uint8' }, value: String(item.value).charCodeAt(at) });
    }
    case 'map': {
      if (!key) return unparsable('value is nil; should be of type string');
      if (key.type.kind !== 'string') return unparsable(`value has type ${typeName(key.type)}; should be string`);
      const entry = entriesOf(item).find((candidate) => candidate.key === key.value);
      return parsed(entry?.value ?? zeroOf(item));
    }
    default:
      return unparsable(`can't index item of type ${typeName(item.type)}`);
  }
}

/** The zero value of a map's elements. */
function zeroOf(map: GoValue): GoValue {
  const type = map.type.kind === 'map' ? map.type.element : goString;
  return fieldValue({ type: goString, value: {} }, { name: '', type });
}

function slice(value: MaybeValue, bounds: readonly MaybeValue[]): ParseResult<MaybeValue> {
  const item = indirect(value);
  if (!item) return unparsable('slice of untyped nil');
  const size = sizeOf(item);
  if (size === null || item.type.kind === 'map') return unparsable(`can't slice item of type ${typeName(item.type)}`);
  if (bounds.length > 3) return unparsable(`too many slice indexes: ${bounds.length}`);
  if (bounds.length === 3 && item.type.kind === 'string') return unparsable('cannot 3-index slice a string');
  const [from = 0, to = size] = bounds.map(numberOf);
  const wrong = [from, to].find((bound) => bound < 0 || bound > size);
  if (wrong !== undefined) return unparsable(`index out of range: ${wrong}`);
  if (from > to) return unparsable(`invalid slice index: ${from} > ${to}`);
  const part =
    item.type.kind === 'slice' ? (item.value as unknown[] | null)?.slice(from, to) : String(item.value).slice(from, to);
  return parsed({ type: item.type, value: part });
}

/** Nothing in docker's data is a function that could be called. */
function call(value: MaybeValue, word: string): ParseResult<MaybeValue> {
  return unparsable(value ? `non-function ${word} of type ${typeName(value.type)}` : 'call of nil');
}

type Compare = (a: MaybeValue, b: MaybeValue) => ParseResult<boolean>;

function compare(decide: Compare): TemplateFunction {
  return {
    parameters: ['any', 'any'],
    call([a, b]) {
      const result = decide(indirectBasic(a ?? null), indirectBasic(b ?? null));
      return result.ok ? parsed(boolValue(result.value)) : result;
    },
  };
}

function equalsAny(first: MaybeValue, rest: readonly MaybeValue[]): ParseResult<MaybeValue> {
  if (rest.length === 0) return unparsable('missing argument for comparison');
  for (const other of rest) {
    const result = equals(indirectBasic(first), indirectBasic(other));
    if (!result.ok) return result;
    if (result.value) return parsed(boolValue(true));
  }
  return parsed(boolValue(false));
}

/** Comparisons look inside interfaces, not behind pointers. */
function indirectBasic(value: MaybeValue): MaybeValue {
  return unwrapInterface(value);
}

const numeric = ['int', 'uint'];

function equals(a: MaybeValue, b: MaybeValue): ParseResult<boolean> {
  if (!a || !b) return parsed(a === b || (a ?? b)!.value === null);
  if (isComposite(a)) return unparsable(`non-comparable type ${printValue(a)}: ${typeName(a.type)}`);
  if (isComposite(b)) return unparsable(`non-comparable type ${printValue(b)}: ${typeName(b.type)}`);
  return comparable(a, b) ? parsed(a.value === b.value) : unparsable('incompatible types for comparison');
}

function less(a: MaybeValue, b: MaybeValue): ParseResult<boolean> {
  if (!a || !b || isComposite(a) || isComposite(b)) return unparsable('invalid type for comparison');
  if (!comparable(a, b)) return unparsable('incompatible types for comparison');
  if (a.type.kind === 'bool') return unparsable('invalid type for comparison');
  return parsed(a.type.kind === 'string' ? String(a.value) < String(b.value) : numberOf(a) < numberOf(b));
}

function comparable(a: GoValue, b: GoValue): boolean {
  return a.type.kind === b.type.kind || (numeric.includes(a.type.kind) && numeric.includes(b.type.kind));
}

function isComposite(value: GoValue): boolean {
  return value.type.kind === 'slice' || value.type.kind === 'map' || value.type.kind === 'struct';
}

function negate(result: ParseResult<boolean>): ParseResult<boolean> {
  return result.ok ? parsed(!result.value) : result;
}

function orElse(result: ParseResult<boolean>, other: () => ParseResult<boolean>): ParseResult<boolean> {
  return !result.ok || result.value ? result : other();
}

function textsOf(list: MaybeValue): string[] {
  return list ? elementsOf(list).map((element) => String(element.value)) : [];
}

function pad(value: string, before: number, after: number): ParseResult<MaybeValue> {
  return parsed(
    stringValue(value === '' ? '' : ' '.repeat(Math.max(0, before)) + value + ' '.repeat(Math.max(0, after))),
  );
}

/** Go's `strings.Title`: the first letter of every word in upper case, the rest as it is. */
function titleCase(value: string): string {
  return value.replace(
    /(^|[^\p{L}\p{Nd}_])(\p{L})/gu,
    (_all, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function replaceSigns(value: string, replacements: Readonly<Record<string, string>>): string {
  return [...value].map((character) => replacements[character] ?? character).join('');
}

function escapeJs(value: string): string {
  const named: Record<string, string> = {
    '\\': '\\\\',
    "'": "\\'",
    '"': '\\"',
    '<': '\\u003C',
    '>': '\\u003E',
    '&': '\\u0026',
    '=': '\\u003D',
  };
  return [...value]
    .map((character) => {
      if (named[character]) return named[character];
      return character < ' ' ? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}` : character;
    })
    .join('');
}

function escapeQuery(value: string): string {
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
