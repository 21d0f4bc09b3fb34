/** Runs jq's filters: each gives no, one or many values for one. Source: jq(1). */
import { encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import type { Filter } from './jq-syntax.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Variables = ReadonlyMap<string, Json>;

/** A filter met a value it cannot be used on. */
export class JqError extends Error {
  override name = 'JqError';
}

type Path = (string | number)[];

/** More values than this are not made. */
const MAX_VALUES = 1_000_000;

/** All that a filter gives for a value, in jq's order. */
export function runJq(filter: Filter, input: Json, variables: Variables): Json[] {
  const run = (inner: Filter, value: Json = input): Json[] => runJq(inner, value, variables);
  switch (filter.kind) {
    case 'identity':
      return [input];
    case 'recurse':
      return descendants(input);
    case 'literal':
      return [filter.value];
    case 'text':
      return texts(filter.parts, run);
    case 'variable':
      return [variableOf(filter.name, variables)];
    case 'format':
      return [formatted(filter.name, input)];
    case 'index':
      return run(filter.of).flatMap((value) => run(filter.key).map((key) => member(value, key)));
    case 'slice':
      return run(filter.of).flatMap((value) =>
        slices(value, filter.from ? run(filter.from) : [null], filter.to ? run(filter.to) : [null]),
      );
    case 'each':
      return run(filter.of!).flatMap(valuesOf);
    case 'try':
      return attempt(() => run(filter.of!));
    case 'negate':
      return run(filter.of!).map((value) => (typeof value === 'number' ? -value : refuse(value, 'cannot be negated')));
    case 'array':
      return [filter.of ? run(filter.of) : []];
    case 'object':
      return filter.entries.reduce<{ [key: string]: Json }[]>(
        (objects, { key, value }) =>
          objects.flatMap((object) =>
            run(key).flatMap((name) =>
              typeof name === 'string'
                ? run(value).map((each) => withMember(object, name, each))
                : [raise(`Object keys must be strings`)],
            ),
          ),
        [{}],
      );
    case 'if':
      return run(filter.test).flatMap((value) => run(isTrue(value) ? filter.then : filter.otherwise));
    case 'bind':
      return run(filter.of).flatMap((value) =>
        runJq(filter.body, input, new Map([...variables, [filter.name, value]])),
      );
    case 'binary':
      return binary(filter.operator, filter.left, filter.right, input, variables);
    case 'call':
      return call(filter.name, filter.args, input, variables);
  }
}

function raise(message: string): never {
  throw new JqError(message);
}

function refuse(value: Json, what: string): never {
  return raise(`${describe(value)} ${what}`);
}

function attempt(run: () => Json[]): Json[] {
  try {
    return run();
  } catch (error) {
    if (error instanceof JqError) return [];
    throw error;
  }
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function describe(value: Json): string {
  const text = JSON.stringify(value);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

function variableOf(name: string, variables: Variables): Json {
  const value = variables.get(name);
  return value === undefined ? raise(`$${name} is not defined`) : value;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own members only: `__proto__` is a name like any other. */
function withMember(object: { [key: string]: Json }, name: string, value: Json): { [key: string]: Json } {
  return Object.fromEntries([
    ...Object.entries(object).filter(([key]) => key !== name || key in object),
    [name, value],
  ]);
}

function texts(parts: readonly (string | Filter)[], run: (filter: Filter) => Json[]): string[] {
  return parts.reduce<string[]>(
    (heads, part) =>
      typeof part === 'string'
        ? heads.map((head) => head + part)
        : run(part).flatMap((value) => heads.map((head) => head + textOf(value))),
    [''],
  );
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function member(value: Json, key: Json): Json {
  if (value === null && (typeof key === 'string' || typeof key === 'number')) return null;
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key]! : null;
  if (Array.isArray(value) && typeof key === 'number') return value.at(Math.floor(key)) ?? null;
  const quoted = typeof key === 'string' ? `string "${key}"` : typeOf(key);
  return raise(`Cannot index ${typeOf(value)} with ${quoted}`);
}

function slices(value: Json, froms: Json[], tos: Json[]): Json[] {
  if (value === null) return [null];
  if (!Array.isArray(value) && typeof value !== 'string') return raise(`Cannot index ${typeOf(value)} with object`);
  return froms.flatMap((from) => tos.map((to) => value.slice(Number(from ?? 0), to === null ? undefined : Number(to))));
}

function valuesOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value)
    ? Object.values(value)
    : raise(`Cannot iterate over ${value === null ? 'null' : describe(value)}`);
}

function descendants(value: Json): Json[] {
  return [value, ...(typeof value === 'object' && value !== null ? valuesOf(value).flatMap(descendants) : [])];
}

// --- operators ------------------------------------------------------------------------------------------------------------

function binary(operator: string, left: Filter, right: Filter, input: Json, variables: Variables): Json[] {
  const run = (filter: Filter, value: Json = input): Json[] => runJq(filter, value, variables);
  switch (operator) {
    case '|':
      return run(left).flatMap((value) => run(right, value));
    case ',':
      return [...run(left), ...run(right)];
    case '//': {
      const found = attempt(() => run(left)).filter(isTrue);
      return found.length > 0 ? found : run(right);
    }
    case 'and':
      return run(left).flatMap((a) => (isTrue(a) ? run(right).map(isTrue) : [false]));
    case 'or':
      return run(left).flatMap((a) => (isTrue(a) ? [true] : run(right).map(isTrue)));
    case '|=':
      return [update(input, left, variables, (value) => run(right, value)[0])];
    case '=':
      return run(right).map((value) => update(input, left, variables, () => value));
  }
  if (operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator))
    return run(right).map((value) =>
      update(input, left, variables, (old) =>
        operator === '//=' ? (isTrue(old) ? old : value) : calculate(operator.slice(0, -1), old, value),
      ),
    );
  const values = run(right).flatMap((b) => run(left).map((a) => calculate(operator, a, b)));
  return values.length > MAX_VALUES ? raise('too many values') : values;
}

function calculate(operator: string, a: Json, b: Json): Json {
  if (operator in comparisons) return comparisons[operator]!(compare(a, b));
  if (typeof a === 'number' && typeof b === 'number') return arithmetic(operator, a, b);
  if (operator === '+') {
    if (a === null) return b;
    if (b === null) return a;
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
    if (isObject(a) && isObject(b)) return Object.fromEntries([...Object.entries(a), ...Object.entries(b)]);
  }
  if (operator === '-' && Array.isArray(a) && Array.isArray(b))
    return a.filter((one) => !b.some((other) => compare(one, other) === 0));
  if (operator === '*' && isObject(a) && isObject(b)) return merged(a, b);
  if (operator === '/' && typeof a === 'string' && typeof b === 'string') return a.split(b);
  const words: Record<string, string> = {
    '+': 'added',
    '-': 'subtracted',
    '*': 'multiplied',
    '/': 'divided',
    '%': 'divided',
  };
  return raise(`${describe(a)} and ${describe(b)} cannot be ${words[operator]}`);
}

function arithmetic(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0)
    return raise(`${describe(a)} and ${describe(b)} cannot be divided because the divisor is zero`);
  const results: Record<string, number> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': Math.trunc(a) % Math.trunc(b),
  };
  return results[operator]!;
}

