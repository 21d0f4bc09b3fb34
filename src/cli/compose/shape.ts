/**
 * The Go types that a stack file is decoded into: how each reads a value, when it counts as empty, how two files' values
 * merge, how it is printed. Fields stand in Go's order, for that is the order of the output.
 * Source: `go-viper/mapstructure` (reading and its errors), `dario.cat/mergo` (merging), `gopkg.in/yaml.v3: encode.go`.
 */

import { formatDuration } from '../../go-template/go-duration.ts';
import { type ParseResult, parsed } from '../flags/flag.ts';
import { floatText, goText, goTypeName, isMapping, isTimestamp, type Mapping, type Value } from './value.ts';
import { bare, compareKeys, type Output } from './write-yaml.ts';

/** A type. Values that are absent are `undefined`; Go's zero values and absent ones print alike. */
export interface Shape<T> {
  /** What a value that is not null becomes; complaints are added to `errors`. */
  read(value: Value, path: string, errors: string[]): T;
  /** What null, and a complaint, leave behind. */
  zero(): T;
  isZero(value: T): boolean;
  /** The value of a field that a second file says again. */
  merge(first: T, second: T): T;
  print(value: T): Output;
}

/** The values a shape has. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

/** Makes another value of what the file has, before it is read: short forms become long ones. */
export type Transform = (value: Value) => ParseResult<Value>;

/** A text. */
export const text: Shape<string> = {
  read: (value, path, errors) => (typeof value === 'string' ? value : mistyped('string', '', value, path, errors)),
  zero: () => '',
  isZero: (value) => value === '',
  merge: (first, second) => second || first,
  print: (value) => value,
};

/** `bool`. */
export const truth: Shape<boolean> = {
  read: (value, path, errors) => (typeof value === 'boolean' ? value : mistyped('bool', false, value, path, errors)),
  zero: () => false,
  isZero: (value) => !value,
  merge: (first, second) => second || first,
  print: (value) => bare(String(value)),
};

/** `int64`. */
export const whole: Shape<number> = numberShape((value) => Math.trunc(Number(value)));

/** `uint64` and `uint32`: nothing below zero. */
export const natural: Shape<number> = {
  ...whole,
  read(value, path, errors) {
    if ((typeof value !== 'bigint' && typeof value !== 'number') || value >= 0) return whole.read(value, path, errors);
    errors.push(`cannot parse '${path}', ${typeof value === 'number' ? value.toFixed(6) : value} overflows uint`);
    return 0;
  },
};

/** `float32`: as many digits as tell it from its neighbours. */
export const ratio: Shape<number> = numberShape((value) => shortFloat(Number(value)));

function numberShape(convert: (value: bigint | number) => number): Shape<number> {
  return {
    read: (value, path, errors) =>
      typeof value === 'bigint' || typeof value === 'number'
        ? convert(value)
        : mistyped('int64', 0, value, path, errors),
    zero: () => 0,
    isZero: (value) => value === 0,
    merge: (first, second) => second || first,
    print: (value) => bare(floatOrWhole(value)),
  };
}

function floatOrWhole(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : floatText(value);
}

function shortFloat(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

/** Anything, as it stands (`x-` fields). */
export const anything: Shape<Value> = {
  read: (value) => value,
  zero: () => null,
  isZero: (value) => value === null,
  merge: mergeAnything,
  print: printAnything,
};

/** Printed as Go prints durations; nanoseconds. */
export const duration: Shape<number> = { ...whole, print: (value) => formatDuration(value) };

/** Bytes, printed as a text of digits. */
export const bytes: Shape<number> = { ...whole, print: (value) => String(value) };

/** A pointer: that it is there says something, even of an empty value. */
export function optional<T>(shape: Shape<T>): Shape<T | null> {
  return {
    read: (value, path, errors) => shape.read(value, path, errors),
    zero: () => null,
    isZero: (value) => value === null,
    merge: (first, second) => (first === null || second === null ? (second ?? first) : shape.merge(first, second)),
    print: (value) => (value === null ? bare('null') : shape.print(value)),
  };
}

/** A slice; a second file's items follow the first's. Null where the file has none: some look at that. */
export function listOf<T>(item: Shape<T>): Shape<T[] | null> {
  return {
    read(value, path, errors) {
      if (!Array.isArray(value)) {
        errors.push(`'${path}': source data must be an array or slice, got ${goKind(value)}`);
        return null;
      }
      return value.map((entry, at) => readOrZero(item, entry, `${path}[${at}]`, errors));
    },
    zero: () => null,
    isZero: (value) => value === null || value.length === 0,
    merge: (first, second) => (first === null && second === null ? null : [...(first ?? []), ...(second ?? [])]),
    print: (value) => (value ?? []).map((entry) => item.print(entry)),
  };
}

/** A map; of pointers and structs the values merge, of others the second file's count. */
export function mapOf<T>(
  item: Shape<T>,
  mergeItems: (first: T, second: T) => T = (_, second) => second,
): Shape<ReadonlyMap<string, T> | null> {
  return {
    read(value, path, errors) {
      if (!isMapping(value)) {
        errors.push(`'${path}' expected a map, got '${goKind(value)}'`);
        return null;
      }
      const entries = [...value].map(
        ([key, entry]) => [key, readOrZero(item, entry, `${path}[${key}]`, errors)] as const,
      );
      return new Map(entries);
    },
    zero: () => null,
    isZero: (value) => value === null || value.size === 0,
    merge(first, second) {
      if (first === null || second === null) return first ?? second;
      const merged = new Map(first);
      for (const [key, entry] of second) merged.set(key, first.has(key) ? mergeItems(first.get(key)!, entry) : entry);
      return merged;
    },
    print(value) {
      const keys = [...(value?.keys() ?? [])].sort(compareKeys);
      return new Map(keys.map((key) => [key, item.print(value!.get(key)!)]));
    },
  };
}

const noExtras: Mapping = new Map();

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** The value of a struct with these fields. */
export type StructOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> } & { extras: Mapping };

