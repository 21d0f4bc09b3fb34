/**
 * I3 leader append-only, I4 log matching, I5 origin: an entry of a term is first in the log of that term's leader, I6 leader
 * completeness, I7 state machine safety, I10 only forward. (Raft 5.3, 5.4; figure 3)
 *
 * Matching is kept by a ledger of entries with the term before each: by induction the same entry stands for the same prefix.
 */
import type { RaftState } from '../../../engine/raft/state.ts';
import type { Entry } from '../../../engine/raft/types.ts';
import { Violation } from '../violation.ts';
import { keyOf, type Member, type RaftRecord, sameEntry } from './raft-record.ts';
import type { SeenMember } from './seen-member.ts';

export class LogRules {
  private readonly record: RaftRecord;

  constructor(record: RaftRecord) {
    this.record = record;
  }

  /** Returns whether the log has lost entries that it had. */
  changed(member: Member, seen: SeenMember): boolean {
    const { id, state } = member;
    const { log } = state;
    const last = log.offset + log.entries.length;
    if (seen.life === state) onlyForward(id, state, seen);
    if (log.commit > last)
      throw new Violation('I10 only forward', `${id} has committed ${log.commit}, beyond its last entry ${last}`);
    if (log.applied > log.commit)
      throw new Violation('I10 only forward', `${id} has applied ${log.applied} of ${log.commit} committed`);
    const truncated = this.checkEntries(member, seen, last);
    if (state.role === 'leader' && (seen.role !== 'leader' || seen.term !== state.term))
      this.checkComplete(member, last);
    return truncated;
  }

  /** Returns whether an entry that was there is not any more. */
  private checkEntries({ id, state }: Member, seen: SeenMember, last: number): boolean {
    const { log } = state;
    const stillLeads = state.role === 'leader' && seen.role === 'leader' && seen.term === state.term;
    let truncated = last < seen.last;
    for (let index = last; index > log.offset; index--) {
      const entry = log.entries[index - log.offset - 1]!;
      const before = seen.entries.get(index);
      if (before === entry) break;
      if (before !== undefined && before.term !== entry.term) truncated = true;
      if (stillLeads && index <= seen.last && before !== undefined)
        throw new Violation('I3 append only', `${id} changed its entry ${index} while leading term ${state.term}`);
      seen.entries.set(index, entry);
      this.checkEntry(id, state, entry);
    }
    if (stillLeads && last < seen.last)
      throw new Violation(
        'I3 append only',
        `${id} dropped entries ${last + 1}..${seen.last} while leading term ${state.term}`,
      );
    for (let index = last + 1; index <= seen.last; index++) seen.entries.delete(index);
    return truncated;
  }

  private checkEntry(id: string, state: RaftState, entry: Entry): void {
    const { log } = state;
    const { index, term } = entry;
    const previousTerm = index - 1 > log.offset ? log.entries[index - log.offset - 2]!.term : log.offsetTerm;
    const known = this.record.entries.get(keyOf(index, term));
    if (!known) {
      const leader = this.record.leaderOfTerm.get(term);
      if (leader !== id || state.role !== 'leader' || state.term !== term)
        throw new Violation(
          'I5 origin',
          `entry (${term},${index}) is first in the log of ${id}, a ${state.role} in term ${state.term}; term ${term} is led by ${leader ?? 'nobody'}`,
        );
      this.record.entries.set(keyOf(index, term), { entry, previousTerm });
    } else if (!sameEntry(known.entry, entry))
      throw new Violation(
        'I4 log matching',
        `two entries of index ${index} and term ${term}; one is in the log of ${id}`,
      );
    else if (known.previousTerm !== previousTerm)
      throw new Violation(
        'I4 log matching',
        `entry (${term},${index}) follows term ${known.previousTerm} in one log, ${previousTerm} in that of ${id}`,
      );
  }

  /**
   * What was committed in earlier terms is in the new leader's log; log matching carries that from the last of it to the rest.
   * A candidate that gets its votes late may lead a term when a later one has committed entries already: it need not have those.
   */
  private checkComplete({ id, state: { term, log } }: Member, last: number): void {
    const { committed, highestCommitted } = this.record;
    let index = highestCommitted;
    while (index > log.offset && (committed.get(index)?.inTerm ?? term) >= term) index--;
    const top = committed.get(index);
    if (!top || index <= log.offset) return;
    const held = index <= last ? log.entries[index - log.offset - 1] : undefined;
    if (held?.term === top.entry.term) return;
    throw new Violation(
      'I6 leader completeness',
      `${id} leads term ${term} without the entry (${top.entry.term},${index}) committed in term ${top.inTerm}; its log ends at ${last}`,
    );
  }

  /** Entries that the member has committed since the last look. Returns those that nobody had committed before. */
  newlyCommitted({ id, state: { log, term } }: Member, seen: SeenMember): Entry[] {
    const { record } = this;
    const fresh: Entry[] = [];
    const cutOff = this.cutOff(log.offset, log.offsetTerm);
    for (let index = Math.max(seen.commit, record.highestCommitted - 1) + 1; index <= log.offset; index++) {
      const entry = cutOff.get(index);
      if (!entry) continue;
      record.committed.set(index, { entry, inTerm: term });
      record.highestCommitted = Math.max(record.highestCommitted, index);
      record.changeConfiguration(entry);
    }
    for (let index = Math.max(seen.commit + 1, log.offset + 1); index <= log.commit; index++) {
      const entry = log.entries[index - log.offset - 1]!;
      const known = record.committed.get(index);
      if (!known) {
        record.committed.set(index, { entry, inTerm: term });
        record.highestCommitted = Math.max(record.highestCommitted, index);
        record.changeConfiguration(entry);
        fresh.push(entry);
      } else if (!sameEntry(known.entry, entry)) {
        throw new Violation(
          'I7 state machine safety',
          `at ${index} the entry of term ${known.entry.term} was committed and, by ${id}, that of term ${entry.term}`,
        );
      }
    }
    return fresh;
  }

  /** Entries that were committed and cut off in one event: they were seen before, and each tells the term of the one before it. */
  private cutOff(offset: number, offsetTerm: number): Map<number, Entry> {
    const found = new Map<number, Entry>();
    let term = offsetTerm;
    for (let index = offset; index > this.record.highestCommitted; index--) {
      const known = this.record.entries.get(keyOf(index, term));
      if (!known) break;
      found.set(index, known.entry);
      term = known.previousTerm;
    }
    return found;
  }
}

/** Within one life nothing goes back (what was not durable may be forgotten by a restart). */
function onlyForward(id: string, { term, log: { commit, applied } }: RaftState, seen: SeenMember): void {
  const back = (what: string, from: number, to: number): Violation =>
    new Violation('I10 only forward', `${id} went from ${what} ${from} back to ${to}`);
  if (term < seen.term) throw back('term', seen.term, term);
  if (commit < seen.commit) throw back('commit index', seen.commit, commit);
  if (applied < seen.applied) throw back('applied index', seen.applied, applied);
}
