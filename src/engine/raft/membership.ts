/**
 * Membership changes, one at a time (Raft 6; thesis 4.1). Source: etcd-io/raft `raft.go` stepLeader (ConfChange), applyConfChange;
 * SwarmKit `manager/state/raft/raft.go`.
 *
 * As in etcd, and so in Swarm, a change takes effect when its entry is *applied*, not when it is appended as in the thesis. It is
 * safe because a change is proposed only after the one before it was applied: whoever holds an entry of a change was told with it
 * that the one before is committed, and does not campaign before applying that. So members that could elect or commit at the same
 * time are at most one change apart, and their majorities overlap. Besides, a leader first commits an entry of its own term
 * (the bug of 2015, raft-dev "bug in single-server membership changes").
 */
import { applyToConfiguration } from './configuration.ts';
import { entryAt, lastIndex, termAt } from './log.ts';
import { createProgress } from './progress.ts';
import { broadcastAppend, maybeCommit, sendAppend } from './replication.ts';
import { appendAsLeader, becomeFollower, type RaftContext } from './roles.ts';
import type { ConfChange, ConfEntry, ProposalResult, RaftError, RaftErrorKind, RaftId } from './types.ts';

export function proposeConfChange(raft: RaftContext, change: ConfChange): ProposalResult {
  const { state } = raft;
  const refusal = timingRefusal(raft) ?? changeRefusal(raft, change);
  if (refusal !== null) return { ok: false, error: refusal };
  const proposed = appendAsLeader(raft, { type: 'conf', change });
  state.pendingConfIndex = proposed.index;
  broadcastAppend(raft);
  return proposed;
}

/** Why no membership change at all is possible now. */
function timingRefusal(raft: RaftContext): RaftError | null {
  const { log, term, pendingConfIndex, leadTransferee } = raft.state;
  if (leadTransferee !== null) return error('transferring', `leadership is being handed to ${leadTransferee}`);
  if (termAt(log, log.commit) !== term) {
    return error('term-not-committed', `nothing of term ${term} is committed yet`);
  }
  if (pendingConfIndex > log.applied) {
    return error('conf-change-pending', `the membership change at ${pendingConfIndex} is not applied yet`);
  }
  return null;
}

function changeRefusal(raft: RaftContext, { type, raftId }: ConfChange): RaftError | null {
  const { members, removed } = raft.state.configuration;
  if (removed.has(raftId)) return error('removed', `${raftId} was removed and cannot come back`);
  if (type === 'add') return members.has(raftId) ? error('already-member', `${raftId} is a member`) : null;
  if (!members.has(raftId)) return error('not-member', `${raftId} is not a member`);
  if (type === 'remove' && members.size === 1) return error('last-member', `${raftId} is the last member`);
  return null;
}

function error(kind: RaftErrorKind, message: string): RaftError {
  return { kind, message };
}

/** The host has applied the entry: from now on other majorities count. */
export function applyConfChange(raft: RaftContext, entry: ConfEntry): void {
  const { state, config } = raft;
  if (!applyToConfiguration(state.configuration, entry)) return;
  const { type, raftId } = entry.change;
  if (type === 'remove' && raftId === config.id) {
    // Raft 6: a removed leader steps down once its removal is committed.
    if (state.role !== 'follower') becomeFollower(raft, state.term, null);
  } else if (state.role === 'leader') {
    if (type === 'add') startReplicatingTo(raft, raftId);
    if (type === 'remove') stopReplicatingTo(raft, raftId);
  }
}

function startReplicatingTo(raft: RaftContext, id: RaftId): void {
  const { progress, log } = raft.state;
  if (progress.has(id) || !raft.state.configuration.members.has(id)) return;
  // Taken as active until the next check: a newcomer must not cost the leader its quorum.
  const added = createProgress(lastIndex(log) + 1, true);
  progress.set(id, added);
  sendAppend(raft, id, added, true);
}

function stopReplicatingTo(raft: RaftContext, id: RaftId): void {
  const { state } = raft;
  state.progress.delete(id);
  if (state.leadTransferee === id) state.leadTransferee = null;
  // With fewer members fewer copies are a majority.
  if (maybeCommit(raft)) broadcastAppend(raft);
}

/** Whether a removal of the member is in the log but not applied yet. */
export function isBeingRemoved(raft: RaftContext, id: RaftId): boolean {
  const { log, pendingConfIndex } = raft.state;
  if (pendingConfIndex <= log.applied) return false;
  for (let index = log.applied + 1; index <= pendingConfIndex; index++) {
    const entry = entryAt(log, index);
    if (entry?.type === 'conf' && entry.change.type === 'remove' && entry.change.raftId === id) return true;
  }
  return false;
}
