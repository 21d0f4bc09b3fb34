import { describe, expect, it } from 'vitest';
import { isClockTrue, jumpClock, mendClock, monotonicTime, setClockRate, trueClock, wallTime } from './clock.ts';

describe("a machine's clock", () => {
  it('shows true time', () => {
    const clock = trueClock();
    expect([monotonicTime(clock, 5000), wallTime(clock, 5000), isClockTrue(clock)]).toEqual([5000, 5000, true]);
  });

  it('drifts when its rate is wrong, in both readings', () => {
    const clock = trueClock();
    setClockRate(clock, 1.5, 1000);
    expect([monotonicTime(clock, 3000), wallTime(clock, 3000), isClockTrue(clock)]).toEqual([4000, 4000, false]);
  });

  it('jumps only in wall time', () => {
    const clock = trueClock();
    jumpClock(clock, -700);
    expect([monotonicTime(clock, 1000), wallTime(clock, 1000), isClockTrue(clock)]).toEqual([1000, 300, false]);
  });

  it('shows true wall time once mended, and its monotonic time never goes back', () => {
    const clock = trueClock();
    setClockRate(clock, 2, 0);
    jumpClock(clock, 50);
    mendClock(clock, 1000);
    expect([monotonicTime(clock, 1000), wallTime(clock, 1000)]).toEqual([2000, 1000]);
    expect([monotonicTime(clock, 1500), wallTime(clock, 1500), isClockTrue(clock)]).toEqual([2500, 1500, true]);
  });
});
