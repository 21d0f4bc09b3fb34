/**
 * The composition root: a whole world as one deterministic simulation. Inputs (requests, faults) go in, events and state come
 * out; the same seed and the same inputs at the same moments give the same events, however the time is sliced.
 *
 * `checkpoint` is a copy of all state, `restore` builds a world around one; code is put together anew, no event is
 * lost, because pending events are data.
 */
import type { ApiRequest } from '../protocol/api.ts';
import type { EventId, Micros, TraceEvent } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { CallOrigin, HostNetworkFacts, LoadOrder, NetworkCall, WorldReply } from '../protocol/network-call.ts';
import type { MessageView, Snapshot } from '../protocol/snapshot.ts';
import type { Start } from '../protocol/start.ts';
import { type Checkpoint, stateOf, takeCheckpoint } from './checkpoint.ts';
import { Connections, type ConnectionsState, hostNetworkFacts, initialConnections } from './connections.ts';
import { applyFault } from './faults.ts';
import { formWorld } from './form-world.ts';
import { Hardware, type HardwareState, initialHardware } from './hardware/hardware.ts';
import { initialKernel, Kernel, type KernelState } from './kernel/kernel.ts';
import { milliseconds } from './kernel/time.ts';
import { findEvent, remembered } from './kernel/trace.ts';
import { initialMachine, Machine, type MachineEvent, type MachineState } from './machine.ts';
import { ATTACH_TIMER } from './network/attachments.ts';
import { Fabric } from './network/flows/fabric.ts';
import { type FabricState, initialFabric } from './network/flows/flow-state.ts';
import { GOSSIP_EVENTS, type GossipTimer } from './network/gossip/network-db.ts';
import { registerContainerReplies } from './network/process-sockets.ts';
import { httpGet } from './runtime/programs/sockets.ts';
import { initialRegistry } from './runtime/registry.ts';
import { messageView, SnapshotBuilder } from './snapshot-builder.ts';

/** All that a world is: plain data. */
export interface ClusterState {
  kernel: KernelState;
  hardware: HardwareState;
  machines: MachineState[];
  fabric: FabricState;
  connections: ConnectionsState;
  epochMs: number;
  nextRequest: number;
  start: Start;
}

/** Where `advance` stops before its time is over. */
export interface AdvanceOptions {
  stopOnReply?: boolean;
  stopOnHop?: boolean;
  untilEvent?: EventId;
  limit?: number;
  stopOn?: (event: TraceEvent) => boolean;
}

/** 2026-01-01T00:00:00Z: the world's own epoch, so that a seed gives the same screens on any day. */
export const WORLD_EPOCH_MS = 1_767_225_600_000;

/** A quiet swarm may go on without an event of note for ever: a step looks so far ahead. */
const STEP_HORIZON: Micros = 10_000_000;

/** Events kept for `takeEvents` between two calls; older ones are only in the trace. */
const FRESH_EVENTS = 20_000;

export class Cluster {
  readonly kernel: Kernel;
  readonly hardware: Hardware;
  readonly machines: Machine[];
  /** Packets: flows between clients, containers and machines. */
  readonly fabric: Fabric;
  private readonly connections: Connections;
  private readonly state: ClusterState;
  private readonly byName = new Map<string, Machine>();
  private replies: WorldReply[] = [];
  private fresh: TraceEvent[] = [];
  private readonly builder: SnapshotBuilder;

  private constructor(state: ClusterState) {
    this.state = state;
    this.kernel = new Kernel(state.kernel);
    this.hardware = new Hardware(this.kernel, state.hardware);
    this.fabric = this.makeFabric();
    this.connections = new Connections(this.kernel, this.fabric, state.connections, {
      machine: (name) => this.byName.get(name),
      reply: (reply) => this.replies.push(reply),
    });
    this.machines = state.machines.map((machine) => this.assemble(machine));
    this.builder = new SnapshotBuilder(this);
    for (const event of remembered(state.kernel.trace)) this.builder.noteEvent(event);
    this.register();
    this.kernel.onEvent((event) => {
      this.fresh.push(event);
      if (this.fresh.length > FRESH_EVENTS) this.fresh.splice(0, FRESH_EVENTS / 2);
      this.builder.noteEvent(event);
    });
  }