function merged(a: { [key: string]: Json }, b: { [key: string]: Json }): Json {
  const both = Object.entries(b).map(([key, value]): [string, Json] => {
    const old = Object.hasOwn(a, key) ? a[key]! : null;
    return [key, isObject(old) && isObject(value) ? merged(old, value) : value];
  });
  return Object.fromEntries([...Object.entries(a), ...both]);
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

/** jq's order of all values. */
export function compare(a: Json, b: Json): number {
  const rank = (value: Json): number => ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i]!, b[i]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (!isObject(a) || !isObject(b)) return 0;
  const keys = compare(Object.keys(a).sort(), Object.keys(b).sort());
  return (
    keys ||
    compare(
      Object.keys(a)
        .sort()
        .map((key) => a[key]!),
      Object.keys(a)
        .sort()
        .map((key) => b[key]!),
    )
  );
}

// --- paths ----------------------------------------------------------------------------------------------------------------

/** The places that a filter names. */
function pathsOf(filter: Filter, input: Json, variables: Variables): Path[] {
  switch (filter.kind) {
    case 'identity':
      return [[]];
    case 'index':
      return pathsOf(filter.of, input, variables).flatMap((path) =>
        runJq(filter.key, input, variables).map((key) => [...path, key as string | number]),
      );
    case 'each':
      return pathsOf(filter.of!, input, variables).flatMap((path) => {
        const value = path.reduce(member, input);
        const keys = Array.isArray(value)
          ? [...value.keys()]
          : isObject(value)
            ? Object.keys(value)
            : valuesOf(value).map(String);
        return keys.map((key) => [...path, key]);
      });
    case 'binary':
      if (filter.operator === ',')
        return [...pathsOf(filter.left, input, variables), ...pathsOf(filter.right, input, variables)];
      if (filter.operator === '|')
        return pathsOf(filter.left, input, variables).flatMap((path) =>
          pathsOf(filter.right, path.reduce(member, input), variables).map((rest) => [...path, ...rest]),
        );
      break;
    case 'call':
      if (filter.name === 'select' && filter.args.length === 1)
        return runJq(filter.args[0]!, input, variables).some(isTrue) ? [[]] : [];
      break;
    default:
  }
  return raise('Invalid path expression');
}

