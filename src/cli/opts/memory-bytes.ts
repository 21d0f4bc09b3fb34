/**
 * Sizes in bytes: `512m`, `1.5GiB` in; `512MiB`, `21.5MB` out.
 * Source: `go-units: size.go` (`RAMInBytes`, `BytesSize`, `HumanSize`); errors checked against the real client.
 */

import { parseFloat64 } from '../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

const BINARY: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

/** Reads an amount of memory; units are powers of 1024, in any case, with or without `b` or `ib`. */
export function parseMemoryBytes(text: string): ParseResult<number> {
  const last = /^([\s\S]*[0-9. ])([^0-9. ]*)$/.exec(text);
  if (!last) return unparsable(`invalid size: '${text}'`);
  const number = parseFloat64(last[1]!.replace(/ $/, ''));
  if (!number.ok) return number;
  if (number.value < 0) return unparsable(`invalid size: '${text}'`);
  const multiplier = unitOf(last[2]!);
  if (!multiplier.ok) return multiplier;
  return parsed(Math.trunc(number.value * multiplier.value));
}

/** As `--memory-swap` takes it: -1 means as much as there is. */
export function parseMemorySwap(text: string): ParseResult<number> {
  return text === '-1' ? parsed(-1) : parseMemoryBytes(text);
}

function unitOf(suffix: string): ParseResult<number> {
  if (suffix === '') return parsed(1);
  if (suffix.length > 3) return unparsable(`invalid suffix: '${suffix}'`);
  const lower = suffix.toLowerCase();
  if (lower === 'b') return parsed(1);
  const unit = BINARY[lower[0]!];
  if (unit === undefined || !/^.(b|ib)?$/.test(lower)) return unparsable(`invalid suffix: '${lower}'`);
  return parsed(unit);
}

const BINARY_NAMES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];
const DECIMAL_NAMES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

/** Four significant digits and a binary unit: `1.5GiB`. */
export function formatBinarySize(bytes: number): string {
  return scaled(bytes, 1024, BINARY_NAMES, 4);
}

/** A decimal unit: `21.5MB`. */
export function formatDecimalSize(bytes: number, precision = 4): string {
  return scaled(bytes, 1000, DECIMAL_NAMES, precision);
}

function scaled(bytes: number, base: number, names: string[], precision: number): string {
  let size = bytes;
  let step = 0;
  while (size >= base && step < names.length - 1) {
    size /= base;
    step++;
  }
  return general(size, precision) + names[step]!;
}

/** C's `%.{precision}g`: significant digits without trailing zeros, an exponent when there are too few of them. */
function general(value: number, precision: number): string {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent >= precision || exponent < -4) {
    const [mantissa, power] = value.toExponential(precision - 1).split('e');
    const digits = mantissa!.includes('.') ? mantissa!.replace(/\.?0+$/, '') : mantissa!;
    return `${digits}e${power![0]}${power!.slice(1).padStart(2, '0')}`;
  }
  const text = value.toFixed(Math.max(0, precision - 1 - exponent));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
