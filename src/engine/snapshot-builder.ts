/**
 * Builds the picture that the page sees, out of what machines, managers and runtimes hold. Rows that did not change are the
 * same objects as before, so that whoever compares pictures need not look inside.
 *
 * What the cluster "is" (nodes, services, tasks) is told by the store of the leader, or, while there is none, of the running
 * manager that has applied most.
 */
import type { EventId, TraceEvent } from '../protocol/events.ts';
import type {
  ContainerView,
  MachineView,
  MessageView,
  NodeView,
  QuorumView,
  RaftView,
  ServiceView,
  Snapshot,
  TaskView,
  VolumeView,
} from '../protocol/snapshot.ts';
import { SYNC_TIME } from './hardware/disk.ts';
import type { Envelope, Hardware } from './hardware/hardware.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Machine } from './machine.ts';
import { entryNote } from './manager/describe-entry.ts';
import type { Manager } from './manager/manager.ts';
import { RAFT_TIMING, type RaftNode } from './manager/raft-node.ts';
import type { Fabric } from './network/flows/fabric.ts';
import { NetworkViewBuilder } from './network/view-builder.ts';
import type { Entry } from './raft/types.ts';
import type { Container, Volume } from './runtime/container.ts';
import { ANONYMOUS_VOLUME } from './runtime/runtime.ts';
import {
  type Config,
  type Node,
  type Secret,
  type Service,
  type Task,
  TaskState,
  taskStateName,
} from './store/objects.ts';
import type { Store } from './store/store.ts';

/** Newest log entries in the picture of a manager. */
const ENTRIES_SHOWN = 12;

/** The world as the builder sees it. */
interface World {
  readonly epochMs: number;
  readonly kernel: Kernel;
  readonly hardware: Hardware;
  readonly machines: readonly Machine[];
  readonly fabric: Fabric;
}

export class SnapshotBuilder {
  private readonly world: World;
  private readonly machines = new Rows<MachineView>();
  private readonly nodes = new Rows<NodeView>();
  private readonly services = new Rows<ServiceView>();
  private readonly tasks = new Map<
    string,
    { task: Task; machine: string | null; successor: string | null; lastEvent: EventId; view: TaskView }
  >();
  private readonly containers = new Map<string, ContainerView[]>();
  /** Rows that follow from the store alone, and which state of which store they are of. */
  private fromStore: { store: Store; version: number; services: ServiceView[]; tasks: TaskView[] } | null = null;
  private readonly notes = new WeakMap<Entry, string>();
  private readonly lastEvents = new Map<string, EventId>();
  private readonly hues = new Map<string, number>();
  private quorum: QuorumView | null = null;

  constructor(world: World) {
    this.world = world;
  }

  /** Remembers which event last concerned which task. */
  noteEvent(event: TraceEvent): void {
    if (event.kind !== 'task.state' && event.kind !== 'task.created') return;
    for (const object of event.objects) if (object.startsWith('task:')) this.lastEvents.set(object.slice(5), event.id);
  }

  private readonly network = new NetworkViewBuilder();

  build(): Snapshot {
    const { kernel } = this.world;
    const manager = this.speaker();
    const store = manager?.store ?? null;
    this.quorum = keep(this.quorum, manager ? this.quorumView(manager) : null);
    return {
      now: kernel.now,
      epochMs: this.world.epochMs,
      seed: kernel.state.seed,
      eventCount: kernel.state.trace.lastId,
      machines: this.world.machines.map((machine) => this.machines.keep(machine.name, this.machineView(machine))),
      nodes: store ? this.nodes.all(this.nodeViews(store, manager!), (view) => view.id) : [],
      services: store ? this.rowsOf(store).services : [],
      tasks: store ? this.rowsOf(store).tasks : [],
      messages: this.messageViews(),
      quorum: this.quorum,
      network: this.network.build(
        this.world.machines.map(({ network }) => network),
        this.world.fabric,
      ),
      error: null,
    };
  }

