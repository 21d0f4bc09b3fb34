/**
 * Who is there: SWIM failure detection as memberlist does it, for one node.
 * Sources: "SWIM: Scalable Weakly-consistent Infection-style Process Group Membership Protocol"; `moby: vendor/github.com/
 * hashicorp/memberlist/state.go, suspicion.go`. A pure core: it changes its state and says what is to be told to everybody
 * (`queue`) and what has become of whom (`MembershipHost`); timers and messages are its caller's.
 *
 * Simplified: no awareness score (probes do not slow down on a node that is itself ill).
 */
import type { EventId, Micros } from '../../../protocol/events.ts';
import { type ClusterUpdate, GOSSIP, type MemberDump, type Told } from './messages.ts';

export interface Member {
  name: string;
  machine: string;
  address: string;
  incarnation: number;
  state: 'alive' | 'suspect' | 'failed' | 'left';
  since: Micros;
  /** While suspect: since when, who else said so, the timer's handle. */
  suspicion: { from: string[]; wanted: number; least: Micros; most: Micros; timer: number } | null;
  /** Networks that it takes part in, with the Lamport time of its last word about each. */
  networks: Map<string, { ltime: number; left: boolean }>;
}

/** Something still to be told, so many times more. */
export interface Broadcast<T> {
  told: Told<T>;
  /** A newer word with the same key takes its place. */
  key: string;
  left: number;
}

export interface MembershipState {
  /** This node: 12 hex digits, new with every start of the daemon. Empty until it takes part. */
  name: string;
  members: Map<string, Member>;
  queue: Broadcast<ClusterUpdate>[];
  /** Order of the present round of probes, and how far it has come. */
  round: string[];
  roundAt: number;
}

export interface MembershipHost {
  readonly now: Micros;
  readonly cause: EventId;
  /** A member's state is another one, as this node sees it. Returns the event that says so. */
  stateChanged(member: Member, before: Member['state'] | 'unknown'): EventId;
  networkChanged(member: Member, network: string, left: boolean): void;
  /** Calls `suspicionOver(name, incarnation)` then; returns a handle. */
  startSuspicion(delay: Micros, name: string, incarnation: number): number;
  cancel(handle: number): void;
  /** There is something to tell. */
  queued(): void;
}

export function initialMembership(): MembershipState {
  return { name: '', members: new Map(), queue: [], round: [], roundAt: 0 };
}

export class Membership {
  readonly state: MembershipState;
  private readonly host: MembershipHost;

  constructor(state: MembershipState, host: MembershipHost) {
    this.state = state;
    this.host = host;
  }

  get self(): Member {
    return this.state.members.get(this.state.name)!;
  }

  /** Members that are believed to be there, this node not counted. */
  peers(): Member[] {
    const peers: Member[] = [];
    for (const member of this.state.members.values())
      if (member.name !== this.state.name && isThere(member)) peers.push(member);
    return peers;
  }

  /** Members believed to be there, this node counted. */
  size(): number {
    let size = 0;
    for (const member of this.state.members.values()) if (isThere(member)) size++;
    return size;
  }

  /** Takes part from now on, under a new name. */
  begin(name: string, machine: string, address: string): void {
    this.state.name = name;
    this.apply({ type: 'alive', name, machine, address, incarnation: 1 });
  }

  /** Next member to probe: each once per round, in a new order each round. */
  nextToProbe(shuffle: (names: string[]) => void): Member | null {
    const { state } = this;
    for (let tries = 0; tries <= 2 * state.members.size + 1; tries++) {
      if (state.roundAt >= state.round.length) {
        state.round = [...state.members.keys()].filter((name) => name !== state.name);
        state.roundAt = 0;
        if (state.round.length === 0) return null;
        shuffle(state.round);
      }
      const member = state.members.get(state.round[state.roundAt++]!);
      if (member && isThere(member)) return member;
    }
    return null;
  }

  /** Takes up what was told, by whomever. */
  apply(update: ClusterUpdate): void {
    if (update.type === 'alive') this.alive(update);
    else if (update.type === 'network') this.network(update);
    else if (update.type === 'suspect') this.suspect(update.name, update.incarnation, update.from);
    else this.dead(update.name, update.incarnation, update.from);
  }

