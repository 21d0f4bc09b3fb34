/**
 * What has been seen of a raft group so far, from outside: who led which term, who voted for whom, which entries there are and which
 * are committed, what the members of the group were after each change. It outlives restarts and removals of members, so that two
 * breaches at different times count too. The rules (the other files of this folder) read and write it.
 *
 * Identity: entries are immutable and shared between simulated machines, so that `===` is the usual case; after a restore they are
 * equal copies.
 */
import type { Cluster } from '../../../engine/cluster.ts';
import type { MachineHardware } from '../../../engine/hardware/hardware.ts';
import type { RaftState } from '../../../engine/raft/state.ts';
import type { Entry, HardState, RaftId, Snapshot } from '../../../engine/raft/types.ts';

/** The members of the group from one committed change on. */
export interface KnownConfiguration {
  readonly index: number;
  readonly members: ReadonlySet<RaftId>;
  readonly removed: ReadonlySet<RaftId>;
}

export interface KnownEntry {
  readonly entry: Entry;
  /** Term of the entry before it. */
  readonly previousTerm: number;
}

export interface KnownCommit {
  readonly entry: Entry;
  /** The term in which it was first seen committed. */
  readonly inTerm: number;
}

/** A running member. */
export interface Member {
  readonly id: RaftId;
  readonly machine: string;
  readonly state: RaftState;
}

/** What a disk holds of a member: what would be left after a power cut now. */
export interface DurableRaft {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
}

export class RaftRecord {
  readonly leaderOfTerm = new Map<number, RaftId>();
  /** By voter and term. */
  readonly voteOf = new Map<string, RaftId>();
  /** Who voted for a candidate in a term. */
  readonly votersFor = new Map<string, Set<RaftId>>();
  /** By index and term. */
  readonly entries = new Map<string, KnownEntry>();
  /** By index. */
  readonly committed = new Map<number, KnownCommit>();
  highestCommitted = 0;
  /** Oldest first. */
  configurations: KnownConfiguration[] = [];
  /** The machine that last ran a member. */
  readonly machineOf = new Map<RaftId, string>();
  /** Members whose disk was lost: nobody can hold anything against them, unless they come back. */
  readonly lost = new Set<RaftId>();
  /** Members of a group that a new one was made of by force. */
  readonly forsaken = new Set<RaftId>();
  readonly cluster: Cluster;
  private members: Member[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.begin();
    cluster.kernel.onEvent(({ kind, machine, data }) => {
      // Who leaves by force wipes its disk, too.
      if (kind === 'disk.lost' || kind === 'swarm.leave') this.diskLost(machine!);
      if (kind === 'swarm.force-new-cluster') this.forced(data?.raftId as RaftId);
    });
  }

  /** Takes what there is for granted. */
  private begin(): void {
    for (const member of this.runningMembers()) {
      const { log, role, term, configuration } = member.state;
      this.machineOf.set(member.id, member.machine);
      if (role === 'leader') this.leaderOfTerm.set(term, member.id);
      for (const [i, entry] of log.entries.entries()) {
        const previousTerm = i === 0 ? log.offsetTerm : log.entries[i - 1]!.term;
        this.entries.set(keyOf(entry.index, entry.term), { entry, previousTerm });
        if (entry.index <= log.commit) this.committed.set(entry.index, { entry, inTerm: entry.term });
      }
      this.highestCommitted = Math.max(this.highestCommitted, log.commit);
      if (configuration.index <= (this.configurations[0]?.index ?? -1)) continue;
      const { index, members, removed } = configuration;
      this.configurations = [{ index, members: new Set(members.keys()), removed: new Set(removed) }];
    }
  }

  /** Members that run, as of the last `refresh`. */
  running(): readonly Member[] {
    return this.members;
  }

  /** Looks who runs. To be called before each round of checks. */
  refresh(): readonly Member[] {
    const { machines } = this.cluster;
    let count = 0;
    let same = true;
    for (const { swarm } of machines) {
      const state = swarm.manager?.raftNode.raft.state;
      if (!state || this.forsaken.has(swarm.manager!.raftNode.state.raftId)) continue;
      if (this.members[count]?.state !== state) same = false;
      count++;
    }
    if (!same || count !== this.members.length) this.members = [...this.runningMembers()];
    return this.members;
  }

  private *runningMembers(): Generator<Member> {
    for (const { name, swarm } of this.cluster.machines) {
      const node = swarm.manager?.raftNode;
      if (!node || this.forsaken.has(node.state.raftId)) continue;
      yield { id: node.state.raftId, machine: name, state: node.raft.state };
    }
  }