  /** Services and tasks, made anew only when an entry has been applied since. */
  private rowsOf(store: Store): { services: ServiceView[]; tasks: TaskView[] } {
    const { version } = store.state;
    if (this.fromStore?.store !== store || this.fromStore.version !== version) {
      const services = this.services.all(this.serviceViews(store), (view) => view.id);
      this.fromStore = { store, version, services, tasks: this.taskViews(store) };
    }
    return this.fromStore;
  }

  /** The manager whose store tells what the cluster is. */
  private speaker(): Manager | null {
    let best: Manager | null = null;
    for (const { swarm, answers } of this.world.machines) {
      const { manager } = swarm;
      if (!manager || !answers) continue;
      if (!best || rank(manager) > rank(best)) best = manager;
    }
    return best;
  }

  private machineView(machine: Machine): MachineView {
    const { name } = machine;
    const hardware = machine.hardwareState;
    const { swarm } = machine;
    const { manager } = swarm;
    return {
      name,
      address: hardware.address,
      power: hardware.power,
      daemon: machine.state.daemon,
      cable: hardware.cable,
      closedPorts: hardware.closedPorts.map(({ port, protocol }) => ({ port, protocol })),
      ...this.troubles(machine),
      cpus: hardware.cpus,
      memoryBytes: hardware.memoryBytes,
      swarm: swarm.state.localState,
      nodeId: swarm.state.identity?.nodeId ?? null,
      role: swarm.state.identity?.role ?? null,
      isLeader: manager?.isLeading ?? false,
      raft: manager ? this.raftView(manager.raftNode) : null,
      sessionWith: swarm.agent?.sessionWith ?? null,
      containers: this.containerViews(machine),
      ...diskViews(machine),
      downSince: hardware.downSince,
    };
  }

  /** Troubles of a machine that has some. */
  private troubles({ name, hardwareState: { disk, clock } }: Machine): Pick<MachineView, 'troubles'> {
    const troubles: NonNullable<MachineView['troubles']> = {
      ...(this.world.kernel.isFrozen(name) && { paused: true }),
      ...(disk.full && { diskFull: true }),
      ...(disk.syncTime > SYNC_TIME && { diskSync: disk.syncTime / 1000 }),
      ...(clock.rate !== 1 && { clockRate: clock.rate }),
      ...(clock.offset !== 0 && { clockOffset: clock.offset / 1_000_000 }),
    };
    return Object.keys(troubles).length > 0 ? { troubles } : {};
  }

  /** Rows of a machine's containers; the list itself is the same one while no row has changed. */
  private containerViews(machine: Machine): ContainerView[] {
    const known = this.containers.get(machine.name) ?? [];
    const views: ContainerView[] = [];
    let changed = false;
    for (const container of machine.containers()) {
      const before = known[views.length];
      const kept = before && describes(before, container) ? before : containerView(container);
      changed ||= kept !== before;
      views.push(kept);
    }
    if (!changed && views.length === known.length) return known;
    this.containers.set(machine.name, views);
    return views;
  }

  private raftView(node: RaftNode): RaftView {
    const { raft, state } = node;
    const { role, term, vote, leader, log, votes, progress } = raft.state;
    const tick = node.tickLength;
    const base = RAFT_TIMING[state.profile].electionTicks;
    const { electionElapsed, randomizedElectionTimeout } = raft.state;
    const timeout = randomizedElectionTimeout * tick;
    const ends = state.lastTick + Math.max(0, randomizedElectionTimeout - electionElapsed) * tick;
    const nameOf = (id: string): string => node.machineOf(id) ?? id;
    const granted: string[] = [];
    const rejected: string[] = [];
    for (const [id, yes] of votes) (yes ? granted : rejected).push(nameOf(id));
    const peers: RaftView['peers'] = [];
    if (role === 'leader') {
      for (const [id, { match, next, recentActive }] of progress) {
        if (id === state.raftId) continue;
        peers.push({
          machine: nameOf(id),
          lastHeard: state.peers[id]?.lastHeard ?? 0,
          matchIndex: match,
          nextIndex: next,
          active: recentActive,
        });
      }
    }
    const last = log.offset + log.entries.length;
    return {
      raftId: state.raftId,
      role: role === 'pre-candidate' ? 'candidate' : role,
      term,
      votedFor: vote === null ? null : nameOf(vote),
      leader,
      commitIndex: log.commit,
      lastApplied: log.applied,
      lastIndex: last,
      firstIndex: log.offset + 1,
      entries: log.entries
        .slice(-ENTRIES_SHOWN)
        .map((entry) => ({ index: entry.index, term: entry.term, note: this.noteOf(entry) })),
      electionTimerStarted: ends - timeout,
      electionTimeout: timeout,
      electionTimeoutBase: base * tick,
      votesGranted: role === 'follower' ? [] : granted,
      votesRejected: rejected,
      refusals: state.refusals,
      members: [...raft.state.configuration.members.keys()].map(nameOf),
      peers,
    };
  }

