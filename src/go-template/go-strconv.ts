/**
 * Go's conversions from text to numbers and back, with Go's error lines: what `--replicas abc` is answered with.
 * Source: Go `strconv`: `ParseUint`, `ParseInt`, `ParseBool`, `ParseFloat`, `Quote`.
 */
import { type ParseResult, parsed, unparsable } from './parse-result.ts';

/** `strconv.ParseUint(text, 0, bits)`: decimal, or with Go's prefixes 0x, 0o, 0b; above 2^53 values lose their last digits. */
export function parseUint(text: string, bits: 16 | 32 | 64 = 64): ParseResult<number> {
  const magnitude = parseMagnitude(text);
  if (magnitude === null) return syntaxError('ParseUint', text);
  if (magnitude > 2n ** BigInt(bits) - 1n) return rangeError('ParseUint', text);
  return parsed(Number(magnitude));
}

/** `strconv.ParseInt(text, 0, bits)`. */
export function parseInteger(text: string, bits: 32 | 64 = 64): ParseResult<number> {
  const negative = text.startsWith('-');
  const magnitude = parseMagnitude(/^[+-]/.test(text) ? text.slice(1) : text);
  if (magnitude === null) return syntaxError('ParseInt', text);
  if (magnitude > 2n ** BigInt(bits - 1) - (negative ? 0n : 1n)) return rangeError('ParseInt', text);
  return parsed(negative ? -Number(magnitude) : Number(magnitude));
}

/** `strconv.ParseBool`. */
export function parseBool(text: string): ParseResult<boolean> {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return parsed(true);
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return parsed(false);
  return syntaxError('ParseBool', text);
}

/** `strconv.ParseFloat(text, 64)`, decimal only. */
export function parseFloat64(text: string): ParseResult<number> {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return syntaxError('ParseFloat', text);
  return parsed(Number(text));
}

/** `strconv.Quote`: `%q` of a string. */
export function quote(text: string): string {
  return `"${[...text].map(quoteCharacter).join('')}"`;
}

function quoteCharacter(character: string): string {
  const named: Record<string, string> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
  };
  const escaped = named[character];
  if (escaped !== undefined) return escaped;
  const code = character.codePointAt(0)!;
  return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : character;
}

function parseMagnitude(text: string): bigint | null {
  // Base 0: a leading zero means octal in Go; underscores may separate digits only after a prefix or between digits.
  const plain = /^(0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*)$/.test(text) && !/__|_$/.test(text);
  if (!plain) return null;
  const digits = text.replaceAll('_', '');
  if (/^0\d/.test(digits)) return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : null;
  return BigInt(digits.toLowerCase());
}

function syntaxError(operation: string, text: string): { ok: false; message: string } {
  return unparsable(`strconv.${operation}: parsing ${quote(text)}: invalid syntax`);
}

function rangeError(operation: string, text: string): { ok: false; message: string } {
  return unparsable(`strconv.${operation}: parsing ${quote(text)}: value out of range`);
}
