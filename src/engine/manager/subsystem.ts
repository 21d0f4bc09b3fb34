/**
 * What a leader's subsystem is (allocator, scheduler, orchestrators ...), and what it gets from its manager.
 * Subsystems do not know each other: they meet in the store, as in `swarmkit: manager/`. They start when leadership is
 * gained and all committed entries are applied, and stop when it is lost.
 *
 * Writing is by turns, one raft entry at a time: a subsystem asks for a turn (`requestWrite`), gets a transaction that
 * starts from the newest applied state, and hears of the commit like everybody else.
 *
 * All that a subsystem remembers between events is in its `state`, plain data; it is created anew with each leadership
 * (`start`), and handed to the constructor when a cloned world is put together again (then `start` is not called).
 */
import type { EventId, Micros, ObjectRef } from '../../protocol/events.ts';
import type { Random } from '../kernel/random.ts';
import type { Store, StoreEvent, Transaction } from '../store/store.ts';

/** A member of the raft group as the leader sees it. */
export interface RaftMember {
  readonly raftId: string;
  readonly nodeId: string;
  /** `ip:port` */
  readonly address: string;
  readonly leader: boolean;
  /** Did the last message to it succeed. */
  readonly reachable: boolean;
}

/** What a manager gives to each of its leader-only subsystems. */
export interface LeaderContext {
  readonly store: Store;
  /** Host name of the leading machine. */
  readonly machine: string;
  /** Node id of the leading machine. */
  readonly nodeId: string;
  readonly now: Micros;
  /** The trace event that what goes on right now is caused by; kept by those who act on it later, together with other things. */
  readonly cause: EventId;
  /**
   * Asks for a write turn of subsystem `name`. Without `data`, turns asked for before the turn has come are one turn.
   * With `data` every call gets its own turn, in order. What is going on now is the cause of what the turn does.
   */
  requestWrite(name: string, data?: unknown): void;
  /** Calls `timer(kind, data)` of subsystem `name` after `delay`, unless leadership has ended. Returns a handle for `cancel`. */
  schedule(name: string, delay: Micros, kind: string, data?: unknown): number;
  cancel(handle: number): void;
  /** Dice for a purpose (`scheduler.ties`, `ids` ...). */
  random(purpose: string): Random;
  /** A fresh id of 25 base36 characters. */
  newId(): string;
  /** Traces what a subsystem did; see `Kernel.emit` and `Kernel.begin`. */
  emit(kind: string, objects: ObjectRef[], facts?: Readonly<Record<string, unknown>>, cause?: EventId): EventId;
  begin(kind: string, objects: ObjectRef[], facts?: Readonly<Record<string, unknown>>, cause?: EventId): EventId;
  /** Members of the raft group. */
  members(): RaftMember[];
  /** Could this member be removed without losing the quorum. `swarmkit: raft.go CanRemoveMember` */
  canRemoveMember(raftId: string): boolean;
}

/** One leader-only part of a manager. */
export interface Subsystem<State = unknown> {
  readonly name: string;
  readonly state: State;
  /** Leadership has begun: take stock of the store, ask for turns, set timers. */
  start(): void;
  /** An entry has been applied (also those this subsystem wrote). Called in the order in which subsystems were started. */
  onCommit(events: readonly StoreEvent[]): void;
  /** Its turn to write. Doing nothing is fine: then nothing is proposed. */
  write(transaction: Transaction, data: unknown): void;
  /** The entry of a turn with this `data` was committed and applied, or given up because leadership was lost. */
  written?(data: unknown, ok: boolean): void;
  /** Leadership is lost; this manager still runs. It can say good-bye, no more. */
  stop?(): void;
  /** A timer that it set. */
  timer?(kind: string, data: unknown): void;
}

/** Makes a subsystem; `state` is given when a cloned world is put together again. */
export type SubsystemFactory = (context: LeaderContext, state?: unknown) => Subsystem;
