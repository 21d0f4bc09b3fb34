/**
 * One manager's member of the raft group, put on a machine: ticks from the machine's clock, the log on its disk, messages
 * over its wires. `swarmkit: manager/state/raft/raft.go Node`
 *
 * Invariant: a message that depends on something being durable leaves only after the disk has synced it (Raft 5.1, figure 2),
 * because the whole `Ready` is handled in that order and only one is open at a time.
 *
 * A member whose disk takes no more can promise nothing: it stops, as SwarmKit's does (`failed to save entries to storage`).
 * Simplified: SwarmKit's log goes on for a while in a file of 64 MB laid out beforehand, and rarely cannot be read again afterwards.
 */
import type { Micros } from '../../protocol/events.ts';
import type { TimingProfile } from '../../protocol/start.ts';
import { diskAppend, diskSet } from '../hardware/disk.ts';
import type { Envelope, Hardware, MessageLabel } from '../hardware/hardware.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import { forceNewCluster } from '../raft/force-new-cluster.ts';
import { lastIndex } from '../raft/log.ts';
import { Raft, SWARMKIT_RAFT_DEFAULTS } from '../raft/raft.ts';
import { type Durable, initialState, type RaftState, restoredState } from '../raft/state.ts';
import type {
  ConfChange,
  Entry,
  HardState,
  InstallSnapshot,
  Message,
  ProposalResult,
  RaftId,
  Ready,
  Snapshot,
} from '../raft/types.ts';
import { MANAGER_PORT, type RaftJoinRequest } from './messages.ts';
import type { RaftMember } from './subsystem.ts';

/** Constants of a timing profile. `swarmkit: raft.go DefaultRaftConfig`; Raft paper 5.6 and 9.3 for the other. */
export const RAFT_TIMING: Readonly<
  Record<TimingProfile, { tick: Micros; electionTicks: number; heartbeatTicks: number }>
> = {
  docker: { tick: seconds(1), electionTicks: 10, heartbeatTicks: 1 },
  paper: { tick: milliseconds(15), electionTicks: 10, heartbeatTicks: 3 },
};

/** What the cluster's spec says of the log. `swarmkit: raft.go getCurrentRaftConfig` */
export interface LogSettings {
  /** Entries between snapshots; 0: none are made. */
  readonly snapshotInterval: number;
  /** Entries kept behind a snapshot. */
  readonly logEntriesForSlowFollowers: number;
}
/** Until the cluster object is known. `swarmkit: raft.go DefaultRaftConfig` */
export const DEFAULT_LOG_SETTINGS: LogSettings = { snapshotInterval: 10_000, logEntriesForSlowFollowers: 500 };
/** A snapshot beyond this size goes in several messages of one stream. `swarmkit: transport/peer.go GRPCMaxMsgSize` */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** A message that got no answer for so long counts as failed. `swarmkit: transport/peer.go` */
const SEND_TIMEOUT: Micros = seconds(2);
/** `swarmkit: raft.go Join` */
const JOIN_CHECK_TIMEOUT: Micros = seconds(5);
/** A new member that hears of no leader for so long asks to join anew. */
const PATIENCE_TICKS = 100;
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
  /** Index of the first entry of the log on disk; null if that log is to be begun anew. */
  diskFirst: number | null;
  peers: Record<RaftId, Peer>;
  lastTick: Micros;
  /** `swarmkit: raft.go ticksWithNoLeader` */
  ticksWithNoLeader: number;
  /** Host name of the last leader this member knew. */
  lastLeader: string | null;
  /** Last role and term told to the trace. */
  told: { role: string; term: number };
  /** Machines that have said yes in the present candidacy, itself first. */
  grantedBy: string[];
  /** Machines that have said no, and why. */
  refusals: { machine: string; reason: string }[];
  /** Votes and places asked for by who has not yet answered to a health check, by the check's number. */
  unchecked: Record<number, { message: Message | null; join: RaftJoinRequest | null; until: Micros }>;
  nextCheck: number;
  /** Parts of a snapshot that have come from a member. */
  parts: Record<RaftId, { index: number; count: number }>;
  /** The disk has refused a write. */
  failed: boolean;
  /** What the disk may hold of an earlier membership is void. */
  isNew: boolean;
  /** Members of which it was told when it joined: it may vote for them before it has heard of them in the log. */
  bootstrap: readonly RaftId[];
}

