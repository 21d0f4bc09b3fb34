/**
 * Leader election (Raft 5.2, 5.4.1), with the two guards of the thesis: pre-vote (9.6) and disregard of votes while the leader
 * is heard (4.2.3). Source: etcd-io/raft `raft.go` hup, campaign, poll, Step (MsgVote).
 * Invariants: one vote per term, durable before it is sent; no vote for a log that is behind; only answers of the current term count.
 */
import { hasUnappliedConfChange, isUpToDate, lastIndex, lastTerm } from './log.ts';
import { tallyVotes } from './quorum.ts';
import { broadcastAppend } from './replication.ts';
import {
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  becomePreCandidate,
  isPromotable,
  type RaftContext,
  send,
} from './roles.ts';
import type { PreVoteReply, PreVoteRequest, RaftId, RequestResult, VoteReply, VoteRequest } from './types.ts';

/** Starts an election, unless this member may not lead now. `transfer`: the leader asked for it. */
export function startElection(raft: RaftContext, transfer: boolean): RequestResult {
  const refusal = campaignRefusal(raft);
  if (refusal !== null) return { ok: false, error: { kind: 'not-promotable', message: refusal } };
  if (raft.config.preVote && !transfer) askForPreVotes(raft);
  else askForVotes(raft, transfer);
  return { ok: true };
}

function campaignRefusal(raft: RaftContext): string | null {
  const { state } = raft;
  if (state.role === 'leader') return 'leads already';
  if (state.toldRemoved) return 'was removed';
  if (state.log.pendingSnapshot !== null) return 'a snapshot is not applied yet';
  // The majority it would count by is about to change.
  if (hasUnappliedConfChange(state.log)) return 'a committed membership change is not applied yet';
  return isPromotable(raft) ? null : 'is not a member';
}

function askForPreVotes(raft: RaftContext): void {
  const { state, config } = raft;
  becomePreCandidate(raft);
  const term = state.term + 1;
  for (const to of state.configuration.members.keys()) {
    if (to === config.id) continue;
    const log = { lastIndex: lastIndex(state.log), lastTerm: lastTerm(state.log) };
    send(raft, { type: 'pre-vote-request', from: config.id, to, term, ...log });
  }
  // Nothing to make durable: a pre-vote binds nobody.
  recordVote(raft, config.id, true);
}

function askForVotes(raft: RaftContext, force: boolean): void {
  const { state, config } = raft;
  becomeCandidate(raft);
  for (const to of state.configuration.members.keys()) {
    if (to === config.id) continue;
    const log = { lastIndex: lastIndex(state.log), lastTerm: lastTerm(state.log) };
    send(raft, { type: 'vote-request', from: config.id, to, term: state.term, force, ...log });
  }
  // The own vote is counted once it is durable, see `recordOwnVote`.
}

/** The vote for itself of this term has reached the disk. */
export function recordOwnVote(raft: RaftContext, term: number): void {
  const { state, config } = raft;
  if (state.role !== 'candidate' || state.term !== term || state.votes.has(config.id)) return;
  recordVote(raft, config.id, true);
}

/** The first answer of a voter stands. Raft 5.2: a majority of the members makes the leader. */
function recordVote(raft: RaftContext, voter: RaftId, granted: boolean): void {
  const { state } = raft;
  if (!state.votes.has(voter)) state.votes.set(voter, granted);
  const { result } = tallyVotes(state.configuration.members, state.votes);
  if (result === 'lost') becomeFollower(raft, state.term, null);
  if (result !== 'won') return;
  if (state.role === 'pre-candidate') {
    askForVotes(raft, false);
  } else {
    becomeLeader(raft);
    broadcastAppend(raft);
  }
}

/**
 * Whether this member, hearing its leader, disregards the request altogether, so that one that lost touch cannot throw out a good
 * leader (thesis 4.2.3; for pre-votes 9.6). A leader that passes its quorum checks counts as hearing itself.
 */
export function isInLease(raft: RaftContext, message: VoteRequest | PreVoteRequest): boolean {
  const { state, config } = raft;
  const isExempt = message.type === 'vote-request' && (message.force || !config.checkQuorum);
  return !isExempt && state.leader !== null && state.electionElapsed < config.electionTicks;
}

/** The term of the message is ours, or, of a pre-vote, at least ours. */
export function handleVoteRequest(raft: RaftContext, message: VoteRequest): string | null {
  const { state, config } = raft;
  const reason = voteRefusal(raft, message);
  const reply = { type: 'vote-reply', from: config.id, to: message.from, term: state.term } as const;
  if (reason !== null) {
    send(raft, { ...reply, granted: false, reason });
    return null;
  }
  state.vote = message.from;
  // Raft 5.2: granting a vote restarts the timer; a refused request does not.
  state.electionElapsed = 0;
  send(raft, { ...reply, granted: true });
  return null;
}

function voteRefusal(raft: RaftContext, message: VoteRequest): string | null {
  const { state } = raft;
  if (state.vote !== null && state.vote !== message.from)
    return `already voted for ${state.vote} in term ${state.term}`;
  if (state.vote === null && state.leader !== null) return `already following ${state.leader} in term ${state.term}`;
  return logRefusal(raft, message);
}

/** Raft 5.4.1, the election restriction. */
function logRefusal(raft: RaftContext, message: VoteRequest | PreVoteRequest): string | null {
  const { log } = raft.state;
  if (isUpToDate(log, message.lastIndex, message.lastTerm)) return null;
  return `log behind: (${message.lastTerm},${message.lastIndex}) < (${lastTerm(log)},${lastIndex(log)})`;
}

export function handlePreVoteRequest(raft: RaftContext, message: PreVoteRequest): string | null {
  const { state, config } = raft;
  const { from: to } = message;
  const reason =
    message.term > state.term ? logRefusal(raft, message) : `term ${message.term} has been reached (${state.term})`;
  const base = { type: 'pre-vote-reply', from: config.id, to } as const;
  if (reason === null) send(raft, { ...base, term: message.term, granted: true });
  else send(raft, { ...base, term: state.term, granted: false, reason });
  return null;
}

export function handleVoteReply(raft: RaftContext, message: VoteReply): string | null {
  if (raft.state.role !== 'candidate') return `a ${raft.state.role} counts no votes`;
  recordVote(raft, message.from, message.granted);
  return null;
}

export function handlePreVoteReply(raft: RaftContext, message: PreVoteReply): string | null {
  const { state } = raft;
  if (state.role !== 'pre-candidate') return `a ${state.role} counts no pre-votes`;
  if (message.granted && message.term !== state.term + 1) return 'an answer to another pre-vote';
  recordVote(raft, message.from, message.granted);
  return null;
}
