/**
 * I13: at most one change of the members is under way; none is accepted before an entry of the leader's own term is committed; the
 * members in force are those of the last applied change; nobody is told to lead that is leaving. (Raft thesis 4; raft-dev 2015)
 * I14: a snapshot stands for exactly the applied prefix: index and term, members, removed members. (Raft 7)
 */
import type { Configuration } from '../../../engine/raft/configuration.ts';
import type { RaftState } from '../../../engine/raft/state.ts';
import type { Entry, Message, RaftId, Snapshot } from '../../../engine/raft/types.ts';
import { Violation } from '../violation.ts';
import { type Member, type RaftRecord, termIn } from './raft-record.ts';
import type { SeenMember } from './seen-member.ts';

export class MembershipRules {
  private readonly record: RaftRecord;
  private readonly judged = new WeakSet<Snapshot>();

  constructor(record: RaftRecord) {
    this.record = record;
  }

  /** Before the entries of this look are recorded: a change of the members that its leader has just appended. */
  appended({ id, state }: Member, seen: SeenMember): void {
    if (state.role !== 'leader' || seen.life === null) return;
    const { log, term } = state;
    const from = seen.term === term && seen.role === 'leader' ? seen.last + 1 : log.offset + log.entries.length;
    for (let index = Math.max(from, log.offset + 1); index <= log.offset + log.entries.length; index++) {
      const entry = log.entries[index - log.offset - 1]!;
      if (entry.type === 'conf' && entry.term === term) this.accepted(id, state, entry);
    }
  }

  private accepted(id: RaftId, state: RaftState, entry: Entry): void {
    const { log, term } = state;
    for (let index = log.commit + 1; index < entry.index; index++) {
      if (index > log.offset && log.entries[index - log.offset - 1]?.type === 'conf')
        throw new Violation(
          'I13 membership',
          `${id} accepts a change of the members at ${entry.index} while that at ${index} is not committed`,
        );
    }
    const own = Math.min(log.commit, entry.index - 1);
    if (termIn(state, own) !== term)
      throw new Violation(
        'I13 membership',
        `${id} accepts a change of the members at ${entry.index} in term ${term}, in which it has committed nothing`,
      );
  }

  changed(member: Member, seen: SeenMember): void {
    const { id, state } = member;
    const { configuration, log } = state;
    if (
      log.pendingSnapshot === null &&
      (seen.applied !== log.applied || seen.configurationIndex !== configuration.index)
    )
      this.checkInForce(id, configuration, log.applied);
    const { snapshot } = log;
    if (snapshot !== null && !this.judged.has(snapshot)) {
      this.judged.add(snapshot);
      this.checkSnapshot(id, snapshot);
    }
  }

  private checkInForce(id: RaftId, { members, removed }: Configuration, applied: number): void {
    const known = this.record.configurationAt(applied);
    if (known && !(sameIds(known.members, members) && sameIds(known.removed, removed)))
      throw new Violation(
        'I13 membership',
        `${id} goes by ${list(members.keys())} without ${list(removed)} at ${applied}; the log says ${list(known.members)} without ${list(known.removed)}`,
      );
  }

  private checkSnapshot(id: RaftId, { index, term, members, removed }: Snapshot): void {
    const { committed } = this.record;
    const wrong = (what: string): Violation =>
      new Violation('I14 snapshot', `the snapshot of ${id} at ${index} ${what}`);
    if (index > this.record.highestCommitted)
      throw wrong(`is beyond what is committed (${this.record.highestCommitted})`);
    const entry = committed.get(index)?.entry;
    if (entry && entry.term !== term) throw wrong(`has term ${term}, the entry there ${entry.term}`);
    const known = this.record.configurationAt(index);
    if (!known) return;
    const ids = members.map(({ raftId }) => raftId);
    if (!sameIds(known.members, new Set(ids)))
      throw wrong(`has the members ${list(ids)}, the log ${list(known.members)}`);
    if (!sameIds(known.removed, new Set(removed)))
      throw wrong(`has the removed members ${list(removed)}, the log ${list(known.removed)}`);
  }

  /** A message that has just left. */
  sent(message: Message): void {
    if (message.type !== 'timeout-now') return;
    const leader = this.record.running().find(({ id }) => id === message.from);
    if (!leader) return;
    const { configuration, log } = leader.state;
    const leaves = log.entries.some(
      (entry) => entry.type === 'conf' && entry.index > log.applied && isRemovalOf(entry, message.to),
    );
    if (leaves || !configuration.members.has(message.to))
      throw new Violation('I13 membership', `${message.from} tells ${message.to} to lead, which is leaving the group`);
  }
}

function isRemovalOf(entry: Entry, id: RaftId): boolean {
  return entry.type === 'conf' && entry.change.type === 'remove' && entry.change.raftId === id;
}

function sameIds(a: ReadonlySet<RaftId>, b: { readonly size: number; has(id: RaftId): boolean }): boolean {
  if (a.size !== b.size) return false;
  for (const id of a) if (!b.has(id)) return false;
  return true;
}

function list(ids: Iterable<RaftId>): string {
  return `{${[...ids].map((id) => id.slice(0, 5)).join(' ')}}`;
}
