/**
 * I8: what is committed is on the disks of a majority of the members in force. I11: a leader's book-keeping: matchIndex never goes back
 * within a term and is never beyond what the member really holds in common; nextIndex is behind it. (Raft 5.3)
 */
import type { Entry, RaftId } from '../../../engine/raft/types.ts';
import { Violation } from '../violation.ts';
import { isDurable, type KnownConfiguration, type Member, majority, type RaftRecord, termIn } from './raft-record.ts';

interface SeenLeader {
  term: number;
  readonly match: Map<RaftId, number>;
}

export class ReplicationRules {
  private readonly record: RaftRecord;
  private readonly leaders = new Map<RaftId, SeenLeader>();

  constructor(record: RaftRecord) {
    this.record = record;
  }

  /** I8, of the newest entry that has just been committed. `before`: the members that its committer counted by, if they have changed. */
  committed(entry: Entry, configurations: readonly (KnownConfiguration | undefined)[]): void {
    let most = '';
    for (const configuration of configurations) {
      if (!configuration) continue;
      const { members } = configuration;
      let holders = 0;
      for (const id of members) if (this.holds(id, entry)) holders++;
      if (holders >= majority(members.size)) return;
      most = `${holders} of ${members.size} disks`;
    }
    if (most === '') return;
    throw new Violation('I8 committed is durable', `(${entry.term},${entry.index}) is committed, and on ${most}`);
  }

  /** Who has lost its disk had it; so had who was taken out of the group and has cleared it. */
  private holds(id: RaftId, entry: Entry): boolean {
    const { record } = this;
    const durable = record.durableOf(id);
    if (durable !== null && isDurable(durable, entry)) return true;
    const newest = record.configurations[record.configurations.length - 1];
    return (durable === null && record.lost.has(id)) || newest!.removed.has(id);
  }

  /** I8, later: to be asked when a log has become shorter or a member has come back. */
  checkStillThere(): void {
    const { record } = this;
    const top = record.committed.get(record.highestCommitted);
    if (!top) return;
    const configurations = record.configurations.slice(-2);
    this.committed(top.entry, configurations);
  }

  /** I11, of whoever leads: after every event. */
  checkLeader({ id, state }: Member): void {
    let seen = this.leaders.get(id);
    if (!seen || seen.term !== state.term) {
      seen = { term: state.term, match: new Map() };
      this.leaders.set(id, seen);
    }
    for (const [peer, { match, next }] of state.progress) {
      const before = seen.match.get(peer) ?? 0;
      if (match === before && next > match) continue;
      if (match < before)
        throw new Violation('I11 book-keeping', `${id} took the match of ${peer} back from ${before} to ${match}`);
      if (next <= match)
        throw new Violation(
          'I11 book-keeping',
          `${id} would send ${next} next to ${peer}, which matches up to ${match}`,
        );
      seen.match.set(peer, match);
      this.checkMatch(id, state.term, peer, match);
    }
    for (const peer of seen.match.keys()) if (!state.progress.has(peer)) seen.match.delete(peer);
  }

  /** A member that has moved to a later term owes an old leader nothing any more. */
  private checkMatch(leader: RaftId, term: number, peer: RaftId, match: number): void {
    const mine = this.record.running().find(({ id }) => id === leader)!;
    const expected = termIn(mine.state, match);
    const durable = this.record.durableOf(peer);
    if (expected === undefined || match === 0 || durable === null) return;
    // Taken out of the group since by a newer leader, it has cleared its disk.
    if (this.record.configurations[this.record.configurations.length - 1]?.removed.has(peer)) return;
    const running = this.record.running().find(({ id }) => id === peer);
    if ((running?.state.term ?? durable.hardState.term) > term) return;
    if (isDurable(durable, { index: match, term: expected } as Entry)) return;
    throw new Violation(
      'I11 book-keeping',
      `${leader} takes ${peer} to hold (${expected},${match}), which its disk does not have`,
    );
  }

  /** I11: a log has become shorter, or a member has come back: leaders must not count on what is gone. */
  checkCounted(peer: RaftId): void {
    for (const { id, state } of this.record.running()) {
      if (state.role !== 'leader') continue;
      const match = state.progress.get(peer)?.match;
      if (match !== undefined) this.checkMatch(id, state.term, peer, match);
    }
  }
}
