/**
 * `sort`, in the C locale's order. Keys (`-k 2,2n`), separators (`-t`), numbers, human sizes, versions, uniqueness.
 * Simplified: real hosts of the recordings sort in the C locale, too; other locales are not offered.
 */
import type { Program } from '../../process.ts';
import { splitLines } from '../line-reader.ts';
import { type ParsedOptions, parseOptions } from '../options.ts';
import { fail, INTERRUPTED, openInputs } from './tool-input.ts';

interface Key {
  fromField: number;
  fromChar: number;
  toField: number | null;
  toChar: number;
  flags: string;
}

type Compare = (a: string, b: string) => number;

export const sort: Program = async (process) => {
  const parsed = parseOptions('sort', process.args, {
    short: 'nrufbhVMgdk:t:o:cs',
    long: {
      'numeric-sort': 'n',
      reverse: 'r',
      unique: 'u',
      'ignore-case': 'f',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      key: 'k',
      'field-separator': 't',
      stable: 's',
      output: 'o',
      check: 'c',
    },
  });
  if (!parsed.ok) return fail(process, 'sort', parsed.error.message, 2);
  const { options } = parsed;
  const keys: Key[] = [];
  for (const text of options.values('k')) {
    const key = parseKey(text);
    if (!key) return fail(process, 'sort', `invalid number at field start: invalid count at start of ‘${text}’`, 2);
    keys.push(key);
  }
  let missing = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    missing = fail(process, 'sort', `cannot read: ${name}: ${reason}`, 2);
  });
  if (missing) return missing;
  const lines: string[] = [];
  for (const input of inputs) lines.push(...splitLines(await input.text()));
  if (process.signal.aborted) return INTERRUPTED;
  const byKeys = keyOrder(keys, options);
  const order = withLastResort(byKeys, options);
  if (options.has('c')) {
    const at = lines.findIndex((line, i) => i > 0 && order(lines[i - 1]!, line) > 0);
    return at < 0 ? 0 : fail(process, 'sort', `-:${at + 1}: disorder: ${lines[at]}`);
  }
  const result = lines
    .toSorted(order)
    .filter((line, i, all) => !options.has('u') || i === 0 || byKeys(all[i - 1]!, line) !== 0);
  process.stdout.write(result.map((line) => `${line}\n`).join(''));
  return 0;
};

function parseKey(text: string): Key | null {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  if (!match || match[1] === '0') return null;
  return {
    fromField: Number(match[1]) - 1,
    fromChar: Number(match[2] ?? 1) - 1,
    toField: match[4] === undefined ? null : Number(match[4]) - 1,
    toChar: Number(match[5] ?? 0),
    flags: match[3]! + (match[6] ?? ''),
  };
}

function globalFlags(options: ParsedOptions): string {
  return [...'nrfbhVgd'].filter((letter) => options.has(letter)).join('');
}

/** Order by the keys alone; `-u` calls lines equal by it. */
function keyOrder(keys: Key[], options: ParsedOptions): Compare {
  const flags = globalFlags(options);
  if (keys.length === 0) return directed(comparison(flags), flags);
  const separator = options.value('t');
  const orders = keys.map((key) => {
    const own = key.flags === '' ? flags : key.flags;
    const compare = directed(comparison(own), own);
    const blanks = own.includes('b');
    const text = (line: string): string => {
      const part = keyText(line, key, separator);
      return blanks ? part.trimStart() : part;
    };
    return (a: string, b: string): number => compare(text(a), text(b));
  });
  return (a, b) => orders.reduce((result, order) => result || order(a, b), 0);
}

function withLastResort(byKeys: Compare, options: ParsedOptions): Compare {
  if (options.has('s') || options.has('u')) return byKeys;
  const direction = options.has('r') ? -1 : 1;
  return (a, b) => byKeys(a, b) || direction * byBytes(a, b);
}

function directed(compare: Compare, flags: string): Compare {
  return flags.includes('r') ? (a, b) => -compare(a, b) : compare;
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparison(flags: string): Compare {
  if (flags.includes('h')) return (a, b) => humanSize(a) - humanSize(b);
  if (flags.includes('n') || flags.includes('g')) return (a, b) => leadingNumber(a) - leadingNumber(b);
  if (flags.includes('V')) return byVersion;
  if (flags.includes('f')) return (a, b) => byBytes(a.toUpperCase(), b.toUpperCase());
  return byBytes;
}

function leadingNumber(text: string): number {
  return Number(/^\s*-?\d*\.?\d*/.exec(text)?.[0] || 0) || 0;
}

function humanSize(text: string): number {
  const match = /^\s*(-?\d*\.?\d*)([kKMGTPE]?)/.exec(text)!;
  return (Number(match[1]) || 0) * 1024 ** (match[2] === '' ? 0 : 'KMGTPE'.indexOf(match[2]!.toUpperCase()) + 1);
}

/** Runs of digits compare as numbers. */
function byVersion(a: string, b: string): number {
  const split = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const left = split(a);
  const right = split(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    const difference = /^\d+$/.test(x) && /^\d+$/.test(y) ? Number(x) - Number(y) : byBytes(x, y);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The part of a line a key names. Without `-t`, a field includes the blanks before it. */
function keyText(line: string, key: Key, separator: string | null): string {
  const fields = separator === null ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  const glue = separator ?? '';
  const startOf = (field: number): number =>
    fields.slice(0, field).reduce((sum, text) => sum + text.length + glue.length, 0);
  if (key.fromField >= fields.length) return '';
  const start = startOf(key.fromField) + key.fromChar;
  if (key.toField === null) return line.slice(start);
  const endField = Math.min(key.toField, fields.length - 1);
  const end = key.toChar > 0 ? startOf(endField) + key.toChar : startOf(endField) + fields[endField]!.length;
  return line.slice(start, end);
}
