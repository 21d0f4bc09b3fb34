/**
 * Points in time for `--since` and `--until`: a duration back from now (`42m`), a date, a time, or seconds since the epoch.
 * Simplified: of a date that is none, the complaint names the layout of a bare date; Go names the one it tried and the part that failed.
 * Source: `moby: api/types/time/timestamp.go` (`GetTimestamp`).
 */

import { parseDuration } from '../../go-template/go-duration.ts';
import { quote } from '../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { epochMilliseconds } from './human-duration.ts';

/** The time as the API takes it: seconds since the epoch, with nanoseconds where the text has a date. */
export function parseSince(text: string, now: number): ParseResult<string> {
  const duration = parseDuration(text);
  if (text !== '0' && duration.ok) return parsed(String(Math.floor((now - duration.value / 1e6) / 1000)));
  const date = dateToRfc3339(text);
  const part = date === null ? null : partOutOfRange(date);
  if (part !== null) return unparsable(`parsing time ${quote(text)}: ${part} out of range`);
  if (date !== null) {
    const seconds = Math.floor(epochMilliseconds(date) / 1000);
    const fraction = (/\.(\d+)/.exec(date)?.[1] ?? '').padEnd(9, '0').slice(0, 9);
    return parsed(`${seconds}.${fraction}`);
  }
  if (text.includes('-')) return unparsable(`parsing time ${quote(text)} as "2006-01-02": cannot parse ${quote(text)}`);
  if (/^[+-]?\d+(\.[+-]?\d+)?$/.test(text)) return parsed(text);
  return unparsable(`failed to parse value as time or duration: ${quote(text)}`);
}

/** Which part of a date is too high or too low, or null. */
function partOutOfRange(date: string): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = date.match(/\d+/g)!.map(Number);
  if (month < 1 || month > 12) return 'month';
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
  if (day < 1 || day > days) return 'day';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  return second > 59 ? 'second' : null;
}

/**
 * Fills in what may be missing: seconds, minutes, hours, the zone.
 * Simplified: the local zone is UTC, as it is in the hosts' shells.
 */
function dateToRfc3339(text: string): string | null {
  const pattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/;
  const match = pattern.exec(text);
  if (!match) return null;
  const [, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = match;
  return `${day}T${hour}:${minute}:${second}${zone}`;
}
