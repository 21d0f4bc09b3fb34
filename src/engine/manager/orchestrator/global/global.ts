/**
 * The orchestrator of global services: one task on every node that is neither down nor drained and satisfies the
 * constraints. Source: `swarmkit: manager/orchestrator/global/global.go`. Its tasks have their node from the start; the
 * scheduler only confirms it.
 */
import type { EventId } from '../../../../protocol/events.ts';
import type { Node, Service, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../../store/store.ts';
import type { LeaderContext, Subsystem } from '../../subsystem.ts';
import { initialRestarts, type RestartState, RestartSupervisor } from '../restart/restart.ts';
import { same } from '../same.ts';
import { CHANGES_PER_TURN, isGlobal, removeServiceTasks } from '../service.ts';
import { bySlot, slotKey } from '../slot.ts';
import {
  createTask,
  fitsNode,
  inOrderOfCreation,
  isInvalidNode,
  isTaskDirty,
  isTerminal,
  newTask,
  setDesiredState,
  taskRefs,
} from '../task.ts';
import { takeOverTasks } from '../taskinit/task-init.ts';
import { initialUpdates, UpdateSupervisor, type UpdateSupervisorState } from '../update/updater.ts';

export interface GlobalState {
  initialized: boolean;
  restart: Map<string, EventId>;
  reconcile: Map<string, EventId>;
  /** Nodes to look at, and those that were removed. */
  nodes: Map<string, EventId>;
  removedNodes: Map<string, EventId>;
  removed: Map<string, EventId>;
  restarts: RestartState;
  updates: UpdateSupervisorState;
}

export class GlobalOrchestrator implements Subsystem<GlobalState> {
  readonly name = 'global';
  readonly state: GlobalState;
  private readonly context: LeaderContext;
  private readonly restarts: RestartSupervisor;
  private readonly updates: UpdateSupervisor;

  constructor(context: LeaderContext, state?: GlobalState) {
    this.context = context;
    this.state = state ?? {
      initialized: false,
      restart: new Map(),
      reconcile: new Map(),
      nodes: new Map(),
      removedNodes: new Map(),
      removed: new Map(),
      restarts: initialRestarts(),
      updates: initialUpdates(),
    };
    this.restarts = new RestartSupervisor(context, this.name, this.state.restarts);
    this.updates = new UpdateSupervisor(context, this.name, this.restarts, this.state.updates);
  }

  start(): void {
    for (const service of this.context.store.all('service'))
      if (isGlobal(service)) this.state.reconcile.set(service.id, this.context.cause);
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.kind === 'task' && event.action === 'update') this.checkTask(event.object as Task);
      else if (event.kind === 'service') this.serviceChanged(event);
      else if (event.kind === 'node') this.nodeChanged(event);
    }
    this.restarts.onCommit(events);
    this.updates.onCommit(events);
    const { restart, reconcile, nodes, removedNodes, removed } = this.state;
    if (restart.size + reconcile.size + nodes.size + removedNodes.size + removed.size > 0)
      this.context.requestWrite(this.name);
  }

  timer(kind: string, data: unknown): void {
    if (!this.restarts.timer(kind, data)) this.updates.timer(kind, data);
  }

  write(transaction: Transaction): void {
    if (!this.state.initialized) {
      this.state.initialized = true;
      const handler = {
        isRelated: isGlobal,
        fixTask: (tx: Transaction, task: Task) => this.fixTask(tx, task),
      };
      takeOverTasks(this.context, transaction, handler, this.restarts);
    }
    this.restarts.write(transaction);
    const { state } = this;
    const done =
      this.each(transaction, state.removedNodes, (id) => this.deleteTasksOfNode(transaction, id)) &&
      this.each(transaction, state.nodes, (id, cause) => this.reconcileNode(transaction, id, cause)) &&
      this.each(transaction, state.restart, (id, cause) => this.restartTask(transaction, id, cause)) &&
      this.updates.write(transaction) &&
      this.each(transaction, state.reconcile, (id, cause) => this.reconcileService(transaction, id, cause)) &&
      this.each(transaction, state.removed, (id, cause) => removeServiceTasks(this.context, transaction, id, cause));
    if (!done) this.context.requestWrite(this.name);
  }

  /** Works a list off while there is room in the turn. `work` returns false if it needs another turn for the same thing. */
  private each(
    transaction: Transaction,
    list: Map<string, EventId>,
    work: (id: string, cause: EventId) => boolean,
  ): boolean {
    for (const [id, cause] of list) {
      if (transaction.size >= CHANGES_PER_TURN || !work(id, cause)) return false;
      list.delete(id);
    }
    return true;
  }

  // ---- what it follows

  private checkTask(task: Task): void {
    if (task.desiredState > TaskState.running || !isTerminal(task)) return;
    if (isGlobal(this.context.store.get('service', task.serviceId)))
      this.state.restart.set(task.id, this.context.cause);
  }

  private serviceChanged({ action, object }: StoreEvent): void {
    const service = object as Service;
    if (!isGlobal(service)) return;
    if (action !== 'remove') {
      this.state.reconcile.set(service.id, this.context.cause);
      return;
    }
    this.state.reconcile.delete(service.id);
    this.state.removed.set(service.id, this.context.cause);
    this.restarts.forgetService(service.id);
    this.updates.cancel(service.id);
  }

  private nodeChanged({ action, object, old }: StoreEvent): void {
    const node = object as Node;
    if (action === 'remove') {
      this.state.nodes.delete(node.id);
      this.state.removedNodes.set(node.id, this.context.cause);
    } else if (!old || isOtherPlace(old as Node, node)) this.state.nodes.set(node.id, this.context.cause);
  }

  /** What events would have brought about under the leader before. */
  private fixTask(transaction: Transaction, task: Task): void {
    if (task.desiredState > TaskState.running) return;
    if (isInvalidNode(transaction.get('node', task.nodeId)))
      setDesiredState(
        this.context,
        transaction,
        task,
        TaskState.shutdown,
        'its node is lost or drained',
        this.context.cause,
      );
    else this.checkTask(task);
  }

  // ---- tasks

  private restartTask(transaction: Transaction, id: string, cause: EventId): true {
    const task = transaction.get('task', id);
    const service = task && transaction.get('service', task.serviceId);
    const node = task && transaction.get('node', task.nodeId);
    if (!task || task.desiredState > TaskState.running || !service || !node || isInvalidNode(node)) return true;
    if (node.spec.availability === 'pause' || !fitsNode(service, node)) {
      const why = node.spec.availability === 'pause' ? 'it has stopped on a paused node' : 'its node no longer fits';
      setDesiredState(this.context, transaction, task, TaskState.shutdown, why, cause);
    } else {
      const why = task.status.err || `it has stopped (${task.status.message})`;
      this.restarts.restart(transaction, service, task, why, cause);
    }
    return true;
  }

  // ---- services

  private reconcileService(transaction: Transaction, id: string, cause: EventId): boolean {
    const service = transaction.get('service', id);
    if (!service) return true;
    const slots = bySlot(service, transaction.tasksOfService(id));
    const toUpdate = new Map<string, readonly Task[]>();
    for (const node of transaction.all('node')) {
      if (transaction.size >= CHANGES_PER_TURN) return false;
      if (isInvalidNode(node)) continue;
      const key = slotKey(service, { slot: 0, nodeId: node.id });
      const tasks = this.restarts.updatableTasks(slots.get(key) ?? [], service);
      slots.delete(key);
      if (!fitsNode(service, node))
        this.shutDown(transaction, tasks, 'its node does not satisfy the constraints', cause);
      else if (node.spec.availability === 'pause') continue;
      else if (tasks.length === 0)
        this.addTask(transaction, service, node, 'the node has no task of the service', cause);
      else toUpdate.set(key, tasks);
    }
    // What is left is on nodes that are down, drained or gone.
    for (const tasks of slots.values()) {
      if (transaction.size >= CHANGES_PER_TURN) return false;
      this.shutDown(transaction, tasks, 'its node is lost or drained', cause);
    }
    if (toUpdate.size > 0) this.updates.update(transaction, service, toUpdate, cause);
    return true;
  }

  private addTask(transaction: Transaction, service: Service, node: Node, why: string, cause: EventId): void {
    createTask(this.context, transaction, newTask(this.context, service, 0, node.id), why, cause);
  }

  private shutDown(transaction: Transaction, tasks: readonly Task[], why: string, cause: EventId): void {
    for (const task of tasks) setDesiredState(this.context, transaction, task, TaskState.shutdown, why, cause);
  }

  // ---- nodes

  private reconcileNode(transaction: Transaction, id: string, cause: EventId): boolean {
    const node = transaction.get('node', id);
    if (!node) return true;
    const tasks = inOrderOfCreation(transaction.tasksOfNode(id));
    if (isInvalidNode(node)) {
      const why = node.spec.availability === 'drain' ? 'its node is drained' : 'its node is down';
      const ours = tasks.filter((task) => isGlobal(transaction.get('service', task.serviceId)));
      this.shutDown(transaction, ours, why, cause);
      return true;
    }
    if (node.spec.availability === 'pause') return true;
    for (const service of transaction.all('service')) {
      if (!isGlobal(service) || !fitsNode(service, node)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      this.reconcileOne(
        transaction,
        service,
        node,
        tasks.filter((task) => task.serviceId === service.id),
        cause,
      );
    }
    return true;
  }

  /** No rolling update: a node that comes back gets what it lacks at once. */
  private reconcileOne(
    transaction: Transaction,
    service: Service,
    node: Node,
    tasks: readonly Task[],
    cause: EventId,
  ): void {
    const updatable = this.restarts.updatableTasks(tasks, service);
    const clean = updatable.filter((task) => !isTaskDirty(service, task, node));
    if (clean.length === 0)
      this.addTask(transaction, service, node, 'the node has no task of the service as it is now', cause);
    const surplus = updatable.filter((task) => task !== clean[0]);
    this.shutDown(transaction, surplus, 'the node has a newer task of the service', cause);
  }

  private deleteTasksOfNode(transaction: Transaction, nodeId: string): true {
    for (const task of inOrderOfCreation(transaction.tasksOfNode(nodeId))) {
      if (!isGlobal(transaction.get('service', task.serviceId))) continue;
      transaction.remove('task', task.id);
      this.context.emit('task.reaped', taskRefs(task), { why: 'its node was removed' });
    }
    return true;
  }
}

/**
 * Has the node changed in a way that matters for who may run on it.
 * Simplified: swarmkit looks at the node after every change, also of addresses that its own allocator gave.
 */
function isOtherPlace(old: Node, node: Node): boolean {
  return (
    old.status.state !== node.status.state ||
    old.status.address !== node.status.address ||
    old.role !== node.role ||
    !same(old.spec, node.spec) ||
    !same(old.description, node.description)
  );
}
