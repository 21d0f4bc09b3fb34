/**
 * One manager: its member of the raft group, its copy of the object store, and, while it leads, the subsystems that make
 * the cluster do what is wanted. `swarmkit: manager/manager.go`
 *
 * Invariants: one write transaction is under way at a time; subsystems run only while this member leads and has applied
 * every entry that was there before (`leading`); what is remembered between events is in `state`, plain data.
 */
import type { EventId, Micros, ObjectRef } from '../../protocol/events.ts';
import type { Envelope, Hardware, MessageLabel } from '../hardware/hardware.ts';
import { swarmId } from '../kernel/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Random } from '../kernel/random.ts';
import { seconds } from '../kernel/time.ts';
import type { ConfEntry, Entry, Snapshot } from '../raft/types.ts';
import { CLUSTER_NAME } from '../store/objects.ts';
import type { Store as StoreType } from '../store/store.ts';
import { Store, type StoreChange, type StoreEvent, type StoreState, Transaction } from '../store/store.ts';
import { type BootstrapOptions, bootstrapCluster } from './bootstrap.ts';
import type { ControlApi } from './controlapi/control-api.ts';
import { isRead } from './controlapi/control-api.ts';
import type { ControlError, ControlRequest, ControlResult } from './controlapi/control-request.ts';
import { describeChanges } from './describe-entry.ts';
import { leaderSubsystems } from './leader-subsystems.ts';
import { MembershipChanges, type MembershipState } from './membership.ts';
import {
  MANAGER_PORT,
  type ManagerMessageKind,
  type ManagerMessages,
  type Relayed,
  type RemoteManager,
} from './messages.ts';
import { DEFAULT_LOG_SETTINGS, RaftNode, type RaftNodeState } from './raft-node.ts';
import { sizeOfStore } from './snapshot-size.ts';
import type { LeaderContext, RaftMember, Subsystem } from './subsystem.ts';
import { traceChanges } from './trace-changes.ts';

/** What every entry of the raft log carries. */
export interface StoreEntry {
  readonly changes: readonly StoreChange[];
  /** Subsystem that wrote it. */
  readonly writer: string;
  /** Trace event that it was written because of. */
  readonly cause: EventId;
  /** By object, where the writer said more precisely which event made it change that one. */
  readonly causes: Readonly<Record<string, EventId>>;
  /** What it changes, in a few words. */
  readonly note: string;
}

/** A write that waits for its turn. */
interface Turn {
  writer: string;
  data: unknown;
  cause: EventId;
}

/** A control call of this machine's daemon that has no answer yet. */
interface WaitingCall {
  request: ControlRequest;
  deadline: Micros;
  /** Manager it was sent to; null while no leader is known, own name if answered here. */
  sentTo: string | null;
  /** It has found no leader, and looks again every second. */
  waits: boolean;
}

export interface ManagerState {
  raftNode: RaftNodeState;
  store: StoreState;
  turns: Turn[];
  turnScheduled: boolean;
  inFlight: (Turn & { index: number; term: number }) | null;
  /** Term of the last applied entry. */
  appliedTerm: number;
  leading: { term: number; started: boolean; subsystems: Record<string, unknown> } | null;
  membership: MembershipState;
  waiting: Record<string, WaitingCall>;
  /** Sessions of agents of which something was lost on the way: the agent has to open another one. Oldest first. */
  brokenSessions: string[];
  /** As leader: who gets the answer to a write (null: this machine's own daemon). */
  answerTo: Record<string, string | null>;
  /** What a founding member makes the cluster from. */
  bootstrap: BootstrapOptions | null;
}

/** What a manager's subsystems may do beyond the store: send messages and change the raft group. */
export interface ManagerContext extends LeaderContext {
  readonly raftId: string;
  readonly tickLength: Micros;
  /** Since which event nothing can be heard of a host, or 0. Only for the trace. */
  silenceOf(host: string): EventId;
  /** Sends to an agent or joining host, through the manager that passed its request on. */
  answer<K extends ManagerMessageKind>(to: Relayed, kind: K, payload: ManagerMessages[K], label?: MessageLabel): void;
  removeMember(raftId: string): void;
  transferLeadership(): void;
  /** Where a node's agent is, if it has a session. */
  agentOf(nodeId: string): Relayed | null;
  /** In a turn: this object is changed because of that event. `begin` says so of all the objects it names. */
  attribute(object: ObjectRef, event: EventId): void;
}

