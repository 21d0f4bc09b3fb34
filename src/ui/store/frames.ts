/**
 * One loop of animation frames for all parts of the chrome that follow the virtual clock. Each is called on every second frame
 * only, some on the even ones, some on the odd: digits and slow marks need no more, and the stage keeps the rest.
 */

type Turn = 'even' | 'odd';

const callbacks: Readonly<Record<Turn, Set<() => void>>> = { even: new Set(), odd: new Set() };
let frame = 0;
let count = 0;

function run(): void {
  frame = requestAnimationFrame(run);
  count += 1;
  for (const callback of callbacks[count % 2 === 0 ? 'even' : 'odd']) callback();
}

/** Calls back on every second frame. Returns the way to stop. */
export function onFrame(turn: Turn, callback: () => void): () => void {
  const isFirst = callbacks.even.size + callbacks.odd.size === 0;
  callbacks[turn].add(callback);
  if (isFirst) frame = requestAnimationFrame(run);
  return () => {
    callbacks[turn].delete(callback);
    if (callbacks.even.size + callbacks.odd.size === 0) cancelAnimationFrame(frame);
  };
}
