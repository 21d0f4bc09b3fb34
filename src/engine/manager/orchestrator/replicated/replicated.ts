/**
 * The orchestrator of replicated services: keeps as many slots filled as replicas are asked for.
 * Source: `swarmkit: manager/orchestrator/replicated/`. Tasks first (restarts), then services (scaling, updates), in turns
 * of about 200 changes.
 */
import type { EventId } from '../../../../protocol/events.ts';
import type { Node, Service, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../../store/store.ts';
import type { LeaderContext, Subsystem } from '../../subsystem.ts';
import { initialRestarts, type RestartState, RestartSupervisor } from '../restart/restart.ts';
import { CHANGES_PER_TURN, isReplicated, removeServiceTasks } from '../service.ts';
import { bySlot } from '../slot.ts';
import {
  createTask,
  inOrderOfCreation,
  isInvalidNode,
  isTerminal,
  newTask,
  setDesiredState,
  taskRefs,
} from '../task.ts';
import { takeOverTasks } from '../taskinit/task-init.ts';
import { initialUpdates, UpdateSupervisor, type UpdateSupervisorState } from '../update/updater.ts';
import { slotsToKeepFirst } from './scale-down.ts';

export interface ReplicatedState {
  /** Have the tasks of the leader before been taken over. */
  initialized: boolean;
  /** Tasks to restart and services to look at, with the event that asks for it. */
  restart: Map<string, EventId>;
  reconcile: Map<string, EventId>;
  /** Services that were removed. */
  removed: Map<string, EventId>;
  restarts: RestartState;
  updates: UpdateSupervisorState;
}

export class ReplicatedOrchestrator implements Subsystem<ReplicatedState> {
  readonly name = 'replicated';
  readonly state: ReplicatedState;
  private readonly context: LeaderContext;
  private readonly restarts: RestartSupervisor;
  private readonly updates: UpdateSupervisor;

  constructor(context: LeaderContext, state?: ReplicatedState) {
    this.context = context;
    this.state = state ?? {
      initialized: false,
      restart: new Map(),
      reconcile: new Map(),
      removed: new Map(),
      restarts: initialRestarts(),
      updates: initialUpdates(),
    };
    this.restarts = new RestartSupervisor(context, this.name, this.state.restarts);
    this.updates = new UpdateSupervisor(context, this.name, this.restarts, this.state.updates);
  }

  start(): void {
    for (const service of this.context.store.all('service'))
      if (isReplicated(service)) this.state.reconcile.set(service.id, this.context.cause);
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    const { state } = this;
    for (const event of events) {
      if (event.kind === 'task') this.taskChanged(event);
      else if (event.kind === 'service') this.serviceChanged(event);
      else if (event.kind === 'node') this.nodeChanged(event);
    }
    this.restarts.onCommit(events);
    this.updates.onCommit(events);
    if (state.restart.size + state.reconcile.size + state.removed.size > 0) this.context.requestWrite(this.name);
  }

  timer(kind: string, data: unknown): void {
    if (!this.restarts.timer(kind, data)) this.updates.timer(kind, data);
  }

  write(transaction: Transaction): void {
    if (!this.state.initialized) {
      this.state.initialized = true;
      const handler = {
        isRelated: isReplicated,
        fixTask: (_: Transaction, task: Task) => this.checkTask(task),
      };
      takeOverTasks(this.context, transaction, handler, this.restarts);
    }
    this.restarts.write(transaction);
    // Updates first: an update that a failure rolls back has the failed task replaced by one of the old spec. (In swarmkit
    // the two goroutines race; on a real swarm about every other rollback begins so.)
    const done =
      this.updates.write(transaction) &&
      this.restartTasks(transaction) &&
      this.reconcileServices(transaction) &&
      this.removeServices(transaction);
    if (!done) this.context.requestWrite(this.name);
  }

  // ---- what it follows

  private taskChanged({ action, object }: StoreEvent): void {
    const task = object as Task;
    if (action !== 'remove') {
      this.checkTask(task);
      return;
    }
    this.state.restart.delete(task.id);
    if (task.desiredState > TaskState.running) return;
    if (isReplicated(this.context.store.get('service', task.serviceId))) this.reconcileSoon(task.serviceId);
  }

  private serviceChanged({ action, object }: StoreEvent): void {
    const service = object as Service;
    if (!isReplicated(service)) return;
    if (action !== 'remove') {
      this.reconcileSoon(service.id);
      return;
    }
    this.state.reconcile.delete(service.id);
    this.state.removed.set(service.id, this.context.cause);
    this.restarts.forgetService(service.id);
    this.updates.cancel(service.id);
  }

  private nodeChanged({ action, object }: StoreEvent): void {
    const node = object as Node;
    if (action !== 'remove' && !isInvalidNode(node)) return;
    for (const task of inOrderOfCreation(this.context.store.tasksOfNode(node.id)))
      if (this.mayRestart(task)) this.state.restart.set(task.id, this.context.cause);
  }

  /** A task meant to run that has stopped, or whose node is lost, is to be restarted. */
  private checkTask(task: Task): void {
    if (!isTerminal(task) && task.nodeId === '') return;
    if (!this.mayRestart(task)) return;
    if (isTerminal(task) || isInvalidNode(this.context.store.get('node', task.nodeId)))
      this.state.restart.set(task.id, this.context.cause);
  }

  private mayRestart(task: Task): boolean {
    return task.desiredState <= TaskState.running && isReplicated(this.context.store.get('service', task.serviceId));
  }

  private reconcileSoon(serviceId: string): void {
    this.state.reconcile.set(serviceId, this.context.cause);
  }

  // ---- tasks

  private restartTasks(transaction: Transaction): boolean {
    const { restart } = this.state;
    for (const [id, cause] of restart) {
      if (transaction.size >= CHANGES_PER_TURN) return false;
      restart.delete(id);
      const task = transaction.get('task', id);
      if (!task || task.desiredState > TaskState.running) continue;
      const service = transaction.get('service', task.serviceId);
      if (service && isReplicated(service))
        this.restarts.restart(transaction, service, task, whyRestart(transaction, task), cause);
    }
    return true;
  }

  // ---- services

  private reconcileServices(transaction: Transaction): boolean {
    const { reconcile } = this.state;
    for (const [id, cause] of reconcile) {
      if (transaction.size >= CHANGES_PER_TURN) return false;
      const service = transaction.get('service', id);
      if (service && !this.reconcile(transaction, service, cause)) return false;
      reconcile.delete(id);
    }
    return true;
  }

  /** Returns false if the turn was not enough. */
  private reconcile(transaction: Transaction, service: Service, cause: EventId): boolean {
    if (service.spec.mode.kind !== 'replicated') return true;
    const wanted = service.spec.mode.replicas;
    const running = new Map<string, readonly Task[]>();
    const dead: Task[] = [];
    for (const [key, tasks] of bySlot(service, transaction.tasksOfService(service.id))) {
      const updatable = this.restarts.updatableTasks(tasks, service);
      if (updatable.length > 0) running.set(key, updatable);
      else dead.push(...tasks);
    }
    const ordered = [...running].toSorted(([, a], [, b]) => a[0]!.slot - b[0]!.slot);
    const kept = wanted < running.size ? slotsToKeepFirst(ordered) : ordered;
    this.updates.update(transaction, service, new Map(kept.slice(0, wanted)), cause);
    const surplus = kept.slice(wanted).flatMap(([, tasks]) => tasks);
    const added = new Set<number>();
    return (
      this.addTasks(transaction, service, running, wanted - running.size, added, cause) &&
      this.removeSurplus(transaction, surplus, cause) &&
      this.deleteDead(transaction, dead, added)
    );
  }

  /** New tasks in the lowest slots that are free. */
  private addTasks(
    transaction: Transaction,
    service: Service,
    running: ReadonlyMap<string, unknown>,
    count: number,
    added: Set<number>,
    cause: EventId,
  ): boolean {
    for (let slot = 1; added.size < count; slot++) {
      if (running.has(`slot:${slot}`)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      added.add(slot);
      createTask(this.context, transaction, newTask(this.context, service, slot, ''), 'a replica is missing', cause);
    }
    return true;
  }

  private removeSurplus(transaction: Transaction, surplus: readonly Task[], cause: EventId): boolean {
    for (const task of surplus) {
      if (transaction.size >= CHANGES_PER_TURN) return false;
      setDesiredState(this.context, transaction, task, TaskState.remove, 'the service was scaled down', cause);
    }
    return true;
  }

  /** History of slots that are used no more; that of a slot used again stays. */
  private deleteDead(transaction: Transaction, dead: readonly Task[], added: ReadonlySet<number>): boolean {
    for (const task of dead) {
      if (added.has(task.slot)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      transaction.remove('task', task.id);
      this.context.emit('task.reaped', taskRefs(task), { why: 'its slot is used no more' });
    }
    return true;
  }

  private removeServices(transaction: Transaction): boolean {
    const { removed } = this.state;
    for (const [id, cause] of removed) {
      if (!removeServiceTasks(this.context, transaction, id, cause)) return false;
      removed.delete(id);
    }
    return true;
  }
}

/** Why a task has to be replaced, in words. */
function whyRestart(transaction: Transaction, task: Task): string {
  if (isTerminal(task)) return task.status.err || `it has stopped (${task.status.message})`;
  const node = transaction.get('node', task.nodeId);
  const name = node?.description?.hostname ?? task.nodeId;
  if (!node) return `node ${name} was removed`;
  return node.status.state === 'down' ? `node ${name} is down` : `node ${name} is drained`;
}