/**
 * A struct. `goNames` are names of fields in errors where that is not the key with a capital, or the key itself if it has
 * an underscore. `extras` are the `x-` fields, which the loader fills in.
 */
export function struct<F extends Fields>(
  fields: F,
  goNames: Readonly<Record<string, string>> = {},
): Shape<StructOf<F>> {
  const keys = Object.keys(fields);
  const build = (make: (key: string) => unknown): StructOf<F> => {
    const value: Record<string, unknown> = { extras: noExtras };
    for (const key of keys) value[key] = make(key);
    return value as StructOf<F>;
  };
  return {
    read(value, path, errors) {
      if (!isMapping(value)) {
        errors.push(`'${path}' expected a map, got '${goKind(value)}'`);
        return this.zero();
      }
      return build((key) => {
        const name = goNames[key] ?? (key.includes('_') ? key : key[0]!.toUpperCase() + key.slice(1));
        const inner = path === '' ? name : `${path}.${name}`;
        return readOrZero(fields[key]!, value.get(key) ?? null, inner, errors);
      });
    },
    zero: () => build((key) => fields[key]!.zero()),
    isZero: (value) => value.extras.size === 0 && keys.every((key) => fields[key]!.isZero(value[key])),
    merge(first, second) {
      const merged = build((key) => fields[key]!.merge(first[key], second[key]));
      return { ...merged, extras: mergeAnything(first.extras, second.extras) as Mapping };
    },
    print(value) {
      const shown = keys.filter((key) => !fields[key]!.isZero(value[key]));
      const entries = shown.map((key): [string, Output] => [key, fields[key]!.print(value[key])]);
      return new Map([...entries, ...(printAnything(value.extras) as Map<string, Output>)]);
    },
  };
}

/** A shape whose values are written in other ways too. */
export function transformed<T>(shape: Shape<T>, transform: Transform): Shape<T> {
  return {
    ...shape,
    read(value, path, errors) {
      const long = transform(value);
      if (long.ok) return shape.read(long.value, path, errors);
      errors.push(`error decoding '${path}': ${long.message}`);
      return shape.zero();
    },
  };
}

/** A shape that merges in its own way once the first file has a value. */
export function merging<T>(shape: Shape<T>, merge: (first: NonNullable<T>, second: T) => T): Shape<T> {
  return {
    ...shape,
    merge: (first, second) => (first === null || first === undefined ? second : merge(first, second)),
  };
}

/** Reads a value of the file; all complaints together make the message. */
export function decode<T>(shape: Shape<T>, value: Value): ParseResult<T> {
  const errors: string[] = [];
  const result = readOrZero(shape, value, '', errors);
  if (errors.length === 0) return parsed(result);
  return { ok: false, message: `decoding failed due to the following error(s):\n\n${errors.join('\n')}` };
}

function readOrZero<T>(shape: Shape<T>, value: Value, path: string, errors: string[]): T {
  return value === null ? shape.zero() : shape.read(value, path, errors);
}

function mistyped<T>(wanted: string, zero: T, value: Value, path: string, errors: string[]): T {
  const given = goTypeName(value);
  errors.push(`'${path}' expected type '${wanted}', got unconvertible type '${given}', value: '${goText(value)}'`);
  return zero;
}

function goKind(value: Value): string {
  if (Array.isArray(value)) return 'slice';
  return isTimestamp(value) ? 'struct' : goTypeName(value).replace(/\[.*/, '');
}

/** Maps merge, lists are joined, anything else is replaced. */
function mergeAnything(first: Value, second: Value): Value {
  if (Array.isArray(first) && Array.isArray(second)) return [...first, ...second];
  if (!isMapping(first) || !isMapping(second)) return second;
  const merged = new Map(first);
  for (const [key, value] of second) merged.set(key, first.has(key) ? mergeAnything(first.get(key)!, value) : value);
  return merged;
}

function printAnything(value: Value): Output {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(printAnything);
  if (isMapping(value)) {
    const keys = [...value.keys()].sort(compareKeys);
    return new Map(keys.map((key) => [key, printAnything(value.get(key)!)]));
  }
  if (value === null) return bare('null');
  return bare(isTimestamp(value) ? value.text : goText(value));
}
