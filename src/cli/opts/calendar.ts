/**
 * Seconds since the epoch as dates, in UTC, which hosts keep. Calendar arithmetic of its own: the command line has no `Date`.
 * Source: Howard Hinnant, `chrono-compatible low-level date algorithms` (`civil_from_days`); Go: `time.Time.String`.
 */

/** `2025-07-01 12:00:00 +0000 UTC` */
export function utcText(seconds: number): string {
  return `${dateOf(seconds)} ${clockOf(seconds)} +0000 UTC`;
}

/** `2025-07-01` */
export function dateOf(seconds: number): string {
  return civilDate(Math.floor(seconds / 86_400));
}

/** `12:00:00` */
export function clockOf(seconds: number): string {
  const time = seconds - Math.floor(seconds / 86_400) * 86_400;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(time / 3600)}:${two((time / 60) % 60)}:${two(time % 60)}`;
}

/** The Gregorian date so many days after 1970-01-01 (Howard Hinnant's `civil_from_days`). */
function civilDate(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