/** What travels besides Raft's own messages: is a candidate really there? `swarmkit: transport/peer.go healthCheck` */
interface HealthCheck {
  readonly check: number;
}

/** Context of a member in the membership: who it is and where. */
export interface MemberContext {
  readonly nodeId: string;
  readonly address: string;
  /** Of its request to join. */
  readonly life?: string;
}

/** What the raft node's owner does with what comes out of it. */
export interface RaftNodeOwner {
  /** A committed entry, in order. `local` proposals are recognised by index and term. */
  applyEntry(entry: Entry): void;
  /** Replaces the state machine by a snapshot's. */
  applySnapshot(snapshot: Snapshot): void;
  /** The state machine as of now, for a snapshot. */
  saveState(): unknown;
  /** What a saved state takes on the wire. */
  sizeOf(savedState: unknown): number;
  logSettings(): LogSettings;
  /** Ask before an election whether it can be won (thesis 9.6). SwarmKit: off. */
  readonly preVote: boolean;
  /** Role, leader or commit index may have changed. */
  raftChanged(): void;
  /** This member has been removed from the group. */
  removed(): void;
  /** The disk has refused a write: the member has stopped. */
  failed(error: string): void;
  /** This member does not know that it is one, and has not heard of a leader for long. */
  forgotten(): void;
  /** Who asks for a place in the group can be reached, or cannot. */
  joinerChecked(request: RaftJoinRequest, answers: boolean): void;
}

export const HEALTH = { ask: 'raft.health', answer: 'raft.health-reply' } as const;

/** Keys on the machine's disk. */
const DISK = { log: 'raft.log', hard: 'raft.hard-state', snapshot: 'raft.snapshot' } as const;

/** A sole founding member. */
export function foundingMember(raftId: RaftId, nodeId: string, address: string, profile: TimingProfile): RaftNodeState {
  const context: MemberContext = { nodeId, address };
  return { ...memberState(raftId, nodeId, address, profile, initialState([{ raftId, context }]), 1), isNew: true };
}

/**
 * Whether a disk holds a member's log. A node that has an identity but no log has lost part of its disk: what it has promised as a
 * member is forgotten, so it must not go on as that member.
 */
export function hasRaftLog(durable: Readonly<Record<string, unknown>>): boolean {
  return durable[DISK.hard] !== undefined;
}

/** A member that the leader has just added: it waits to be contacted. */
export function joiningMember(
  raftId: RaftId,
  nodeId: string,
  address: string,
  profile: TimingProfile,
  bootstrap: readonly RaftId[],
): RaftNodeState {
  return { ...memberState(raftId, nodeId, address, profile, initialState(), 1), isNew: true, bootstrap };
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
  // A power cut between a received snapshot and the end of the old log leaves both: nothing follows that log any more.
  const isOld = entries.length > 0 && lastIndex(raft.log) !== entries[entries.length - 1]!.index;
  const first = entries[0]?.index ?? (snapshot?.index ?? 0) + 1;
  return {
    state: memberState(
      identity.raftId,
      identity.nodeId,
      identity.address,
      identity.profile,
      raft,
      isOld ? null : first,
    ),
    snapshot,
  };
}

