/**
 * A follower's side of replication: append, heartbeat and snapshot in, one answer out (Raft 5.3, 7; figures 2 and 13).
 * Source: etcd-io/raft `raft.go` handleAppendEntries, handleHeartbeat, handleSnapshot, restore.
 * Invariants: nothing committed is replaced; only what was compared with the leader's log is acknowledged or committed.
 */
import { configurationOf } from './configuration.ts';
import { appendFollowing, commitTo, findConflictByTerm, lastIndex, matchesTerm, restoreLog } from './log.ts';
import { type RaftContext, send } from './roles.ts';
import type { AppendRequest, Heartbeat, InstallSnapshot, RaftId } from './types.ts';

export function handleAppend(raft: RaftContext, message: AppendRequest): string | null {
  const { log } = raft.state;
  const { prevIndex, prevTerm, entries } = message;
  if (prevIndex < log.commit) {
    // The committed prefix is the same everywhere; say how far it goes.
    acknowledge(raft, message.from, log.commit);
    return null;
  }
  if (!matchesTerm(log, prevIndex, prevTerm)) {
    reject(raft, message);
    return null;
  }
  appendFollowing(log, entries);
  const lastNew = prevIndex + entries.length;
  commitTo(log, Math.min(message.commit, lastNew));
  acknowledge(raft, message.from, lastNew);
  return null;
}

function acknowledge(raft: RaftContext, to: RaftId, index: number): void {
  const { config, state } = raft;
  const { term } = state;
  send(raft, { type: 'append-reply', from: config.id, to, term, ok: true, index, hintIndex: 0, hintTerm: 0 });
}

/** Raft 5.3, end: names the last place that can agree, so that the leader need not walk back entry by entry. */
function reject(raft: RaftContext, message: AppendRequest): void {
  const { config, state } = raft;
  const { prevIndex, prevTerm } = message;
  const hint = findConflictByTerm(state.log, prevIndex, prevTerm);
  const last = lastIndex(state.log);
  const reason =
    prevIndex > last
      ? `log ends at ${last}, before ${prevIndex}`
      : `another entry at ${prevIndex} than that of term ${prevTerm}`;
  send(raft, {
    type: 'append-reply',
    from: config.id,
    to: message.from,
    term: state.term,
    ok: false,
    index: prevIndex,
    hintIndex: hint.index,
    hintTerm: hint.term,
    reason,
  });
}

export function handleHeartbeat(raft: RaftContext, message: Heartbeat): string | null {
  const { config, state } = raft;
  const last = lastIndex(state.log);
  // Only a member that lost its disk gets here. Silence makes the leader count it as unreachable.
  if (message.commit > last) return `commit ${message.commit} beyond the last entry ${last}: entries were lost here`;
  commitTo(state.log, message.commit);
  send(raft, { type: 'heartbeat-reply', from: config.id, to: message.from, term: state.term });
  return null;
}

/** Raft figure 13. A snapshot that brings nothing new is answered with what is committed here. */
export function handleSnapshot(raft: RaftContext, message: InstallSnapshot): string | null {
  const { state } = raft;
  const { log } = state;
  const { snapshot } = message;
  if (snapshot.index <= log.commit) {
    acknowledge(raft, message.from, log.commit);
    return `snapshot at ${snapshot.index} is not ahead of commit ${log.commit}`;
  }
  if (matchesTerm(log, snapshot.index, snapshot.term)) {
    // The log has that entry, hence all before it; what follows it is kept.
    commitTo(log, snapshot.index);
  } else {
    restoreLog(log, snapshot);
    state.configuration = configurationOf(snapshot);
  }
  acknowledge(raft, message.from, log.commit);
  return null;
}