function update(input: Json, paths: Filter, variables: Variables, change: (value: Json) => Json | undefined): Json {
  return pathsOf(paths, input, variables).reduce((value, path) => changeAt(value, path, change), input);
}

function changeAt(value: Json, path: Path, change: (value: Json) => Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(value) ?? null;
  const inner = changeAt(member(value, key), rest, change);
  if (typeof key === 'string')
    return Object.fromEntries([...Object.entries(isObject(value) ? value : {}), [key, inner]]);
  const list = Array.isArray(value) ? [...value] : [];
  if (key > MAX_VALUES) return raise('Array index too large');
  while (list.length < key) list.push(null);
  list[key < 0 ? list.length + key : key] = inner;
  return list;
}

function without(value: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (rest.length > 0)
    return member(value, key) === null ? value : changeAt(value, [key], (inner) => without(inner, rest));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return Array.isArray(value)
    ? value.filter((_, index) => index !== (Number(key) < 0 ? value.length + Number(key) : key))
    : value;
}

// --- functions ------------------------------------------------------------------------------------------------------------

function listOf(value: Json, what = 'cannot be sorted, as it is not an array'): Json[] {
  return Array.isArray(value) ? value : refuse(value, what);
}

function wordsOf(value: Json): string {
  return typeof value === 'string' ? value : refuse(value, 'cannot be matched, as it is not a string');
}

const plain: Readonly<Record<string, (value: Json) => Json>> = {
  length: (value) => {
    if (value === null) return 0;
    if (typeof value === 'number') return Math.abs(value);
    if (typeof value === 'string') return [...value].length;
    return typeof value === 'boolean' ? refuse(value, 'has no length') : valuesOf(value).length;
  },
  keys: (value) =>
    Array.isArray(value)
      ? [...value.keys()]
      : isObject(value)
        ? Object.keys(value).sort()
        : refuse(value, 'has no keys'),
  keys_unsorted: (value) => (isObject(value) ? Object.keys(value) : refuse(value, 'has no keys')),
  add: (value) => valuesOf(value).reduce<Json>((sum, each) => calculate('+', sum, each), null),
  min: (value) => listOf(value).toSorted(compare)[0] ?? null,
  max: (value) => listOf(value).toSorted(compare).at(-1) ?? null,
  sort: (value) => listOf(value).toSorted(compare),
  unique: (value) =>
    listOf(value)
      .toSorted(compare)
      .filter((each, i, all) => i === 0 || compare(each, all[i - 1]!) !== 0),
  reverse: (value) => (typeof value === 'string' ? [...value].reverse().join('') : listOf(value ?? []).toReversed()),
  flatten: (value) => flattened(listOf(value), Number.POSITIVE_INFINITY),
  first: (value) => member(value, 0),
  last: (value) => member(value, -1),
  not: (value) => !isTrue(value),
  type: typeOf,
  tostring: textOf,
  tonumber: (value) => {
    if (typeof value === 'number') return value;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isNaN(number) ? refuse(value, 'cannot be parsed as a number') : number;
  },
  tojson: (value) => JSON.stringify(value),
  fromjson: (value) => {
    try {
      return JSON.parse(wordsOf(value)) as Json;
    } catch {
      return refuse(value, 'cannot be parsed as JSON');
    }
  },
  ascii_upcase: (value) => wordsOf(value).replace(/[a-z]/g, (char) => char.toUpperCase()),
  ascii_downcase: (value) => wordsOf(value).replace(/[A-Z]/g, (char) => char.toLowerCase()),
  to_entries: (value) =>
    isObject(value) ? Object.entries(value).map(([key, each]) => ({ key, value: each })) : refuse(value, 'has no keys'),
  from_entries: (value) =>
    Object.fromEntries(
      valuesOf(value).map((entry) => [
        textOf(calledOf(entry, ['key', 'k', 'name', 'Name', 'Key'])),
        calledOf(entry, ['value', 'v', 'Value']),
      ]),
    ),
  floor: (value) => Math.floor(Number(value)),
  ceil: (value) => Math.ceil(Number(value)),
  round: (value) => Math.round(Number(value)),
  any: (value) => valuesOf(value).some(isTrue),
  all: (value) => valuesOf(value).every(isTrue),
  trim: (value) => wordsOf(value).trim(),
};

