/**
 * Ages for people: `Less than a second`, `5 seconds`, `About a minute`, `3 weeks`.
 * Source: `go-units: duration.go`. Whole units are cut off, only hours are rounded.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An age in milliseconds as words, without `ago`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / SECOND);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(milliseconds / MINUTE);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  return longAge(Math.trunc(milliseconds / HOUR + 0.5), Math.trunc(milliseconds / HOUR));
}

function longAge(hours: number, wholeHours: number): string {
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(wholeHours / 24 / 365)} years`;
}

/** Milliseconds since the epoch of an RFC 3339 time of the Engine API (nanoseconds are cut); NaN for Go's zero time. */
export function epochMilliseconds(time: string | undefined): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time ?? '');
  if (!match || match[1] === '0001') return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction] = match;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const clock = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const millis = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  return (days * 86_400 + clock - zoneSeconds(match[8]!)) * 1000 + millis;
}

/** Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant's `days_from_civil`). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** The longest age that Go's durations can hold: that of the zero time. */
const longestAge = 9_223_372_036_854;

/** Milliseconds from a time of the Engine API to `now`. */
export function ageMilliseconds(time: string | undefined, now: number): number {
  const then = epochMilliseconds(time);
  return Number.isNaN(then) ? longestAge : now - then;
}

/** Orders times of the Engine API down to the nanosecond; the zero time comes first. */
export function compareTimes(a: string, b: string): number {
  const [first, second] = [epochMilliseconds(a), epochMilliseconds(b)];
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(second)) - Number(Number.isNaN(first));
  return first - second || nanosecondsOf(a) - nanosecondsOf(b);
}

function nanosecondsOf(time: string): number {
  return Number((/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0').slice(0, 9));
}
