/**
 * One manager's member of the raft group, put on a machine: ticks from the machine's clock, the log on its disk, messages
 * over its wires. `swarmkit: manager/state/raft/raft.go Node`
 *
 * Invariant: a message that depends on something being durable leaves only after the disk has synced it (Raft 5.1, figure 2),
 * because the whole `Ready` is handled in that order and only one is open at a time.
 */
import type { Micros } from '../../protocol/events.ts';
import type { TimingProfile } from '../../protocol/start.ts';
import { diskAppend, diskSet } from '../hardware/disk.ts';
import type { Envelope, Hardware, MessageLabel } from '../hardware/hardware.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import { lastIndex } from '../raft/log.ts';
import { Raft } from '../raft/raft.ts';
import { initialState, type RaftState, restoredState } from '../raft/state.ts';
import type { ConfChange, Entry, HardState, Message, ProposalResult, RaftId, Ready, Snapshot } from '../raft/types.ts';
import { MANAGER_PORT } from './messages.ts';
import type { RaftMember } from './subsystem.ts';

/** Constants of a timing profile. `swarmkit: raft.go DefaultRaftConfig`; Raft paper 5.6 and 9.3 for the other. */
export const RAFT_TIMING: Readonly<
  Record<TimingProfile, { tick: Micros; electionTicks: number; heartbeatTicks: number }>
> = {
  docker: { tick: seconds(1), electionTicks: 10, heartbeatTicks: 1 },
  paper: { tick: milliseconds(15), electionTicks: 10, heartbeatTicks: 3 },
};

/** Entries between snapshots. `swarmkit: raft.go DefaultRaftConfig` */
const SNAPSHOT_INTERVAL = 10_000;
const KEEP_ENTRIES = 500;
/** A message that got no answer for so long counts as failed. `swarmkit: transport/peer.go` */
const SEND_TIMEOUT: Micros = seconds(2);
/** Leaderless for more ticks than this: calls fail at once. `swarmkit: raft.go lostQuorumTimeout` */
export const LOST_QUORUM_TICKS = 10;

/** What a member remembers of another one besides Raft's own book-keeping. */
interface Peer {
  machine: string;
  lastHeard: Micros;
  /** Since when a message to it has had no answer; null when it has answered since. */
  unansweredSince: Micros | null;
  refused: boolean;
}

export interface RaftNodeState {
  raftId: RaftId;
  nodeId: string;
  address: string;
  profile: TimingProfile;
  raft: RaftState;
  /** The `Ready` whose writes the disk is syncing; the token tells lives apart. */
  open: { ready: Ready; token: number } | null;
  nextToken: number;
  /** Index of the first entry of the log on disk. */
  diskFirst: number;
  peers: Record<RaftId, Peer>;
  lastTick: Micros;
  leaderlessSince: Micros | null;
  /** Host name of the last leader this member knew. */
  lastLeader: string | null;
  /** Last role and term told to the trace. */
  told: { role: string; term: number };
  /** Machines that have said yes in the present candidacy, itself first. */
  grantedBy: string[];
  /** Machines that have said no, and why. */
  refusals: { machine: string; reason: string }[];
}

/** Context of a member in the membership: who it is and where. */
export interface MemberContext {
  readonly nodeId: string;
  readonly address: string;
}

/** What the raft node's owner does with what comes out of it. */
export interface RaftNodeOwner {
  /** A committed entry, in order. `local` proposals are recognised by index and term. */
  applyEntry(entry: Entry): void;
  /** Replaces the state machine by a snapshot's. */
  applySnapshot(snapshot: Snapshot): void;
  /** The state machine as of now, for a snapshot. */
  saveState(): unknown;
  /** Role, leader or commit index may have changed. */
  raftChanged(): void;
  /** This member has been removed from the group. */
  removed(): void;
}

/** Keys on the machine's disk. */
const DISK = { log: 'raft.log', hard: 'raft.hard-state', snapshot: 'raft.snapshot', first: 'raft.first' } as const;

/** A sole founding member. */
export function foundingMember(raftId: RaftId, nodeId: string, address: string, profile: TimingProfile): RaftNodeState {
  const context: MemberContext = { nodeId, address };
  return memberState(raftId, nodeId, address, profile, initialState([{ raftId, context }]), 1);
}

/** A member that the leader has just added: it waits to be contacted. */
export function joiningMember(raftId: RaftId, nodeId: string, address: string, profile: TimingProfile): RaftNodeState {
  return memberState(raftId, nodeId, address, profile, initialState(), 1);
}

