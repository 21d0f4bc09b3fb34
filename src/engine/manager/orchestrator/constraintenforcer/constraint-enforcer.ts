/**
 * The constraint enforcer: when an active node changes, rejects those of its tasks whose constraints or reservations no
 * longer fit; the orchestrators then replace them. Source: `swarmkit: manager/orchestrator/constraintenforcer/`.
 */
import type { EventId } from '../../../../protocol/events.ts';
import type { Node, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../../store/store.ts';
import { acceptedConstraints, nodeMatches } from '../../constraint/constraint.ts';
import { consume, hasResource } from '../../scheduler/generic-resource.ts';
import type { LeaderContext, Subsystem } from '../../subsystem.ts';
import { inOrderOfCreation, taskRefs } from '../task.ts';

export interface ConstraintEnforcerState {
  /** Nodes to look at, with the event that asks for it. */
  nodes: Map<string, EventId>;
}

export class ConstraintEnforcer implements Subsystem<ConstraintEnforcerState> {
  readonly name = 'constraint-enforcer';
  readonly state: ConstraintEnforcerState;
  private readonly context: LeaderContext;

  constructor(context: LeaderContext, state?: ConstraintEnforcerState) {
    this.context = context;
    this.state = state ?? { nodes: new Map() };
  }

  start(): void {
    for (const node of this.context.store.all('node')) this.state.nodes.set(node.id, this.context.cause);
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const { kind, action, object } of events) {
      if (kind !== 'node' || action !== 'update' || (object as Node).spec.availability !== 'active') continue;
      if (noncompliantTasks(this.context.store, object as Node).length > 0)
        this.state.nodes.set(object.id, this.context.cause);
    }
    if (this.state.nodes.size > 0) this.context.requestWrite(this.name);
  }

  write(transaction: Transaction): void {
    for (const [id, cause] of this.state.nodes) {
      this.state.nodes.delete(id);
      const node = transaction.get('node', id);
      if (!node) continue;
      for (const task of noncompliantTasks(transaction, node)) {
        const status = {
          ...task.status,
          state: TaskState.rejected,
          message: 'task rejected by constraint enforcer',
          err: 'assigned node no longer meets constraints',
          timestamp: this.context.now,
        };
        transaction.update({ ...task, status });
        this.context.begin('task.rejected', taskRefs(task), { why: status.err }, cause);
      }
    }
  }
}

/** The tasks that an active node no longer has the labels or the room for; oldest tasks keep their room first. */
function noncompliantTasks(reader: Pick<Transaction, 'get' | 'tasksOfNode'>, node: Node): Task[] {
  if (node.spec.availability !== 'active') return [];
  const resources = node.description?.resources;
  let cpus = resources?.nanoCpus ?? 0;
  let memory = resources?.memoryBytes ?? 0;
  let generic = resources?.generic ?? [];
  const rejected: Task[] = [];
  for (const task of inOrderOfCreation(reader.tasksOfNode(node.id))) {
    if (task.desiredState > TaskState.complete || task.status.state >= TaskState.complete) continue;
    const { reservations } = task.spec;
    // The service's constraints: if only these changed, the task was kept with its old ones.
    const placement = reader.get('service', task.serviceId)?.spec.task.placement ?? task.spec.placement;
    const fits =
      nodeMatches(acceptedConstraints(placement.constraints), node) &&
      reservations.memoryBytes <= memory &&
      reservations.nanoCpus <= cpus &&
      task.assignedGeneric.every((taken) => hasResource(generic, taken));
    if (!fits) {
      rejected.push(task);
      continue;
    }
    memory -= reservations.memoryBytes;
    cpus -= reservations.nanoCpus;
    generic = consume(generic, task.assignedGeneric);
  }
  return rejected;
}
