/**
 * Rolling updates: replaces the dirty slots of a service a few at a time, watches the new tasks, and pauses or rolls back
 * when too many fail. Source: `swarmkit: manager/orchestrator/update/updater.go`.
 *
 * Where swarmkit has a goroutine per worker, an update here is a record that `write` moves on as far as the store allows:
 * each worker changes one slot, waits until the new task runs, sleeps the delay, and takes the next slot.
 */
import type { EventId, Micros } from '../../../../protocol/events.ts';
import { seconds } from '../../../kernel/time.ts';
import type { Service, ServiceSpec, Task, UpdateConfig, UpdateState, UpdateStatus } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, StoreReader, Transaction } from '../../../store/store.ts';
import type { LeaderContext } from '../../subsystem.ts';
import type { RestartSupervisor } from '../restart/restart.ts';
import { same } from '../same.ts';
import { CHANGES_PER_TURN, DEFAULT_UPDATE, isPerNode } from '../service.ts';
import { slotKey } from '../slot.ts';
import { createTask, isTaskDirty, isTerminal, newTask, setDesiredState } from '../task.ts';

/** A worker that is not idle. */
type Work =
  /** The new task is kept waiting, desired READY. `andRun`: then wait for it to run. */
  | { readonly step: 'starting'; readonly slot: string; readonly taskId: string; readonly andRun: boolean }
  /** It is to run; then, with start-first, the old ones are stopped. */
  | { readonly step: 'running'; readonly slot: string; readonly taskId: string }
  | { readonly step: 'delaying'; readonly slot: string };

interface Update {
  readonly serviceId: string;
  /** The spec that it works towards. */
  readonly spec: ServiceSpec;
  readonly rollback: boolean;
  readonly config: UpdateConfig;
  /** How many slots were dirty at its start: what failures are measured by. */
  readonly dirtySlots: number;
  /** Slots that no worker has taken yet. */
  queue: string[];
  workers: (Work | null)[];
  /** `slots`: handing out; `draining`: the last workers; `monitoring`: one more period; `stopping`: paused or rolled back. */
  phase: 'slots' | 'draining' | 'monitoring' | 'monitored' | 'stopping';
  /** Tasks made by this update, with the time they were first seen running (or past it); null before. */
  updatedTasks: Map<string, Micros | null>;
  /** Those that failed while watched, and those whose failure is still to be judged. */
  failed: Set<string>;
  unjudged: string[];
  timers: number[];
  cause: EventId;
}

export interface UpdateSupervisorState {
  /** By service. */
  updates: Map<string, Update>;
  /** Updates with something to move on. */
  awake: Set<string>;
}

export function initialUpdates(): UpdateSupervisorState {
  return { updates: new Map(), awake: new Set() };
}

interface TimerData {
  readonly serviceId: string;
  readonly worker: number;
}

export class UpdateSupervisor {
  readonly state: UpdateSupervisorState;
  private readonly context: LeaderContext;
  private readonly owner: string;
  private readonly restarts: RestartSupervisor;

  constructor(context: LeaderContext, owner: string, restarts: RestartSupervisor, state: UpdateSupervisorState) {
    this.context = context;
    this.owner = owner;
    this.restarts = restarts;
    this.state = state;
  }

  /**
   * Starts an update of these slots towards the service's spec, unless one is under way towards the same; another one is
   * given up. `slots` maps the key of a slot to its tasks that count.
   */
  update(
    transaction: Transaction,
    service: Service,
    slots: ReadonlyMap<string, readonly Task[]>,
    cause: EventId,
  ): void {
    const running = this.state.updates.get(service.id);
    if (running) {
      if (same(running.spec, service.spec)) return;
      this.cancel(service.id);
    }
    const status = service.updateStatus?.state;
    if (status === 'paused' || status === 'rollback_paused') return;
    const dirty = [...slots].filter(([, tasks]) => this.isSlotDirty(transaction, service, tasks)).map(([key]) => key);
    if (dirty.length === 0) {
      if (status === 'updating' || status === 'rollback_started') this.complete(transaction, service.id, cause);
      return;
    }
    if (!status)
      this.setStatus(transaction, service.id, 'service.update.started', cause, () => ({
        state: 'updating',
        message: 'update in progress',
        startedAt: this.context.now,
        completedAt: null,
      }));
    const rollback = status === 'rollback_started';
    const config = (rollback ? service.spec.rollback : service.spec.update) ?? DEFAULT_UPDATE;
    const workers = config.parallelism === 0 ? dirty.length : Math.min(config.parallelism, dirty.length);
    this.state.updates.set(service.id, {
      serviceId: service.id,
      spec: service.spec,
      rollback,
      config,
      dirtySlots: dirty.length,
      queue: this.shuffled(dirty),
      workers: new Array<null>(workers).fill(null),
      phase: 'slots',
      updatedTasks: new Map(),
      failed: new Set(),
      unjudged: [],
      timers: [],
      cause,
    });
    this.wake(service.id);
  }