  /** A probe of this member came to nothing. */
  probeFailed(name: string): void {
    const member = this.state.members.get(name);
    if (member) this.suspect(name, member.incarnation, this.state.name);
  }

  /** Nobody has spoken for the suspect in time. */
  suspicionOver(name: string, incarnation: number): void {
    const member = this.state.members.get(name);
    if (member?.state === 'suspect' && member.incarnation === incarnation)
      this.dead(name, incarnation, this.state.name);
  }

  /** This node goes, in good order. Others are told with what is sent now. */
  leave(): ClusterUpdate {
    const { name, incarnation } = this.self;
    return { type: 'dead', name, incarnation, from: name };
  }

  /** This node takes part in a network, or no more. */
  announceNetwork(network: string, ltime: number, left: boolean): void {
    this.apply({ type: 'network', name: this.state.name, network, ltime, left });
  }

  /** All that is known, for another node. */
  dump(): MemberDump[] {
    return [...this.state.members.values()].map(({ name, machine, address, incarnation, state, networks }) => ({
      name,
      machine,
      address,
      incarnation,
      state,
      networks: [...networks].map(([network, { ltime, left }]) => ({ network, ltime, left })),
    }));
  }

  /** Takes up all that another node knows. `state.go mergeState` */
  merge(members: readonly MemberDump[]): void {
    for (const { name, machine, address, incarnation, state, networks } of members) {
      if (state === 'alive') this.alive({ type: 'alive', name, machine, address, incarnation });
      else if (state === 'left') this.dead(name, incarnation, name);
      else this.suspect(name, incarnation, this.state.name);
      for (const { network, ltime, left } of networks) this.network({ type: 'network', name, network, ltime, left });
    }
  }

  /** What goes with the next packet. */
  takeBroadcasts(most: number): Told<ClusterUpdate>[] {
    return takeBroadcasts(this.state.queue, most);
  }

  /** Members that have failed or left so long ago that nobody need remember them. */
  forget(before: Micros): void {
    for (const [name, member] of this.state.members)
      if (!isThere(member) && member.since < before) this.state.members.delete(name);
  }

  // ---- what is told

  private alive(update: ClusterUpdate & { type: 'alive' }): void {
    const { name, machine, address, incarnation } = update;
    const known = this.state.members.get(name);
    if (known && incarnation <= known.incarnation) return;
    if (known && name === this.state.name) return this.refute(incarnation);
    const member: Member = known ?? {
      name,
      machine,
      address,
      incarnation,
      state: 'alive',
      since: this.host.now,
      suspicion: null,
      networks: new Map(),
    };
    member.incarnation = incarnation;
    if (!known) this.state.members.set(name, member);
    this.become(member, 'alive', known ? known.state : 'unknown', update);
    this.purgeReincarnation(member);
  }

  /** A daemon that has started anew has another name: the old one is gone for good. `networkdb: nodemgmt.go purgeReincarnation` */
  private purgeReincarnation(born: Member): void {
    for (const other of this.state.members.values()) {
      if (other.name === born.name || other.address !== born.address || other.state === 'left') continue;
      if (other.name === this.state.name) continue;
      this.become(other, 'left', other.state, null);
    }
  }

  private suspect(name: string, incarnation: number, from: string): void {
    const member = this.state.members.get(name);
    if (!member || incarnation < member.incarnation) return;
    if (name === this.state.name) return this.refute(incarnation);
    const update: ClusterUpdate = { type: 'suspect', name, incarnation, from };
    if (member.state === 'suspect') return this.confirm(member, update);
    if (member.state !== 'alive') return;
    member.incarnation = incarnation;
    const size = this.size();
    const least = GOSSIP.suspicionMultiplier * Math.max(1, Math.log10(Math.max(1, size))) * GOSSIP.probeInterval;
    const wanted = size - 2 < GOSSIP.suspicionMultiplier - 2 ? 0 : GOSSIP.suspicionMultiplier - 2;
    const most = least * GOSSIP.suspicionMaxMultiplier;
    this.become(member, 'suspect', 'alive', update);
    const timer = this.host.startSuspicion(wanted === 0 ? least : most, name, incarnation);
    member.suspicion = { from: [from], wanted, least, most, timer };
  }