  /** Entries never change, so what one says is found out once. */
  private noteOf(entry: Entry): string {
    let note = this.notes.get(entry);
    if (note === undefined) {
      note = entryNote(
        entry,
        (nodeId) => this.world.machines.find(({ swarm }) => swarm.state.identity?.nodeId === nodeId)?.name ?? null,
      );
      this.notes.set(entry, note);
    }
    return note;
  }

  private *nodeViews(store: Store, manager: Manager): Generator<NodeView> {
    const members = new Map(manager.raftNode.members().map((member) => [member.nodeId, member]));
    for (const node of store.all('node')) {
      const member = members.get(node.id);
      yield {
        id: node.id,
        machine: this.hostOf(node) ?? '',
        role: node.role,
        availability: node.spec.availability,
        state: node.status.state,
        message: node.status.message,
        address: node.status.address,
        labels: node.spec.annotations.labels,
        manager: member
          ? {
              leader: member.leader,
              // Only the leader hears from all; what another manager last heard says nothing of them.
              reachability: !manager.isLeading ? 'unknown' : member.reachable ? 'reachable' : 'unreachable',
              address: member.address,
            }
          : null,
      };
    }
  }

  private *serviceViews(store: Store): Generator<ServiceView> {
    const ready = [...store.all('node')].filter(
      (node) => node.status.state !== 'down' && node.spec.availability === 'active',
    ).length;
    for (const service of store.all('service')) {
      const tasks = store.tasksOfService(service.id);
      yield {
        id: service.id,
        name: service.spec.annotations.name,
        mode: service.spec.mode.kind,
        image: service.spec.task.container.image.replace(/@sha256:.*$/, ''),
        desired: desiredTasks(service, tasks, ready),
        running: tasks.filter(
          (task) =>
            task.status.state === TaskState.running &&
            task.desiredState <= TaskState.running &&
            !this.onDeadNode(store, task),
        ).length,
        ports: (service.endpoint?.ports ?? []).map(({ publishedPort, targetPort, protocol, publishMode }) => ({
          published: publishedPort,
          target: targetPort,
          protocol,
          mode: publishMode,
        })),
        updateStatus: service.updateStatus
          ? { state: service.updateStatus.state, message: service.updateStatus.message }
          : null,
        hueIndex: this.hueOf(service),
      };
    }
  }

  private onDeadNode(store: Store, task: Task): boolean {
    return store.get('node', task.nodeId)?.status.state === 'down';
  }

  private hueOf(service: Service): number {
    let hue = this.hues.get(service.id);
    if (hue === undefined) this.hues.set(service.id, (hue = this.hues.size));
    return hue;
  }