  /** The newest configuration that was in force when this entry was applied. */
  configurationAt(index: number): KnownConfiguration | undefined {
    for (let i = this.configurations.length - 1; i >= 0; i--)
      if (this.configurations[i]!.index <= index) return this.configurations[i];
    return undefined;
  }

  /** A newly committed change of the members. */
  changeConfiguration(entry: Entry): void {
    if (entry.type !== 'conf') return;
    const before = this.configurations[this.configurations.length - 1];
    if (!before || entry.index <= before.index) return;
    const members = new Set(before.members);
    const removed = new Set(before.removed);
    const { type, raftId } = entry.change;
    if (type === 'add' && !removed.has(raftId)) members.add(raftId);
    if (type === 'remove') {
      members.delete(raftId);
      removed.add(raftId);
    }
    this.configurations.push({ index: entry.index, members, removed });
  }

  /** What the disk of a member's machine holds of it; null if that disk is lost or was given to another member. */
  durableOf(id: RaftId): DurableRaft | null {
    const machine = this.machineOf.get(id);
    if (machine === undefined || this.lost.has(id)) return null;
    for (const [other, where] of this.machineOf)
      if (where === machine && other !== id && this.isNewer(other, id)) return null;
    return durableRaft(this.cluster.hardware.machine(machine));
  }

  private isNewer(one: RaftId, than: RaftId): boolean {
    let seen = false;
    for (const id of this.machineOf.keys()) {
      if (id === than) seen = true;
      else if (id === one) return seen;
    }
    return false;
  }

  private diskLost(machine: string): void {
    for (const [id, where] of this.machineOf) if (where === machine) this.lost.add(id);
  }

  /** All that was agreed on is void but what the one member has. */
  private forced(only: RaftId): void {
    for (const id of this.machineOf.keys()) if (id !== only) this.forsaken.add(id);
    for (const { id } of [...this.runningMembers()]) if (id !== only) this.forsaken.add(id);
    for (const ledger of [this.leaderOfTerm, this.voteOf, this.votersFor, this.entries, this.committed]) ledger.clear();
    this.highestCommitted = 0;
    this.configurations = [];
    this.members = [];
    this.isForced = true;
  }

  /** Somebody has made a new cluster by force. */
  isForced = false;

  /** A member of a group that was made by force is seen for the first time: it is taken at its word. */
  adopt(member: Member): void {
    if (this.configurations.length > 0) return;
    const { log, configuration } = member.state;
    for (const [i, entry] of log.entries.entries()) {
      const previousTerm = i === 0 ? log.offsetTerm : log.entries[i - 1]!.term;
      this.entries.set(keyOf(entry.index, entry.term), { entry, previousTerm });
    }
    const { index, members, removed } = configuration;
    this.configurations = [{ index, members: new Set(members.keys()), removed: new Set(removed) }];
  }
}

export function keyOf(index: number, term: number): string {
  return `${index},${term}`;
}

export function durableRaft({ disk }: MachineHardware): DurableRaft {
  const { durable } = disk;
  return {
    hardState: (durable['raft.hard-state'] as HardState | undefined) ?? { term: 0, vote: null, commit: 0 },
    entries: (durable['raft.log'] as readonly Entry[] | undefined) ?? [],
    snapshot: (durable['raft.snapshot'] as Snapshot | undefined) ?? null,
  };
}

/** Whether a disk holds this entry, in its log or behind a snapshot. */
export function isDurable({ entries, snapshot }: DurableRaft, { index, term }: Entry): boolean {
  if (snapshot !== null && snapshot.index >= index) return true;
  const first = entries[0]?.index;
  return first !== undefined && index >= first && entries[index - first]?.term === term;
}

/** The last entry that a disk holds: index and term. */
export function lastDurable({ entries, snapshot }: DurableRaft): { index: number; term: number } {
  const last = entries[entries.length - 1];
  if (last && last.index >= (snapshot?.index ?? 0)) return last;
  return snapshot ?? { index: 0, term: 0 };
}

/** The term of an entry in a running member's log; undefined before and behind it. */
export function termIn({ log }: RaftState, index: number): number | undefined {
  return index === log.offset ? log.offsetTerm : log.entries[index - log.offset - 1]?.term;
}

export function lastOf({ log }: RaftState): { index: number; term: number } {
  const last = log.entries[log.entries.length - 1];
  return last ?? { index: log.offset, term: log.offsetTerm };
}

/** Entries are shared objects as a rule; after a restore they are equal copies. */
export function sameEntry(a: Entry, b: Entry): boolean {
  return a === b || (a.term === b.term && a.type === b.type && JSON.stringify(a) === JSON.stringify(b));
}

export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}