  /** Somebody else suspects it too: the time left shrinks. `suspicion.go` */
  private confirm(member: Member, update: ClusterUpdate & { type: 'suspect' | 'dead' }): void {
    const { suspicion } = member;
    if (!suspicion || suspicion.from.includes(update.from) || suspicion.from.length > suspicion.wanted) return;
    suspicion.from.push(update.from);
    this.queue(update, this.host.cause);
    const confirmations = suspicion.from.length - 1;
    const share = Math.log(confirmations + 1) / Math.log(suspicion.wanted + 1);
    const whole = Math.max(suspicion.least, suspicion.most - share * (suspicion.most - suspicion.least));
    this.host.cancel(suspicion.timer);
    const passed = this.host.now - member.since;
    suspicion.timer = this.host.startSuspicion(Math.max(0, whole - passed), member.name, member.incarnation);
  }

  private dead(name: string, incarnation: number, from: string): void {
    const member = this.state.members.get(name);
    if (!member || incarnation < member.incarnation || !isThere(member)) return;
    if (name === this.state.name) return this.refute(incarnation);
    member.incarnation = incarnation;
    const update: ClusterUpdate = { type: 'dead', name, incarnation, from };
    this.become(member, name === from ? 'left' : 'failed', member.state, update);
  }

  /** Others think ill of this node: it speaks up with a higher number. */
  private refute(incarnation: number): void {
    const { self } = this;
    self.incarnation = Math.max(self.incarnation, incarnation) + 1;
    const { name, machine, address } = self;
    this.queue({ type: 'alive', name, machine, address, incarnation: self.incarnation }, this.host.cause);
  }

  private network(update: ClusterUpdate & { type: 'network' }): void {
    const member = this.state.members.get(update.name);
    if (!member) return;
    const known = member.networks.get(update.network);
    if (known && known.ltime >= update.ltime) return;
    member.networks.set(update.network, { ltime: update.ltime, left: update.left });
    this.queue(update, this.host.cause);
    if (known?.left !== update.left) this.host.networkChanged(member, update.network, update.left);
  }

  private become(
    member: Member,
    state: Member['state'],
    before: Member['state'] | 'unknown',
    update: ClusterUpdate | null,
  ): void {
    if (member.suspicion) this.host.cancel(member.suspicion.timer);
    member.suspicion = null;
    member.state = state;
    if (before !== state) member.since = this.host.now;
    const cause = before === state ? this.host.cause : this.host.stateChanged(member, before);
    if (update) this.queue(update, cause);
  }

  private queue(update: ClusterUpdate, cause: EventId): void {
    const key = update.type === 'network' ? `${update.name}/${update.network}` : update.name;
    queueBroadcast(this.state.queue, { what: update, cause }, key, this.size());
    this.host.queued();
  }
}

/** Alive, or not proven otherwise. */
export function isThere(member: Member): boolean {
  return member.state === 'alive' || member.state === 'suspect';
}

/** Puts something into a queue, in place of what was told about the same thing before. */
export function queueBroadcast<T>(queue: Broadcast<T>[], told: Told<T>, key: string, nodes: number): void {
  const left = GOSSIP.retransmitMultiplier * Math.ceil(Math.log10(nodes + 1));
  const at = queue.findIndex((broadcast) => broadcast.key === key);
  if (at >= 0) queue.splice(at, 1);
  queue.push({ told, key, left });
}

/** Takes the least told things out first; what has been told often enough is dropped. */
export function takeBroadcasts<T>(queue: Broadcast<T>[], most: number): Told<T>[] {
  if (queue.length === 0) return [];
  const chosen = queue.length <= most ? [...queue] : queue.toSorted((a, b) => b.left - a.left).slice(0, most);
  for (const broadcast of chosen) broadcast.left--;
  if (chosen.some(({ left }) => left <= 0)) queue.splice(0, queue.length, ...queue.filter(({ left }) => left > 0));
  return chosen.map(({ told }) => told);
}