  /**
   * Makes a world from a start: hosts with power, a swarm formed by the very requests a user would send, services created, and
   * everything given the virtual time it needs to run. Throws if that fails: a start is ours, so that is our mistake.
   */
  static create(start: Start): Cluster {
    const cluster = Cluster.blank(start);
    formWorld(cluster, start);
    return cluster;
  }

  /** Hosts with power whose daemons answer, in no swarm. */
  static blank(start: Start): Cluster {
    const kernelState = initialKernel(start.seed);
    const state: ClusterState = {
      kernel: kernelState,
      hardware: initialHardware(),
      machines: [],
      fabric: initialFabric(),
      connections: initialConnections(),
      epochMs: WORLD_EPOCH_MS,
      nextRequest: 1,
      start,
    };
    const kernel = new Kernel(kernelState);
    for (const { name } of start.hosts) state.machines.push(initialMachine(name, start.profile, kernel));
    const registry = initialRegistry();
    for (const { runtime } of state.machines) runtime.registry = registry;
    const hardware = new Hardware(new Kernel(kernelState), state.hardware);
    for (const { name, address } of start.hosts) hardware.addMachine(name, address);
    const cluster = new Cluster(state);
    for (const machine of cluster.machines) cluster.kernel.because(0, () => machine.powerOn());
    cluster.advance(1_000_000);
    return cluster;
  }

  /** The world of that moment; the checkpoint stays as it is. */
  static restore(checkpoint: Checkpoint): Cluster {
    return new Cluster(stateOf(checkpoint as Checkpoint<ClusterState>));
  }

  checkpoint(): Checkpoint {
    return takeCheckpoint(this.state, this.kernel, this.machines);
  }

  get start(): Start {
    return this.state.start;
  }

  get epochMs(): number {
    return this.state.epochMs;
  }

  /** Sets all hosts' clocks, as a time server does: what has happened happened as long ago as before. */
  set epochMs(epochMs: number) {
    const byMs = epochMs - this.state.epochMs;
    this.state.epochMs = epochMs;
    for (const machine of this.machines) machine.clockSet(byMs);
  }

  get now(): Micros {
    return this.kernel.now;
  }

  get nextEventAt(): Micros | null {
    return this.kernel.nextEventAt;
  }

  /** Fingerprint of everything that has happened. */
  get eventHash(): string {
    return (this.state.kernel.trace.hash >>> 0).toString(16).padStart(8, '0') + this.state.kernel.executed.toString(16);
  }

  /** The newest event of the trace. */
  get lastEventId(): EventId {
    return this.state.kernel.trace.lastId;
  }

  /** Queue events run so far. */
  get executed(): number {
    return this.state.kernel.executed;
  }

  machine(name: string): Machine | undefined {
    return this.byName.get(name);
  }

  // ---- time

