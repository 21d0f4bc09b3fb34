/**
 * Numbers whose base is fixed, as Go's `strconv` reads them, with its errors; numbers that carry their base are in `flags/`.
 * Simplified: 64-bit integers become JavaScript numbers, exact up to 2^53: nobody asks for more replicas than that.
 * Source: Go `strconv`: `ParseUint`, `ParseInt`, `ParseFloat`; checked against the real client.
 */

import { parseFloat64, quote } from '../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

/** Why Go refuses a number. */
export type NumberFault = 'invalid syntax' | 'value out of range';

function numberError(operation: string, text: string, fault: NumberFault): { ok: false; message: string } {
  return unparsable(`strconv.${operation}: parsing ${quote(text)}: ${fault}`);
}

/** An unsigned decimal of so many bits, or the bare reason why it is none. */
export function decimalOrFault(text: string, bits: 16 | 64): number | NumberFault {
  if (!/^[0-9]+$/.test(text)) return 'invalid syntax';
  return BigInt(text) >= 1n << BigInt(bits) ? 'value out of range' : Number(text);
}

/** `strconv.ParseUint(text, 10, 64)`. */
export function parseDecimalUint(text: string): ParseResult<number> {
  const value = decimalOrFault(text, 64);
  return typeof value === 'number' ? parsed(value) : numberError('ParseUint', text, value);
}

/** `strconv.ParseInt(text, 10, 64)`. */
export function parseDecimalInt(text: string): ParseResult<number> {
  if (!/^[+-]?[0-9]+$/.test(text)) return numberError('ParseInt', text, 'invalid syntax');
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value
    ? parsed(Number(value))
    : numberError('ParseInt', text, 'value out of range');
}

/** `strconv.ParseUint(text, 8, 32)`: permissions of files. */
export function parseOctal(text: string): ParseResult<number> {
  if (!/^[0-7]+$/.test(text)) return numberError('ParseUint', text, 'invalid syntax');
  const value = Number.parseInt(text, 8);
  return value < 2 ** 32 ? parsed(value) : numberError('ParseUint', text, 'value out of range');
}

const LARGEST_FLOAT32 = 3.4028235677973366e38;
const HEX_FLOAT = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i;

/** `strconv.ParseFloat(text, 32)`: decimal, hexadecimal with an exponent, `inf`, `nan`. */
export function parseFloat32(text: string): ParseResult<number> {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    if (special[2]!.toLowerCase() === 'nan') return parsed(Number.NaN);
    return parsed(special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  }
  const value = HEX_FLOAT.test(text) ? hexFloat(text) : parseFloat64(text);
  if (!value.ok) return value;
  return Math.abs(value.value) < LARGEST_FLOAT32 ? value : numberError('ParseFloat', text, 'value out of range');
}

function hexFloat(text: string): ParseResult<number> {
  const [, sign, whole, fraction, exponent] = HEX_FLOAT.exec(text)!;
  if (whole === '' && fraction === '') return numberError('ParseFloat', text, 'invalid syntax');
  const mantissa = Number.parseInt(whole! + fraction!, 16) * 2 ** (-4 * fraction!.length);
  return parsed((sign === '-' ? -1 : 1) * mantissa * 2 ** Number(exponent));
}