/** What a manager's machine offers it. */
export interface ManagerHost {
  /** A control call of this machine's own daemon has its answer. */
  controlDone(token: string, result: ControlResult): void;
  /** This member is no longer in the raft group. */
  removedFromRaft(): void;
  /** The raft member has stopped: its disk takes nothing more. */
  raftFailed(error: string): void;
  /** The raft member has been left alone before it had learnt that it is one. */
  raftForgotten(): void;
  /** The switch of `Start.preVote`. */
  readonly preVote: boolean;
  /** Something has been applied, or leadership has changed. */
  progressed(): void;
  /** An entry has been applied here. */
  storeChanged(events: readonly StoreEvent[]): void;
}

/** The daemon's limit for a swarm request. `moby: daemon/cluster/cluster.go swarmRequestTimeout` */
const REQUEST_TIMEOUT: Micros = seconds(20);
/** How often a call looks for a leader while there is none. `swarmkit: raft.go LeaderConn` */
const LEADER_POLL: Micros = seconds(1);
/** Answers come on the connection of the request: no port that is closed to new ones stops them. */
const ANSWERS = 0;
/** Messages of the streams between dispatcher and agents, also those that are passed on. */
const STREAMED = /^(relay\.)?dispatcher\.(assignments|session-message|status)$/;
/** Broken sessions remembered: an agent that was not heard of for so many has another session long since. */
const BROKEN_KEPT = 1000;

export const NO_LEADER: ControlError = {
  code: 'Unknown',
  message:
    "The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
  wrapped: true,
};
const DEADLINE: ControlError = { code: 'DeadlineExceeded', message: 'context deadline exceeded', wrapped: true };
const LOST_LEADERSHIP: ControlError = {
  code: 'Unknown',
  message: 'raft: failed to process the request: node lost leader status',
  wrapped: true,
};

export function initialManager(
  raftNode: RaftNodeState,
  store: StoreState,
  bootstrap: BootstrapOptions | null,
): ManagerState {
  return {
    raftNode,
    store,
    turns: [],
    turnScheduled: false,
    inFlight: null,
    appliedTerm: 0,
    leading: null,
    membership: { queue: [], current: null },
    waiting: {},
    brokenSessions: [],
    answerTo: {},
    bootstrap,
  };
}

export class Manager {
  readonly state: ManagerState;
  readonly store: StoreType;
  readonly raftNode: RaftNode;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly host: ManagerHost;
  private readonly membership: MembershipChanges;
  private subsystems: Subsystem[] = [];
  /** In a turn: the newest event told of each object; empty between events. */
  private readonly turnCauses = new Map<string, EventId>();
  /** Membership changes applied in the event that is being handled; empty between events. */
  private readonly appliedChanges: ConfEntry[] = [];

