/** What the transport's buttons and keys do to virtual time. */
import type { TraceEvent } from '../../protocol/events.ts';
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
