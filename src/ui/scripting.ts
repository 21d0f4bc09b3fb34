/**
 * `window.swarmscope`: the world by script, for tests, measurements and the curious. Times are virtual seconds. Documented in
 * the README.
 */
import type { ApiMethod, ApiResponse } from '../protocol/api.ts';
import type { Fault, FaultKind, FaultResult } from '../protocol/faults.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { Start } from '../protocol/start.ts';
import type { AdvanceResult, RunResult } from '../protocol/worker-messages.ts';
import { startNamed } from '../scenarios/starts.ts';
import { clampSpeed, lookAt, showBranch, stopAt } from './actions/time-control.ts';
import { fontsThere } from './look/fonts.ts';
import { firstPicture, nextFrame, storeUntil } from './store/first-picture.ts';
import { beatNow } from './store/frames.ts';
import { flushThrottled } from './store/throttle.ts';
import { virtualNow } from './store/virtual-now.ts';
import { askTime, call, causeFault, loadStart } from './store/worker-client.ts';
import { isPast, useWorld } from './store/world.ts';

export interface Swarmscope {
  /** Runs a command line on a host and waits, in virtual time, until it is done. */
  run(host: string, command: string): Promise<RunResult>;
  /** One Engine API request to a host's daemon; `path` may carry a query. */
  request(host: string, method: ApiMethod, path: string, body?: unknown): Promise<ApiResponse>;
  /** `fault('power-off', 'node1')`, `fault('link-cut', 'node1', 'node2')`, `fault('port-close', 'node1', 80, 'tcp')`, ... */
  fault(kind: FaultKind, host: string, ...rest: unknown[]): Promise<FaultResult>;
  /** The whole picture as the worker has it now. */
  snapshot(): Promise<Snapshot>;
  time: {
    /** Virtual seconds on the page's clock. */
    now(): number;
    pause(): Promise<void>;
    play(): Promise<void>;
    /** Virtual seconds per wall second, 0.001 to 1000. */
    speed(rate: number): Promise<void>;
    /** Lets so many virtual seconds pass as fast as they can be computed. */
    advance(seconds: number): Promise<AdvanceResult>;
    /** Shows another moment: virtual seconds, `'back'` by an event, `'command'` by a command or fault, or `'now'`. Returns its seconds. */
    look(moment: number | 'back' | 'command' | 'now'): Promise<number>;
    /** Time stops at these from now on: `'leader changes'`, `'node node3 down'`, `'task web.* failed'`, ... */
    stopAt(...conditions: string[]): Promise<void>;
  };
  /** The world's courses: acting at an earlier moment begins one. */
  branches(): { id: number; from: { branch: number; at: number } | null; end: number }[];
  /** Shows the newest moment of a branch. */
  branch(id: number): Promise<void>;
  /**
   * Begins to send requests from outside the cluster, in turn to each target (`'node1:80'`); returns the generator's number. Counts are
   * in `snapshot().network.loads`.
   */
  traffic(perSecond: number, ...targets: string[]): Promise<number>;
  stopTraffic(id: number): Promise<void>;
  /** Begins another world: a name, `MACHINESxTASKS`, or a start of one's own. */
  load(start: string | Start): Promise<void>;
  /** Resolves after the first complete picture. */
  ready: Promise<void>;
  /** Resolves after the frame that shows all the engine has said so far. */
  painted(): Promise<void>;
}

/** A fault from a script's words. Throws on a kind that does not exist or lacks something. */
export function faultFrom(kind: FaultKind, host: string, rest: readonly unknown[]): Fault {
  switch (kind) {
    case 'power-off':
    case 'power-on':
    case 'daemon-stop':
    case 'daemon-start':
    case 'daemon-restart':
    case 'daemon-pause':
    case 'daemon-resume':
    case 'clock-mend':
    case 'disk-full':
    case 'disk-mend':
    case 'cable-cut':
    case 'cable-mend':
      return { kind, machine: host };
    case 'clock-rate':
      return { kind, machine: host, rate: Number(rest[0]) };
    case 'clock-jump':
      return { kind, machine: host, seconds: Number(rest[0]) };
    case 'disk-slow':
      return { kind, machine: host, syncMs: Number(rest[0]) };
    case 'disk-lost':
      return { kind, machine: host, what: rest[0] === 'raft' ? 'raft' : 'everything' };
    case 'link-cut':
    case 'link-mend':
    case 'link-clog':
    case 'link-unclog':
      return { kind, from: host, to: words(rest[0], kind, 'the other host') };
    case 'link-quality':
      return { kind, from: host, to: words(rest[0], kind, 'the other host'), ...(rest[1] as object | undefined) };
    case 'port-close':
    case 'port-open':
      return { kind, machine: host, port: Number(rest[0]), protocol: rest[1] === 'udp' ? 'udp' : 'tcp' };
    case 'container-crash':
      return { kind, machine: host, container: words(rest[0], kind, 'a container'), exitCode: Number(rest[1] ?? 137) };
    default:
      throw new Error(`no such fault: ${String(kind)}`);
  }
}

