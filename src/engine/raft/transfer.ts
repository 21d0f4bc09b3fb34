/**
 * Leadership transfer (thesis 3.10): stop taking proposals, let the target catch up, tell it to campaign at once. Given up after an
 * election timeout (see `tick.ts`). Source: etcd-io/raft `raft.go` MsgTransferLeader, MsgTimeoutNow.
 */
import { startElection } from './elections.ts';
import { lastIndex } from './log.ts';
import { isBeingRemoved } from './membership.ts';
import { maybeFinishTransfer, sendAppend } from './replication.ts';
import type { RaftContext } from './roles.ts';
import type { RaftErrorKind, RaftId, RequestResult, TimeoutNow } from './types.ts';

/** A new target replaces the old one. A transfer to the leader itself ends a running one. */
export function transferLeadership(raft: RaftContext, to: RaftId): RequestResult {
  const { state, config } = raft;
  if (state.configuration.removed.has(to)) return refuse('removed', `${to} was removed`);
  const progress = state.progress.get(to);
  if (progress === undefined) return refuse('not-member', `${to} is not a member`);
  if (isBeingRemoved(raft, to)) return refuse('removed', `${to} is being removed`);
  if (state.leadTransferee === to) return { ok: true };
  state.leadTransferee = to === config.id ? null : to;
  if (state.leadTransferee === null) return { ok: true };
  state.electionElapsed = 0;
  if (progress.match === lastIndex(state.log)) maybeFinishTransfer(raft, to, progress);
  else sendAppend(raft, to, progress, true);
  return { ok: true };
}

function refuse(kind: RaftErrorKind, message: string): RequestResult {
  return { ok: false, error: { kind, message } };
}

export function handleTimeoutNow(raft: RaftContext, _message: TimeoutNow): string | null {
  if (raft.state.role !== 'follower') return `a ${raft.state.role} is not told when to campaign`;
  const result = startElection(raft, true);
  return result.ok ? null : result.error.message;
}