/** The disk rewritten so that this member wakes up as the only one. `swarmkit: storage.go loadAndStart` */
export function rewriteAsOnlyMember(
  hardware: Hardware,
  machine: string,
  { raftId, nodeId, address }: { raftId: RaftId; nodeId: string; address: string },
): void {
  hardware.flush(machine);
  const { disk } = hardware.machine(machine);
  const before: Durable = {
    hardState: (disk.durable[DISK.hard] as HardState | undefined) ?? { term: 0, vote: null, commit: 0 },
    entries: (disk.durable[DISK.log] as Entry[] | undefined) ?? [],
    snapshot: (disk.durable[DISK.snapshot] as Snapshot | undefined) ?? null,
  };
  const context: MemberContext = { nodeId, address };
  const after = forceNewCluster(before, { raftId, context });
  diskSet(disk, DISK.log, [...after.entries]);
  diskSet(disk, DISK.hard, after.hardState);
  hardware.flush(machine);
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
  /** Null: what log there is on disk is void. */
  diskFirst: number | null,
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
    ticksWithNoLeader: 0,
    lastLeader: null,
    told: { role: 'follower', term: raft.term },
    grantedBy: [],
    refusals: [],
    unchecked: {},
    nextCheck: 1,
    parts: {},
    failed: false,
    isNew: false,
    bootstrap: [],
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
        ...SWARMKIT_RAFT_DEFAULTS,
        id: state.raftId,
        electionTicks: timing.electionTicks,
        heartbeatTicks: timing.heartbeatTicks,
        preVote: owner.preVote,
        random: (n) => kernel.random(`election.${machine}`).int(n),
      },
      state.raft,
    );
  }

  /** What a tick really takes: the machine's clock may be wrong. */
  get tickLength(): Micros {
    return Math.round(RAFT_TIMING[this.state.profile].tick / this.kernel.rateOf(this.machine));
  }

  /** Begins to tick. */
  start(): void {
    this.state.lastTick = this.kernel.now;
    this.markMembership();
    this.scheduleTick();
    this.drive();
  }

  /** The disk says from the first moment that there is a member here, and nothing of what was there before. */
  private markMembership(): void {
    const { state, raft } = this;
    const { disk } = this.hardware.machine(this.machine);
    if (state.isNew || state.diskFirst === null) diskSet(disk, DISK.log, undefined);
    state.diskFirst ??= (raft.state.log.snapshot?.index ?? 0) + 1;
    if (!state.isNew) return;
    state.isNew = false;
    const { term, vote, log } = raft.state;
    diskSet(disk, DISK.snapshot, undefined);
    if (!diskSet(disk, DISK.hard, { term, vote, commit: log.commit })) return this.fail();
    this.hardware.sync(this.machine, 'raft', 0);
  }

  /** One tick of the machine's clock. */
  tick(): void {
    if (this.state.failed) return;
    this.state.lastTick = this.kernel.now;
    this.scheduleTick();
    this.raft.tick();
    this.state.ticksWithNoLeader = this.raft.state.leader === null ? this.state.ticksWithNoLeader + 1 : 0;
    this.forgetUnchecked();
    this.drive();
    this.joinAnewIfForgotten();
  }

  /**
   * Made a member, and left alone before it had learnt that it is one: perhaps it was removed meanwhile; it never campaigns, and so nobody
   * tells it. It asks to join anew, and keeps what it has promised until it is another member. SwarmKit leaves it waiting until its
   * role is changed.
   */
  private joinAnewIfForgotten(): void {
    const { configuration, electionElapsed } = this.raft.state;
    const isMember = configuration.members.has(this.state.raftId);
    // Ticks since a leader's last word: nothing else ends the wait of one that does not campaign.
    if (!isMember && electionElapsed > 0 && electionElapsed % PATIENCE_TICKS === 0) this.owner.forgotten();
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

  /**
   * Hands leadership to a member that can be reached. `swarmkit: raft.go TransferLeadership` means the one that has been active for the
   * longest, but never sets what it compares with, and takes whichever comes last out of a Go map.
   */
  transferLeadership(): boolean {
    const others = this.members().filter((member) => member.raftId !== this.state.raftId && member.reachable);
    if (others.length === 0) return false;
    const target = others[this.kernel.random('transfers').int(others.length)]!;
    const result = this.raft.transferLeadership(target.raftId);
    this.drive();
    return result.ok;
  }

  /** A raft message from another machine, or a question whether this one is there. */
  receive(envelope: Envelope): void {
    if (this.state.failed) return;
    if (envelope.kind === HEALTH.ask)
      return this.sendHealth(HEALTH.answer, envelope.from, envelope.payload as HealthCheck);
    if (envelope.kind === HEALTH.answer) return this.checked((envelope.payload as HealthCheck).check, envelope);
    const { message, parts } = envelope.payload as { message: Message; parts?: number };
    const peer = this.peer(message.from, envelope.from);
    peer.lastHeard = this.kernel.now;
    peer.unansweredSince = null;
    peer.refused = false;
    if (parts !== undefined && !this.isComplete(message as InstallSnapshot, parts)) return;
    if (message.type === 'vote-request') this.checkCandidate(message, envelope.from);
    else this.step(message, envelope);
  }

  private step(message: Message, envelope: Envelope): void {
    this.traceReceived(message, envelope);
    this.raft.step(message);
    this.drive();
    // Being told so leaves nothing to write or send.
    if (this.raft.state.toldRemoved) this.owner.removed();
  }

  /**
   * A vote is given only to a member that can be reached: who cannot hear others must not disturb them.
   * `swarmkit: raft.go ProcessRaftMessage`
   */
  private checkCandidate(message: Message, from: string): void {
    const { members } = this.raft.state.configuration;
    if (!members.has(message.from) && !this.state.bootstrap.includes(message.from)) {
      // Raft itself tells a removed one that it is.
      if (this.raft.state.configuration.removed.has(message.from)) this.raft.step(message);
      return this.drive();
    }
    const check = this.state.nextCheck++;
    this.state.unchecked[check] = { message, join: null, until: this.kernel.now + SEND_TIMEOUT };
    this.sendHealth(HEALTH.ask, from, { check });
  }

  /** Nobody becomes a member who cannot be reached at the address that it gives. `swarmkit: raft.go Join, checkHealth` */
  checkJoiner(join: RaftJoinRequest): void {
    const to = this.hardware.machineAt(hostOf(join.address))?.name;
    if (to === undefined) return this.owner.joinerChecked(join, false);
    const check = this.state.nextCheck++;
    this.state.unchecked[check] = { message: null, join, until: this.kernel.now + JOIN_CHECK_TIMEOUT };
    this.sendHealth(HEALTH.ask, to, { check });
  }

  private checked(check: number, envelope: Envelope): void {
    const waiting = this.state.unchecked[check];
    delete this.state.unchecked[check];
    if (!waiting || this.kernel.now >= waiting.until) return;
    if (waiting.message) this.step(waiting.message, envelope);
    if (waiting.join) this.owner.joinerChecked(waiting.join, true);
  }

  private forgetUnchecked(): void {
    const { unchecked } = this.state;
    for (const check in unchecked) if (this.kernel.now >= unchecked[check]!.until) this.forget(Number(check));
  }

  private forget(check: number): void {
    const waiting = this.state.unchecked[check];
    delete this.state.unchecked[check];
    if (waiting?.join) this.owner.joinerChecked(waiting.join, false);
  }

  private sendHealth(kind: string, to: string, payload: HealthCheck): void {
    this.hardware.send({ from: this.machine, to, port: MANAGER_PORT, kind, payload, quiet: true, unordered: true });
  }

  /** Whether the last part of a snapshot has come, and none is missing. `swarmkit: raft.go StreamRaftMessage` */
  private isComplete({ from, snapshot }: InstallSnapshot, parts: number): boolean {
    const had = this.state.parts[from];
    const count = had?.index === snapshot.index ? had.count + 1 : 1;
    if (count < parts) this.state.parts[from] = { index: snapshot.index, count };
    else delete this.state.parts[from];
    return count >= parts;
  }

  /** A raft message of ours found nobody listening. */
  refused(envelope: Envelope): void {
    if (this.state.failed) return;
    if (envelope.kind === HEALTH.ask) this.forget((envelope.payload as HealthCheck).check);
    if (envelope.kind === HEALTH.ask || envelope.kind === HEALTH.answer) return;
    // Answers about joining are no messages of Raft's own; who joins asks again.
    const { message } = envelope.payload as { message?: Message };
    const peer = message && this.state.peers[message.to];
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

  contextOf(raftId: RaftId): MemberContext | undefined {
    return this.raft.state.configuration.members.get(raftId) as MemberContext | undefined;
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
    return this.state.ticksWithNoLeader > LOST_QUORUM_TICKS;
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
    const { tick } = RAFT_TIMING[this.state.profile];
    this.kernel.schedule(tick, 'manager.tick', `${this.machine}/manager`, this.machine);
  }

  /** Handles every `Ready` until Raft has nothing to say or the disk is at work. */
  private drive(): void {
    while (this.state.open === null && !this.state.failed && this.raft.hasReady()) {
      this.traceRole();
      const ready = this.raft.ready();
      const token = this.state.nextToken++;
      this.state.open = { ready, token };
      if (!this.write(ready)) return this.fail();
      if (ready.mustSync) {
        this.hardware.sync(this.machine, 'raft', token);
        return;
      }
      this.finish(ready);
    }
    this.traceRole();
  }

  /** Returns whether the disk had space. */
  private write({ snapshot, entries, hardState }: Ready): boolean {
    const { disk } = this.hardware.machine(this.machine);
    let hasSpace = true;
    if (snapshot) {
      hasSpace = diskSet(disk, DISK.snapshot, snapshot) && diskSet(disk, DISK.log, []);
      this.state.diskFirst = snapshot.index + 1;
    }
    if (entries.length > 0)
      hasSpace = diskAppend(disk, DISK.log, entries, entries[0]!.index - this.state.diskFirst!) && hasSpace;
    if (hardState) hasSpace = diskSet(disk, DISK.hard, hardState) && hasSpace;
    return hasSpace;
  }

  /** Nothing can be promised any more: nothing more is said. */
  private fail(): void {
    this.state.failed = true;
    this.owner.failed('failed to save entries to storage: no space left on device');
  }

  private finish(ready: Ready): void {
    for (const message of ready.messages) this.transmit(message);
    if (ready.snapshot) this.owner.applySnapshot(ready.snapshot);
    for (const entry of ready.committed) this.owner.applyEntry(entry);
    this.state.open = null;
    this.raft.advance(ready);
    // Now, while what is applied is what the store holds: the owner may propose something, which opens the next `Ready`.
    this.maybeSnapshot();
    this.campaignIfAlone();
    this.noteLeader();
    this.owner.raftChanged();
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
    if (leader !== null) this.state.lastLeader = this.machineOf(leader);
  }

  /** `swarmkit: storage.go triggerSnapshot`. One that cannot be saved is left out; the log then grows on. */
  private maybeSnapshot(): void {
    const { log } = this.raft.state;
    const { snapshotInterval, logEntriesForSlowFollowers } = this.owner.logSettings();
    const sinceLast = log.applied - (log.snapshot?.index ?? 0);
    if (snapshotInterval === 0 || sinceLast < snapshotInterval || log.pendingSnapshot !== null) return;
    const { disk } = this.hardware.machine(this.machine);
    if (disk.full) return;
    const snapshot = this.raft.createSnapshot(this.owner.saveState());
    this.raft.compact(snapshot, logEntriesForSlowFollowers);
    const { entries, stable } = log;
    diskSet(disk, DISK.snapshot, snapshot);
    diskSet(
      disk,
      DISK.log,
      entries.filter(({ index }) => index <= stable),
    );
    this.state.diskFirst = log.offset + 1;
    this.hardware.sync(this.machine, 'raft', 0);
    this.kernel.emit('raft.snapshot', this.machine, [`machine:${this.machine}`], {
      index: snapshot.index,
      first: log.offset + 1,
    });
  }

  private transmit(message: Message): void {
    const to = this.machineOf(message.to);
    if (to === null) return;
    const peer = this.peer(message.to, to);
    peer.unansweredSince ??= this.kernel.now;
    const outgoing = { from: this.machine, to, port: MANAGER_PORT, kind: `raft.${message.type}` };
    const bytes = message.type === 'snapshot' ? this.owner.sizeOf(message.snapshot.data) : 0;
    if (bytes <= MAX_MESSAGE_BYTES) {
      this.hardware.send({ ...outgoing, payload: { message }, label: labelOf(message), unordered: true });
      return;
    }
    // One stream: its parts keep their order.
    const parts = Math.ceil(bytes / MAX_MESSAGE_BYTES);
    for (let part = 1; part <= parts; part++) {
      const label = { ...labelOf(message), note: `${labelOf(message).note}, part ${part} of ${parts}` };
      this.hardware.send({ ...outgoing, payload: { message, parts }, label });
    }
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
