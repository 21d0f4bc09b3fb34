/**
 * Ctrl-C and broken pipes as a value: the few lines of `AbortController` that a shell without a platform needs.
 * A source may follow another one, as the members of a pipeline follow the terminal's interrupt.
 */
import type { CancelSignal } from '../../protocol/api.ts';

/** Owns a `CancelSignal` and can abort it, once. */
export class CancelSource {
  #aborted = false;
  #listeners = new Set<() => void>();
  #release: (() => void) | null = null;
  readonly signal: CancelSignal;

  constructor(parent?: CancelSignal) {
    const isAborted = (): boolean => this.#aborted;
    this.signal = {
      get aborted() {
        return isAborted();
      },
      addEventListener: (_type, listener) => void this.#listeners.add(listener),
      removeEventListener: (_type, listener) => void this.#listeners.delete(listener),
    };
    if (parent) this.#follow(parent);
  }

  #follow(parent: CancelSignal): void {
    if (parent.aborted) {
      this.#aborted = true;
      return;
    }
    const listener = (): void => this.abort();
    parent.addEventListener('abort', listener);
    this.#release = () => parent.removeEventListener('abort', listener);
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.release();
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Stops following the parent: what was started under this source has ended. */
  release(): void {
    this.#release?.();
    this.#release = null;
  }
}

/** Resolves when `signal` is aborted; `forget` takes the listener away again. */
export function whenAborted(signal: CancelSignal): { promise: Promise<void>; forget(): void } {
  let listener: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else {
      listener = () => resolve();
      signal.addEventListener('abort', listener);
    }
  });
  return { promise, forget: () => signal.removeEventListener('abort', listener) };
}
