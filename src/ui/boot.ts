/**
 * What runs first, as a script of its own and small enough to run at once: asks the worker for a world, so that it is fetched and made
 * while the page is still being read. What the worker says meanwhile is kept for the page.
 */
import type { PageMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { requestedStart } from './requested-start.ts';
import type { WorldLink } from './store/worker-client.ts';

/** What the page finds when it begins. */
interface Booted {
  link: WorldLink;
  /** What the worker has said so far. */
  early: WorkerMessage[];
  /** Says so when the worker cannot be started. */
  onBroken(listener: (message: string) => void): void;
  /** What is wrong with the start that the address asks for; empty when nothing is. */
  startFailure: string;
}

function boot(): Booted {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
  const early: WorkerMessage[] = [];
  worker.onmessage = (event: MessageEvent<WorkerMessage>) => early.push(event.data);
  let broken: string | null = null;
  let tell = (message: string): void => {
    broken = message;
  };
  worker.onerror = (event) => tell(event.message || 'The worker that runs the world could not be started.');
  const { start, failure } = requestedStart(location.search);
  const load: PageMessage = { type: 'call', id: 0, call: { call: 'load', start } };
  worker.postMessage(load);
  return {
    link: worker as WorldLink,
    early,
    onBroken(listener) {
      tell = listener;
      if (broken !== null) listener(broken);
    },
    startFailure: failure,
  };
}

export const booted = boot();