function flattened(list: readonly Json[], depth: number): Json[] {
  return list.flatMap((each) => (Array.isArray(each) && depth > 0 ? flattened(each, depth - 1) : [each]));
}

function calledOf(entry: Json, names: readonly string[]): Json {
  return names.map((name) => member(entry, name)).find((value) => value !== null) ?? null;
}

/** Functions of one argument that is a value. */
const withValue: Readonly<Record<string, (value: Json, argument: Json) => Json>> = {
  has: (value, key) =>
    isObject(value)
      ? Object.hasOwn(value, String(key))
      : Array.isArray(value)
        ? Number(key) < value.length
        : refuse(value, 'has no keys'),
  contains,
  inside: (value, other) => contains(other, value),
  split: (value, separator) => wordsOf(value).split(wordsOf(separator)),
  join: (value, separator) =>
    listOf(value)
      .map((each) => (each === null ? '' : textOf(each)))
      .join(wordsOf(separator)),
  startswith: (value, start) => wordsOf(value).startsWith(wordsOf(start)),
  endswith: (value, end) => wordsOf(value).endsWith(wordsOf(end)),
  ltrimstr: (value, start) =>
    typeof value === 'string' && typeof start === 'string' && value.startsWith(start)
      ? value.slice(start.length)
      : value,
  rtrimstr: (value, end) =>
    typeof value === 'string' && typeof end === 'string' && value.endsWith(end)
      ? value.slice(0, value.length - end.length)
      : value,
  test: (value, pattern) => regexOf(pattern).test(wordsOf(value)),
  index: (value, wanted) => {
    const at =
      typeof value === 'string'
        ? value.indexOf(wordsOf(wanted))
        : listOf(value ?? []).findIndex((each) => compare(each, wanted) === 0);
    return at < 0 ? null : at;
  },
  flatten: (value, depth) => flattened(listOf(value), Number(depth)),
  error: (_value, message) => raise(textOf(message)),
};

function contains(value: Json, wanted: Json): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') return value.includes(wanted);
  if (Array.isArray(value) && Array.isArray(wanted))
    return wanted.every((one) => value.some((other) => typeOf(one) === typeOf(other) && contains(other, one)));
  if (isObject(value) && isObject(wanted))
    return Object.entries(wanted).every(([key, one]) => Object.hasOwn(value, key) && contains(value[key]!, one));
  return compare(value, wanted) === 0;
}

function regexOf(pattern: Json): RegExp {
  try {
    return new RegExp(wordsOf(pattern), 'u');
  } catch {
    return raise(`${textOf(pattern)} is not a valid regex`);
  }
}