  private taskViews(store: Store): TaskView[] {
    const newest = newestOfSlots(store);
    const hosts = new Map<string, string | null>();
    for (const node of store.all('node')) hosts.set(node.id, this.hostOf(node));
    const views: TaskView[] = [];
    for (const task of store.all('task')) {
      // What holds a place on a network for a container is seen as that container.
      if (task.spec.attachment) continue;
      const machine = hosts.get(task.nodeId) ?? null;
      const latest = newest.get(slotKey(task));
      const successor = latest && latest.id !== task.id && task.desiredState > TaskState.running ? latest.id : null;
      const lastEvent = this.lastEvents.get(task.id) ?? 0;
      const known = this.tasks.get(task.id);
      if (
        known &&
        known.task === task &&
        known.machine === machine &&
        known.successor === successor &&
        known.lastEvent === lastEvent
      ) {
        views.push(known.view);
        continue;
      }
      const view = taskView(task, machine, successor, lastEvent);
      this.tasks.set(task.id, { task, machine, successor, lastEvent, view });
      views.push(view);
    }
    if (this.tasks.size > views.length + 1000) this.forgetTasks(store);
    return views;
  }

  private forgetTasks(store: Store): void {
    for (const id of this.tasks.keys()) {
      if (store.get('task', id)) continue;
      this.tasks.delete(id);
      this.lastEvents.delete(id);
    }
  }

  private messageViews(): MessageView[] {
    const views: MessageView[] = [];
    for (const envelope of this.world.hardware.state.inFlight.values())
      if (envelope.from !== envelope.to && !envelope.quiet) views.push(messageView(envelope));
    return views;
  }

  private quorumView(manager: Manager): QuorumView {
    const { raftNode } = manager;
    const members = raftNode.members().map((member) => {
      const machine = raftNode.machineOf(member.raftId) ?? member.nodeId;
      return { machine, reachable: this.isUp(machine), leader: this.leads(machine) };
    });
    const leader = members.find((member) => member.leader)?.machine ?? null;
    return {
      members,
      needed: Math.floor(members.length / 2) + 1,
      leader,
      term: raftNode.raft.state.term,
      leaderlessSince: leader === null ? (this.quorum?.leaderlessSince ?? this.world.kernel.now) : null,
    };
  }

  /** Could other machines reach this one's manager at all. */
  private isUp(name: string): boolean {
    const machine = this.world.machines.find((candidate) => candidate.name === name);
    return machine ? machine.answers && machine.hardwareState.cable && machine.swarm.manager !== null : false;
  }

  private leads(name: string): boolean {
    return this.world.machines.find((candidate) => candidate.name === name)?.swarm.manager?.isLeading ?? false;
  }

  private hostOf(node: Node): string | null {
    if (node.description) return node.description.hostname;
    return this.world.machines.find(({ swarm }) => swarm.state.identity?.nodeId === node.id)?.name ?? null;
  }
}

/** Leaders before others, newer terms before older, then whoever has applied most. */
function rank(manager: Manager): number {
  const { term, log } = manager.raftNode.raft.state;
  return (manager.isLeading ? 1e15 : 0) + term * 1e9 + log.applied;
}

function slotKey(task: Task): string {
  return task.slot > 0 || task.jobIteration !== null
    ? `${task.serviceId}.${task.slot}`
    : `${task.serviceId}.${task.nodeId}`;
}

function newestOfSlots(store: Store): Map<string, Task> {
  const newest = new Map<string, Task>();
  for (const task of store.all('task')) {
    const key = slotKey(task);
    const known = newest.get(key);
    if (!known || task.meta.createdAt >= known.meta.createdAt) newest.set(key, task);
  }
  return newest;
}

function desiredTasks(service: Service, tasks: readonly Task[], readyNodes: number): number {
  const { mode } = service.spec;
  if (mode.kind === 'replicated') return mode.replicas;
  if (mode.kind === 'replicated-job') return mode.totalCompletions;
  const wanted = tasks.filter((task) => task.desiredState <= TaskState.complete).length;
  return wanted > 0 ? wanted : readyNodes;
}

