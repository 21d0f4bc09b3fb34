/**
 * Virtual time as Docker writes it: RFC 3339 with the fraction's trailing zeros cut off (`time.RFC3339Nano`), UTC.
 * Calendar arithmetic of its own, for the engine has no `Date`. Source: Howard Hinnant, `chrono-compatible low-level date algorithms`.
 */
import type { Micros } from '../../../protocol/events.ts';

/** Go's zero time. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Milliseconds since the Unix epoch at virtual time zero. */
export type EpochMs = number;

const SECONDS_PER_DAY = 86_400;

/** A moment of virtual time. */
export function rfc3339(epochMs: EpochMs, at: Micros): string {
  const wholeMs = Math.floor(at / 1000);
  const ms = epochMs + wholeMs;
  const seconds = Math.floor(ms / 1000);
  const micros = (ms - seconds * 1000) * 1000 + (at - wholeMs * 1000);
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - day * SECONDS_PER_DAY;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  const fraction = String(micros).padStart(6, '0').replace(/0+$/, '');
  return `${civilDate(day)}T${clock}${fraction ? `.${fraction}` : ''}Z`;
}

/** Nanoseconds in a span of virtual time. */
export function nanos(span: Micros): number {
  return span * 1000;
}

/** A span of virtual time from nanoseconds. */
export function fromNanos(span: number): Micros {
  return Math.round(span / 1000);
}

/** Seconds since the Unix epoch. */
export function unixSeconds(epochMs: EpochMs, at: Micros): number {
  return Math.floor((epochMs + at / 1000) / 1000);
}

/** Virtual time of a moment given as Docker's clients do: seconds with a fraction since the epoch, or RFC 3339. Null if it is neither. */
export function parseMoment(epochMs: EpochMs, text: string): Micros | null {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Math.round((Number(text) * 1000 - epochMs) * 1000);
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', zone = 'Z'] = match;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const local = days * SECONDS_PER_DAY + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return Math.round(((local - zoneSeconds(zone)) * 1000 - epochMs) * 1000);
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Years begin in March here, so that the leap day is the last of its year; an era is 400 years. */
function civilDate(day: number): string {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;
}

function daysSinceEpoch(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
