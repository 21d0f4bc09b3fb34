/**
 * The safety properties of Raft (figure 3 of the paper), watched from outside after every event. A second statement of the
 * rules: it reads members' recorded state and calls no engine code. Kept across restarts and removals of members: ledgers of
 * leaders, votes, entries and committed entries, so that two breaches at different times count too.
 *
 * Election Safety (5.2), Leader Append-Only (5.3), Log Matching (5.3), Leader Completeness (5.4), State Machine Safety (5.4.3),
 * one vote per term (5.2), and terms and commit indices that only grow.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { RaftState } from '../../engine/raft/state.ts';
import type { Entry, Message } from '../../engine/raft/types.ts';
import { Violation } from './violation.ts';

/** What was last seen of one member. */
interface Seen {
  /** The state of one life of the member: a restart makes another. */
  life: RaftState;
  term: number;
  role: string;
  last: number;
  lastEntry: Entry | undefined;
  commit: number;
  /** Entries by index, as far as looked at. */
  entries: Map<number, Entry>;
}

export class RaftChecker {
  private readonly cluster: Cluster;
  private readonly seen = new Map<string, Seen>();
  private readonly leaderOfTerm = new Map<number, string>();
  private readonly voteOf = new Map<string, string>();
  /** Entry by `index,term`, and the term of the entry before it. */
  private readonly ledger = new Map<string, { entry: Entry; previousTerm: number }>();
  /** Committed entries by index, and the term in which each was first seen committed. */
  private readonly committed = new Map<number, { entry: Entry; inTerm: number }>();
  private highestCommitted = 0;
  private nextMessage: number;
  /** Looks taken at members whose state had changed. */
  checks = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.nextMessage = cluster.hardware.state.nextMessage;
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    this.checkVotes();
    for (const { swarm } of this.cluster.machines) {
      const { manager } = swarm;
      if (manager) this.look(manager.raftNode.state.raftId, manager.raftNode.raft.state);
    }
  }

  private look(id: string, state: RaftState): void {
    const { log } = state;
    if (state.role === 'candidate' && state.votes.has(id)) this.checkVote(id, state.term, id);
    const last = log.offset + log.entries.length;
    const lastEntry = log.entries[log.entries.length - 1];
    let seen = this.seen.get(id);
    if (
      seen &&
      seen.term === state.term &&
      seen.role === state.role &&
      seen.last === last &&
      seen.lastEntry === lastEntry &&
      seen.commit === log.commit
    )
      return;
    this.checks++;
    if (!seen) {
      seen = { life: state, term: 0, role: 'follower', last: 0, lastEntry: undefined, commit: 0, entries: new Map() };
      this.seen.set(id, seen);
    }
    if (seen.life === state) checkForward(id, state, seen);
    if (seen.last !== last || seen.lastEntry !== lastEntry) this.checkEntries(id, state, seen, last);
    if (state.role === 'leader' && (seen.role !== 'leader' || seen.term !== state.term))
      this.checkNewLeader(id, state, last);
    if (log.commit > 0) this.checkCommitted(id, state, seen, last);
    seen.life = state;
    seen.term = state.term;
    seen.role = state.role;
    seen.last = last;
    seen.lastEntry = lastEntry;
    seen.commit = log.commit;
  }

  /**
   * Votes that were given, not those that were only meant: one granted in an answer that has left, and the own one of a
   * candidate that counts it.
   */
  private checkVotes(): void {
    const { hardware } = this.cluster;
    for (; this.nextMessage < hardware.state.nextMessage; this.nextMessage++) {
      const envelope = hardware.state.inFlight.get(this.nextMessage);
      if (envelope?.kind !== 'raft.vote-reply') continue;
      const { message } = envelope.payload as { message: Message };
      if (message.type === 'vote-reply' && message.granted) this.checkVote(message.from, message.term, message.to);
    }
  }

  private checkVote(voter: string, term: number, candidate: string): void {
    const key = `${voter},${term}`;
    const known = this.voteOf.get(key);
    if (known === undefined) this.voteOf.set(key, candidate);
    else if (known !== candidate)
      throw new Violation(
        'one vote per term',
        `${voter} voted for ${known} and for ${candidate} in term ${term} (Raft 5.2)`,
      );
  }

  /** Entries that are new here: the same index and term is the same entry with the same one before it, everywhere. */
  private checkEntries(id: string, state: RaftState, seen: Seen, last: number): void {
    const { log } = state;
    const stillLeads = state.role === 'leader' && seen.role === 'leader' && seen.term === state.term;
    for (let index = last; index > log.offset; index--) {
      const entry = log.entries[index - log.offset - 1]!;
      if (seen.entries.get(index) === entry) break;
      if (stillLeads && index <= seen.last)
        throw new Violation('Leader Append-Only', `${id} changed its entry ${index} while leading term ${state.term}`);
      seen.entries.set(index, entry);
      const previousTerm = index - 1 > log.offset ? log.entries[index - log.offset - 2]!.term : log.offsetTerm;
      const key = `${index},${entry.term}`;
      const known = this.ledger.get(key);
      if (!known) this.ledger.set(key, { entry, previousTerm });
      else if (known.entry !== entry && !sameEntry(known.entry, entry))
        throw new Violation(
          'Log Matching',
          `two entries of index ${index} and term ${entry.term}; one is in the log of ${id}`,
        );
      else if (index - 1 > log.offset && known.previousTerm !== previousTerm)
        throw new Violation(
          'Log Matching',
          `entry (${entry.term},${index}) follows term ${known.previousTerm} in one log, ${previousTerm} in that of ${id}`,
        );
    }
    if (stillLeads && last < seen.last)
      throw new Violation(
        'Leader Append-Only',
        `${id} dropped entries ${last + 1}..${seen.last} while leading term ${state.term}`,
      );
    for (let index = last + 1; index <= seen.last; index++) seen.entries.delete(index);
  }

  private checkNewLeader(id: string, state: RaftState, last: number): void {
    const known = this.leaderOfTerm.get(state.term);
    if (known !== undefined && known !== id)
      throw new Violation('Election Safety', `${known} and ${id} both lead term ${state.term}`);
    this.leaderOfTerm.set(state.term, id);
    this.checkComplete(id, state, last);
  }

  /**
   * What was committed in earlier terms is in the new leader's log; log matching carries that from the last of it to the rest.
   * A candidate that gets its votes late may lead a term when a later one has committed entries already: it need not have those.
   */
  private checkComplete(id: string, { term, log }: RaftState, last: number): void {
    let index = this.highestCommitted;
    while (index > log.offset && (this.committed.get(index)?.inTerm ?? term) >= term) index--;
    const top = this.committed.get(index);
    if (!top || index <= log.offset) return;
    const held = index <= last ? log.entries[index - log.offset - 1] : undefined;
    if (held?.term === top.entry.term) return;
    throw new Violation(
      'Leader Completeness',
      `${id} leads term ${term} without the entry (${top.entry.term},${index}) committed in term ${top.inTerm}; its log ends at ${last}`,
    );
  }

  private checkCommitted(id: string, { log, term }: RaftState, seen: Seen, last: number): void {
    if (log.commit > last)
      throw new Violation('Log', `${id} has committed ${log.commit}, beyond its last entry ${last}`);
    for (let index = Math.max(seen.commit + 1, log.offset + 1); index <= log.commit; index++) {
      const entry = log.entries[index - log.offset - 1]!;
      const known = this.committed.get(index);
      if (!known) {
        this.committed.set(index, { entry, inTerm: term });
        this.highestCommitted = Math.max(this.highestCommitted, index);
      } else if (known.entry !== entry && !sameEntry(known.entry, entry)) {
        throw new Violation(
          'State Machine Safety',
          `at ${index} the entry of term ${known.entry.term} was committed and, by ${id}, that of term ${entry.term}`,
        );
      }
    }
  }
}

/** Within one life neither term nor commit index goes back (what was not durable may be forgotten by a restart). */
function checkForward(id: string, { term, log: { commit, applied } }: RaftState, seen: Seen): void {
  if (term < seen.term) throw new Violation('only forward', `${id} went from term ${seen.term} back to ${term}`);
  if (commit < seen.commit)
    throw new Violation('only forward', `${id} went from commit index ${seen.commit} back to ${commit}`);
  if (applied > commit) throw new Violation('only forward', `${id} has applied ${applied} of ${commit} committed`);
}

/** Entries are shared objects as a rule; after a restore they are equal copies. */
function sameEntry(a: Entry, b: Entry): boolean {
  return a.term === b.term && a.type === b.type && JSON.stringify(a) === JSON.stringify(b);
}