  constructor(kernel: Kernel, hardware: Hardware, machine: string, state: ManagerState, host: ManagerHost) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.host = host;
    this.store = new Store(state.store);
    this.raftNode = new RaftNode(kernel, hardware, machine, state.raftNode, {
      applyEntry: (entry) => this.applyEntry(entry),
      applySnapshot: (snapshot) => this.applySnapshot(snapshot),
      saveState: () => this.store.save(),
      sizeOf: (saved) => sizeOfStore(saved as StoreState),
      logSettings: () => this.store.byName('cluster', CLUSTER_NAME)?.spec.raft ?? DEFAULT_LOG_SETTINGS,
      preVote: host.preVote,
      raftChanged: () => this.followRaft(),
      removed: () => this.host.removedFromRaft(),
      failed: (error) => this.host.raftFailed(error),
      forgotten: () => this.host.raftForgotten(),
      joinerChecked: (request, answers) => this.membership.add(request, answers),
    });
    this.membership = new MembershipChanges(kernel, machine, this.raftNode, state.membership, (to, reply) =>
      this.answer(to, 'raft.join-reply', reply),
    );
    if (state.leading?.started) this.subsystems = this.makeSubsystems(state.leading.subsystems);
  }

  start(): void {
    this.raftNode.start();
  }

  get nodeId(): string {
    return this.state.raftNode.nodeId;
  }

  /** Does this manager lead, with its subsystems running. */
  get isLeading(): boolean {
    return this.state.leading?.started === true;
  }

  /** The dispatcher, scheduler and so on, while this manager leads. */
  subsystem<T extends Subsystem>(name: string): T | undefined {
    return this.subsystems.find((subsystem) => subsystem.name === name) as T | undefined;
  }

  /** Managers as agents should know them. */
  remotes(): RemoteManager[] {
    return this.raftNode.members().map(({ nodeId, address }) => ({ nodeId, address }));
  }

  // ---- control calls

  /**
   * A call of this machine's daemon to the control API; answered through `host.controlDone(token, ...)`, at the latest after 20 s.
   * It goes to the leader; while no leader is known it waits, or fails at once if that has lasted more than ten ticks.
   */
  control(token: string, request: ControlRequest): void {
    this.state.waiting[token] = { request, deadline: this.kernel.now + REQUEST_TIMEOUT, sentTo: null, waits: false };
    this.kernel.schedule(REQUEST_TIMEOUT, 'manager.control-timeout', this.owner, { machine: this.machine, token });
    this.place(token);
  }

  /** Tries to bring a waiting call to the leader. */
  place(token: string): void {
    const call = this.state.waiting[token];
    if (!call || call.sentTo !== null) return;
    if (this.isLeading) {
      call.sentTo = this.machine;
      this.serve(token, call.request, null);
      return;
    }
    const leader = this.raftNode.leaderMachine();
    if (leader !== null && leader !== this.machine) {
      call.sentTo = leader;
      this.send(
        leader,
        'control.request',
        { token, request: call.request, origin: this.machine },
        { note: call.request.op },
      );
      return;
    }
    // Only looked at once: who has begun to wait waits until the daemon's limit. `swarmkit: raft.go LeaderConn`
    if (leader === null && !call.waits && this.raftNode.lostQuorum)
      return this.settle(token, { ok: false, error: NO_LEADER });
    call.waits = true;
    this.kernel.schedule(LEADER_POLL, 'manager.control-poll', this.owner, { machine: this.machine, token });
  }

  controlTimeout(token: string): void {
    this.settle(token, { ok: false, error: DEADLINE });
  }

  private settle(token: string, result: ControlResult): void {
    if (!this.state.waiting[token]) return;
    delete this.state.waiting[token];
    this.host.controlDone(token, result);
  }

  /**
   * Serves a call as leader; `replyTo` is the machine that asked, null for our own daemon.
   *
   * Reads are answered from this store at once, as SwarmKit does: neither read index nor lease asks a majority whether this is the leader
   * still (Raft thesis 6.4). So they are linearizable as long as nobody else has been elected: a leader begins to serve only when it has
   * applied an entry of its own term, and with it all that was ever committed before. One that is cut off and deposed shows what was,
   * until CheckQuorum makes it step down, within two election times.
   */
  private serve(token: string, request: ControlRequest, replyTo: string | null): void {
    const api = this.subsystem<ControlApi>('controlapi');
    if (!api) return this.reply(token, replyTo, { ok: false, error: LOST_LEADERSHIP });
    if (isRead(request)) return this.reply(token, replyTo, api.read(request));
    this.state.answerTo[token] = replyTo;
    this.requestWrite('controlapi', { token, request });
  }

  private reply(token: string, replyTo: string | null, result: ControlResult): void {
    if (replyTo === null) this.settle(token, result);
    else this.sendBack(replyTo, 'control.reply', { token, result }, { ok: result.ok });
  }

  // ---- messages

  /** A message of the control plane for this manager. */
  receive(envelope: Envelope): void {
    const kind = envelope.kind as ManagerMessageKind;
    if (kind === 'control.request') {
      const { token, request, origin } = envelope.payload as ManagerMessages['control.request'];
      if (this.isLeading) this.serve(token, request, origin);
      else
        this.sendBack(
          origin,
          'control.reply',
          { token, result: { ok: false, error: this.raftNode.lostQuorum ? NO_LEADER : LOST_LEADERSHIP } },
          { ok: false },
        );
      return;
    }
    if (kind === 'control.reply') {
      const { token, result } = envelope.payload as ManagerMessages['control.reply'];
      this.settle(token, result);
      return;
    }
    this.receiveRequest(kind, envelope.payload as Relayed, envelope.from);
  }

  /** Requests of agents and joining hosts: served by the leader, passed on to it by others. */
  private receiveRequest(kind: ManagerMessageKind, request: Relayed, from: string): void {
    if (this.isBroken(kind, request)) {
      const { sessionId } = request as { sessionId: string } & Relayed;
      const to: Relayed = from === request.origin ? { origin: request.origin } : request;
      return this.answer(to, 'dispatcher.refusal', { sessionId, message: 'session invalid' });
    }
    if (!this.isLeading) {
      const leader = this.raftNode.leaderMachine();
      if (leader !== null && leader !== this.machine && request.via === undefined) {
        this.hardware.send({
          from: this.machine,
          to: leader,
          port: MANAGER_PORT,
          kind,
          payload: { ...request, via: this.machine },
        });
      } else this.refuse(kind, request, from);
      return;
    }
    if (kind === 'raft.join') {
      const join = request as ManagerMessages['raft.join'];
      // A node that is to be a worker has no place here, whatever its certificate still says.
      if (this.store.get('node', join.nodeId)?.spec.desiredRole === 'manager') this.raftNode.checkJoiner(join);
      else this.answer(request, 'raft.join-reply', { ok: false, message: `node ${join.nodeId} is not a manager` });
    } else if (kind === 'ca.request') this.requestWrite('ca', request);
    else if (kind.startsWith('dispatcher.'))
      this.subsystem<Subsystem & MessageReceiver>('dispatcher')?.receive(kind, request);
    else if (kind.startsWith('resource.'))
      this.subsystem<Subsystem & MessageReceiver>('resourceapi')?.receive(kind, request);
    else if (kind.startsWith('logs.')) this.subsystem<Subsystem & MessageReceiver>('logbroker')?.receive(kind, request);
  }

  /**
   * A message of ours is lost for good, or found nobody. What agents are told, and what they report, are streams: with a part of it missing the
   * stream is broken, and at its next beat the agent is sent to open another session, which begins with everything.
   */
  dropped({ kind, payload }: Envelope): void {
    const told = kind.startsWith('relay.') ? (payload as { payload: unknown }).payload : payload;
    if (!STREAMED.test(kind)) return;
    const { sessionId } = told as { sessionId?: string };
    if (!sessionId) return;
    this.state.brokenSessions.push(sessionId);
    if (this.state.brokenSessions.length > BROKEN_KEPT) this.state.brokenSessions.shift();
  }

  private isBroken(kind: ManagerMessageKind, request: Relayed): boolean {
    if (this.state.brokenSessions.length === 0 || !kind.startsWith('dispatcher.')) return false;
    const { sessionId } = request as { sessionId?: string };
    return sessionId !== undefined && this.state.brokenSessions.includes(sessionId);
  }

  /** No leader to serve it: the asker is told, and tries again later or elsewhere. */
  private refuse(kind: ManagerMessageKind, request: Relayed, from: string): void {
    const to: Relayed = from === request.origin ? { origin: request.origin } : request;
    if (kind === 'raft.join') this.answer(to, 'raft.join-reply', { ok: false, message: NO_LEADER.message });
    else if (kind === 'ca.request') this.answer(to, 'ca.reply', { ok: false, message: NO_LEADER.message });
    else if (kind === 'logs.subscribe') {
      const { id } = request as ManagerMessages['logs.subscribe'];
      this.answer(to, 'logs.end', { id, error: `rpc error: code = Unknown desc = ${NO_LEADER.message}` });
    } else if (kind === 'resource.attach' || kind === 'resource.detach') {
      const { token } = request as ManagerMessages['resource.attach'];
      this.answer(to, 'resource.reply', { token, result: { ok: false, error: NO_LEADER } });
    } else if (kind.startsWith('dispatcher.')) {
      const { sessionId } = request as { sessionId?: string };
      this.answer(to, 'dispatcher.refusal', { sessionId: sessionId ?? '', message: NO_LEADER.message });
    }
  }

  /** Nobody listened where a message of ours went. */
  refused(envelope: Envelope): void {
    if (envelope.kind !== 'control.request') return;
    const { token } = envelope.payload as ManagerMessages['control.request'];
    const call = this.state.waiting[token];
    if (!call) return;
    call.sentTo = null;
    this.kernel.schedule(LEADER_POLL, 'manager.control-poll', this.owner, { machine: this.machine, token });
  }

  private answer<K extends ManagerMessageKind>(
    to: Relayed,
    kind: K,
    payload: ManagerMessages[K],
    label: MessageLabel = {},
  ): void {
    if (to.via === undefined || to.via === this.machine) this.sendBack(to.origin, kind, payload, label);
    else {
      // The manager in between hands it on as it is.
      this.hardware.send({
        from: this.machine,
        to: to.via,
        port: ANSWERS,
        kind: `relay.${kind}`,
        payload: { to: to.origin, payload },
        label,
      });
    }
  }

  /** Passes an answer of the leader on to the host that asked. */
  relay(envelope: Envelope): void {
    const { to, payload } = envelope.payload as { to: string; payload: unknown };
    this.hardware.send({
      from: this.machine,
      to,
      port: ANSWERS,
      kind: envelope.kind.slice('relay.'.length),
      payload,
      label: envelope.label,
    });
  }

  private send<K extends ManagerMessageKind>(
    to: string,
    kind: K,
    payload: ManagerMessages[K],
    label: MessageLabel = {},
  ): void {
    this.hardware.send({ from: this.machine, to, port: MANAGER_PORT, kind, payload, label });
  }

  /** On the connection that the request has come by. */
  private sendBack<K extends ManagerMessageKind>(
    to: string,
    kind: K,
    payload: ManagerMessages[K],
    label: MessageLabel = {},
  ): void {
    this.hardware.send({ from: this.machine, to, port: ANSWERS, kind, payload, label });
  }

  // ---- leadership

  private followRaft(): void {
    const { state, raftNode } = this;
    const { term } = raftNode.raft.state;
    if (state.leading && (!raftNode.isLeader || state.leading.term !== term)) this.stopLeading();
    if (!state.leading && raftNode.isLeader && state.appliedTerm === term) this.startLeading(term);
    this.noteMembers();
    this.membership.pump();
    this.host.progressed();
  }

  /** Changes of the group that have just been applied are in force now: tells who waits for them, and who tells agents. */
  private noteMembers(): void {
    if (this.appliedChanges.length === 0) return;
    for (const entry of this.appliedChanges.splice(0)) this.membership.applied(entry);
    if (!this.isLeading) return;
    for (const subsystem of this.subsystems) (subsystem as Subsystem & { membersChanged?(): void }).membersChanged?.();
  }

  private startLeading(term: number): void {
    this.state.leading = { term, started: false, subsystems: {} };
    this.kernel.begin('manager.leader.started', this.machine, [`machine:${this.machine}`], { term });
    if (this.store.count('cluster') > 0) this.startSubsystems();
    else this.requestWrite('bootstrap');
  }

  private startSubsystems(): void {
    const leading = this.state.leading!;
    leading.started = true;
    this.subsystems = this.makeSubsystems({});
    for (const subsystem of this.subsystems) leading.subsystems[subsystem.name] = subsystem.state;
    for (const subsystem of this.subsystems) subsystem.start();
  }

  private stopLeading(): void {
    for (const subsystem of this.subsystems) subsystem.stop?.();
    this.state.leading = null;
    this.subsystems = [];
    this.state.turns = [];
    this.state.inFlight = null;
    this.kernel.endLife(this.leaderOwner);
    this.state.turnScheduled = false;
    this.membership.abandon();
    this.kernel.emit('manager.leader.stopped', this.machine, [`machine:${this.machine}`], {});
    const answers = this.state.answerTo;
    this.state.answerTo = {};
    for (const token in answers) this.reply(token, answers[token] ?? null, { ok: false, error: LOST_LEADERSHIP });
  }

  private makeSubsystems(states: Record<string, unknown>): Subsystem[] {
    const context = this.context();
    return leaderSubsystems.map(({ name, create }) => create(context, states[name]));
  }

  // ---- writing

  requestWrite(writer: string, data?: unknown): void {
    const { turns } = this.state;
    if (data === undefined && turns.some((turn) => turn.writer === writer && turn.data === undefined)) return;
    turns.push({ writer, data, cause: this.kernel.cause });
    this.scheduleTurn();
  }

  private scheduleTurn(): void {
    if (this.state.turnScheduled || this.state.inFlight !== null || this.state.turns.length === 0) return;
    this.state.turnScheduled = true;
    this.kernel.schedule(0, 'manager.turn', this.leaderOwner, this.machine);
  }

  /** Runs turns until one has something to propose. */
  runTurns(): void {
    this.state.turnScheduled = false;
    while (this.state.leading && this.state.inFlight === null) {
      const turn = this.state.turns.shift();
      if (!turn) return;
      this.kernel.because(turn.cause, () => this.runTurn(turn));
    }
  }

  private runTurn(turn: Turn): void {
    this.turnCauses.clear();
    const transaction = new Transaction(this.store, this.hardware.wallClock(this.machine));
    if (turn.writer === 'bootstrap') bootstrapCluster(transaction, this.state.bootstrap!, this.kernel);
    else this.subsystem(turn.writer)?.write(transaction, turn.data);
    if (transaction.size === 0) {
      this.wrote(turn, true);
      return;
    }
    const changes = transaction.changes();
    const entry: StoreEntry = {
      note: describeChanges(changes, this.store),
      changes,
      writer: turn.writer,
      cause: this.kernel.cause,
      causes: this.causesOf(changes),
    };
    // Set before proposing: a sole member may apply the entry before `propose` returns.
    const { lastIndex, term } = { lastIndex: this.raftNode.nextIndex(), term: this.raftNode.raft.state.term };
    this.state.inFlight = { ...turn, index: lastIndex, term };
    const result = this.raftNode.propose(entry);
    if (result.ok) return;
    this.state.inFlight = null;
    this.wrote(turn, false);
  }

  /** The event that the writer told of each object it changed. */
  private causesOf(changes: readonly StoreChange[]): Record<string, EventId> {
    const causes: Record<string, EventId> = {};
    for (const change of changes) {
      const id = change.action === 'remove' ? change.id : change.object.id;
      const cause = this.turnCauses.get(id);
      if (cause !== undefined) causes[id] = cause;
    }
    return causes;
  }

  /** Notes what an event of the turn under way is about. */
  private attribute(objects: readonly ObjectRef[], event: EventId): EventId {
    for (const object of objects) this.turnCauses.set(object.slice(object.indexOf(':') + 1), event);
    return event;
  }

  private wrote(turn: Turn, ok: boolean): void {
    this.subsystem(turn.writer)?.written?.(turn.data, ok);
    if (turn.writer !== 'controlapi') return;
    const { token } = turn.data as { token: string };
    const replyTo = this.state.answerTo[token];
    if (replyTo === undefined) return;
    delete this.state.answerTo[token];
    const result = this.subsystem<ControlApi>('controlapi')?.takeResult(token);
    this.reply(token, replyTo, ok && result ? result : { ok: false, error: LOST_LEADERSHIP });
  }

  // ---- applying

  private applyEntry(entry: Entry): void {
    this.state.appliedTerm = entry.term;
    if (entry.type === 'conf') {
      this.appliedChanges.push(entry);
      return;
    }
    if (entry.data === null) return;
    const { changes, writer, cause, causes } = entry.data as StoreEntry;
    const { inFlight } = this.state;
    const ours = inFlight !== null && inFlight.index === entry.index && inFlight.term === entry.term;
    this.kernel.because(cause, () => {
      if (ours)
        this.kernel.begin('store.commit', this.machine, [], {
          index: entry.index,
          term: entry.term,
          writer,
          changes: changes.length,
        });
      const events = this.applyToStore(changes, entry.index);
      if (this.isLeading) {
        traceChanges(events, this.store, causes, (kind, objects, facts, why) =>
          this.kernel.emit(kind, this.machine, objects, facts, why ?? this.kernel.cause),
        );
        for (const subsystem of this.subsystems) this.deliver(subsystem, events);
      }
      if (!ours) return;
      this.state.inFlight = null;
      if (writer === 'bootstrap') this.startSubsystems();
      else this.wrote(inFlight, true);
      this.scheduleTurn();
    });
  }

  /** Tells a subsystem of changes, each under its own cause; those with the same one together. */
  private deliver(subsystem: Subsystem, events: readonly StoreEvent[]): void {
    const commit = this.kernel.cause;
    for (let from = 0; from < events.length; ) {
      const { cause } = events[from]!;
      let to = from + 1;
      while (to < events.length && events[to]!.cause === cause) to++;
      this.kernel.cause = cause ?? commit;
      subsystem.onCommit(to - from === events.length ? events : events.slice(from, to));
      from = to;
    }
    this.kernel.cause = commit;
  }

  private applyToStore(changes: readonly StoreChange[], index: number): readonly StoreEvent[] {
    const events = this.store.apply(changes, index);
    this.host.storeChanged(events);
    return events;
  }

  private applySnapshot(snapshot: Snapshot): void {
    this.store.restore(snapshot.data as StoreState);
    this.kernel.emit('raft.snapshot.restored', this.machine, [`machine:${this.machine}`], { index: snapshot.index });
  }

  // ---- context of subsystems

  private get owner(): string {
    return `${this.machine}/manager`;
  }

  private get leaderOwner(): string {
    return `${this.machine}/leader`;
  }

  /** A subsystem's timer. */
  timer(name: string, kind: string, data: unknown): void {
    this.subsystem(name)?.timer?.(kind, data);
  }

  private context(): ManagerContext {
    const { kernel, hardware, machine, raftNode, membership, leaderOwner } = this;
    return {
      store: this.store,
      machine,
      nodeId: this.nodeId,
      raftId: raftNode.state.raftId,
      tickLength: raftNode.tickLength,
      silenceOf: (host) => this.hardware.silenceBetween(host, machine),
      get now(): Micros {
        return hardware.monotonicClock(machine);
      },
      get cause(): EventId {
        return kernel.cause;
      },
      requestWrite: (name, data) => this.requestWrite(name, data),
      schedule: (name: string, delay: Micros, kind: string, data?: unknown): number =>
        kernel.schedule(delay, 'manager.timer', leaderOwner, { machine, name, kind, data }),
      cancel: (handle) => kernel.cancel(handle),
      random: (purpose: string): Random => kernel.random(purpose),
      newId: () => swarmId(kernel.random('ids')),
      emit: (kind: string, objects: ObjectRef[], facts?, cause?) => kernel.emit(kind, machine, objects, facts, cause),
      begin: (kind: string, objects: ObjectRef[], facts?, cause?) =>
        this.attribute(objects, kernel.begin(kind, machine, objects, facts, cause)),
      attribute: (object, event) => {
        this.attribute([object], event);
      },
      members: (): RaftMember[] => raftNode.members(),
      canRemoveMember: (raftId) => raftNode.canRemoveMember(raftId),
      answer: (to, kind, payload, label) => this.answer(to, kind, payload, label),
      agentOf: (nodeId) => this.subsystem<Subsystem & AgentDirectory>('dispatcher')?.agentOf(nodeId) ?? null,
      removeMember: (raftId) => membership.remove(raftId),
      transferLeadership: () => {
        raftNode.transferLeadership();
      },
    };
  }
}

/** A subsystem that takes messages of agents. */
export interface MessageReceiver {
  receive(kind: ManagerMessageKind, payload: unknown): void;
}

/** A subsystem that knows where agents are. */
export interface AgentDirectory {
  agentOf(nodeId: string): Relayed | null;
}
