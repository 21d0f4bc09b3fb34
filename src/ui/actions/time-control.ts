/** What the transport's buttons and keys do to virtual time. */
import type { Micros, TraceEvent } from '../../protocol/events.ts';
import type { LookTarget } from '../../protocol/worker-messages.ts';
import { askTime, call } from '../store/worker-client.ts';
import { useWorld, wantedTime } from '../store/world.ts';

/** Slowest and fastest rate of virtual time. */
export const minSpeed = 0.001;
export const maxSpeed = 1000;

export function setPlaying(playing: boolean): void {
  askTime({ playing });
}

export function togglePlaying(): void {
  setPlaying(!wantedTime(useWorld.getState()).playing);
}

export function setSpeed(speed: number): void {
  askTime({ speed: clampSpeed(speed) });
}

export function setAutoSlow(autoSlow: boolean): void {
  askTime({ autoSlow });
}

/** To the next event and no further; a playing world is paused first. */
export async function stepToNextEvent(): Promise<TraceEvent | null> {
  if (wantedTime(useWorld.getState()).playing) setPlaying(false);
  const { event } = await call<'step'>({ call: 'step' });
  return event;
}

/** Shows another moment of the world. Time stands still there; acting there begins a branch. */
export async function lookAt(target: LookTarget): Promise<Micros> {
  const { at } = await call<'look'>({ call: 'look', target });
  return at;
}

/** Where the hand that scrubs is now, while the moment asked for before is still being made. */
let scrubbed: Micros | null = null;
let isScrubbing = false;

/** Follows a hand along the timeline: the moments it passes while one is being made are left out. */
export async function scrubTo(at: Micros): Promise<void> {
  scrubbed = Math.max(0, Math.round(at));
  if (isScrubbing) return;
  isScrubbing = true;
  try {
    while (scrubbed !== null) {
      const next: Micros = scrubbed;
      scrubbed = null;
      await lookAt({ at: next });
    }
  } finally {
    isScrubbing = false;
  }
}

/** Back to the newest moment, where time goes on. */
export async function lookNow(): Promise<void> {
  await lookAt('now');
}

/** Shows the newest moment of another branch. */
export async function showBranch(id: number): Promise<void> {
  await call<'branch'>({ call: 'branch', id });
}

/** From now on time stops at these conditions. Throws with the worker's words when one is none. */
export async function stopAt(conditions: readonly string[]): Promise<void> {
  await call<'stop-at'>({ call: 'stop-at', conditions: [...conditions] });
  useWorld.getState().setStops(conditions);
}

/** The slider's stops: 1, 2, 5 in each decade. */
const stops = [-3, -2, -1, 0, 1, 2]
  .flatMap((power) => [1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(1))))
  .concat(maxSpeed);

/** To the next stop. */
export function changeSpeed(direction: 1 | -1): void {
  setSpeed(neighbourSpeed(wantedTime(useWorld.getState()).speed, direction));
}

/** The next stop faster or slower than `speed`. */
export function neighbourSpeed(speed: number, direction: 1 | -1): number {
  const tolerance = speed * 1e-6;
  return direction > 0
    ? (stops.find((stop) => stop > speed + tolerance) ?? maxSpeed)
    : (stops.findLast((stop) => stop < speed - tolerance) ?? minSpeed);
}

/** The slider is logarithmic: position -3..3 is the power of ten. */
export function speedAt(position: number): number {
  return clampSpeed(Number((10 ** position).toPrecision(2)));
}

export function positionOf(speed: number): number {
  return Math.log10(clampSpeed(speed));
}

export function clampSpeed(speed: number): number {
  return Math.min(maxSpeed, Math.max(minSpeed, speed));
}
