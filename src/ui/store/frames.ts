/**
 * The beat of the chrome that follows the virtual clock: ten times a second is enough for digits and marks, and all of it is drawn in
 * one frame, so that the page is laid out and painted once for them and the stage has the other frames to itself.
 */

const BEAT_MS = 100;

const callbacks = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let frame = 0;

function wait(): void {
  timer = setTimeout(() => {
    frame = requestAnimationFrame(beat);
  }, BEAT_MS - 10);
}

function beat(): void {
  for (const callback of callbacks) callback();
  wait();
}

/** Draws all at once what would be drawn with the next beat. */
export function beatNow(): void {
  for (const callback of callbacks) callback();
}

/** Calls back with every beat. Returns the way to stop. */
export function onBeat(callback: () => void): () => void {
  if (callbacks.size === 0) wait();
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}
