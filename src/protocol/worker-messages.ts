/** What goes between the page and the worker that runs the world. */
import type { ApiRequest, ApiResponse } from './api.ts';
import type { EventId, Micros, TraceEvent } from './events.ts';
import type { Fault, FaultResult } from './faults.ts';
import type { CallResult, ConnectCall, LoadOrder } from './network-call.ts';
import type { Snapshot, SnapshotDelta } from './snapshot.ts';
import type { Start } from './start.ts';

/** State of virtual time against wall time. */
export interface TimeState {
  now: Micros;
  playing: boolean;
  /** Virtual seconds per wall second that the user asked for, 0.001 to 1000. */
  speed: number;
  /** Rate in force: `speed`, or slower while `slowed`. */
  rate: number;
  /** Why the rate is below `speed`; null when it is not. */
  slowed: string | null;
  /** `slower while there is no leader` (or while a packet travels that is watched) is on. */
  autoSlow: boolean;
  /** An earlier moment is shown: the newest one of its branch. Null at the newest. */
  newest: Micros | null;
}

/** A moment to look at. `before`: the last one at which this event had not happened yet; `command`: before the last command. */
export type LookTarget = { at: Micros } | { event: EventId } | { before: EventId } | 'back' | 'command' | 'now';

/** One course of the world: whoever acts at an earlier moment begins another. */
export interface BranchView {
  id: number;
  /** The branch it began from, and when. Null: the first one. */
  from: { branch: number; at: Micros } | null;
  end: Micros;
}

/** Result of advancing by hand. */
export interface AdvanceResult {
  virtualSeconds: number;
  wallSeconds: number;
  events: number;
}

/** Result of a command run by a script. `screen` is what a terminal shows of it, as lines joined with \n. */
export interface RunResult {
  exit: number;
  screen: string;
}

/** Requests that get an answer with the same `id`. */
export type PageCall =
  | { call: 'load'; start: Start | string }
  | { call: 'run'; host: string; command: string; columns?: number }
  | { call: 'request'; host: string; request: ApiRequest }
  | { call: 'fault'; fault: Fault }
  /** A request of the page's browser window. `channel`: a number by which the page knows the connection later. */
  | { call: 'browse'; channel: number; connect: ConnectCall }
  | { call: 'load-start'; order: LoadOrder }
  | { call: 'load-stop'; id: number }
  | { call: 'snapshot' }
  | { call: 'advance'; seconds: number }
  | { call: 'step' }
  /** Shows another moment; time stands still there. */
  | { call: 'look'; target: LookTarget }
  | { call: 'branch'; id: number }
  /** From now on time stops at events that fit one of these conditions, in words (`worker/stop-conditions.ts`). */
  | { call: 'stop-at'; conditions: string[] }
  | { call: 'events'; from?: EventId; limit?: number; object?: string }
  /** The moment that is shown, as text to be handed on. `lens` goes with it. */
  | { call: 'share'; lens: string }
  /** Plays such a text to its moment. `otherwise`: the world to begin with if that fails and there is none yet. */
  | { call: 'open'; moment: { link: string } | { file: string }; otherwise?: Start };

export type PageCallResult =
  | { call: 'load'; snapshot: Snapshot }
  | { call: 'run'; result: RunResult }
  | { call: 'request'; response: ApiResponse }
  | { call: 'fault'; result: FaultResult }
  /** Null: the page hung up before there was an answer. */
  | { call: 'browse'; result: CallResult | null }
  | { call: 'load-start'; id: number }
  | { call: 'load-stop' }
  | { call: 'snapshot'; snapshot: Snapshot }
  | { call: 'advance'; result: AdvanceResult }
  | { call: 'step'; event: TraceEvent | null }
  | { call: 'look'; at: Micros }
  | { call: 'branch' }
  | { call: 'stop-at' }
  | { call: 'events'; events: TraceEvent[] }
  /** `link`: what goes behind `#s=`; `file`: the same as JSON. */
  | { call: 'share'; link: string; file: string; at: Micros; inputs: number; hash: string }
  /** `failure`: why it could not be opened, in words; null when it could. */
  | { call: 'open'; failure: string | null; lens: string | null; hash: string };

/** Page to worker. */
export type PageMessage =
  | { type: 'call'; id: number; call: PageCall }
  /** Opens the terminal of a host (one session per host). */
  | { type: 'terminal-open'; host: string; columns: number; rows: number }
  | { type: 'terminal-input'; host: string; data: string }
  | { type: 'terminal-resize'; host: string; columns: number; rows: number }
  /** Types a command into the host's prompt and presses Enter (buttons print what they stand for). */
  | { type: 'terminal-type'; host: string; command: string }
  /** Prints a line that is no command: the fault a button stands for. */
  | { type: 'terminal-note'; host: string; text: string }
  /** Gives up a request of the browser window, or a connection that it held. */
  | { type: 'channel-close'; channel: number }
  /** `watchPackets`: whoever looks wants to see packets go from room to room, so that time slows while one travels. */
  | { type: 'time'; playing?: boolean; speed?: number; autoSlow?: boolean; watchPackets?: boolean }
  /** The page has drawn everything up to this message number; the worker sends the next picture after it. */
  | { type: 'drawn'; sequence: number };

/** Worker to page. */
export type WorkerMessage =
  | { type: 'result'; id: number; result: PageCallResult }
  | { type: 'failed'; id: number; message: string }
  | { type: 'world'; snapshot: Snapshot; time: TimeState; start: Start }
  | { type: 'delta'; sequence: number; delta: SnapshotDelta; events: TraceEvent[]; time: TimeState }
  /**
   * The world's courses, and which one is shown. Of the events that the page knows, those after `keep` belong to another branch;
   * `events` are this one's (the newest, if there are very many).
   */
  | { type: 'branches'; branches: BranchView[]; current: number; keep: EventId; events: TraceEvent[] }
  /** Time has been stopped at an event, by one of the conditions asked for. */
  | { type: 'stopped'; condition: string; event: TraceEvent }
  /** A command line is run in a host's shell. */
  | { type: 'ran'; host: string; command: string }
  | { type: 'terminal-output'; host: string; data: string }
  /** Something came on a held connection of the browser window; it has ended. */
  | { type: 'channel-pushed'; channel: number; body: string }
  | { type: 'channel-closed'; channel: number }
  /** A session is being played again; so much of it has been done. Null: it is over. */
  | { type: 'opening'; share: number | null }
  | { type: 'crashed'; message: string; session: string };
