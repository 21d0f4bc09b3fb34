/** `strftime` for the virtual clock, always in UTC, always in English; and the calendar behind it, without the platform's `Date`. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

const DAY_MS = 86_400_000;

/** A moment taken apart, in UTC. `month` and `weekday` (0 = Sunday) count from 0, `yearDay` from 1. */
interface Calendar {
  unixMs: number;
  year: number;
  month: number;
  day: number;
  weekday: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
}

/** Days since 1970-01-01 of the first day of a month in the Gregorian calendar. */
function daysBefore(year: number, month: number): number {
  // Years are counted from March, so that the leap day is the last one of its year.
  const shifted = month < 2 ? year - 1 : year;
  const monthFromMarch = (month + 10) % 12;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + Math.floor((monthFromMarch * 153 + 2) / 5) - 719_468;
}

function calendarOf(unixMs: number): Calendar {
  const days = Math.floor(unixMs / DAY_MS);
  const rest = unixMs - days * DAY_MS;
  let year = 1970 + Math.floor(days / 365.2425);
  if (daysBefore(year + 1, 0) <= days) year++;
  if (daysBefore(year, 0) > days) year--;
  let month = 11;
  while (daysBefore(year, month) > days) month--;
  return {
    unixMs,
    year,
    month,
    day: days - daysBefore(year, month) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysBefore(year, 0) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
  };
}

/** Formats Unix milliseconds. */
export function formatDate(unixMs: number, format: string): string {
  const date = calendarOf(unixMs);
  return format.replace(/%([-_0^]?)([A-Za-z%])/g, (all, flag: string, letter: string) => {
    const text = field(date, letter);
    if (text === null) return all;
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
    return flag === '^' ? text.toUpperCase() : text;
  });
}

function field(date: Calendar, letter: string): string | null {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour12 = date.hour % 12 || 12;
  const nested = (format: string): string => formatDate(date.unixMs, format);
  switch (letter) {
    case 'Y':
      return String(date.year);
    case 'y':
      return two(date.year % 100);
    case 'm':
      return two(date.month + 1);
    case 'd':
      return two(date.day);
    case 'e':
      return String(date.day).padStart(2);
    case 'H':
      return two(date.hour);
    case 'I':
      return two(hour12);
    case 'k':
      return String(date.hour).padStart(2);
    case 'l':
      return String(hour12).padStart(2);
    case 'U':
      return two(Math.floor((date.yearDay + 6 - date.weekday) / 7));
    case 'M':
      return two(date.minute);
    case 'S':
      return two(date.second);
    case 'N':
      return String(Math.floor((date.unixMs % 1000) * 1e6)).padStart(9, '0');
    case 'p':
      return date.hour < 12 ? 'AM' : 'PM';
    case 's':
      return String(Math.floor(date.unixMs / 1000));
    case 'a':
      return days[date.weekday]!.slice(0, 3);
    case 'A':
      return days[date.weekday]!;
    case 'b':
    case 'h':
      return months[date.month]!.slice(0, 3);
    case 'B':
      return months[date.month]!;
    case 'j':
      return String(date.yearDay).padStart(3, '0');
    case 'u':
      return String(date.weekday || 7);
    case 'w':
      return String(date.weekday);
    case 'F':
      return nested('%Y-%m-%d');
    case 'T':
    case 'X':
      return nested('%H:%M:%S');
    case 'R':
      return nested('%H:%M');
    case 'D':
    case 'x':
      return nested('%m/%d/%y');
    case 'c':
      return nested('%a %b %e %H:%M:%S %Y');
    case 'Z':
      return 'UTC';
    case 'z':
      return '+0000';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '%':
      return '%';
    default:
      return null;
  }
}
