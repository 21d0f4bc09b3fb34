/**
 * What the worker needs of the engine, as an interface: the world that `engine/cluster.ts` is, and that a test can play.
 */
import type { ApiRequest } from '../protocol/api.ts';
import type { EventId, Micros, TraceEvent } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { CallOrigin, HostNetworkFacts, LoadOrder, NetworkCall, WorldReply } from '../protocol/network-call.ts';
import type { MessageView, Snapshot } from '../protocol/snapshot.ts';

export interface World {
  readonly now: Micros;
  readonly nextEventAt: Micros | null;
  /** Unix time in milliseconds at virtual time 0. May be set: the hosts' clocks are put right, and nothing else changes. */
  epochMs: number;
  /** Runs events up to `until`, or until one of these. Returns how many ran. */
  advance(until: Micros, options?: AdvanceOptions): number;
  /** Grows whenever a watched packet moves. */
  readonly watchedMoves: number;
  request(host: string, request: ApiRequest): number;
  cancelRequest(id: number): void;
  /** All clients go away at once. */
  abandonClients(): void;
  /** The client of a streamed request writes to it; null: it will write nothing more. */
  requestInput(id: number, text: string | null): void;
  fault(fault: Fault): FaultResult;
  /** Opens a connection into the simulated network; replies come with the others. */
  openConnection(origin: CallOrigin, call: NetworkCall): number;
  closeConnection(id: number): void;
  /** Begins a load generator outside the cluster; returns its number. */
  startLoad(order: LoadOrder): number;
  stopLoad(id: number): void;
  hostNetwork(host: string): HostNetworkFacts;
  takeReplies(): WorldReply[];
  /** Events since the last call. */
  takeEvents(): TraceEvent[];
  event(id: EventId): TraceEvent | undefined;
  /** Events still remembered, oldest first. */
  events(): Iterable<TraceEvent>;
  snapshot(): Snapshot;
  /** Messages that have arrived since the last call (the newest ones, if there were very many). */
  takePassedMessages(): MessageView[];
  /** Fingerprint of everything that has happened. */
  readonly eventHash: string;
  /** How many queue events have run. */
  readonly executed: number;
  /** The newest event of the trace. */
  readonly lastEventId: EventId;
  /** All that it is, to be restored later (`SessionPlatform.restoreWorld`). */
  checkpoint(): WorldCheckpoint;
}

/** Where `advance` stops before its time is over. */
export interface AdvanceOptions {
  /** Right after an event that gave an answer. */
  stopOnReply?: boolean;
  /** When a watched packet has moved. */
  stopOnHop?: boolean;
  /** Right after the trace has this event. */
  untilEvent?: EventId;
  /** After so many queue events. */
  limit?: number;
  /** Right after an event of the trace of which this says yes. */
  stopOn?: (event: TraceEvent) => boolean;
}

/** A kept world; what is in it is its engine's own affair. */
export interface WorldCheckpoint {
  /** How many objects it holds for itself: what it takes of memory. */
  readonly weight: number;
}
