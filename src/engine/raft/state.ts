/**
 * The whole mutable state of one member: plain data, so that a world holding it can be structured-cloned at any moment.
 * Only term, vote, log, commit index and snapshot survive a crash (Raft figure 2), as far as the host has written them.
 */
import { assert } from './assert.ts';
import { applyToConfiguration, type Configuration, configurationOf, createConfiguration } from './configuration.ts';
import { appendOwn, createLog, lastIndex, lastTerm, type RaftLog } from './log.ts';
import type { Progress } from './progress.ts';
import type { ConfEntry, Entry, HardState, Member, Message, RaftId, Role, Snapshot, SoftState } from './types.ts';

export interface RaftState {
  role: Role;
  /** currentTerm */
  term: number;
  /** votedFor, in `term` */
  vote: RaftId | null;
  leader: RaftId | null;
  log: RaftLog;
  configuration: Configuration;
  /** Others have told that this member was removed. */
  toldRemoved: boolean;

  electionElapsed: number;
  heartbeatElapsed: number;
  /** 0 until the first draw. */
  randomizedElectionTimeout: number;

  /** As (pre-)candidate: the answers so far. */
  votes: Map<RaftId, boolean>;

  /** As leader: one per member, itself included; else empty. */
  progress: Map<RaftId, Progress>;
  leadTransferee: RaftId | null;
  /** As leader: no membership change is accepted until this entry is applied. */
  pendingConfIndex: number;

  /** Waiting for the next `Ready`. */
  messages: Message[];
  readyOpen: boolean;
  reportedSoftState: SoftState;
  writtenHardState: HardState;
}

/** What a disk has kept of a member. Host and Raft agree on it through `Ready`. */
export interface Durable {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
}

/**
 * A member that starts with an empty disk. Without founders it knows nobody, never campaigns, and waits for a leader to
 * contact it. With founders (usually itself alone) the log begins with their additions, already committed, in term 1; all
 * founders must be given the same list.
 */
export function initialState(founders: readonly Member[] = []): RaftState {
  const state = emptyState();
  if (founders.length === 0) return state;
  state.term = 1;
  for (const { raftId, context } of founders) {
    const entry: ConfEntry = {
      index: lastIndex(state.log) + 1,
      term: 1,
      type: 'conf',
      change: { type: 'add', raftId, context },
    };
    appendOwn(state.log, entry);
    applyToConfiguration(state.configuration, entry);
  }
  state.log.commit = founders.length;
  return state;
}

/**
 * A member that comes back with what its disk has kept. `applied` starts at the snapshot: the host restores its state machine
 * from there, and the committed entries behind it come out of the first `Ready` again.
 */
export function restoredState(durable: Durable): RaftState {
  const state = emptyState();
  const { hardState, snapshot } = durable;
  if (snapshot !== null) {
    state.configuration = configurationOf(snapshot);
    state.log.snapshot = snapshot;
  }
  loadLog(state.log, entriesThatFollow(durable.entries, snapshot), snapshot);
  state.log.commit = Math.max(state.log.applied, Math.min(hardState.commit, lastIndex(state.log)));
  // A torn write may have kept entries of a term without the term itself; no answer was given in it.
  const torn = lastTerm(state.log) > hardState.term;
  state.term = torn ? lastTerm(state.log) : hardState.term;
  state.vote = torn ? null : hardState.vote;
  state.writtenHardState = hardState;
  return state;
}

/** Raft 7: entries are kept if they contain the snapshot's last entry or start right behind it, else they are from before it. */
export function entriesThatFollow(entries: readonly Entry[], snapshot: Snapshot | null): readonly Entry[] {
  if (snapshot === null || entries.length === 0) return entries;
  const first = entries[0]!.index;
  assert(first <= snapshot.index + 1, `entries from ${first} leave a gap after the snapshot at ${snapshot.index}`);
  if (first === snapshot.index + 1) return entries;
  return entries[snapshot.index - first]?.term === snapshot.term ? entries : [];
}

function loadLog(log: RaftLog, entries: readonly Entry[], snapshot: Snapshot | null): void {
  const base = snapshot?.index ?? 0;
  log.applied = base;
  const first = entries[0];
  if (first === undefined || first.index === base + 1) {
    log.offset = base;
    log.offsetTerm = snapshot?.term ?? 0;
    log.entries = [...entries];
  } else if (first.index === 1) {
    log.entries = [...entries];
  } else {
    // Kept behind the snapshot: the first one only lends its index and term to the place before the log.
    assert(first.index <= base, `the log starts at ${first.index} without a snapshot`);
    log.offset = first.index;
    log.offsetTerm = first.term;
    log.entries = entries.slice(1);
  }
  log.stable = lastIndex(log);
}

function emptyState(): RaftState {
  return {
    role: 'follower',
    term: 0,
    vote: null,
    leader: null,
    log: createLog(),
    configuration: createConfiguration(),
    toldRemoved: false,
    electionElapsed: 0,
    heartbeatElapsed: 0,
    randomizedElectionTimeout: 0,
    votes: new Map(),
    progress: new Map(),
    leadTransferee: null,
    pendingConfIndex: 0,
    messages: [],
    readyOpen: false,
    reportedSoftState: { role: 'follower', leader: null },
    writtenHardState: { term: 0, vote: null, commit: 0 },
  };
}