/** A member that comes back from its disk. The owner restores its state machine from `snapshot` first. */
export function returningMember(
  durable: Readonly<Record<string, unknown>>,
  identity: { raftId: RaftId; nodeId: string; address: string; profile: TimingProfile },
): { state: RaftNodeState; snapshot: Snapshot | null } {
  const snapshot = (durable[DISK.snapshot] as Snapshot | undefined) ?? null;
  const entries = (durable[DISK.log] as Entry[] | undefined) ?? [];
  const hardState = (durable[DISK.hard] as HardState | undefined) ?? { term: 0, vote: null, commit: 0 };
  const raft = restoredState({ hardState, entries, snapshot });
  const first = entries[0]?.index ?? (snapshot?.index ?? 0) + 1;
  return {
    state: memberState(identity.raftId, identity.nodeId, identity.address, identity.profile, raft, first),
    snapshot,
  };
}

/** Removes the raft log from the disk: the node has left or was demoted. */
export function forgetRaft(hardware: Hardware, machine: string): void {
  const { disk } = hardware.machine(machine);
  for (const key of Object.values(DISK)) diskSet(disk, key, undefined);
}

function memberState(
  raftId: RaftId,
  nodeId: string,
  address: string,
  profile: TimingProfile,
  raft: RaftState,
  diskFirst: number,
): RaftNodeState {
  return {
    raftId,
    nodeId,
    address,
    profile,
    raft,
    open: null,
    nextToken: 1,
    diskFirst,
    peers: {},
    lastTick: 0,
    leaderlessSince: 0,
    lastLeader: null,
    told: { role: 'follower', term: raft.term },
    grantedBy: [],
    refusals: [],
  };
}

export class RaftNode {
  readonly state: RaftNodeState;
  readonly raft: Raft;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly owner: RaftNodeOwner;

