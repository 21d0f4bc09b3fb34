/**
 * The restart supervisor: replaces a task that has stopped (or whose node is lost), if the policy allows, and starts
 * replacements when their delay is over and the old task is gone. Source: `swarmkit: manager/orchestrator/restart/restart.go`.
 *
 * A replacement is made at once, in the same slot, desired READY: it is scheduled and its image pulled during the delay.
 * Where swarmkit has a goroutine per delay, a delay here is a record that becomes due by timers and commits (`isDue`), and is
 * carried out in the next write turn of the orchestrator it belongs to.
 */
import type { EventId, Micros } from '../../../../protocol/events.ts';
import { seconds } from '../../../kernel/time.ts';
import type { Node, Service, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, StoreReader, Transaction } from '../../../store/store.ts';
import type { LeaderContext } from '../../subsystem.ts';
import { isJob, isPerNode } from '../service.ts';
import { slotKey } from '../slot.ts';
import { createTask, isTerminal, newTask, setDesiredState } from '../task.ts';

/** How long a replacement waits for the old task to stop. */
const OLD_TASK_TIMEOUT: Micros = seconds(60);

/** A replacement (or updated task) that is not to start yet. */
interface DelayedStart {
  /** Has the restart delay passed. */
  delayed: boolean;
  /** The task that has to stop first, and its node. */
  waitsFor: { readonly taskId: string; readonly nodeId: string } | null;
  readonly timers: number[];
  /** It has failed itself meanwhile: its own restart follows when this delay is over. */
  restartAfter: boolean;
  /** What makes it start: the last event that it waited for. */
  cause: EventId;
}

/** Restarts of one slot under one version of the spec. */
interface SlotHistory {
  specVersion: number;
  total: number;
  /** When; kept only if the policy has a window. */
  restartedAt: Micros[];
}

export interface RestartState {
  /** By id of the task to be started. */
  delays: Map<string, DelayedStart>;
  /** By service and slot. */
  history: Map<string, Map<string, SlotHistory>>;
}

export function initialRestarts(): RestartState {
  return { delays: new Map(), history: new Map() };
}

/** The data of its timers. */
interface TimerData {
  readonly taskId: string;
}

export class RestartSupervisor {
  readonly state: RestartState;
  private readonly context: LeaderContext;
  /** The subsystem whose turns and timers it uses. */
  private readonly owner: string;

  constructor(context: LeaderContext, owner: string, state: RestartState) {
    this.context = context;
    this.owner = owner;
    this.state = state;
  }

  /** Shuts a task down and replaces it if its restart policy says so. */
  restart(transaction: Transaction, service: Service, task: Task, why: string, cause: EventId): void {
    const delay = this.state.delays.get(task.id);
    if (delay) {
      delay.restartAfter = true;
      return;
    }
    if (task.desiredState > TaskState.complete) return;
    setDesiredState(this.context, transaction, task, TaskState.shutdown, why, cause);
    if (!this.shouldRestart(task, service)) return;

    const node = transaction.get('node', task.nodeId);
    const made = newTask(this.context, service, task.slot, isPerNode(service) ? task.nodeId : '');
    const replacement: Task = {
      ...made,
      desiredState: TaskState.ready,
      jobIteration: isJob(service) ? service.jobIteration : null,
    };
    createTask(this.context, transaction, replacement, `replaces task ${task.id}: ${why}`, cause);
    this.recordRestart(service, replacement);
    const waitStop = node?.status.state !== 'down' && task.status.state <= TaskState.running;
    // A drained node's tasks need not wait: they have done nothing wrong.
    const wait = node?.spec.availability === 'drain' ? 0 : task.spec.restart.delay;
    this.delayStart(transaction, waitStop ? task : null, replacement.id, wait);
  }

  /** Does the policy of the task allow it to be replaced. */
  shouldRestart(task: Task, service: Service): boolean {
    const { condition, maxAttempts, window } = task.spec.restart;
    if (condition === 'none') return false;
    const finished = task.status.state === TaskState.complete;
    if (finished && (condition === 'on-failure' || isJob(service))) return false;
    // A job that is run again has tasks of its own for each slot. swarmkit replaces the old one as well, by one too many.
    if (isJob(service) && task.jobIteration !== service.jobIteration) return false;
    if (maxAttempts === 0) return true;
    const history = this.state.history.get(task.serviceId)?.get(slotKey(service, task));
    if (!history || history.specVersion !== task.specVersion) return true;
    if (window === 0) return history.total < maxAttempts;
    // Restarts within the window before this failure; those at or after it are not its predecessors.
    const failedAt = task.status.timestamp;
    history.restartedAt = history.restartedAt.filter((at) => at > failedAt - window);
    return history.restartedAt.filter((at) => at < failedAt).length < maxAttempts;
  }

  /**
   * The tasks of a slot that count: those meant to run, else the newest if it must not be restarted (so that an update can
   * still replace it). None: the slot is dead. A rollback leaves finished tasks out, so that it ends with running ones.
   */
  updatableTasks(slot: readonly Task[], service: Service): readonly Task[] {
    const live = slot.filter((task) => task.desiredState <= TaskState.running);
    if (live.length > 0 || slot.length === 0) return live;
    if (service.updateStatus?.state === 'rollback_started') return [];
    // A slot that is being scaled away is none of those that count; swarmkit counts it if it must not be restarted, and then
    // scales one of the others away in its place.
    if (slot.every((task) => task.desiredState >= TaskState.remove)) return [];
    const newest = slot.reduce((a, b) => (a.status.timestamp < b.status.timestamp ? b : a));
    return this.shouldRestart(newest, service) ? [] : [newest];
  }

