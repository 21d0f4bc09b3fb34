/** Virtual time: whole microseconds since the world began. A day is 8.64e10, far from the limit of exact integers. */
import type { Micros } from '../../protocol/events.ts';

export type { Micros };

/** Unix time in milliseconds at virtual time 0: 2026-01-01T00:00:00Z, so that a seed makes the same certificates on any day. */
export const WORLD_EPOCH_MS = 1_767_225_600_000;

/** Microseconds in `n` milliseconds. */
export const milliseconds = (n: number): Micros => Math.round(n * 1_000);

/** Microseconds in `n` seconds. */
export const seconds = (n: number): Micros => Math.round(n * 1_000_000);