  /**
   * Runs every event up to and including `until`, and lets time pass to it. It stops before, at the time of the event it ran last:
   * with `stopOnReply` right after an event that gave an answer, with `stopOnHop` after one that moved a watched packet, with
   * `untilEvent` after the trace has this event, with `limit` after so many events, with `stopOn` after an event of the trace of
   * which that says yes. Returns how many events ran.
   */
  advance(until: Micros, options: AdvanceOptions = {}): number {
    const { trace } = this.state.kernel;
    const { untilEvent = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = options;
    const { stopOnReply = false, stopOnHop = false, stopOn } = options;
    const hops = this.fabric.moves;
    let ran = 0;
    let seen = trace.lastId;
    if (seen >= untilEvent || limit <= 0) return ran;
    while (this.kernel.runNext(until)) {
      ran++;
      if (stopOnReply && this.replies.length > 0) return ran;
      if (stopOnHop && this.fabric.moves !== hops) return ran;
      if (ran >= limit || trace.lastId >= untilEvent) return ran;
      if (stopOn && trace.lastId > seen && this.someSince(seen, stopOn)) return ran;
      seen = trace.lastId;
    }
    this.kernel.passTo(until);
    return ran;
  }

  /** How often a packet of a watched flow has moved since this world was made or restored. */
  get watchedMoves(): number {
    return this.fabric.moves;
  }

  private someSince(id: EventId, asked: (event: TraceEvent) => boolean): boolean {
    const { trace } = this.state.kernel;
    for (let next = id + 1; next <= trace.lastId; next++) {
      const event = findEvent(trace, next);
      if (event && asked(event)) return true;
    }
    return false;
  }

  /**
   * Runs queue events until one has left something in the trace, at most `STEP_HORIZON` ahead; returns its first trace event, or
   * null if so long nothing of note happens.
   */
  step(): TraceEvent | null {
    const { trace } = this.state.kernel;
    const before = trace.lastId;
    const horizon = this.now + STEP_HORIZON;
    while (this.kernel.runNext(horizon)) if (trace.lastId > before) return findEvent(trace, before + 1) ?? null;
    return null;
  }

  // ---- inputs

  /** Sends a request to a host's daemon. Returns its id; replies come through `takeReplies`. */
  request(host: string, request: ApiRequest): number {
    const id = this.state.nextRequest++;
    const machine = this.byName.get(host);
    if (!machine?.answers) {
      this.replies.push({ type: 'refused', id });
      return id;
    }
    // Looking changes nothing and is no event of note.
    if (request.method === 'GET' || request.method === 'HEAD') this.kernel.cause = 0;
    else
      this.kernel.begin('input.request', host, [`machine:${host}`], { method: request.method, path: request.path }, 0);
    machine.request(id, request);
    this.kernel.cause = 0;
    return id;
  }

  /** The client of a streamed request writes to it; null: it will write nothing more. */
  requestInput(id: number, text: string | null): void {
    this.kernel.cause = 0;
    for (const machine of this.machines) machine.requestInput(id, text);
  }

  /** The client of a request has gone away. */
  cancelRequest(id: number): void {
    for (const machine of this.machines) machine.cancelRequest(id);
  }

  /** All clients go away at once: their requests and connections with them. */
  abandonClients(): void {
    for (let id = 1; id < this.state.nextRequest; id++) {
      this.cancelRequest(id);
      this.closeConnection(id);
    }
    this.replies = [];
  }

  /** A program on a host, or a client outside the cluster, opens a connection. Returns its id; replies come with the others. */
  openConnection(origin: CallOrigin, call: NetworkCall): number {
    const id = this.state.nextRequest++;
    this.connections.open(id, origin, call);
    return id;
  }

  /** It gives the connection up. */
  closeConnection(id: number): void {
    this.connections.close(id);
  }

  /** Begins a load generator outside the cluster: requests that go the way of any other, and are counted. Returns its number. */
  startLoad({ targets, path, perSecond, timeoutMs }: LoadOrder): number {
    return this.kernel.because(0, () =>
      this.fabric.startLoad({
        origin: { kind: 'outside' },
        targets: targets.map(({ host, port }) => ({ host, port, protocol: 'tcp' })),
        payload: httpGet(targets[0]?.host ?? '', path),
        perSecond,
        timeout: milliseconds(timeoutMs),
      }),
    );
  }

  stopLoad(id: number): void {
    this.kernel.because(0, () => this.fabric.stopLoad(id));
  }

  /** What a host knows of its own network; looking changes nothing. */
  hostNetwork(host: string): HostNetworkFacts {
    const machine = this.byName.get(host);
    return machine ? hostNetworkFacts(machine) : { interfaces: [], nameserver: '', listening: [] };
  }

  /** Makes something go wrong, or right again. */
  fault(fault: Fault): FaultResult {
    return applyFault(this, fault);
  }

  // ---- what comes out

  takeReplies(): WorldReply[] {
    const { replies } = this;
    this.replies = [];
    return replies;
  }

  /** Trace events since the last call (the newest ones, if there were very many). */
  takeEvents(): TraceEvent[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  /** Messages that have arrived since the last call (the newest ones, if there were very many). */
  takePassedMessages(): MessageView[] {
    return this.hardware.takePassed().map(messageView);
  }

  /** A remembered event by id. */
  event(id: number): TraceEvent | undefined {
    return findEvent(this.state.kernel.trace, id);
  }

  /** Remembered events, oldest first. */
  events(): Iterable<TraceEvent> {
    return remembered(this.state.kernel.trace);
  }

  /** The picture of now. Rows that did not change are the same objects as in the picture before. */
  snapshot(): Snapshot {
    return this.builder.build();
  }

  // ---- putting together

  private makeFabric(): Fabric {
    const at = (name: string): Machine => this.byName.get(name)!;
    const fabric = new Fabric(this.kernel, this.hardware, this.state.fabric, {
      node: (name) => at(name).network,
      machines: () => Object.values(this.hardware.state.machines),
      tell: (name, container, message) => at(name).runtime.tell(container, message),
      container: (name, id) => at(name).runtime.state.containers.get(id),
    });
    registerContainerReplies(this.kernel, fabric, (name, container, message) =>
      at(name).runtime.tell(container, message),
    );
    return fabric;
  }

  private assemble(state: MachineState): Machine {
    const world = this.state;
    const machine = new Machine(this.kernel, this.hardware, this.fabric, state, {
      get epochMs() {
        return world.epochMs;
      },
      preVote: world.start.preVote ?? false,
      reply: (id, response) => this.replies.push({ type: 'response', id, response }),
      chunk: (id, chunk) => this.replies.push({ type: 'chunk', id, chunk }),
      end: (id, error) => this.replies.push({ type: 'end', id, error }),
    });
    this.byName.set(state.name, machine);
    return machine;
  }

  /** Connects kinds of events to the parts that handle them. */
  private register(): void {
    const { kernel, hardware } = this;
    const at = (name: string): Machine => this.byName.get(name)!;
    hardware.onMessage = (envelope) => at(envelope.to).receive(envelope);
    hardware.onRefused = (envelope) => at(envelope.from).refused(envelope);
    const packetDropped = hardware.onDropped;
    hardware.onDropped = (envelope) => {
      packetDropped(envelope);
      at(envelope.from).dropped(envelope);
    };
    hardware.onSynced('raft', (name, token) => at(name).swarm.manager?.raftNode.synced(token as number));
    on<string>(kernel, 'manager.tick', (name) => at(name).swarm.manager?.raftNode.tick());
    on<string>(kernel, 'manager.turn', (name) => at(name).swarm.manager?.runTurns());
    on<{ machine: string; name: string; kind: string; data: unknown }>(
      kernel,
      'manager.timer',
      ({ machine, name, kind, data }) => at(machine).swarm.manager?.timer(name, kind, data),
    );
    on<{ machine: string; token: string }>(kernel, 'manager.control-timeout', ({ machine, token }) =>
      at(machine).swarm.manager?.controlTimeout(token),
    );
    on<{ machine: string; token: string }>(kernel, 'manager.control-poll', ({ machine, token }) =>
      at(machine).swarm.manager?.place(token),
    );
    on<string>(kernel, 'agent.connect', (name) => at(name).swarm.agent?.connect());
    on<string>(kernel, 'agent.report', (name) => at(name).swarm.agent?.report());
    on<string>(kernel, 'agent.save', (name) => at(name).swarm.agent?.saveNow());
    on<{ machine: string; attempt: number }>(kernel, 'agent.heartbeat', ({ machine, attempt }) =>
      at(machine).swarm.agent?.heartbeat(attempt),
    );
    on<{ machine: string; attempt: number }>(kernel, 'agent.session-timeout', ({ machine, attempt }) =>
      at(machine).swarm.agent?.sessionTimeout(attempt),
    );
    on<{ machine: string; attempt: number }>(kernel, 'agent.heartbeat-timeout', ({ machine, attempt }) =>
      at(machine).swarm.agent?.heartbeatTimedOut(attempt),
    );
    on<{ machine: string; id: string }>(kernel, 'agent.step', ({ machine, id }) =>
      at(machine).swarm.agent?.runStep(id),
    );
    for (const kind of [
      'swarm.certificate',
      'swarm.join-raft',
      'swarm.certificate-timeout',
      'swarm.raft-timeout',
      'swarm.control-ready',
      'swarm.removed',
      'swarm.left',
      'swarm.join-timeout',
      'swarm.raft-failed',
      'swarm.force-renewal',
      'swarm.start-manager',
      'swarm.join-refused',
    ])
      on<{ machine: string; token?: string; attempt?: number }>(kernel, kind, (data) =>
        at(data.machine).swarm.event(kind, data),
      );
    for (const kind of [
      'machine.booted',
      'machine.swarm-done',
      'machine.control-done',
      'machine.runtime-done',
      'machine.dockerd-timer',
      'machine.request',
      'machine.logged',
    ])
      on<MachineEvent>(kernel, kind, (data) => at(data.machine).event(kind, data));
    for (const kind of GOSSIP_EVENTS)
      on<GossipTimer>(kernel, kind, (data) => at(data.machine).network.db.event(kind, data));
    on<{ machine: string; key: string }>(kernel, ATTACH_TIMER, ({ machine, key }) =>
      at(machine).attachments.timedOut(key),
    );
    this.registerRuntime(at);
  }

  private registerRuntime(at: (name: string) => Machine): void {
    const { kernel } = this;
    type OfContainer = {
      machine: string;
      id: string;
      run: number;
      token: string;
      code: number;
      kind: string;
      volumes: boolean;
    };
    on<OfContainer>(kernel, 'runtime.started', ({ machine, id, run, token }) =>
      at(machine).runtime.started(id, run, token),
    );
    on<OfContainer>(kernel, 'runtime.exited', ({ machine, id, run, code }) =>
      at(machine).runtime.exited(id, run, code),
    );
    on<OfContainer>(kernel, 'runtime.grace-over', ({ machine, id, run }) => at(machine).runtime.graceOver(id, run));
    on<OfContainer>(kernel, 'runtime.removed', ({ machine, id, token, volumes }) =>
      at(machine).runtime.removed(id, token, volumes),
    );
    on<OfContainer>(kernel, 'runtime.timer', ({ machine, id, run, kind }) => at(machine).runtime.timer(id, run, kind));
    on<OfContainer>(kernel, 'runtime.probe', ({ machine, id, run }) => at(machine).runtime.probe(id, run));
    on<{ machine: string; name: string; reference: Parameters<Machine['runtime']['pulled']>[1] }>(
      kernel,
      'runtime.pulled',
      ({ machine, name, reference }) => at(machine).runtime.pulled(name, reference),
    );
    type OfTask = { machine: string; taskId: string; token: string };
    on<OfTask>(kernel, 'executor.start', ({ machine, taskId, token }) => at(machine).executor.startNow(taskId, token));
    on<OfTask>(kernel, 'executor.create', ({ machine, taskId, token }) => at(machine).executor.create(taskId, token));
    on<OfTask>(kernel, 'executor.stop-unhealthy', ({ machine, taskId }) => at(machine).executor.stopUnhealthy(taskId));
    on<OfTask>(kernel, 'executor.stop', ({ machine, taskId, token }) => at(machine).executor.stopNow(taskId, token));
    on<{ machine: string; token: string }>(kernel, 'logs.timeout', ({ machine, token }) =>
      at(machine).logs.timeout(token),
    );
  }
}

function on<Data>(kernel: Kernel, kind: string, handle: (data: Data) => void): void {
  kernel.on(kind, (event) => handle(event.data as Data));
}
