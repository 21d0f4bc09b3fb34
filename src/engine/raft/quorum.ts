/** Majorities (Raft 5.2 for votes, 5.3 for entries). Source: etcd-io/raft `quorum/majority.go`. */
import type { Progress } from './progress.ts';
import type { RaftId } from './types.ts';

export function quorumSize(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The highest index that a majority of the members is known to hold durably. */
export function quorumMatch(progress: ReadonlyMap<RaftId, Progress>): number {
  const needed = quorumSize(progress.size);
  let best = 0;
  for (const { match } of progress.values()) {
    if (match <= best) continue;
    let holders = 0;
    for (const other of progress.values()) if (other.match >= match) holders++;
    if (holders >= needed) best = match;
  }
  return best;
}

export type VoteResult = 'won' | 'lost' | 'pending';

/** Only members' votes count, whoever sent one. */
export function tallyVotes(
  members: ReadonlyMap<RaftId, unknown>,
  votes: ReadonlyMap<RaftId, boolean>,
): { granted: number; refused: number; result: VoteResult } {
  let granted = 0;
  let refused = 0;
  for (const [voter, vote] of votes) {
    if (!members.has(voter)) continue;
    if (vote) granted++;
    else refused++;
  }
  const needed = quorumSize(members.size);
  const result = granted >= needed ? 'won' : members.size - refused < needed ? 'lost' : 'pending';
  return { granted, refused, result };
}

/** Whether a majority, the leader included, was heard since the last check. */
export function quorumActive(progress: ReadonlyMap<RaftId, Progress>, self: RaftId): boolean {
  let active = 0;
  for (const [id, { recentActive }] of progress) if (id === self || recentActive) active++;
  return active >= quorumSize(progress.size);
}
