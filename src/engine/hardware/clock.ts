/**
 * A machine's clock, which may run fast or slow, or be set wrong. Two readings of it, as in every system: monotonic time, by which
 * timers are set and which only runs at a wrong rate, and wall time, which jumps too when somebody sets it (`clock_gettime(2)`).
 */
import type { Micros } from '../../protocol/events.ts';

export interface ClockState {
  /** Seconds of this clock in a true second. */
  rate: number;
  /** The monotonic reading at `since`. */
  base: Micros;
  since: Micros;
  /** Wall time minus monotonic time. */
  offset: Micros;
}

export function trueClock(): ClockState {
  return { rate: 1, base: 0, since: 0, offset: 0 };
}

export function monotonicTime({ rate, base, since }: ClockState, now: Micros): Micros {
  return base + Math.round((now - since) * rate);
}

export function wallTime(clock: ClockState, now: Micros): Micros {
  return monotonicTime(clock, now) + clock.offset;
}

/** From now on the clock runs at another rate. */
export function setClockRate(clock: ClockState, rate: number, now: Micros): void {
  clock.base = monotonicTime(clock, now);
  clock.since = now;
  clock.rate = rate;
}

/** Somebody sets the wall clock forward or back. */
export function jumpClock(clock: ClockState, by: Micros): void {
  clock.offset += by;
}

/** A time server sets it right: true rate, true wall time; monotonic time goes on from where it is. */
export function mendClock(clock: ClockState, now: Micros): void {
  setClockRate(clock, 1, now);
  clock.offset = now - clock.base;
}

export function isClockTrue({ rate, base, since, offset }: ClockState): boolean {
  return rate === 1 && base + offset === since;
}
