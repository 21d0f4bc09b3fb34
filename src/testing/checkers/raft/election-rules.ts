/**
 * I1 election safety: at most one leader per term, ever. I2 vote ledger: a member votes for at most one candidate per term, across
 * restarts. A leader has the votes of a majority of the members as it knows them. (Raft 5.2)
 *
 * I9: nobody who lacks a committed entry could win: it is not at least as up to date as a majority of the members. (Raft 5.4.1)
 * (`MoreUpToDateCorrectInv` of etcd's model says so of each single voter; with five members that does not hold: an entry may be
 * committed in a later term than the last one that some voter has heard of.)
 */
import type { Message, RaftId } from '../../../engine/raft/types.ts';
import { Violation } from '../violation.ts';
import {
  isDurable,
  keyOf,
  lastDurable,
  lastOf,
  type Member,
  majority,
  type RaftRecord,
  termIn,
} from './raft-record.ts';
import type { SeenMember } from './seen-member.ts';

export class ElectionRules {
  private readonly record: RaftRecord;

  constructor(record: RaftRecord) {
    this.record = record;
  }

  /** A message that has just left. A vote is given by the answer that leaves, not by what was only meant. */
  sent(message: Message): void {
    if (message.type === 'vote-reply' && message.granted) this.voted(message.from, message.term, message.to);
  }

  changed({ id, state }: Member, seen: SeenMember): void {
    // The own vote counts from the moment on in which the candidate counts it.
    if (state.role === 'candidate' && state.votes.has(id)) this.voted(id, state.term, id);
    const sameTerm = seen.life === state && seen.term === state.term;
    if (sameTerm && seen.vote !== null && state.vote !== seen.vote)
      throw new Violation(
        'I2 one vote per term',
        `${id} has changed its vote in term ${state.term} from ${seen.vote} to ${state.vote} (Raft 5.2)`,
      );
    if (state.role === 'leader' && (seen.role !== 'leader' || seen.term !== state.term || seen.life !== state))
      this.leads(id, state.term, state.configuration.members, seen.life === null);
  }

  private voted(voter: RaftId, term: number, candidate: RaftId): void {
    const { voteOf, votersFor } = this.record;
    const known = voteOf.get(`${voter},${term}`);
    if (known === candidate) return;
    if (known !== undefined)
      throw new Violation(
        'I2 one vote per term',
        `${voter} voted for ${known} and for ${candidate} in term ${term} (Raft 5.2)`,
      );
    voteOf.set(`${voter},${term}`, candidate);
    const voters = votersFor.get(`${candidate},${term}`);
    if (voters) voters.add(voter);
    else votersFor.set(`${candidate},${term}`, new Set([voter]));
  }

  private leads(id: RaftId, term: number, members: ReadonlyMap<RaftId, unknown>, isFirstLook: boolean): void {
    const { leaderOfTerm, votersFor } = this.record;
    const known = leaderOfTerm.get(term);
    if (known !== undefined && known !== id)
      throw new Violation('I1 election safety', `${known} and ${id} both lead term ${term}`);
    if (known === id && isFirstLook) return;
    if (known === id) throw new Violation('I1 election safety', `${id} leads term ${term} for the second time`);
    leaderOfTerm.set(term, id);
    let votes = 1;
    for (const voter of votersFor.get(`${id},${term}`) ?? []) if (voter !== id && members.has(voter)) votes++;
    if (votes < majority(members.size))
      throw new Violation('I1 election safety', `${id} leads term ${term} with ${votes} of ${members.size} votes`);
    if (!members.has(id)) throw new Violation('I13 membership', `${id} leads term ${term} and is no member`);
  }

  /** I9, to be asked when something has been committed or lost. */
  checkUpToDate(): void {
    const { record } = this;
    const top = record.committed.get(record.highestCommitted);
    const configuration = record.configurations[record.configurations.length - 1];
    if (!top || !configuration) return;
    const logs = [...configuration.members].flatMap((id) => this.logOf(id, top.entry.index, top.entry.term) ?? []);
    for (const { id, last, holds } of logs) {
      if (holds) continue;
      let voters = 0;
      for (const other of logs)
        if (last.term > other.last.term || (last.term === other.last.term && last.index >= other.last.index)) voters++;
      if (voters >= majority(configuration.members.size))
        throw new Violation(
          'I9 who can win holds all',
          `${id}, at (${last.term},${last.index}), could win ${voters} votes without the committed entry (${top.entry.term},${top.entry.index})`,
        );
    }
  }

  private logOf(
    id: RaftId,
    index: number,
    term: number,
  ): { id: RaftId; last: { index: number; term: number }; holds: boolean } | null {
    const running = this.record.running().find((member) => member.id === id);
    if (running) {
      const { state } = running;
      return { id, last: lastOf(state), holds: state.log.offset >= index || termIn(state, index) === term };
    }
    const durable = this.record.durableOf(id);
    const entry = this.record.entries.get(keyOf(index, term))?.entry;
    if (!durable || !entry) return null;
    return { id, last: lastDurable(durable), holds: isDurable(durable, entry) };
  }
}
