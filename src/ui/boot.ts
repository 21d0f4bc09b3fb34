/**
 * What runs first, as a script of its own and small enough to run at once: asks the worker for a world, so that it is fetched and made
 * while the page is still being read; or connects to the cluster of the server that the page came from. What is said meanwhile is kept.
 */
import type { PageMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { sessionInAddress } from './requested-session.ts';
import { requestedStart } from './requested-start.ts';
import { connectServed, servedSession } from './served-link.ts';
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
  const early: WorkerMessage[] = [];
  let broken: string | null = null;
  let tell = (message: string): void => {
    broken = message;
  };
  const served = servedSession();
  const { start, failure } = served === null ? requestedStart(location.search) : { start: null, failure: '' };
  const link =
    served === null ? startWorker((message) => tell(message)) : connectServed(served, (message) => tell(message));
  link.onmessage = (event) => early.push(event.data);
  const session = sessionInAddress(location.hash);
  const load: PageMessage | null = start && {
    type: 'call',
    id: 0,
    call: session === null ? { call: 'load', start } : { call: 'open', moment: { link: session }, otherwise: start },
  };
  if (load) link.postMessage(load);
  return {
    link,
    early,
    onBroken(listener) {
      tell = listener;
      if (broken !== null) listener(broken);
    },
    startFailure: failure,
  };
}

function startWorker(onBroken: (message: string) => void): WorldLink {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
  worker.onerror = (event) => onBroken(event.message || 'The worker that runs the world could not be started.');
  return worker as WorldLink;
}

export const booted = boot();