  /** Gives an update up at once. What it has started goes on. */
  cancel(serviceId: string): void {
    const update = this.state.updates.get(serviceId);
    if (!update) return;
    for (const timer of update.timers) this.context.cancel(timer);
    this.state.updates.delete(serviceId);
    this.state.awake.delete(serviceId);
  }

  // ---- what it follows

  onCommit(events: readonly StoreEvent[]): void {
    if (this.state.updates.size === 0) return;
    for (const { kind, action, object } of events) {
      if (kind !== 'task') continue;
      const task = object as Task;
      const update = this.state.updates.get(task.serviceId);
      if (update) this.taskChanged(update, task, action === 'remove');
    }
  }

  /** Handles a timer of its owner, if it is one of its own. */
  timer(kind: string, data: unknown): boolean {
    if (kind !== 'update.delay' && kind !== 'update.monitor') return false;
    const { serviceId, worker } = data as TimerData;
    const update = this.state.updates.get(serviceId);
    if (!update) return true;
    update.cause = this.context.cause;
    if (kind === 'update.delay') update.workers[worker] = null;
    else update.phase = 'monitored';
    this.wake(serviceId);
    return true;
  }

  /** Moves updates on. Returns false if a turn was not enough. */
  write(transaction: Transaction): boolean {
    for (const [serviceId, update] of this.state.updates) {
      const waits = update.workers.some((work) => work?.step === 'starting' && !this.restarts.isWaiting(work.taskId));
      if (!waits && !this.state.awake.has(serviceId)) continue;
      if (transaction.size >= CHANGES_PER_TURN) {
        this.context.requestWrite(this.owner);
        return false;
      }
      this.state.awake.delete(serviceId);
      this.advance(transaction, update);
    }
    return true;
  }

  private taskChanged(update: Update, task: Task, removed: boolean): void {
    const startedAt = update.updatedTasks.get(task.id);
    if (startedAt === undefined) return;
    const { now } = this.context;
    if (task.status.state >= TaskState.running && startedAt === null) update.updatedTasks.set(task.id, now);
    const watched = update.config.failureAction !== 'continue' && isTerminal(task) && !update.failed.has(task.id);
    const inTime = startedAt === null || now - startedAt <= this.monitorPeriod(update);
    if (watched && inTime && !update.unjudged.includes(task.id)) update.unjudged.push(task.id);
    const awaited = update.workers.some((work) => work?.step === 'running' && work.taskId === task.id);
    if (!removed && !awaited && update.unjudged.length === 0) return;
    update.cause = this.context.cause;
    this.wake(update.serviceId);
  }

  private wake(serviceId: string): void {
    this.state.awake.add(serviceId);
    this.context.requestWrite(this.owner);
  }

  // ---- the machine

  private advance(transaction: Transaction, update: Update): void {
    const service = transaction.get('service', update.serviceId);
    if (!service) {
      this.cancel(update.serviceId);
      return;
    }
    // The spec has changed again: the orchestrator is about to start another update in its place.
    if (!same(service.spec, update.spec)) return;
    // The last workers are waited for before failures are judged again.
    if (update.phase !== 'draining') this.judgeFailures(transaction, update);
    for (let worker = 0; worker < update.workers.length; worker++)
      this.advanceWorker(transaction, service, update, worker);
    if (update.phase === 'slots' && update.queue.length === 0) update.phase = 'draining';
    const idle = update.workers.every((work) => work === null);
    if (update.phase === 'draining' && idle) this.startMonitoring(transaction, update);
    if (update.phase === 'monitored') {
      this.cancel(update.serviceId);
      this.complete(transaction, update.serviceId, update.cause);
    }
    if (update.phase === 'stopping' && idle) this.cancel(update.serviceId);
  }

  private startMonitoring(transaction: Transaction, update: Update): void {
    update.phase = 'monitoring';
    this.judgeFailures(transaction, update);
    if (update.phase !== 'monitoring') return;
    const data: TimerData = { serviceId: update.serviceId, worker: 0 };
    update.timers.push(this.context.schedule(this.owner, this.monitorPeriod(update), 'update.monitor', data));
  }