  /** Counts a replacement for its slot; only if attempts are limited. */
  recordRestart(service: Service, replacement: Task): void {
    const { maxAttempts, window } = replacement.spec.restart;
    if (maxAttempts === 0) return;
    const { history } = this.state;
    let ofService = history.get(service.id);
    if (!ofService) history.set(service.id, (ofService = new Map()));
    const key = slotKey(service, replacement);
    let ofSlot = ofService.get(key);
    if (ofSlot?.specVersion !== replacement.specVersion)
      ofService.set(key, (ofSlot = { specVersion: replacement.specVersion, total: 0, restartedAt: [] }));
    ofSlot.total++;
    if (window !== 0) ofSlot.restartedAt.push(replacement.meta.createdAt);
  }

  /** Lets a task wait, desired READY, for a delay and for another task's stop. A wait that it already had is replaced. */
  delayStart(reader: StoreReader, old: Task | null, taskId: string, delay: Micros): void {
    this.cancel(taskId);
    const { context, owner } = this;
    const stopped = old === null || this.hasStopped(reader, old.id, old.nodeId);
    const data: TimerData = { taskId };
    const start: DelayedStart = {
      delayed: delay === 0,
      waitsFor: stopped ? null : { taskId: old.id, nodeId: old.nodeId },
      timers: [],
      restartAfter: false,
      cause: context.cause,
    };
    if (delay !== 0) start.timers.push(context.schedule(owner, delay, 'restart.delay', data));
    if (!stopped) start.timers.push(context.schedule(owner, OLD_TASK_TIMEOUT, 'restart.timeout', data));
    this.state.delays.set(taskId, start);
    if (isDue(start)) context.requestWrite(owner);
  }

  /** Is this task still kept waiting. */
  isWaiting(taskId: string): boolean {
    return this.state.delays.has(taskId);
  }

  /** Forgets a wait. */
  cancel(taskId: string): void {
    const start = this.state.delays.get(taskId);
    if (!start) return;
    for (const timer of start.timers) this.context.cancel(timer);
    this.state.delays.delete(taskId);
  }

  forgetService(serviceId: string): void {
    this.state.history.delete(serviceId);
  }

  // ---- what it follows

  /** Sees which old tasks have stopped. */
  onCommit(events: readonly StoreEvent[]): void {
    const { delays } = this.state;
    if (delays.size === 0) return;
    const gone = new Set<string>();
    for (const event of events) {
      if (event.kind === 'task' && (event.action === 'remove' || isTerminal(event.object as Task))) gone.add(event.id);
      if (event.kind === 'node' && (event.action === 'remove' || (event.object as Node).status.state === 'down'))
        gone.add(event.id);
      if (event.kind === 'task' && event.action === 'remove') this.cancel(event.id);
    }
    if (gone.size === 0) return;
    for (const start of delays.values())
      if (start.waitsFor && (gone.has(start.waitsFor.taskId) || gone.has(start.waitsFor.nodeId)))
        this.stopWaiting(start);
  }

  /** Handles a timer of its owner, if it is one of its own. */
  timer(kind: string, data: unknown): boolean {
    if (kind !== 'restart.delay' && kind !== 'restart.timeout') return false;
    const start = this.state.delays.get((data as TimerData).taskId);
    if (!start) return true;
    if (kind === 'restart.timeout') this.stopWaiting(start);
    else {
      start.delayed = true;
      this.wake(start);
    }
    return true;
  }

  /** Starts what is due. */
  write(transaction: Transaction): void {
    for (const [taskId, start] of this.state.delays) {
      if (!isDue(start)) continue;
      this.cancel(taskId);
      this.startNow(transaction, taskId, start.cause);
      if (start.restartAfter) this.restartAfterDelay(transaction, taskId, start.cause);
    }
  }

  /** Lets a task that waits, desired READY, start. */
  startNow(transaction: Transaction, taskId: string, cause: EventId): void {
    const task = transaction.get('task', taskId);
    if (!task || task.desiredState >= TaskState.running) return;
    const wanted = task.jobIteration === null ? TaskState.running : TaskState.complete;
    setDesiredState(
      this.context,
      transaction,
      task,
      wanted,
      'its delay is over and the task before it has stopped',
      cause,
    );
  }

  private restartAfterDelay(transaction: Transaction, taskId: string, cause: EventId): void {
    const task = transaction.get('task', taskId);
    if (!task || task.desiredState > TaskState.complete) return;
    const service = transaction.get('service', task.serviceId);
    if (service) this.restart(transaction, service, task, 'it failed during its restart delay', cause);
  }

  private stopWaiting(start: DelayedStart): void {
    start.waitsFor = null;
    this.wake(start);
  }

  private wake(start: DelayedStart): void {
    start.cause = this.context.cause;
    if (isDue(start)) this.context.requestWrite(this.owner);
  }

  /** Has it stopped, or is nobody there to tell. */
  private hasStopped(reader: StoreReader, taskId: string, nodeId: string): boolean {
    const task = reader.get('task', taskId);
    if (!task || isTerminal(task)) return true;
    const node = reader.get('node', nodeId);
    return nodeId !== '' && (node === undefined || node.status.state === 'down');
  }
}

function isDue(start: DelayedStart): boolean {
  return start.delayed && start.waitsFor === null;
}
