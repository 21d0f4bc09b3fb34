/**
 * The replicated log as one member holds it in memory (Raft 5.3), and the four marks that move along it.
 * Source: etcd-io/raft `log.go`, `log_unstable.go`.
 * Invariants: offset <= applied <= commit <= last; stable <= last; entries are contiguous; nothing up to `commit` is ever replaced.
 * (While a snapshot is on its way to the state machine `applied` lags behind `offset`.)
 */
import { assert, fail } from './assert.ts';
import type { Entry, Snapshot } from './types.ts';

export interface RaftLog {
  /** The place just before the first entry kept. Its term is known, so that an append right after it can be checked. */
  offset: number;
  offsetTerm: number;
  /** `entries[i].index === offset + 1 + i`. */
  entries: Entry[];
  /** All up to here is durable; the rest goes out with the next `Ready`. */
  stable: number;
  commit: number;
  applied: number;
  /** The newest snapshot there is, to be sent to members that need entries from before `offset`. */
  snapshot: Snapshot | null;
  /** A snapshot received, until the host has written and applied it. */
  pendingSnapshot: Snapshot | null;
}

export const NO_ENTRIES: readonly Entry[] = [];

export function createLog(): RaftLog {
  return {
    offset: 0,
    offsetTerm: 0,
    entries: [],
    stable: 0,
    commit: 0,
    applied: 0,
    snapshot: null,
    pendingSnapshot: null,
  };
}

export function lastIndex(log: RaftLog): number {
  return log.offset + log.entries.length;
}

export function lastTerm(log: RaftLog): number {
  const { entries } = log;
  return entries.length === 0 ? log.offsetTerm : entries[entries.length - 1]!.term;
}

export function firstIndex(log: RaftLog): number {
  return log.offset + 1;
}

/**
 * The term of the entry at `index`; undefined if it is compacted or not there yet. Never 0 for a missing one: an empty probe
 * carries (0,0), and a compacted place must not be taken for the start of the log.
 */
export function termAt(log: RaftLog, index: number): number | undefined {
  if (index === log.offset) return log.offsetTerm;
  return log.entries[index - log.offset - 1]?.term;
}

export function entryAt(log: RaftLog, index: number): Entry | undefined {
  return log.entries[index - log.offset - 1];
}

export function matchesTerm(log: RaftLog, index: number, term: number): boolean {
  return termAt(log, index) === term;
}

/** Raft 5.4.1: the later last term wins; with equal terms the longer log. */
export function isUpToDate(log: RaftLog, index: number, term: number): boolean {
  const ours = lastTerm(log);
  return term > ours || (term === ours && index >= lastIndex(log));
}

/** Entries `from..to` inclusive. */
export function entriesBetween(log: RaftLog, from: number, to: number): readonly Entry[] {
  if (to < from) return NO_ENTRIES;
  if (from <= log.offset || to > lastIndex(log)) {
    fail(`entries ${from}..${to} out of ${firstIndex(log)}..${lastIndex(log)}`);
  }
  return log.entries.slice(from - log.offset - 1, to - log.offset);
}

export function appendOwn(log: RaftLog, entry: Entry): void {
  if (entry.index !== lastIndex(log) + 1) fail(`entry ${entry.index} appended after ${lastIndex(log)}`);
  log.entries.push(entry);
}

/**
 * Raft 5.3, AppendEntries steps 3 and 4: entries that are there already stay, and what follows them too; only a real conflict
 * (same index, other term) cuts the log. A delayed or repeated append therefore removes nothing.
 */
export function appendFollowing(log: RaftLog, entries: readonly Entry[]): void {
  let known = 0;
  while (known < entries.length && matchesTerm(log, entries[known]!.index, entries[known]!.term)) known++;
  if (known === entries.length) return;
  truncateFrom(log, entries[known]!.index);
  for (let i = known; i < entries.length; i++) appendOwn(log, entries[i]!);
}

function truncateFrom(log: RaftLog, index: number): void {
  if (index > lastIndex(log)) return;
  assert(index > log.commit, `entry ${index} conflicts with a committed one (commit ${log.commit})`);
  log.entries.length = index - log.offset - 1;
  log.stable = Math.min(log.stable, index - 1);
}

/** The commit index only ever moves forward, and never beyond what the log holds. */
export function commitTo(log: RaftLog, index: number): boolean {
  if (index <= log.commit) return false;
  if (index > lastIndex(log)) fail(`commit ${index} beyond the last entry ${lastIndex(log)}`);
  log.commit = index;
  return true;
}

/**
 * The highest index <= `index` whose term is <= `term`: where two logs may still agree. Lets the search for the match skip whole
 * terms (Raft 5.3, end). Returns with term 0 what lies before the entries kept.
 */
export function findConflictByTerm(log: RaftLog, index: number, term: number): { index: number; term: number } {
  let candidate = Math.min(index, lastIndex(log));
  for (; candidate > 0; candidate--) {
    const ours = termAt(log, candidate);
    if (ours === undefined) return { index: candidate, term: 0 };
    if (ours <= term) return { index: candidate, term: ours };
  }
  return { index: 0, term: 0 };
}

/** The entries up to (index, term) have reached the disk, unless the log has changed there meanwhile. */
export function stableTo(log: RaftLog, index: number, term: number): void {
  if (index > log.stable && matchesTerm(log, index, term)) log.stable = index;
}

/** Raft 7: a snapshot that the log does not contain replaces all of it. */
export function restoreLog(log: RaftLog, snapshot: Snapshot): void {
  log.offset = snapshot.index;
  log.offsetTerm = snapshot.term;
  log.entries = [];
  log.stable = snapshot.index;
  log.commit = snapshot.index;
  log.snapshot = snapshot;
  log.pendingSnapshot = snapshot;
}

/** Keeps `snapshot` for slow members, and drops the entries that it stands for except the last `keepEntries`. */
export function compactLog(log: RaftLog, snapshot: Snapshot, keepEntries: number): void {
  assert(snapshot.index <= log.applied, `snapshot ${snapshot.index} of more than was applied (${log.applied})`);
  if (log.snapshot !== null && snapshot.index <= log.snapshot.index) return;
  log.snapshot = snapshot;
  const cut = snapshot.index - keepEntries;
  if (cut <= log.offset) return;
  log.offsetTerm = termAt(log, cut)!;
  log.entries.splice(0, cut - log.offset);
  log.offset = cut;
}

/** Whether a membership change is committed but not applied: the configuration in use is then about to change. */
export function hasUnappliedConfChange(log: RaftLog): boolean {
  for (let index = Math.max(log.applied, log.offset) + 1; index <= log.commit; index++) {
    if (entryAt(log, index)!.type === 'conf') return true;
  }
  return false;
}
