/**
 * The virtual time to draw at display rate, between two pictures from the worker: the last known time plus the wall time since then
 * at the rate in force. It never runs more than 200 ms of wall time ahead of the last picture (a slow worker shows as slow
 * time, not as invented facts) and never backwards while the world plays at one rate. When it pauses or slows, the exact time counts.
 */
import type { Micros } from '../../protocol/events.ts';
import type { TimeState } from '../../protocol/worker-messages.ts';

/** How far, in wall milliseconds, the picture may run ahead of what the worker has said. */
export const HORIZON_MS = 200;

/** The arithmetic alone, for tests. */
export function extrapolate(time: TimeState, elapsedMs: number, shown: Micros): Micros {
  if (!time.playing) return time.now;
  const ahead = Math.min(Math.max(elapsedMs, 0), HORIZON_MS) * 1000 * time.rate;
  return Math.max(shown, time.now + ahead);
}

let last: TimeState = { now: 0, playing: false, speed: 1, rate: 1, slowed: null, autoSlow: true, newest: null };
let heardAt = 0;
let shown: Micros = 0;

/** Virtual time now, in microseconds. */
export function virtualNow(): Micros {
  shown = extrapolate(last, performance.now() - heardAt, shown);
  return shown;
}

/** The worker has said what time it is. */
export function noteTime(time: TimeState): void {
  // A picture shown ahead at a fast rate must not hold the clock up for long after the rate has dropped.
  if (time.rate < last.rate) shown = Math.min(shown, time.now);
  // To an earlier moment, and back to the newest, time does jump.
  if (time.newest !== last.newest || (time.newest !== null && time.now < last.now)) shown = time.now;
  last = time;
  heardAt = performance.now();
}

/** Another world begins: time may jump to anywhere. */
export function resetVirtualNow(time: TimeState): void {
  last = time;
  heardAt = performance.now();
  shown = time.now;
}