function call(name: string, args: readonly Filter[], input: Json, variables: Variables): Json[] {
  const run = (filter: Filter, value: Json = input): Json[] => runJq(filter, value, variables);
  const [argument, second] = args;
  if (!argument) {
    if (name === 'empty') return [];
    if (name === 'error') return raise(textOf(input));
    if (name === 'recurse') return descendants(input);
    if (name === 'values') return input === null ? [] : [input];
    const types = ['strings', 'numbers', 'arrays', 'objects', 'nulls', 'booleans'];
    if (types.includes(name)) return `${typeOf(input)}s` === name ? [input] : [];
    if (Object.hasOwn(plain, name)) return [plain[name]!(input)];
    return raise(`${name}/0 is not defined`);
  }
  const keyOf = (value: Json): Json => run(argument, value);
  const byKey = (a: Json, b: Json): number => compare(keyOf(a), keyOf(b));
  switch (name) {
    case 'select':
      return run(argument).flatMap((value) => (isTrue(value) ? [input] : []));
    case 'map':
      return [valuesOf(input).flatMap((value) => run(argument, value))];
    case 'map_values':
      return [
        isObject(input)
          ? Object.fromEntries(
              Object.entries(input).flatMap(([key, value]) =>
                run(argument, value)
                  .slice(0, 1)
                  .map((each) => [key, each]),
              ),
            )
          : valuesOf(input).flatMap((value) => run(argument, value).slice(0, 1)),
      ];
    case 'sort_by':
      return [listOf(input).toSorted(byKey)];
    case 'min_by':
      return [listOf(input).toSorted(byKey)[0] ?? null];
    case 'max_by':
      return [listOf(input).toSorted(byKey).at(-1) ?? null];
    case 'group_by':
    case 'unique_by': {
      const groups: Json[][] = [];
      for (const value of listOf(input).toSorted(byKey)) {
        const group = groups.at(-1);
        if (group && byKey(group[0]!, value) === 0) group.push(value);
        else groups.push([value]);
      }
      return [name === 'group_by' ? groups : groups.map((group) => group[0]!)];
    }
    case 'any':
      return [valuesOf(input).some((value) => run(argument, value).some(isTrue))];
    case 'all':
      return [valuesOf(input).every((value) => run(argument, value).every(isTrue))];
    case 'with_entries':
      return [plain.from_entries!(valuesOf(plain.to_entries!(input)).flatMap((value) => run(argument, value)))];
    case 'del':
      return [pathsOf(argument, input, variables).toReversed().reduce(without, input)];
    case 'first':
      return run(argument).slice(0, 1);
    case 'last':
      return run(argument).slice(-1);
    case 'limit':
      return second ? run(second).slice(0, Number(run(argument)[0])) : [];
    case 'range':
      return run(argument).flatMap((from) =>
        (second ? run(second) : [null]).flatMap((to) =>
          to === null ? range(0, Number(from)) : range(Number(from), Number(to)),
        ),
      );
    case 'sub':
    case 'gsub':
      return second
        ? run(second).map((to) =>
            wordsOf(input).replace(
              new RegExp(regexOf(run(argument)[0] ?? null).source, name === 'gsub' ? 'gu' : 'u'),
              () => wordsOf(to),
            ),
          )
        : [];
    case 'test':
      return second
        ? [new RegExp(regexOf(run(argument)[0] ?? null).source, 'iu').test(wordsOf(input))]
        : [withValue.test!(input, run(argument)[0] ?? null)];
    default:
      if (Object.hasOwn(withValue, name)) return run(argument).map((value) => withValue[name]!(input, value));
      return raise(`${name}/${args.length} is not defined`);
  }
}

function range(from: number, to: number): number[] {
  if (to - from > MAX_VALUES) return raise('too many values');
  return Array.from({ length: Math.max(0, Math.ceil(to - from)) }, (_, i) => from + i);
}

function formatted(name: string, value: Json): string {
  switch (name) {
    case 'text':
      return textOf(value);
    case 'json':
      return JSON.stringify(value);
    case 'csv':
      return listOf(value)
        .map((each) =>
          typeof each === 'string' ? `"${each.replaceAll('"', '""')}"` : each === null ? '' : textOf(each),
        )
        .join(',');
    case 'tsv':
      return listOf(value)
        .map((each) => (each === null ? '' : textOf(each)))
        .join('\t');
    case 'base64':
      return encodeBase64(utf8Bytes(textOf(value)));
    default:
      return raise(`${name} is not a valid format`);
  }
}
