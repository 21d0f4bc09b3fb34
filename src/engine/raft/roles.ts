/**
 * The four roles and what changing into one resets (Raft 5.1, 5.2, figure 4). Source: etcd-io/raft `raft.go` become*.
 * Invariants: the term never goes back; the vote is cleared only when the term rises, never within a term.
 */
import { assert } from './assert.ts';
import { appendOwn, lastIndex } from './log.ts';
import { createProgress } from './progress.ts';
import type { RaftState } from './state.ts';
import type { ConfEntry, Message, NormalEntry, Proposed, RaftConfig, RaftId } from './types.ts';

/** What every rule works on: the fixed part and the changing part of one member. */
export interface RaftContext {
  readonly config: RaftConfig;
  readonly state: RaftState;
}

/** Queues a message for the next `Ready`; it leaves only once all that it promises is durable. */
export function send(raft: RaftContext, message: Message): void {
  raft.state.messages.push(message);
}

export function becomeFollower(raft: RaftContext, term: number, leader: RaftId | null): void {
  reset(raft, term);
  raft.state.role = 'follower';
  raft.state.leader = leader;
}

/** Changes neither term nor vote: a pre-vote disturbs nobody (thesis 9.6). */
export function becomePreCandidate(raft: RaftContext): void {
  const { state } = raft;
  assert(state.role !== 'leader', 'a leader does not become a pre-candidate');
  reset(raft, state.term);
  state.role = 'pre-candidate';
}

export function becomeCandidate(raft: RaftContext): void {
  const { state } = raft;
  assert(state.role !== 'leader', 'a leader does not become a candidate');
  reset(raft, state.term + 1);
  state.role = 'candidate';
  state.vote = raft.config.id;
}

/** The new leader knows nothing of the others' logs, and writes an empty entry of its own term (Raft 5.3, 8). */
export function becomeLeader(raft: RaftContext): void {
  const { state, config } = raft;
  assert(state.role === 'candidate', `a ${state.role} does not become leader`);
  reset(raft, state.term);
  state.role = 'leader';
  state.leader = config.id;
  const last = lastIndex(state.log);
  for (const id of state.configuration.members.keys()) state.progress.set(id, createProgress(last + 1, false));
  // Any entry taken over may be a membership change: none is accepted until all of them are applied.
  state.pendingConfIndex = last;
  appendAsLeader(raft, { type: 'normal', data: null });
  recordOwnMatch(raft);
}

function reset(raft: RaftContext, term: number): void {
  const { state } = raft;
  assert(term >= state.term, `term ${term} after ${state.term}`);
  if (term !== state.term) {
    state.term = term;
    state.vote = null;
  }
  state.leader = null;
  state.electionElapsed = 0;
  state.heartbeatElapsed = 0;
  state.votes.clear();
  state.progress.clear();
  state.leadTransferee = null;
  state.pendingConfIndex = 0;
  drawElectionTimeout(raft);
}

/** Raft 5.2: each member waits another while, so that split votes are rare: electionTicks..2*electionTicks-1. */
export function drawElectionTimeout(raft: RaftContext): void {
  const { electionTicks } = raft.config;
  raft.state.randomizedElectionTimeout = electionTicks + raft.config.random(electionTicks);
}

/** Leader append-only (Raft 5.3): the only way in which a leader's log changes. The entry bears the term of this moment. */
export function appendAsLeader(raft: RaftContext, content: EntryContent): Proposed {
  const { log, term } = raft.state;
  const index = lastIndex(log) + 1;
  appendOwn(
    log,
    content.type === 'normal' ? { index, term, type: 'normal', data: content.data } : { index, term, ...content },
  );
  return { ok: true, index, term };
}

export type EntryContent = Pick<NormalEntry, 'type' | 'data'> | Pick<ConfEntry, 'type' | 'change'>;

/** The leader counts its own copy of an entry like any other: once it is durable. */
export function recordOwnMatch(raft: RaftContext): void {
  const own = raft.state.progress.get(raft.config.id);
  if (own === undefined) return;
  own.match = raft.state.log.stable;
  own.next = lastIndex(raft.state.log) + 1;
}

/** May campaign: a member, as far as it knows, with a state machine in place. */
export function isPromotable(raft: RaftContext): boolean {
  const { state, config } = raft;
  return state.configuration.members.has(config.id) && state.log.pendingSnapshot === null && !state.toldRemoved;
}
