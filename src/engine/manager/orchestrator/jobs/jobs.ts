/**
 * The orchestrator of jobs: tasks that are to complete, so many in all (replicated) or one per node (global).
 * Source: `swarmkit: manager/orchestrator/jobs/`. It looks at a job when its service changes or one of its tasks ends; node
 * events do not matter to it. A changed service is a new iteration, which removes the tasks of the older one.
 */
import type { EventId } from '../../../../protocol/events.ts';
import type { Node, Service, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../../store/store.ts';
import type { LeaderContext, Subsystem } from '../../subsystem.ts';
import { initialRestarts, type RestartState, RestartSupervisor } from '../restart/restart.ts';
import { CHANGES_PER_TURN, isGlobalJob, isJob, removeServiceTasks } from '../service.ts';
import { createTask, fitsNode, isInvalidNode, isTerminal, newTask, setDesiredState } from '../task.ts';
import { takeOverTasks } from '../taskinit/task-init.ts';

export interface JobsState {
  initialized: boolean;
  reconcile: Map<string, EventId>;
  removed: Map<string, EventId>;
  restarts: RestartState;
}

export class JobsOrchestrator implements Subsystem<JobsState> {
  readonly name = 'jobs';
  readonly state: JobsState;
  private readonly context: LeaderContext;
  private readonly restarts: RestartSupervisor;

  constructor(context: LeaderContext, state?: JobsState) {
    this.context = context;
    this.state = state ?? {
      initialized: false,
      reconcile: new Map(),
      removed: new Map(),
      restarts: initialRestarts(),
    };
    this.restarts = new RestartSupervisor(context, this.name, this.state.restarts);
  }

  start(): void {
    for (const service of this.context.store.all('service'))
      if (isJob(service)) this.state.reconcile.set(service.id, this.context.cause);
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.kind === 'service') this.serviceChanged(event);
      else if (event.kind === 'task' && event.action === 'update') this.taskChanged(event.object as Task);
    }
    this.restarts.onCommit(events);
    if (this.state.reconcile.size + this.state.removed.size > 0) this.context.requestWrite(this.name);
  }

  timer(kind: string, data: unknown): void {
    this.restarts.timer(kind, data);
  }

  write(transaction: Transaction): void {
    const { state } = this;
    if (!state.initialized) {
      state.initialized = true;
      const handler = {
        isRelated: isJob,
        fixTask: (tx: Transaction, task: Task) => this.fixTask(tx, task),
      };
      takeOverTasks(this.context, transaction, handler, this.restarts);
    }
    this.restarts.write(transaction);
    if (!this.reconcileJobs(transaction) || !this.removeJobs(transaction)) this.context.requestWrite(this.name);
  }

  // ---- what it follows

  private serviceChanged({ action, object }: StoreEvent): void {
    const service = object as Service;
    if (!isJob(service)) return;
    if (action !== 'remove') {
      this.state.reconcile.set(service.id, this.context.cause);
      return;
    }
    this.state.reconcile.delete(service.id);
    this.state.removed.set(service.id, this.context.cause);
    this.restarts.forgetService(service.id);
  }

  private taskChanged(task: Task): void {
    if (!isTerminal(task) || task.desiredState > TaskState.complete) return;
    if (isJob(this.context.store.get('service', task.serviceId)))
      this.state.reconcile.set(task.serviceId, this.context.cause);
  }

  /** A global job's task on a lost node stops; what has failed is restarted when the job is looked at. */
  private fixTask(transaction: Transaction, task: Task): void {
    if (task.desiredState > TaskState.complete) return;
    if (!isGlobalJob(transaction.get('service', task.serviceId))) return;
    if (isInvalidNode(transaction.get('node', task.nodeId)))
      setDesiredState(
        this.context,
        transaction,
        task,
        TaskState.shutdown,
        'its node is lost or drained',
        this.context.cause,
      );
  }

  // ---- jobs

  private reconcileJobs(transaction: Transaction): boolean {
    const { reconcile } = this.state;
    for (const [id, cause] of reconcile) {
      const service = transaction.get('service', id);
      if (service && !this.reconcile(transaction, service, cause)) return false;
      reconcile.delete(id);
    }
    return true;
  }

  private reconcile(transaction: Transaction, service: Service, cause: EventId): boolean {
    const tasks = transaction.tasksOfService(service.id);
    const current = tasks.filter((task) => task.jobIteration === service.jobIteration);
    const older = tasks.filter((task) => task.jobIteration !== null && task.jobIteration !== service.jobIteration);
    const { mode } = service.spec;
    const added =
      mode.kind === 'replicated-job'
        ? this.addReplicas(transaction, service, mode, current, cause)
        : this.addPerNode(transaction, service, current, cause);
    return (
      added &&
      this.restartFailed(transaction, service, current, cause) &&
      this.removeOlder(transaction, service, older, cause)
    );
  }

  /** As many new tasks as concurrency and the number still missing allow, each in a slot of its own, from 0. */
  private addReplicas(
    transaction: Transaction,
    service: Service,
    mode: { readonly maxConcurrent: number; readonly totalCompletions: number },
    current: readonly Task[],
    cause: EventId,
  ): boolean {
    const completed = current.filter((task) => task.status.state === TaskState.complete);
    const running = current.filter(isUnderWay);
    const used = new Set([...completed, ...running].map((task) => task.slot));
    const missing = mode.totalCompletions - completed.length - running.length;
    let wanted = Math.min(mode.maxConcurrent - running.length, missing);
    for (let slot = 0; wanted > 0 && slot < mode.totalCompletions; slot++) {
      if (used.has(slot)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      this.addTask(transaction, service, slot, '', 'the job is not complete', cause);
      wanted--;
    }
    return true;
  }

  /** One task on every node that is ready, active and fits; those on lost nodes stop. */
  private addPerNode(transaction: Transaction, service: Service, current: readonly Task[], cause: EventId): boolean {
    const byNode = new Map(
      current.filter((task) => task.desiredState <= TaskState.complete).map((task) => [task.nodeId, task]),
    );
    for (const node of transaction.all('node')) {
      if (!fitsNode(service, node)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      const task = byNode.get(node.id);
      if (isInvalidNode(node)) {
        if (task && !isTerminal(task))
          setDesiredState(this.context, transaction, task, TaskState.shutdown, 'its node is lost or drained', cause);
      } else if (!task && isCandidate(node)) {
        this.addTask(transaction, service, 0, node.id, 'the node has not run the job', cause);
      }
    }
    return true;
  }

  private addTask(
    transaction: Transaction,
    service: Service,
    slot: number,
    nodeId: string,
    why: string,
    cause: EventId,
  ): void {
    const task = newTask(this.context, service, slot, nodeId);
    const jobIteration = service.jobIteration;
    createTask(this.context, transaction, { ...task, desiredState: TaskState.complete, jobIteration }, why, cause);
  }

  private restartFailed(transaction: Transaction, service: Service, current: readonly Task[], cause: EventId): boolean {
    for (const { id } of current) {
      const task = transaction.get('task', id)!;
      if (task.status.state <= TaskState.complete || task.desiredState > TaskState.complete) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      this.restarts.restart(transaction, service, task, task.status.err || 'it has failed', cause);
    }
    return true;
  }

  /** A replicated job keeps the finished tasks of earlier iterations as history. */
  private removeOlder(transaction: Transaction, service: Service, older: readonly Task[], cause: EventId): boolean {
    for (const task of older) {
      if (!isGlobalJob(service) && isTerminal(task)) continue;
      if (transaction.size >= CHANGES_PER_TURN) return false;
      setDesiredState(this.context, transaction, task, TaskState.remove, 'the job has a newer iteration', cause);
    }
    return true;
  }

  private removeJobs(transaction: Transaction): boolean {
    const { removed } = this.state;
    for (const [id, cause] of removed) {
      if (!removeServiceTasks(this.context, transaction, id, cause)) return false;
      removed.delete(id);
    }
    return true;
  }
}

/** Occupies one of the places that run at a time: also a failed task that is still to be restarted. */
function isUnderWay(task: Task): boolean {
  return task.status.state !== TaskState.complete && task.desiredState <= TaskState.complete;
}

function isCandidate(node: Node): boolean {
  return node.status.state === 'ready' && node.spec.availability === 'active';
}
