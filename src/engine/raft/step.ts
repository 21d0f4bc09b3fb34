/**
 * What a message does: first the rules about terms that hold for all (Raft 5.1), then the handler of its kind.
 * Source: etcd-io/raft `raft.go` Step, stepLeader, stepCandidate, stepFollower.
 */
import {
  handlePreVoteReply,
  handlePreVoteRequest,
  handleVoteReply,
  handleVoteRequest,
  isInLease,
} from './elections.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './following.ts';
import { handleAppendReply, handleHeartbeatReply } from './replication.ts';
import { becomeFollower, type RaftContext, send } from './roles.ts';
import { handleTimeoutNow } from './transfer.ts';
import type { AppendRequest, Heartbeat, InstallSnapshot, Message } from './types.ts';

/** Returns null, or in words why the message had no effect. */
export function step(raft: RaftContext, message: Message): string | null {
  const { state } = raft;
  // A removed member is told so by anyone whom it reaches, even if it takes that one for another.
  if (state.configuration.removed.has(message.from)) return refuseRemoved(raft, message);
  if (message.to !== raft.config.id) return `it is for ${message.to}`;
  if (message.type === 'member-removed') return handleMemberRemoved(raft);
  if (message.term < state.term) return refuseStale(raft, message);
  if (message.term > state.term) {
    const ignored = adoptTerm(raft, message);
    if (ignored !== null) return ignored;
  }
  return handle(raft, message);
}

/** Raft 5.1: whoever sees a higher term moves to it as a follower. Returns why not. */
function adoptTerm(raft: RaftContext, message: Message): string | null {
  switch (message.type) {
    case 'vote-request':
      if (isInLease(raft, message)) return leaseReason(raft);
      break;
    case 'pre-vote-request':
      // Only a question about a term that nobody is in yet.
      return isInLease(raft, message) ? leaseReason(raft) : null;
    case 'pre-vote-reply':
      if (message.granted) return null;
  }
  becomeFollower(raft, message.term, null);
  return null;
}

function leaseReason({ state }: RaftContext): string {
  return `leader ${state.leader} was heard ${state.electionElapsed} ticks ago`;
}

function handle(raft: RaftContext, message: Message): string | null {
  const { role } = raft.state;
  switch (message.type) {
    case 'vote-request':
      return handleVoteRequest(raft, message);
    case 'pre-vote-request':
      return handlePreVoteRequest(raft, message);
    case 'vote-reply':
      return handleVoteReply(raft, message);
    case 'pre-vote-reply':
      return handlePreVoteReply(raft, message);
    case 'append':
    case 'heartbeat':
    case 'snapshot':
      return handleFromLeader(raft, message);
    case 'append-reply':
      return role === 'leader' ? handleAppendReply(raft, message) : 'leads no more';
    case 'heartbeat-reply':
      return role === 'leader' ? handleHeartbeatReply(raft, message) : 'leads no more';
    case 'timeout-now':
      return handleTimeoutNow(raft, message);
    case 'member-removed':
      return handleMemberRemoved(raft);
  }
}

/** Raft 5.2: a candidate that hears the leader of its term follows it. The vote stays: it is the same term. */
function handleFromLeader(raft: RaftContext, message: AppendRequest | Heartbeat | InstallSnapshot): string | null {
  const { state } = raft;
  if (state.role === 'leader') return `${message.from} claims to lead term ${state.term} too`;
  if (state.role !== 'follower') becomeFollower(raft, state.term, message.from);
  state.leader = message.from;
  state.electionElapsed = 0;
  switch (message.type) {
    case 'append':
      return handleAppend(raft, message);
    case 'heartbeat':
      return handleHeartbeat(raft, message);
    case 'snapshot':
      return handleSnapshot(raft, message);
  }
}

/** Raft 5.1: requests of an older term are refused, so that their sender learns of the newer one; old answers mean nothing. */
function refuseStale(raft: RaftContext, message: Message): string | null {
  const { state, config } = raft;
  const reason = `stale term ${message.term} < ${state.term}`;
  const base = { from: config.id, to: message.from, term: state.term };
  switch (message.type) {
    case 'vote-request':
      send(raft, { ...base, type: 'vote-reply', granted: false, reason });
      break;
    case 'pre-vote-request':
      send(raft, { ...base, type: 'pre-vote-reply', granted: false, reason });
      break;
    case 'heartbeat':
      send(raft, { ...base, type: 'heartbeat-reply' });
      break;
    case 'append':
    case 'snapshot':
      // Index 0 says nothing about any log, should its receiver lead our term by then.
      send(raft, { ...base, type: 'append-reply', ok: false, index: 0, hintIndex: 0, hintTerm: 0, reason });
  }
  return reason;
}

/** SwarmKit: a removed member's messages are answered with that fact, and change nothing here. */
function refuseRemoved(raft: RaftContext, message: Message): string {
  send(raft, { type: 'member-removed', from: raft.config.id, to: message.from, term: raft.state.term });
  return `${message.from} was removed`;
}

function handleMemberRemoved(raft: RaftContext): null {
  const { state } = raft;
  state.toldRemoved = true;
  if (state.role !== 'follower') becomeFollower(raft, state.term, null);
  return null;
}
