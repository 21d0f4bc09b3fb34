/**
 * The leader's side of log replication: appends, heartbeats, snapshots out; answers in; the commit rule (Raft 5.3, 5.4.2, 7).
 * Source: etcd-io/raft `raft.go` maybeSendAppend, stepLeader, maybeCommit.
 * Invariant: an entry is committed only by a majority's copies of an entry of the leader's own term at or behind it.
 */
import { assert, fail } from './assert.ts';
import { commitTo, entriesBetween, findConflictByTerm, firstIndex, lastIndex, NO_ENTRIES, termAt } from './log.ts';
import {
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  freeInflight,
  isPaused,
  type Progress,
  recordAppendSent,
  recordMatch,
  recordRejection,
} from './progress.ts';
import { quorumMatch } from './quorum.ts';
import { type RaftContext, send } from './roles.ts';
import type { AppendReply, HeartbeatReply, RaftId } from './types.ts';

/** Sends each follower what it lacks, or at least the commit index. */
export function broadcastAppend(raft: RaftContext): void {
  for (const [id, progress] of raft.state.progress) {
    if (id !== raft.config.id) sendAppend(raft, id, progress, true);
  }
}

export function broadcastHeartbeat(raft: RaftContext): void {
  const { state, config } = raft;
  for (const [id, progress] of state.progress) {
    if (id === config.id) continue;
    // Never more than the follower is known to hold: what lies behind its match may conflict with ours.
    const commit = Math.min(progress.match, state.log.commit);
    send(raft, { type: 'heartbeat', from: config.id, to: id, term: state.term, commit });
  }
}

/** Returns whether something was sent. */
export function sendAppend(raft: RaftContext, to: RaftId, progress: Progress, evenIfEmpty: boolean): boolean {
  const { state, config } = raft;
  const { log } = state;
  if (isPaused(progress, config.maxInflight)) return false;
  const last = lastIndex(log);
  if (progress.next > last && !evenIfEmpty) return false;
  const prevIndex = progress.next - 1;
  const prevTerm = termAt(log, prevIndex);
  if (prevTerm === undefined) return sendSnapshot(raft, to, progress);
  const end = Math.min(last, prevIndex + config.maxEntriesPerAppend);
  const entries = end === prevIndex ? NO_ENTRIES : entriesBetween(log, progress.next, end);
  const { commit } = log;
  send(raft, { type: 'append', from: config.id, to, term: state.term, prevIndex, prevTerm, entries, commit });
  recordAppendSent(progress, entries.length, end);
  return true;
}

/** Raft 7: the entries are gone, so the state they led to is sent. To a silent member it would be wasted. */
function sendSnapshot(raft: RaftContext, to: RaftId, progress: Progress): boolean {
  const { state, config } = raft;
  const { snapshot } = state.log;
  if (!progress.recentActive) return false;
  assert(snapshot !== null, 'entries were compacted without a snapshot');
  becomeSnapshot(progress, snapshot.index);
  send(raft, { type: 'snapshot', from: config.id, to, term: state.term, snapshot });
  return true;
}

export function handleAppendReply(raft: RaftContext, message: AppendReply): string | null {
  const { state, config } = raft;
  const progress = state.progress.get(message.from);
  if (progress === undefined) return `${message.from} is not a member`;
  progress.recentActive = true;
  if (!message.ok) return handleRejection(raft, message, progress);

  const { index, from } = message;
  if (index > lastIndex(state.log)) fail(`${from} acknowledges ${index} beyond ${lastIndex(state.log)}`);
  const wasPaused = isPaused(progress, config.maxInflight);
  const news = recordMatch(progress, index);
  if (!news && !(progress.state === 'probe' && progress.match === index)) return null;
  followUp(raft, progress, index);

  if (maybeCommit(raft)) broadcastAppend(raft);
  else if (wasPaused) sendAppend(raft, from, progress, true);
  while (sendAppend(raft, from, progress, false)) {
    // Until it has all, or enough is under way.
  }
  maybeFinishTransfer(raft, from, progress);
  return null;
}

/** The state after an acknowledgement up to `index`. */
function followUp(raft: RaftContext, progress: Progress, index: number): void {
  switch (progress.state) {
    case 'probe':
      becomeReplicate(progress);
      break;
    case 'replicate':
      freeInflight(progress, index);
      break;
    case 'snapshot':
      // From here on the log has what it needs, whichever way the member got so far.
      if (progress.match + 1 >= firstIndex(raft.state.log)) becomeReplicate(progress);
  }
}

function handleRejection(raft: RaftContext, message: AppendReply, progress: Progress): string | null {
  const { index, hintIndex, hintTerm } = message;
  // Our own log narrows it further: no entry of a term above the hint's can agree.
  const hint = hintTerm > 0 ? findConflictByTerm(raft.state.log, hintIndex, hintTerm).index : hintIndex;
  if (!recordRejection(progress, index, hint)) return 'an old refusal, overtaken by what is known since';
  sendAppend(raft, message.from, progress, true);
  return null;
}

export function handleHeartbeatReply(raft: RaftContext, message: HeartbeatReply): string | null {
  const { state, config } = raft;
  const progress = state.progress.get(message.from);
  if (progress === undefined) return `${message.from} is not a member`;
  progress.recentActive = true;
  progress.probeSent = false;
  // A lost append is found here: one place is freed, and what is sent next will be refused with a hint.
  if (progress.inflight.length >= config.maxInflight) progress.inflight.shift();
  if (progress.match < lastIndex(state.log) || progress.state === 'probe') {
    sendAppend(raft, message.from, progress, true);
  }
  return null;
}

/**
 * Raft 5.3, 5.4.2: advances to what a majority holds, but only if that entry is of the current term. Older entries are
 * committed by those that follow them, never by counting (figure 8).
 */
export function maybeCommit(raft: RaftContext): boolean {
  const { log, progress, term } = raft.state;
  const index = quorumMatch(progress);
  return index > log.commit && termAt(log, index) === term && commitTo(log, index);
}

/** A transfer waits for its target to hold the whole log; then it is told to campaign (thesis 3.10). */
export function maybeFinishTransfer(raft: RaftContext, to: RaftId, progress: Progress): void {
  const { state, config } = raft;
  if (state.leadTransferee !== to || progress.match !== lastIndex(state.log)) return;
  send(raft, { type: 'timeout-now', from: config.id, to, term: state.term });
}

/** The host could not deliver a message: do not count on appends sent ahead. */
export function reportUnreachable(raft: RaftContext, id: RaftId): void {
  const progress = raft.state.progress.get(id);
  if (progress?.state === 'replicate') becomeProbe(progress);
}

/** A delivered snapshot is followed by the entries behind it; a failed one is sent again after the next heartbeat. */
export function reportSnapshot(raft: RaftContext, id: RaftId, ok: boolean): void {
  const progress = raft.state.progress.get(id);
  if (progress?.state !== 'snapshot') return;
  if (!ok) progress.pendingSnapshot = 0;
  becomeProbe(progress);
  progress.probeSent = true;
}

/**
 * Once per election timeout. A snapshot whose fate the host never reports would leave its member waiting for ever; etcd trusts
 * the report, we send it again after two full timeouts (a second copy does no harm).
 */
export function retrySnapshots(raft: RaftContext): void {
  for (const [id, progress] of raft.state.progress) {
    if (progress.state === 'snapshot' && ++progress.snapshotPeriods > 2) reportSnapshot(raft, id, false);
  }
}
