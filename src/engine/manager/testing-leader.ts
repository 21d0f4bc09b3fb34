/**
 * For tests: a leader without a raft group. It runs the subsystems on one store, commits each turn 2 ms later, and can play
 * the agents of all nodes: tasks go through their states as on a real node, with fates that a test decides.
 */
import type { Micros, TraceEvent } from '../../protocol/events.ts';
import { swarmId } from '../kernel/ids.ts';
import { initialKernel, Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import { remembered } from '../kernel/trace.ts';
import type { Node, Service, ServiceSpec, StoreObject, Task, TaskStateValue } from '../store/objects.ts';
import { TaskState, taskStateName } from '../store/objects.ts';
import { initialStore, Store, type StoreChange, Transaction } from '../store/store.ts';
import type { LeaderContext, Subsystem } from './subsystem.ts';
import { orchestrationSubsystems } from './subsystems.ts';
import { testCluster, testNetwork } from './testing-objects.ts';

/** What becomes of a task's container. */
export type Fate =
  | 'runs'
  /** Its image cannot be had. */
  | 'rejected'
  /** It exits soon after its start. */
  | { readonly exit: 'failed' | 'complete'; readonly after: Micros };

const COMMIT_TIME = milliseconds(2);
const STEP_TIME = milliseconds(20);

interface Turn {
  name: string;
  data: unknown;
  cause: number;
  work?: (transaction: Transaction) => void;
}

export class TestLeader {
  readonly kernel: Kernel;
  readonly store = new Store(initialStore());
  /** Decides what becomes of each task. */
  fate: (task: Task) => Fate = () => 'runs';
  /** Nodes whose agents are silent. */
  readonly dead = new Set<string>();
  subsystems: Subsystem[] = [];
  private readonly names: readonly string[] | undefined;
  private turns: Turn[] = [];
  private inFlight: { changes: readonly StoreChange[]; cause: number; handle: number } | null = null;
  private index = 0;

  /** Runs the subsystems with these names, or all. */
  constructor(options: { seed?: number; only?: readonly string[]; agents?: boolean } = {}) {
    this.kernel = new Kernel(initialKernel(options.seed ?? 1));
    this.names = options.only;
    this.kernel.on('turn', () => this.runTurns());
    this.kernel.on('commit', () => this.commit());
    this.kernel.on('timer', ({ data }) => {
      const { name, kind, data: timerData } = data as { name: string; kind: string; data: unknown };
      this.subsystem(name)?.timer?.(kind, timerData);
    });
    this.kernel.on('agent', ({ data }) => this.agentStep(data as { id: string; to: TaskStateValue; err: string }));
    if (options.agents !== false)
      this.store.onCommit((events) => {
        for (const { kind, action, object } of events)
          if (kind === 'task' && action !== 'remove') this.playAgent(object as Task);
      });
    this.put(testCluster(), testNetwork('ingress'), testNetwork('bridge', { driver: 'bridge' }));
    this.elect();
  }

  // ---- time

  get now(): Micros {
    return this.kernel.now;
  }

  /** Lets virtual time pass. */
  run(duration: Micros): this {
    const until = this.now + duration;
    while (this.kernel.runNext(until));
    this.kernel.passTo(until);
    return this;
  }

  // ---- what a user or a fault does

  /** Writes objects at once, without a turn. */
  put(...objects: StoreObject[]): this {
    this.flush();
    const transaction = new Transaction(this.store, this.now);
    for (const object of objects) {
      if (transaction.get(object.kind, object.id)) transaction.update(object);
      else transaction.create(object);
    }
    this.apply(transaction.changes());
    return this;
  }

  remove(kind: 'service' | 'node' | 'network' | 'task', id: string): this {
    this.flush();
    this.apply([{ action: 'remove', kind, id }]);
    return this;
  }

  /** `docker service update`: as the control API does it. */
  updateService(id: string, change: (spec: ServiceSpec) => ServiceSpec): this {
    this.flush();
    const service = this.service(id);
    return this.put({
      ...service,
      previousSpec: service.spec,
      previousSpecVersion: service.specVersion,
      spec: change(service.spec),
      specVersion: service.meta.version,
      updateStatus: null,
    });
  }

  scale(id: string, replicas: number): this {
    return this.updateService(id, (spec) => ({ ...spec, mode: { kind: 'replicated', replicas } }));
  }

  setImage(id: string, image: string): this {
    return this.updateService(id, (spec) => ({
      ...spec,
      task: { ...spec.task, container: { ...spec.task.container, image } },
    }));
  }

  setNode(id: string, state: Node['status']['state'], availability?: Node['spec']['availability']): this {
    this.flush();
    const node = this.store.get('node', id)!;
    if (state === 'down') this.dead.add(id);
    else this.dead.delete(id);
    this.put({
      ...node,
      status: { ...node.status, state },
      spec: { ...node.spec, availability: availability ?? node.spec.availability },
    });
    if (state === 'ready') for (const task of this.store.tasksOfNode(id)) this.playAgent(task);
    return this;
  }

  setAvailability(id: string, availability: Node['spec']['availability']): this {
    return this.setNode(id, this.store.get('node', id)!.status.state, availability);
  }

  /** A task's status as an agent would report it. */
  report(id: string, state: TaskStateValue, err = ''): this {
    this.flush();
    const task = this.store.get('task', id)!;
    const status = { ...task.status, state, err, message: taskStateName(state), timestamp: this.now };
    return this.put({ ...task, status });
  }

  /** Leadership is lost and won again: what was under way is forgotten, subsystems are made anew. */
  elect(): this {
    this.kernel.endLife('leader');
    this.turns = [];
    if (this.inFlight) this.kernel.cancel(this.inFlight.handle);
    this.inFlight = null;
    const context = this.context();
    this.subsystems = orchestrationSubsystems
      .filter(({ name }) => !this.names || this.names.includes(name))
      .map(({ create }) => create(context));
    for (const subsystem of this.subsystems) subsystem.start();
    return this;
  }

  /** As when a cloned world is put together again: subsystems made from copies of their state. */
  reassemble(): this {
    const context = this.context();
    const states = new Map(this.subsystems.map(({ name, state }) => [name, structuredClone(state)]));
    this.subsystems = orchestrationSubsystems
      .filter(({ name }) => states.has(name))
      .map(({ name, create }) => create(context, states.get(name)));
    return this;
  }

  // ---- what is seen

  service(id: string): Service {
    return this.store.get('service', id)!;
  }

  tasks(serviceId: string): Task[] {
    return this.store.tasksOfService(serviceId);
  }

  running(serviceId: string): Task[] {
    return this.tasks(serviceId).filter(
      (task) => task.status.state === TaskState.running && task.desiredState === TaskState.running,
    );
  }

  /** One line per task: `slot node state desired`, sorted by slot, oldest first. */
  lines(serviceId: string): string[] {
    return this.tasks(serviceId)
      .toSorted((a, b) => a.slot - b.slot || a.meta.createdAt - b.meta.createdAt)
      .map((task) => {
        const { state } = task.status;
        return `${task.slot} ${task.nodeId || '-'} ${taskStateName(state)} ${taskStateName(task.desiredState)}`;
      });
  }

  events(kind: string): TraceEvent[] {
    return [...remembered(this.kernel.state.trace)].filter((event) => event.kind === kind);
  }

  // ---- machinery

  private subsystem(name: string): Subsystem | undefined {
    return this.subsystems.find((subsystem) => subsystem.name === name);
  }

  private runTurns(): void {
    while (!this.inFlight) {
      const turn = this.turns.shift();
      if (!turn) return;
      this.kernel.because(turn.cause, () => {
        const transaction = new Transaction(this.store, this.now);
        this.subsystem(turn.name)?.write(transaction, turn.data);
        if (transaction.size === 0) return;
        const handle = this.kernel.schedule(COMMIT_TIME, 'commit', 'leader', null);
        this.inFlight = { changes: transaction.changes(), cause: this.kernel.cause, handle };
      });
    }
  }

  private commit(): void {
    const { changes, cause } = this.inFlight!;
    this.inFlight = null;
    this.kernel.because(cause, () => this.apply(changes));
  }

  /** Commits what is under way: one write at a time, and what comes now starts from it. */
  private flush(): void {
    if (!this.inFlight) return;
    this.kernel.cancel(this.inFlight.handle);
    this.commit();
  }

  private apply(changes: readonly StoreChange[]): void {
    const events = this.store.apply(changes, ++this.index);
    for (const subsystem of this.subsystems) subsystem.onCommit(events);
    this.kernel.schedule(0, 'turn', 'leader', null);
  }

  private context(): LeaderContext {
    const { kernel } = this;
    const request = (name: string, data: unknown): void => {
      if (data !== undefined || !this.turns.some((turn) => turn.name === name && turn.data === undefined))
        this.turns.push({ name, data, cause: kernel.cause });
      kernel.schedule(0, 'turn', 'leader', null);
    };
    return {
      store: this.store,
      machine: 'test',
      nodeId: 'test',
      get now() {
        return kernel.now;
      },
      get cause() {
        return kernel.cause;
      },
      requestWrite: request,
      schedule: (name, delay, kind, data) => kernel.schedule(delay, 'timer', 'leader', { name, kind, data }),
      cancel: (handle) => kernel.cancel(handle),
      random: (purpose) => kernel.random(purpose),
      newId: () => swarmId(kernel.random('ids')),
      emit: (kind, objects, facts, cause) => kernel.emit(kind, 'test', objects, facts, cause),
      begin: (kind, objects, facts, cause) => kernel.begin(kind, 'test', objects, facts, cause),
      members: () => [],
      canRemoveMember: () => true,
    };
  }

  // ---- agents

  /** Schedules the next step that the agent of the task's node takes, as `swarmkit: agent/exec/controller.go Do`. */
  private playAgent(task: Task): void {
    const { state } = task.status;
    if (task.nodeId === '' || this.dead.has(task.nodeId) || state < TaskState.assigned || state > TaskState.running)
      return;
    const next = this.nextStep(task);
    if (next) this.kernel.schedule(next.after, 'agent', 'agents', { id: task.id, to: next.to, err: next.err ?? '' });
  }

  private nextStep(task: Task): { to: TaskStateValue; after: Micros; err?: string } | null {
    const { state } = task.status;
    const fate = this.fate(task);
    if (task.desiredState >= TaskState.shutdown) return { to: TaskState.shutdown, after: STEP_TIME };
    if (state === TaskState.running) {
      if (typeof fate !== 'object') return null;
      const err = fate.exit === 'failed' ? 'task: non-zero exit (1)' : '';
      return { to: TaskState[fate.exit], after: fate.after, err };
    }
    if (state === TaskState.preparing && fate === 'rejected')
      return { to: TaskState.rejected, after: STEP_TIME, err: 'No such image' };
    if (state === TaskState.ready && task.desiredState === TaskState.ready) return null;
    const order = [
      TaskState.assigned,
      TaskState.accepted,
      TaskState.preparing,
      TaskState.ready,
      TaskState.starting,
      TaskState.running,
    ] as const;
    return { to: order[order.indexOf(state as (typeof order)[number]) + 1]!, after: STEP_TIME };
  }

  private agentStep({ id, to, err }: { id: string; to: TaskStateValue; err: string }): void {
    this.flush();
    const task = this.store.get('task', id);
    if (!task || this.dead.has(task.nodeId) || task.status.state >= to) return;
    if (to < TaskState.shutdown && to !== TaskState.complete && task.desiredState >= TaskState.shutdown) return;
    this.report(id, to, err);
  }
}

/** So long that anything with usual delays has settled. */
export const SETTLED = seconds(30);
