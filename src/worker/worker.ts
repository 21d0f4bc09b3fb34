/**
 * The worker's entry: puts a session on the platform. The only file that knows a real clock and a real timer.
 */
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import type { PageMessage } from '../protocol/worker-messages.ts';
import { startNamed } from '../scenarios/starts.ts';
import { createMessageTurn } from './message-turn.ts';
import { Session } from './session.ts';

const session = new Session({
  wallNow: () => performance.now(),
  later: (callback, ms) => void setTimeout(callback, ms),
  turn: createMessageTurn(),
  createWorld: (start) => Cluster.create(start),
  restoreWorld: (checkpoint) => Cluster.restore(checkpoint as Checkpoint),
  startNamed,
  loadCommands: () => import('./commands.ts'),
});

const page = session.attach((message) => self.postMessage(message));

self.onmessage = (event: MessageEvent<PageMessage>) => page.receive(event.data);
self.onerror = (event) => session.crash(event);
self.onunhandledrejection = (event) => session.crash(event.reason);
