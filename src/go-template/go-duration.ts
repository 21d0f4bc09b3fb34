/**
 * Durations as Go reads and prints them: `1h2m3.5s` in, `1m0s` out. Values are nanoseconds, as the Engine API has them.
 * Source: Go `time.ParseDuration`, `time.Duration.String`; errors checked against the real client.
 */

import { quote } from './go-strconv.ts';
import { type ParseResult, parsed, unparsable } from './parse-result.ts';

const UNIT_NANOS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const LONGEST = 1n << 63n;

/** Reads a duration such as `1.5h` or `-300ms` into nanoseconds. */
export function parseDuration(text: string): ParseResult<number> {
  const negative = text.startsWith('-');
  let rest = negative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return parsed(0);
  if (rest === '') return invalid(text);
  let total = 0n;
  while (rest !== '') {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest)!;
    const [whole, fraction] = [part[1]!, part[2] ?? ''];
    if (whole === '' && fraction === '') return invalid(text);
    const unit = part[3]!;
    if (unit === '') return unparsable(`time: missing unit in duration ${quote(text)}`);
    const nanos = UNIT_NANOS[unit];
    if (nanos === undefined) return unparsable(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    total += BigInt(whole || '0') * nanos + (BigInt(fraction || '0') * nanos) / 10n ** BigInt(fraction.length);
    rest = rest.slice(part[0].length);
  }
  if (total > LONGEST - (negative ? 0n : 1n)) return invalid(text);
  return parsed(negative ? -Number(total) : Number(total));
}

function invalid(text: string): { ok: false; message: string } {
  return unparsable(`time: invalid duration ${quote(text)}`);
}

/** A duration that must not be below zero (`--health-interval` and its like). */
export function parsePositiveDuration(text: string): ParseResult<number> {
  const duration = parseDuration(text);
  return duration.ok && duration.value < 0 ? unparsable('duration cannot be negative') : duration;
}

/** Prints nanoseconds as Go does: `0s`, `1.5ms`, `5s`, `1h0m3.5s`. */
export function formatDuration(nanos: number): string {
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const size = BigInt(Math.round(Math.abs(nanos)));
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const seconds = decimal(size % 60_000_000_000n, 9);
  const minutes = size / 60_000_000_000n;
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${hours}h${minutes % 60n}m${seconds}s`;
}

/** `value` divided by a power of ten, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
