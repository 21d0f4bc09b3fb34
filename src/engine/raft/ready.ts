/**
 * The door between the rules and the world: what is to be written, sent and applied, and the news that it was.
 * Source: etcd-io/raft `rawnode.go`, `node.go`. One `Ready` is open at a time.
 * Invariant: a message leaves in the same `Ready` as the state it promises, or in a later one.
 */
import { assert, fail } from './assert.ts';
import { recordOwnVote } from './elections.ts';
import { entriesBetween, lastIndex, NO_ENTRIES, type RaftLog, stableTo } from './log.ts';
import { applyConfChange } from './membership.ts';
import { broadcastAppend, maybeCommit } from './replication.ts';
import { type RaftContext, recordOwnMatch } from './roles.ts';
import type { RaftState } from './state.ts';
import type { HardState, Ready, SoftState } from './types.ts';

export function hasReady({ state }: RaftContext): boolean {
  if (state.readyOpen) return false;
  const { log } = state;
  return (
    state.messages.length > 0 ||
    log.stable < lastIndex(log) ||
    log.pendingSnapshot !== null ||
    log.applied < log.commit ||
    isHardStateNew(state) ||
    isSoftStateNew(state)
  );
}

export function ready({ state }: RaftContext): Ready {
  assert(!state.readyOpen, 'the last Ready was not advanced');
  const { log } = state;
  const hardState = newHardState(state);
  const softState = newSoftState(state);
  const entries = entriesBetween(log, log.stable + 1, lastIndex(log));
  const { messages } = state;
  const voteOrTerm =
    hardState !== null &&
    (hardState.term !== state.writtenHardState.term || hardState.vote !== state.writtenHardState.vote);
  state.messages = [];
  state.readyOpen = true;
  if (softState !== null) state.reportedSoftState = softState;
  return {
    softState,
    hardState,
    entries,
    snapshot: log.pendingSnapshot,
    // After a snapshot has been applied come the entries behind it, not before.
    committed: log.pendingSnapshot === null ? entriesBetween(log, log.applied + 1, log.commit) : NO_ENTRIES,
    messages,
    mustSync: entries.length > 0 || voteOrTerm || log.pendingSnapshot !== null,
  };
}

/** All of `done` is durable, sent and applied. What was waiting for the disk happens now: the own vote, the own copy. */
export function advance(raft: RaftContext, done: Ready): void {
  const { state } = raft;
  assert(state.readyOpen, 'no Ready is open');
  state.readyOpen = false;
  if (done.hardState !== null) state.writtenHardState = done.hardState;
  advanceLog(state.log, done);
  for (const entry of done.committed) if (entry.type === 'conf') applyConfChange(raft, entry);
  if (done.hardState !== null && done.hardState.vote === raft.config.id) recordOwnVote(raft, done.hardState.term);
  if (state.role !== 'leader') return;
  recordOwnMatch(raft);
  if (maybeCommit(raft)) broadcastAppend(raft);
}

function advanceLog(log: RaftLog, done: Ready): void {
  const lastWritten = done.entries.at(-1);
  if (lastWritten !== undefined) stableTo(log, lastWritten.index, lastWritten.term);
  if (done.snapshot !== null) {
    // Identified by place: the Ready may have been cloned with the world.
    if (log.pendingSnapshot?.index === done.snapshot.index) log.pendingSnapshot = null;
    log.applied = Math.max(log.applied, done.snapshot.index);
  }
  const lastApplied = done.committed.at(-1);
  if (lastApplied !== undefined) log.applied = Math.max(log.applied, lastApplied.index);
  if (log.applied > log.commit) fail(`applied ${log.applied} beyond commit ${log.commit}`);
}

function isHardStateNew({ term, vote, log, writtenHardState: written }: RaftState): boolean {
  return term !== written.term || vote !== written.vote || log.commit !== written.commit;
}

function newHardState(state: RaftState): HardState | null {
  if (!isHardStateNew(state)) return null;
  return { term: state.term, vote: state.vote, commit: state.log.commit };
}

function isSoftStateNew({ role, leader, reportedSoftState: reported }: RaftState): boolean {
  return role !== reported.role || leader !== reported.leader;
}

function newSoftState(state: RaftState): SoftState | null {
  return isSoftStateNew(state) ? { role: state.role, leader: state.leader } : null;
}
