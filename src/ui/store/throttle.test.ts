import { afterEach, expect, it, vi } from 'vitest';
import { flushThrottled, throttled } from './throttle.ts';

afterEach(() => vi.useRealTimers());

it('calls once per interval, with the latest value', () => {
  vi.useFakeTimers();
  const seen: number[] = [];
  const call = throttled((value: number) => seen.push(value), 250);
  call(1);
  call(2);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(seen).toEqual([2]);
});

it('makes what waits at once when asked, and not again', () => {
  vi.useFakeTimers();
  const seen: number[] = [];
  const call = throttled((value: number) => seen.push(value), 250);
  call(1);
  flushThrottled();
  vi.advanceTimersByTime(1000);
  expect(seen).toEqual([1]);
});

it('drops what waits when it is cancelled', () => {
  vi.useFakeTimers();
  const seen: number[] = [];
  const call = throttled((value: number) => seen.push(value), 250);
  call(1);
  call.cancel();
  flushThrottled();
  vi.advanceTimersByTime(1000);
  expect(seen).toEqual([]);
});
