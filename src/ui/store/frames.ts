/** One loop of animation frames for all parts of the chrome that follow the virtual clock. */

const callbacks = new Set<() => void>();
let frame = 0;

function run(): void {
  frame = requestAnimationFrame(run);
  for (const callback of callbacks) callback();
}

/** Calls back once per frame. Returns the way to stop. */
export function onFrame(callback: () => void): () => void {
  callbacks.add(callback);
  if (callbacks.size === 1) frame = requestAnimationFrame(run);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) cancelAnimationFrame(frame);
  };
}
