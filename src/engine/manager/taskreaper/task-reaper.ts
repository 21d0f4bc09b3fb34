/**
 * The task reaper: deletes tasks that are to be removed once they have stopped, and the oldest finished tasks of a slot
 * beyond the history limit. Source: `swarmkit: manager/orchestrator/taskreaper/task_reaper.go`.
 *
 * A slot is looked at when a task is created in it: every 250 ms, or at once with more than 1000 things to look at. The limit
 * counts the running task too; a limited number of restarts overrides it, as history is needed to count them.
 */
import type { Micros } from '../../../protocol/events.ts';
import { milliseconds } from '../../kernel/time.ts';
import type { Service, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import type { StoreEvent, StoreReader, Transaction } from '../../store/store.ts';
import { CHANGES_PER_TURN, isJob } from '../orchestrator/service.ts';
import { bySlot, slotKey } from '../orchestrator/slot.ts';
import { isTerminal, taskRefs } from '../orchestrator/task.ts';
import type { LeaderContext, Subsystem } from '../subsystem.ts';

const MAX_DIRTY = 1000;
const BATCHING_INTERVAL: Micros = milliseconds(250);
/** `swarmkit: manager.defaultTaskHistoryRetentionLimit`, of a cluster that says nothing. */
const DEFAULT_HISTORY_LIMIT = 5;

interface DirtySlot {
  readonly serviceId: string;
  readonly slot: number;
  readonly nodeId: string;
}

export interface TaskReaperState {
  /** Slots whose history may be too long. */
  dirty: Map<string, DirtySlot>;
  /** Tasks to delete: desired REMOVE and stopped, or never assigned. */
  cleanup: Set<string>;
  timer: number;
}

export class TaskReaper implements Subsystem<TaskReaperState> {
  readonly name = 'task-reaper';
  readonly state: TaskReaperState;
  private readonly context: LeaderContext;

  constructor(context: LeaderContext, state?: TaskReaperState) {
    this.context = context;
    this.state = state ?? { dirty: new Map(), cleanup: new Set(), timer: 0 };
  }

  start(): void {
    for (const task of this.context.store.all('task')) this.markRemovable(task);
    if (this.state.cleanup.size > 0) this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    const { state, context } = this;
    for (const { kind, action, object } of events) {
      if (kind !== 'task') continue;
      const task = object as Task;
      if (action === 'create') {
        const { serviceId, slot, nodeId } = task;
        state.dirty.set(`${serviceId}/${slot}/${nodeId}`, { serviceId, slot, nodeId });
      } else if (action === 'update') this.markRemovable(task);
      else state.cleanup.delete(task.id);
    }
    const size = state.dirty.size + state.cleanup.size;
    if (size > MAX_DIRTY) {
      context.cancel(state.timer);
      state.timer = 0;
      context.requestWrite(this.name);
    } else if (size > 0 && state.timer === 0) {
      state.timer = context.schedule(this.name, BATCHING_INTERVAL, 'tick');
    }
  }

  timer(): void {
    this.state.timer = 0;
    this.context.requestWrite(this.name);
  }

  write(transaction: Transaction): void {
    const { state } = this;
    for (const id of state.cleanup) {
      if (this.isFull(transaction)) return;
      state.cleanup.delete(id);
      const task = transaction.get('task', id);
      if (task) this.remove(transaction, task, 'it was to be removed');
    }
    const slots: SlotsByService = new Map();
    for (const [key, slot] of state.dirty) {
      if (this.isFull(transaction)) return;
      if (this.pruneSlot(transaction, slot, slots)) state.dirty.delete(key);
    }
  }

  /** More in another turn. */
  private isFull(transaction: Transaction): boolean {
    if (transaction.size < CHANGES_PER_TURN) return false;
    this.context.requestWrite(this.name);
    return true;
  }

  private markRemovable(task: Task): void {
    // Without a service there is no history to keep.
    if (task.serviceId === '' && task.status.state >= TaskState.orphaned) this.state.cleanup.add(task.id);
    if (task.desiredState !== TaskState.remove) return;
    if (task.status.state < TaskState.assigned || task.status.state >= TaskState.complete)
      this.state.cleanup.add(task.id);
  }

  /** Returns false if the slot has to be looked at again: several of its tasks still run. */
  private pruneSlot(transaction: Transaction, slot: DirtySlot, slots: SlotsByService): boolean {
    const service = transaction.get('service', slot.serviceId);
    if (!service) return true;
    const limit = historyLimit(transaction, service);
    if (limit < 0) return true;
    const tasks = historyOf(transaction, service, slot, slots);
    let surplus = tasks.length - limit;
    if (surplus <= 0) return true;
    let running = 0;
    for (const task of tasks) {
      if (!isTerminal(task) && !willNeverRun(task)) {
        running++;
        continue;
      }
      this.remove(transaction, task, `the history of a slot is limited to ${limit} tasks`);
      surplus--;
      if (surplus <= 0) break;
    }
    return running <= 1;
  }

  private remove(transaction: Transaction, task: Task, why: string): void {
    transaction.remove('task', task.id);
    const facts = { service: task.serviceAnnotations.name, slot: task.slot, why };
    this.context.emit('task.reaped', taskRefs(task), facts);
  }
}

function historyLimit(reader: StoreReader, service: Service): number {
  const { maxAttempts } = service.spec.task.restart;
  if (maxAttempts > 0) return maxAttempts + 1;
  const [cluster] = reader.all('cluster');
  return cluster?.spec.taskHistoryLimit ?? DEFAULT_HISTORY_LIMIT;
}

/** Tasks of each service by slot, sorted out once per turn. */
type SlotsByService = Map<string, ReadonlyMap<string, readonly Task[]>>;

/** The tasks of a slot, oldest report first. Those of jobs are never pruned. */
function historyOf(reader: StoreReader, service: Service, slot: DirtySlot, slots: SlotsByService): readonly Task[] {
  if (isJob(service)) return [];
  let ofService = slots.get(service.id);
  if (!ofService) slots.set(service.id, (ofService = bySlot(service, reader.tasksOfService(service.id))));
  const tasks = ofService.get(slotKey(service, slot)) ?? [];
  return tasks.toSorted((a, b) => a.status.timestamp - b.status.timestamp);
}

function willNeverRun(task: Task): boolean {
  return task.status.state < TaskState.assigned && task.desiredState > TaskState.running;
}