  /** With a delay as long as the period, tasks are watched until after it. */
  private monitorPeriod({ config, phase }: Update): Micros {
    const last = phase === 'draining' || phase === 'monitoring';
    return last && config.delay >= config.monitor ? config.delay + seconds(1) : config.monitor;
  }

  private advanceWorker(transaction: Transaction, service: Service, update: Update, worker: number): void {
    for (;;) {
      const work = update.workers[worker]!;
      const next = work
        ? this.step(transaction, service, update, worker, work)
        : this.take(transaction, service, update, worker);
      if (next === 'wait') return;
      update.workers[worker] = next;
      if (next === null && update.phase !== 'slots') return;
    }
  }

  /** Moves a busy worker on by one step, or lets it wait. */
  private step(
    transaction: Transaction,
    service: Service,
    update: Update,
    worker: number,
    work: Work,
  ): Work | null | 'wait' {
    if (work.step === 'delaying') return 'wait';
    if (work.step === 'starting') {
      if (this.restarts.isWaiting(work.taskId)) return 'wait';
      return work.andRun
        ? { step: 'running', slot: work.slot, taskId: work.taskId }
        : this.pauseAfter(update, worker, work.slot);
    }
    const task = transaction.get('task', work.taskId);
    if (task && task.status.state < TaskState.running) return 'wait';
    if (task?.status.state === TaskState.running && update.config.order === 'start-first') {
      const old = this.tasksInSlot(transaction, service, work.slot).filter(({ id }) => id !== task.id);
      this.stopOld(transaction, old, `task ${task.id} runs in its place`, update.cause);
    }
    return this.pauseAfter(update, worker, work.slot);
  }

  private pauseAfter(update: Update, worker: number, slot: string): Work | null {
    if (update.config.delay === 0) return null;
    const data: TimerData = { serviceId: update.serviceId, worker };
    update.timers.push(this.context.schedule(this.owner, update.config.delay, 'update.delay', data));
    return { step: 'delaying', slot };
  }

  /** An idle worker takes the next slot. */
  private take(transaction: Transaction, service: Service, update: Update, worker: number): Work | null | 'wait' {
    if (update.phase !== 'slots') return 'wait';
    const slot = update.queue.shift();
    if (slot === undefined) return 'wait';
    // The slot as it is now: a restart may have changed it since the update began.
    const tasks = this.tasksInSlot(transaction, service, slot);
    if (tasks.length === 0 || !this.isSlotDirty(transaction, service, tasks)) return null;
    const clean = tasks.filter((task) => !this.isDirty(transaction, service, task));
    const existing =
      clean.find((task) => task.desiredState === TaskState.running) ??
      clean.find((task) => task.desiredState < TaskState.running);
    return existing
      ? this.keepExisting(transaction, update, worker, slot, existing, tasks)
      : this.replace(transaction, service, update, slot, tasks);
  }

  /** The slot has a task of the new spec already: the others go. */
  private keepExisting(
    transaction: Transaction,
    update: Update,
    worker: number,
    slot: string,
    existing: Task,
    tasks: readonly Task[],
  ): Work | null {
    const others = tasks.filter(({ id }) => id !== existing.id);
    const stopped = this.stopOld(transaction, others, `task ${existing.id} has the new spec`, update.cause);
    if (existing.desiredState >= TaskState.running) return this.pauseAfter(update, worker, slot);
    this.restarts.delayStart(transaction, stopped, existing.id, 0);
    return { step: 'starting', slot, taskId: existing.id, andRun: false };
  }

  private replace(
    transaction: Transaction,
    service: Service,
    update: Update,
    slot: string,
    tasks: readonly Task[],
  ): Work {
    const [first] = tasks;
    const made = newTask(this.context, service, first!.slot, isPerNode(service) ? first!.nodeId : '');
    const why = update.rollback ? 'rollback to the previous spec' : 'update to a new spec';
    createTask(this.context, transaction, { ...made, desiredState: TaskState.ready }, why, update.cause);
    update.updatedTasks.set(made.id, null);
    const startFirst = update.config.order === 'start-first';
    // Of several (an update given up halfway) only one stays until the new task runs; swarmkit keeps them all.
    const kept = startFirst ? (tasks.find((task) => task.status.state === TaskState.running) ?? first) : undefined;
    const others = tasks.filter((task) => task !== kept);
    const stopped = this.stopOld(transaction, others, `task ${made.id} replaces it: ${why}`, update.cause);
    this.restarts.delayStart(transaction, startFirst ? null : stopped, made.id, 0);
    return { step: 'starting', slot, taskId: made.id, andRun: true };
  }

