/**
 * When the first picture of a world has been painted. What that picture does without (pointer, terminals, inspector, lanes) is fetched
 * and made after it.
 */
import { useEffect, useState } from 'react';
import { useWorld } from './world.ts';

let stageIsUp: () => void = () => {};
const stageMounted = new Promise<void>((resolve) => {
  stageIsUp = resolve;
});

/** The stage is on the page. */
export function noteStage(): void {
  stageIsUp();
}

export const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

/** Waits until the store satisfies a condition. */
export function storeUntil(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (condition()) {
      resolve();
      return;
    }
    const stop = useWorld.subscribe(() => {
      if (!condition()) return;
      stop();
      resolve();
    });
  });
}

/** Resolves after the frame with the first picture. */
export const firstPicture: Promise<void> = (async () => {
  await storeUntil(() => useWorld.getState().snapshot !== null);
  await stageMounted;
  // The picture is painted in the next frame; that frame is on the screen when the one after it begins.
  for (let count = 0; count < 2; count++) await nextFrame();
})();

/** Whether the first picture has been painted. */
export function useAfterFirstPicture(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    let current = true;
    void firstPicture.then(() => current && setPainted(true));
    return () => {
      current = false;
    };
  }, []);
  return painted;
}
