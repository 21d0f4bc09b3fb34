/**
 * What time does: a follower's patience runs out (Raft 5.2); a leader sends heartbeats, and checks that a majority still hears it.
 * Source: etcd-io/raft `raft.go` tickElection, tickHeartbeat, MsgCheckQuorum. In the steady state nothing but heartbeats is made.
 */
import { startElection } from './elections.ts';
import { quorumActive } from './quorum.ts';
import { broadcastHeartbeat, retrySnapshots } from './replication.ts';
import { becomeFollower, isPromotable, type RaftContext } from './roles.ts';

export function tick(raft: RaftContext): void {
  if (raft.state.role === 'leader') tickLeader(raft);
  else tickElection(raft);
}

function tickElection(raft: RaftContext): void {
  const { state } = raft;
  state.electionElapsed++;
  if (state.electionElapsed < state.randomizedElectionTimeout || !isPromotable(raft)) return;
  state.electionElapsed = 0;
  startElection(raft, false);
}

function tickLeader(raft: RaftContext): void {
  const { state, config } = raft;
  state.heartbeatElapsed++;
  state.electionElapsed++;
  if (state.electionElapsed >= config.electionTicks) electionTimeoutPassed(raft);
  if (state.role !== 'leader' || state.heartbeatElapsed < config.heartbeatTicks) return;
  state.heartbeatElapsed = 0;
  broadcastHeartbeat(raft);
}

function electionTimeoutPassed(raft: RaftContext): void {
  const { state } = raft;
  state.electionElapsed = 0;
  if (raft.config.checkQuorum && !passesQuorumCheck(raft)) {
    becomeFollower(raft, state.term, null);
    return;
  }
  // The target did not take over in time: the leader goes on (thesis 3.10).
  state.leadTransferee = null;
  retrySnapshots(raft);
}

/** Thesis 6.2: a leader that reaches no majority within an election timeout steps down. Starts the next period. */
function passesQuorumCheck(raft: RaftContext): boolean {
  const { progress } = raft.state;
  const passes = quorumActive(progress, raft.config.id);
  for (const peer of progress.values()) peer.recentActive = false;
  return passes;
}
