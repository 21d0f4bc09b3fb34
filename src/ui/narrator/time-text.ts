/** Virtual times and rates as people read them: `0:56.62`, `1:02:03.4`, `×0.02`, `1/1000`. */
import type { Micros } from '../../protocol/events.ts';

/** Minutes, seconds and as many decimals as asked for; hours when there are any. */
export function timeText(at: Micros, decimals = 2): string {
  const unit = 10 ** decimals;
  const units = Math.floor((Math.max(at, 0) / 1e6) * unit + 1e-6);
  const seconds = Math.floor(units / unit);
  const fraction = decimals > 0 ? `.${String(units % unit).padStart(decimals, '0')}` : '';
  const pad = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const head = hours > 0 ? `${hours}:${pad(minutes)}` : String(minutes);
  return `${head}:${pad(seconds % 60)}${fraction}`;
}

/** The slower the clock runs, the more of its decimals can be read. */
export function decimalsFor(rate: number): number {
  if (rate >= 100) return 0;
  if (rate >= 5) return 1;
  if (rate >= 0.02) return 2;
  if (rate >= 0.005) return 3;
  return rate >= 0.0005 ? 4 : 6;
}

/** A rate of virtual time: `×1`, `×0.02`, `×250`. */
export function rateText(rate: number): string {
  if (rate >= 10) return `×${Math.round(rate)}`;
  if (rate >= 1) return `×${Number(rate.toFixed(1))}`;
  return `×${Number(rate.toPrecision(2))}`;
}

/** A span of virtual time in words: `13.4 s`, `350 ms`, `2 min 5 s`. */
export function spanText(span: Micros): string {
  if (span < 1000) return `${Math.round(span)} µs`;
  if (span < 1e6) return `${Number((span / 1000).toPrecision(3))} ms`;
  const seconds = span / 1e6;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Number(seconds.toFixed(1))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
