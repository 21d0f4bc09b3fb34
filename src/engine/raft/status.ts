/** A picture of one member for display and for checkers: copies, so that it stays as it was. */
import { firstIndex, lastIndex } from './log.ts';
import type { RaftContext } from './roles.ts';
import type { ProgressStatus, RaftId, Status } from './types.ts';

export function statusOf({ config, state }: RaftContext): Status {
  const { log, configuration } = state;
  return {
    id: config.id,
    role: state.role,
    term: state.term,
    vote: state.vote,
    leader: state.leader,
    commit: log.commit,
    applied: log.applied,
    first: firstIndex(log),
    last: lastIndex(log),
    stable: log.stable,
    electionElapsed: state.electionElapsed,
    randomizedElectionTimeout: state.randomizedElectionTimeout,
    heartbeatElapsed: state.heartbeatElapsed,
    votes: new Map(state.votes),
    members: new Map(configuration.members),
    removed: state.toldRemoved || configuration.removed.has(config.id),
    leadTransferee: state.leadTransferee,
    progress: progressStatus({ config, state }),
  };
}

function progressStatus({ state }: RaftContext): Map<RaftId, ProgressStatus> {
  const result = new Map<RaftId, ProgressStatus>();
  for (const [id, { match, next, state: sending, recentActive, inflight }] of state.progress) {
    result.set(id, { match, next, state: sending, recentActive, inflight: inflight.length });
  }
  return result;
}
