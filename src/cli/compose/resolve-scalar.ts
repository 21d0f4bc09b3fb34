/**
 * What a plain scalar means: `3` a number, `true` a truth value, `~` nothing, `yes` and `12:30` texts.
 * Source: `gopkg.in/yaml.v3: resolve.go` (YAML 1.2's core schema with the octal numbers and times of 1.1).
 */
import type { Timestamp, Value } from './value.ts';

/** Kinds of scalars, by the short form of their tags. */
export type ScalarTag = '!!null' | '!!bool' | '!!str' | '!!int' | '!!float' | '!!timestamp';

export interface Scalar {
  tag: ScalarTag;
  value: Value;
}

const fixed = new Map<string, Scalar>([
  ...['true', 'True', 'TRUE'].map((text): [string, Scalar] => [text, { tag: '!!bool', value: true }]),
  ...['false', 'False', 'FALSE'].map((text): [string, Scalar] => [text, { tag: '!!bool', value: false }]),
  ...['', '~', 'null', 'Null', 'NULL'].map((text): [string, Scalar] => [text, { tag: '!!null', value: null }]),
  ...['.nan', '.NaN', '.NAN'].map((text): [string, Scalar] => [text, { tag: '!!float', value: Number.NaN }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text): [string, Scalar] => [
    text,
    { tag: '!!float', value: Number.POSITIVE_INFINITY },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((text): [string, Scalar] => [
    text,
    { tag: '!!float', value: Number.NEGATIVE_INFINITY },
  ]),
]);

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** The scalar that a text without quotes stands for. */
export function resolveScalar(text: string): Scalar {
  const known = fixed.get(text);
  if (known) return known;
  if (text.startsWith('.')) return fraction(text) ?? plainText(text);
  if (!/^[-+0-9]/.test(text)) return plainText(text);
  const time = timestamp(text);
  if (time) return { tag: '!!timestamp', value: time };
  const plain = text.replaceAll('_', '');
  const whole = wholeNumber(plain);
  if (whole !== null) return { tag: '!!int', value: whole };
  return fraction(plain) ?? plainText(text);
}

/** Not one that is too large. */
function fraction(text: string): Scalar | null {
  const value = Number(text);
  return float.test(text) && Number.isFinite(value) ? { tag: '!!float', value } : null;
}

function plainText(text: string): Scalar {
  return { tag: '!!str', value: text };
}

const lowest = -(1n << 63n);
const highest = (1n << 64n) - 1n;

/** `strconv.ParseInt(text, 0, 64)` and its unsigned sister: `017`, `0o17`, `0x0f` and `0b1111` are 15. */
function wholeNumber(text: string): bigint | null {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/.exec(text);
  if (!match) return null;
  const [, sign, digits = ''] = match;
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === '-' ? -size : size;
  if (value < lowest || value > highest || (sign === '+' && value >= 1n << 63n)) return null;
  return value;
}

/** A day, or a day and a time of it; with a zone only after `T`. */
const time =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(\.\d+)?(Z|[-+]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(\.\d+)?)?$/;

function timestamp(text: string): Timestamp | null {
  const match = time.exec(text);
  if (!match) return null;
  const [year, month, day] = [match[1]!, match[2]!, match[3]!];
  const [hour, minute, second] = [
    match[4] ?? match[9] ?? '0',
    match[5] ?? match[10] ?? '0',
    match[6] ?? match[11] ?? '0',
  ];
  const isDay =
    Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
  if (!isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const date = [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-');
  const clock = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  const fraction = (match[7] ?? match[12] ?? '').slice(0, 10).replace(/\.?0*$/, '');
  const zone = match[8] === undefined || match[8] === '+00:00' ? 'Z' : match[8];
  return { kind: 'timestamp', text: `${date}T${clock}${fraction}${zone}` };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
