/** Virtual time: whole microseconds since the world began. A day is 8.64e10, far from the limit of exact integers. */
import type { Micros } from '../../protocol/events.ts';

export type { Micros };

/** Microseconds in `n` milliseconds. */
export const milliseconds = (n: number): Micros => Math.round(n * 1_000);

/** Microseconds in `n` seconds. */
export const seconds = (n: number): Micros => Math.round(n * 1_000_000);
