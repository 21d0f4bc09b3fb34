/** A served cluster: one session with the wall's clock, the page's server, and an Engine API per host. */
import { performance } from 'node:perf_hooks';
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import { API_VERSION, MIN_API_VERSION } from '../engine/dockerd/version.ts';
import { startNamed } from '../scenarios/starts.ts';
import { Session } from '../worker/session.ts';
import type { ServeOptions } from './arguments.ts';
import { createGate } from './gate.ts';
import { HostListeners } from './host-listeners.ts';
import { createPageServer } from './page-server.ts';

export interface ServedCluster {
  session: Session;
  /** Rejects when the server cannot go on. */
  failed: Promise<never>;
  close(): void;
}

/** Resolves when the page can be opened and docker can be pointed at the hosts. */
export async function serveCluster(options: ServeOptions, dist: string): Promise<ServedCluster> {
  const { basePort, host, token, start, speed } = options;
  const session = createSession();
  await session.load(start);
  const clock = session.attach(() => undefined);
  clock.receive({ type: 'time', speed });
  clock.close();
  const gate = createGate(token);
  const page = createPageServer({ session, gate, dist });
  await new Promise<void>((resolve, reject) => {
    page.once('error', reject);
    page.listen(basePort, host, resolve);
  });
  let listeners: HostListeners | undefined;
  const failed = new Promise<never>((_, reject) => {
    const versions = { least: MIN_API_VERSION, most: API_VERSION };
    listeners = new HostListeners({ session, gate, versions, address: host, basePort, onFailure: reject });
  });
  return {
    session,
    failed,
    close: () => {
      listeners?.close();
      page.close();
      page.closeAllConnections();
    },
  };
}

function createSession(): Session {
  return new Session({
    wallNow: () => performance.now(),
    later: (callback, ms) => void setTimeout(callback, ms),
    turn: () => new Promise((resolve) => void setImmediate(resolve)),
    unixNow: () => Date.now(),
    createWorld: (start) => Cluster.create(start),
    restoreWorld: (checkpoint) => Cluster.restore(checkpoint as Checkpoint),
    startNamed,
    loadCommands: () => import('../worker/commands.ts'),
  });
}
