/** Spans as people say them. Source: `go-units: duration.go HumanDuration`. */
import type { Micros } from '../../protocol/events.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Such as `5 seconds`, `About an hour`, `3 weeks`. */
export function humanDuration(span: Micros): string {
  const seconds = Math.trunc(span / 1e6);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / HOUR + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (seconds < 14 * DAY) return `${Math.trunc(hours / 24)} days`;
  if (seconds < 60 * DAY) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (seconds < 730 * DAY) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(hours / 24 / 365)} years`;
}