  constructor(kernel: Kernel, hardware: Hardware, machine: string, state: RaftNodeState, owner: RaftNodeOwner) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.owner = owner;
    const timing = RAFT_TIMING[state.profile];
    this.raft = new Raft(
      {
        id: state.raftId,
        electionTicks: timing.electionTicks,
        heartbeatTicks: timing.heartbeatTicks,
        checkQuorum: true,
        preVote: false,
        maxEntriesPerAppend: 64,
        maxInflight: 256,
        keepEntries: KEEP_ENTRIES,
        random: (n) => kernel.random(`election.${machine}`).int(n),
      },
      state.raft,
    );
  }

  get tickLength(): Micros {
    return RAFT_TIMING[this.state.profile].tick;
  }

  /** Begins to tick. */
  start(): void {
    this.state.lastTick = this.kernel.now;
    this.state.leaderlessSince = this.kernel.now;
    this.scheduleTick();
    this.drive();
  }

  /** One tick of the machine's clock. */
  tick(): void {
    this.state.lastTick = this.kernel.now;
    this.scheduleTick();
    this.raft.tick();
    this.drive();
  }

  get isLeader(): boolean {
    return this.raft.state.role === 'leader';
  }

  /** Host name of the leader this member believes in, or null. */
  leaderMachine(): string | null {
    const { leader } = this.raft.state;
    return leader === null ? null : this.machineOf(leader);
  }

  /** Where the next proposal will stand in the log. */
  nextIndex(): number {
    return lastIndex(this.raft.state.log) + 1;
  }

  propose(entry: unknown): ProposalResult {
    const result = this.raft.propose(entry);
    this.drive();
    return result;
  }

  proposeConfChange(change: ConfChange): ProposalResult {
    const result = this.raft.proposeConfChange(change);
    this.drive();
    return result;
  }

  /** Hands leadership to the member that has been heard from most recently. `swarmkit: raft.go TransferLeadership` */
  transferLeadership(): boolean {
    const others = this.members().filter((member) => member.raftId !== this.state.raftId && member.reachable);
    const target = others[0];
    if (!target) return false;
    const result = this.raft.transferLeadership(target.raftId);
    this.drive();
    return result.ok;
  }

  /** A raft message from another machine. */
  receive(envelope: Envelope): void {
    const { message } = envelope.payload as { message: Message };
    const peer = this.peer(message.from, envelope.from);
    peer.lastHeard = this.kernel.now;
    peer.unansweredSince = null;
    peer.refused = false;
    this.traceReceived(message, envelope);
    this.raft.step(message);
    this.drive();
  }

  /** A raft message of ours found nobody listening. */
  refused(envelope: Envelope): void {
    const { message } = envelope.payload as { message: Message };
    const peer = this.state.peers[message.to];
    if (!peer) return;
    peer.refused = true;
    this.raft.reportUnreachable(message.to);
    if (message.type === 'snapshot') this.raft.reportSnapshot(message.to, false);
    this.drive();
  }

  /** The disk has synced the writes of the open `Ready`. */
  synced(token: number): void {
    const { open } = this.state;
    if (!open || open.token !== token) return;
    this.finish(open.ready);
    this.drive();
  }

  /** Members of the group as this one has applied them. */
  members(): RaftMember[] {
    const { leader } = this.raft.state;
    const result: RaftMember[] = [];
    for (const [raftId, context] of this.raft.state.configuration.members) {
      const { nodeId, address } = context as MemberContext;
      result.push({
        raftId,
        nodeId,
        address,
        leader: raftId === leader,
        reachable: raftId === this.state.raftId || this.isReachable(raftId),
      });
    }
    return result;
  }

  /** `swarmkit: raft.go CanRemoveMember`: reachable members without the target make a quorum of the group without it. */
  canRemoveMember(raftId: RaftId): boolean {
    const members = this.members();
    if (members.length <= 1) return false;
    const reachable = members.filter((member) => member.raftId !== raftId && member.reachable).length;
    return reachable >= Math.floor((members.length - 1) / 2) + 1;
  }

  /** Leaderless for more than ten ticks. */
  get lostQuorum(): boolean {
    const { leaderlessSince } = this.state;
    return leaderlessSince !== null && this.kernel.now - leaderlessSince > LOST_QUORUM_TICKS * this.tickLength;
  }

  /** Host name of a member. */
  machineOf(raftId: RaftId): string | null {
    if (raftId === this.state.raftId) return this.machine;
    const context = this.raft.state.configuration.members.get(raftId) as MemberContext | undefined;
    if (context) return this.hardware.machineAt(hostOf(context.address))?.name ?? null;
    return this.state.peers[raftId]?.machine ?? null;
  }

  private isReachable(raftId: RaftId): boolean {
    const peer = this.state.peers[raftId];
    if (!peer) return false;
    if (peer.refused) return false;
    return peer.unansweredSince === null || this.kernel.now - peer.unansweredSince < SEND_TIMEOUT;
  }

  private scheduleTick(): void {
    this.kernel.schedule(this.tickLength, 'manager.tick', `${this.machine}/manager`, this.machine);
  }

  /** Handles every `Ready` until Raft has nothing to say or the disk is at work. */
  private drive(): void {
    while (this.state.open === null && this.raft.hasReady()) {
      this.traceRole();
      const ready = this.raft.ready();
      const token = this.state.nextToken++;
      this.state.open = { ready, token };
      this.write(ready);
      if (ready.mustSync) {
        this.hardware.sync(this.machine, 'raft', token);
        return;
      }
      this.finish(ready);
    }
    this.traceRole();
  }

  private write(ready: Ready): void {
    const { disk } = this.hardware.machine(this.machine);
    if (ready.snapshot) {
      diskSet(disk, DISK.snapshot, ready.snapshot);
      diskSet(disk, DISK.log, []);
      this.state.diskFirst = ready.snapshot.index + 1;
    }
    if (ready.entries.length > 0)
      diskAppend(disk, DISK.log, ready.entries, ready.entries[0]!.index - this.state.diskFirst);
    if (ready.hardState) diskSet(disk, DISK.hard, ready.hardState);
  }

  private finish(ready: Ready): void {
    for (const message of ready.messages) this.transmit(message);
    if (ready.snapshot) this.owner.applySnapshot(ready.snapshot);
    for (const entry of ready.committed) this.owner.applyEntry(entry);
    this.state.open = null;
    this.raft.advance(ready);
    this.campaignIfAlone();
    this.noteLeader();
    this.owner.raftChanged();
    this.maybeSnapshot();
    const { toldRemoved, configuration } = this.raft.state;
    if (toldRemoved || configuration.removed.has(this.state.raftId)) this.owner.removed();
  }

  /** A sole member waits for nobody. `swarmkit: raft.go Run` */
  private campaignIfAlone(): void {
    const { role, configuration } = this.raft.state;
    const { members } = configuration;
    if (role === 'follower' && members.size === 1 && members.has(this.state.raftId)) this.raft.campaign();
  }

  private noteLeader(): void {
    const { leader } = this.raft.state;
    if (leader !== null) {
      this.state.leaderlessSince = null;
      this.state.lastLeader = this.machineOf(leader);
    } else this.state.leaderlessSince ??= this.kernel.now;
  }

  private maybeSnapshot(): void {
    const { log } = this.raft.state;
    const base = log.snapshot?.index ?? 0;
    if (log.applied - base < SNAPSHOT_INTERVAL) return;
    const snapshot = this.raft.createSnapshot(this.owner.saveState());
    this.raft.compact(snapshot);
    const { disk } = this.hardware.machine(this.machine);
    diskSet(disk, DISK.snapshot, snapshot);
    const kept = this.raft.state.log;
    diskSet(disk, DISK.log, [...kept.entries]);
    this.state.diskFirst = kept.entries[0]?.index ?? snapshot.index + 1;
    this.kernel.emit('raft.snapshot', this.machine, [`machine:${this.machine}`], { index: snapshot.index });
  }

  private transmit(message: Message): void {
    const to = this.machineOf(message.to);
    if (to === null) return;
    const peer = this.peer(message.to, to);
    peer.unansweredSince ??= this.kernel.now;
    this.hardware.send({
      from: this.machine,
      to,
      port: MANAGER_PORT,
      kind: `raft.${wireKind(message)}`,
      payload: { message },
      label: labelOf(message),
    });
  }

  private peer(raftId: RaftId, machine: string): Peer {
    const known = this.state.peers[raftId];
    if (known) {
      known.machine = machine;
      return known;
    }
    const peer: Peer = { machine, lastHeard: 0, unansweredSince: null, refused: false };
    this.state.peers[raftId] = peer;
    return peer;
  }

  private traceReceived(message: Message, envelope: Envelope): void {
    if (message.type !== 'vote-reply' && message.type !== 'vote-request') return;
    const objects = [`machine:${envelope.from}`, `machine:${this.machine}`] as const;
    if (message.type === 'vote-request') {
      this.kernel.begin('raft.vote.asked', this.machine, [...objects], {
        candidate: envelope.from,
        term: message.term,
        lastIndex: message.lastIndex,
        lastTerm: message.lastTerm,
      });
      return;
    }
    if (message.term === this.raft.state.term) {
      if (message.granted) this.state.grantedBy.push(envelope.from);
      else
        this.state.refusals = [
          ...this.state.refusals,
          { machine: envelope.from, reason: this.withNames(message.reason ?? '') },
        ];
    }
    const facts = {
      voter: envelope.from,
      candidate: this.machine,
      term: message.term,
      granted: message.granted,
      reason: message.reason === undefined ? null : this.withNames(message.reason),
    };
    this.kernel.begin('raft.vote', this.machine, [...objects], facts);
  }

  /** Raft ids in a text replaced by the names of their machines. */
  private withNames(text: string): string {
    let named = text;
    for (const raftId of this.raft.state.configuration.members.keys())
      named = named.replaceAll(raftId, this.machineOf(raftId) ?? raftId);
    return named;
  }

  /** Tells the trace of a new role or term. */
  private traceRole(): void {
    const { role, term } = this.raft.state;
    const { told } = this.state;
    if (told.role === role && told.term === term) return;
    const was = told.role;
    const newTerm = told.term !== term;
    this.state.told = { role, term };
    const objects = [`machine:${this.machine}` as const];
    if (role === 'candidate') {
      this.state.grantedBy = [this.machine];
      this.state.refusals = [];
      const { lastLeader } = this.state;
      const why = lastLeader === null ? 0 : this.hardware.silenceBetween(lastLeader, this.machine);
      const facts = { term, silentFor: this.silence(), lastLeader };
      this.kernel.begin('raft.election.started', this.machine, objects, facts, why || this.kernel.cause);
    } else if (role === 'leader') {
      if (!this.state.grantedBy.includes(this.machine)) this.state.grantedBy = [this.machine];
      this.kernel.begin('raft.leader', this.machine, objects, {
        term,
        votes: this.state.grantedBy,
        members: this.raft.state.configuration.members.size,
      });
    } else if (was !== 'follower') {
      this.kernel.begin('raft.stepped-down', this.machine, objects, { term, was });
    } else if (newTerm) {
      this.kernel.emit('raft.term', this.machine, objects, { term });
    }
  }

  /** Seconds since anything was heard from the last leader's side, for the trace. */
  private silence(): number {
    let last = 0;
    for (const id in this.state.peers) last = Math.max(last, this.state.peers[id]!.lastHeard);
    return last === 0 ? 0 : (this.kernel.now - last) / 1e6;
  }
}

/** The host part of `ip:port`. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'));
}

function wireKind(message: Message): string {
  return message.type;
}

function labelOf(message: Message): MessageLabel {
  switch (message.type) {
    case 'vote-reply':
    case 'pre-vote-reply':
      return { term: message.term, ok: message.granted, note: message.reason };
    case 'append':
      return { term: message.term, note: message.entries.length > 0 ? String(message.entries.length) : undefined };
    case 'append-reply':
      return { term: message.term, ok: message.ok };
    case 'snapshot':
      return { term: message.term, note: `to ${message.snapshot.index}` };
    default:
      return { term: message.term };
  }
}