function taskView(task: Task, machine: string | null, successor: string | null, lastEvent: EventId): TaskView {
  return {
    id: task.id,
    serviceId: task.serviceId || null,
    serviceName: task.serviceAnnotations.name,
    slot: task.slot,
    nodeId: task.nodeId || null,
    machine,
    state: taskStateName(task.status.state),
    desiredState: taskStateName(task.desiredState),
    message: task.status.message,
    err: task.status.err,
    image: task.spec.container.image.replace(/@sha256:.*$/, ''),
    since: task.status.timestamp,
    createdAt: task.meta.createdAt,
    containerId: task.status.container?.id ?? null,
    exitCode: task.status.container?.exitCode ?? null,
    lastEvent,
    successor,
  };
}

function containerView({ id, config, state, exitCode, taskId, startedAt, finishedAt }: Container): ContainerView {
  return {
    id,
    name: config.name,
    image: config.image,
    state: shownState(state),
    exitCode,
    taskId,
    startedAt,
    finishedAt,
  };
}

/** Does the row still say what the container is. */
function describes(view: ContainerView, container: Container): boolean {
  return (
    view.id === container.id &&
    view.state === shownState(container.state) &&
    view.startedAt === container.startedAt &&
    view.finishedAt === container.finishedAt &&
    view.exitCode === container.exitCode &&
    view.name === container.config.name
  );
}

function shownState(state: Container['state']): ContainerView['state'] {
  return state === 'restarting' ? 'running' : state;
}

/** A message as the page shows it. */
export function messageView(envelope: Envelope): MessageView {
  const { id, from, to, departs, arrives, kind, label, dropped } = envelope;
  return {
    id,
    from,
    to,
    departs,
    arrives,
    kind: kind.startsWith('relay.') ? kind.slice('relay.'.length) : kind,
    ...label,
    ...(dropped && { dropped }),
  };
}

/** What lies on a machine's disk for its containers; absent where there is nothing. */
function diskViews(machine: Machine): Pick<MachineView, 'volumes' | 'secrets' | 'configs'> {
  const { volumes, containers } = machine.runtime.state;
  const { secrets = {}, configs = {} } = machine.swarm.state.agent ?? {};
  const names = (files: Readonly<Record<string, Secret | Config>>): string[] =>
    Object.values(files).map(({ spec }) => spec.annotations.name);
  const [secretNames, configNames] = [names(secrets), names(configs)];
  return {
    ...(volumes.size > 0 && { volumes: volumeViews(volumes, containers.values()) }),
    ...(secretNames.length > 0 && { secrets: secretNames }),
    ...(configNames.length > 0 && { configs: configNames }),
  };
}

function volumeViews(volumes: ReadonlyMap<string, Volume>, containers: Iterable<Container>): VolumeView[] {
  const users = new Map<string, string[]>();
  for (const { id, config } of containers)
    for (const { type, source } of config.mounts)
      if (type === 'volume') users.set(source, [...(users.get(source) ?? []), id]);
  return [...volumes.values()].map(({ name, labels, createdAt, content, files }) => ({
    name,
    anonymous: ANONYMOUS_VOLUME in labels,
    createdAt,
    empty: isEmpty(content) && isEmpty(files),
    containers: users.get(name) ?? [],
  }));
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false;
  return true;
}

/** Keeps the row that was there as long as the new one says the same. */
class Rows<Row> {
  private rows = new Map<string, Row>();

  keep(key: string, row: Row): Row {
    const known = this.rows.get(key);
    if (known !== undefined && same(known, row)) return known;
    this.rows.set(key, row);
    return row;
  }

  all(rows: Iterable<Row>, keyOf: (row: Row) => string): Row[] {
    const before = this.rows;
    this.rows = new Map();
    const result: Row[] = [];
    for (const row of rows) {
      const key = keyOf(row);
      const known = before.get(key);
      const kept = known !== undefined && same(known, row) ? known : row;
      this.rows.set(key, kept);
      result.push(kept);
    }
    return result;
  }
}

function keep<T>(known: T, fresh: T): T {
  return same(known, fresh) ? known : fresh;
}

/** Deep equality of plain data. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!same(left[key], right[key])) return false;
  for (const key in right) if (!(key in left) && right[key] !== undefined) return false;
  return true;
}
