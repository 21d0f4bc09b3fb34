/**
 * Which stretch of time the lanes show. Left alone it ends now and grows with the pace; who zooms or moves it, or looks at an earlier
 * moment, has it where they left it, until they go back to now.
 */
import type { Micros } from '../../protocol/events.ts';
import { spanFor } from './draw-lanes.ts';

/** What somebody has asked for; null: what is usual. */
export interface TimeWindow {
  end: Micros | null;
  span: Micros | null;
}

export const usualWindow: TimeWindow = { end: null, span: null };

const LEAST_SPAN: Micros = 1000;
const MOST_SPAN: Micros = 24 * 3600 * 1_000_000;
/** The playhead that would leave the window is put here. */
const INSIDE = 0.6;

/** Time as far as the window is concerned. */
export interface Moment {
  now: Micros;
  /** Null unless an earlier moment is shown. */
  newest: Micros | null;
  rate: number;
}

/** The stretch to show: its right edge and its length. The playhead is always in it. */
export function shownWindow(wish: TimeWindow, { now, newest, rate }: Moment): { end: Micros; span: Micros } {
  const span = wish.span ?? spanFor(rate);
  const latest = newest ?? now;
  if (newest === null) return { end: latest, span };
  const end = Math.min(wish.end ?? latest, latest);
  return { end: now > end || now < end - span ? Math.min(latest, now + span * (1 - INSIDE)) : end, span };
}

/** Longer or shorter by a factor, with this moment staying where it is. */
export function zoomed(shown: { end: Micros; span: Micros }, factor: number, fixed: Micros): TimeWindow {
  const span = Math.min(MOST_SPAN, Math.max(LEAST_SPAN, shown.span * factor));
  return { span, end: fixed + (shown.end - fixed) * (span / shown.span) };
}

/** Earlier or later by so much. */
export function moved(wish: TimeWindow, shown: { end: Micros; span: Micros }, by: Micros): TimeWindow {
  return { span: wish.span, end: Math.max(shown.span / 2, shown.end + by) };
}