function words(value: unknown, kind: string, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${kind} needs ${what}`);
}

/** `node1:8080`, or `node1` for port 80. */
function targetFrom(text: string): { host: string; port: number } {
  const [host = '', port = '80'] = text.split(':');
  return { host, port: Number(port) };
}

/** Path and query apart: `/tasks?filters=...`. */
export function splitPath(path: string): { path: string; query?: Record<string, string> } {
  const mark = path.indexOf('?');
  if (mark < 0) return { path };
  return { path: path.slice(0, mark), query: Object.fromEntries(new URLSearchParams(path.slice(mark + 1))) };
}

/** Frames have been painted with all that the store held when it began. */
async function frame(): Promise<void> {
  await nextFrame();
  beatNow();
  flushThrottled();
  // A frame is painted when the next one begins.
  for (let count = 0; count < 2; count++) await nextFrame();
}

async function painted(): Promise<void> {
  const { snapshot: said } = await call<'snapshot'>({ call: 'snapshot' });
  const { worldNumber } = useWorld.getState();
  await storeUntil(() => {
    const state = useWorld.getState();
    if (state.worldNumber !== worldNumber) return true;
    if (!state.snapshot) return false;
    if (isPast(state) && !state.time.playing)
      return state.snapshot.now === said.now && state.snapshot.eventCount === said.eventCount;
    return state.snapshot.eventCount >= said.eventCount && state.snapshot.now >= said.now;
  });
  await Promise.race([fontsThere, new Promise<void>((resolve) => setTimeout(resolve, 2000))]);
  await frame();
}

/** Resolves when the worker has confirmed it. */
async function timeUntil(change: { playing?: boolean; speed?: number }): Promise<void> {
  askTime(change);
  await storeUntil(() => {
    const { time } = useWorld.getState();
    return (
      (change.playing === undefined || time.playing === change.playing) &&
      (change.speed === undefined || time.speed === change.speed)
    );
  });
}

/** Makes the object. */
export function createSwarmscope(): Swarmscope {
  return {
    async run(host, command) {
      return (await call<'run'>({ call: 'run', host, command })).result;
    },
    async request(host, method, path, body) {
      const { response } = await call<'request'>({
        call: 'request',
        host,
        request: { method, ...splitPath(path), body },
      });
      return response;
    },
    fault: async (kind, host, ...rest) => causeFault(faultFrom(kind, host, rest)),
    async snapshot() {
      return (await call<'snapshot'>({ call: 'snapshot' })).snapshot;
    },
    time: {
      now: () => virtualNow() / 1e6,
      pause: () => timeUntil({ playing: false }),
      play: () => timeUntil({ playing: true }),
      speed: (rate) => timeUntil({ speed: clampSpeed(rate) }),
      async advance(seconds) {
        return (await call<'advance'>({ call: 'advance', seconds })).result;
      },
      stopAt: (...conditions) => stopAt(conditions),
      look: async (moment) =>
        (await lookAt(typeof moment === 'number' ? { at: Math.round(moment * 1e6) } : moment)) / 1e6,
    },
    branches() {
      const { branches, branch, snapshot, time } = useWorld.getState();
      const newest = (time.newest ?? snapshot?.now ?? 0) / 1e6;
      if (branches.length === 0) return [{ id: 1, from: null, end: newest }];
      return branches.map(({ id, from, end }) => ({
        id,
        from: from && { branch: from.branch, at: from.at / 1e6 },
        end: id === branch ? newest : end / 1e6,
      }));
    },
    branch: showBranch,
    async traffic(perSecond, ...targets) {
      const order = { targets: targets.map(targetFrom), path: '/', perSecond, timeoutMs: 10_000 };
      return (await call<'load-start'>({ call: 'load-start', order })).id;
    },
    async stopTraffic(id) {
      await call<'load-stop'>({ call: 'load-stop', id });
    },
    async load(start) {
      const known = typeof start === 'string' ? startNamed(start) : start;
      if (!known) throw new Error(`There is no start named "${String(start)}".`);
      await loadStart(known);
      await painted();
    },
    ready: firstPicture,
    painted,
  };
}