  /** Shuts tasks down that are meant to run; returns the last of them. */
  private stopOld(transaction: Transaction, tasks: readonly Task[], why: string, cause: EventId): Task | null {
    let stopped: Task | null = null;
    for (const task of tasks) {
      if (task.desiredState > TaskState.running) continue;
      setDesiredState(this.context, transaction, task, TaskState.shutdown, why, cause);
      stopped = task;
    }
    return stopped;
  }

  // ---- failures

  private judgeFailures(transaction: Transaction, update: Update): void {
    for (const taskId of update.unjudged.splice(0)) {
      if (update.phase === 'stopping' || update.failed.has(taskId)) continue;
      update.failed.add(taskId);
      // As swarmkit compares: in single precision.
      const ratio = Math.fround(update.failed.size / update.dirtySlots);
      if (ratio > Math.fround(update.config.maxFailureRatio)) this.takeAction(transaction, update, taskId);
    }
  }

  private takeAction(transaction: Transaction, update: Update, taskId: string): void {
    update.phase = 'stopping';
    update.queue = [];
    const reason = `due to failure or early termination of task ${taskId}`;
    if (update.config.failureAction === 'pause') this.pause(transaction, update, `update paused ${reason}`);
    else if (update.rollback) this.pause(transaction, update, `rollback paused ${reason}`);
    else this.rollBack(transaction, update, `update rolled back ${reason}`);
  }

  private pause(transaction: Transaction, update: Update, message: string): void {
    this.setStatus(
      transaction,
      update.serviceId,
      'service.update.paused',
      update.cause,
      (status) =>
        status && { ...status, state: status.state === 'rollback_started' ? 'rollback_paused' : 'paused', message },
    );
  }

  private rollBack(transaction: Transaction, { serviceId, cause }: Update, message: string): void {
    const service = transaction.get('service', serviceId);
    if (!service?.updateStatus || !service.previousSpec) return;
    transaction.update({
      ...service,
      spec: service.previousSpec,
      specVersion: service.previousSpecVersion ?? service.specVersion,
      previousSpec: null,
      previousSpecVersion: null,
      updateStatus: { ...service.updateStatus, state: 'rollback_started', message },
    });
    this.context.begin('service.update.rolled-back', [`service:${serviceId}`], { message }, cause);
  }

  private complete(transaction: Transaction, serviceId: string, cause: EventId): void {
    this.setStatus(transaction, serviceId, 'service.update.completed', cause, (status) => {
      if (!status) return null;
      const rollback = status.state === 'rollback_started';
      const state: UpdateState = rollback ? 'rollback_completed' : 'completed';
      const message = rollback ? 'rollback completed' : 'update completed';
      return { ...status, state, message, completedAt: this.context.now };
    });
  }

  /** Changes the update status; null leaves it: the spec was changed meanwhile, which has reset it. */
  private setStatus(
    transaction: Transaction,
    serviceId: string,
    kind: string,
    cause: EventId,
    change: (status: UpdateStatus | null) => UpdateStatus | null,
  ): void {
    const service = transaction.get('service', serviceId);
    if (!service) return;
    const updateStatus = change(service.updateStatus);
    if (!updateStatus) return;
    transaction.update({ ...service, updateStatus });
    const { state, message } = updateStatus;
    this.context.begin(kind, [`service:${serviceId}`], { name: service.spec.annotations.name, state, message }, cause);
  }

  // ---- slots

  private tasksInSlot(reader: StoreReader, service: Service, slot: string): readonly Task[] {
    const tasks = reader.tasksOfService(service.id).filter((task) => slotKey(service, task) === slot);
    return this.restarts.updatableTasks(tasks, service);
  }

  private isSlotDirty(reader: StoreReader, service: Service, tasks: readonly Task[]): boolean {
    return tasks.length > 1 || (tasks.length === 1 && this.isDirty(reader, service, tasks[0]!));
  }

  private isDirty(reader: StoreReader, service: Service, task: Task): boolean {
    return isTaskDirty(service, task, task.nodeId ? reader.get('node', task.nodeId) : undefined);
  }

  /** Slots are updated in an order of chance, as the map of slots that swarmkit walks has none. */
  private shuffled(slots: string[]): string[] {
    const dice = this.context.random('updater.order');
    for (let i = slots.length - 1; i > 0; i--) {
      const j = dice.int(i + 1);
      const swapped = slots[i]!;
      slots[i] = slots[j]!;
      slots[j] = swapped;
    }
    return slots;
  }
}
