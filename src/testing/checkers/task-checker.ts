/**
 * S1, S2: the life of a task in the committed history. States and desired states only rise; each step is made by the part that
 * may make it; an assigned task has a node and keeps it. Source: SwarmKit's TLA+ model (`design/tla`: `TransitionsOK`, `Inv`),
 * `design/task_model.md`.
 */
import type { Task } from '../../engine/store/objects.ts';
import type { Change, CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { Violation } from './violation.ts';

const NEW = 0;
const PENDING = 64;
const ASSIGNED = 192;
const RUNNING = 512;
const COMPLETE = 576;
const SHUTDOWN = 640;
const REJECTED = 768;
const REMOVE = 800;
const ORPHANED = 832;

const ORCHESTRATORS: readonly string[] = ['replicated', 'global', 'jobs'];
/** Who cares for a service of each mode. */
const ORCHESTRATOR_OF = {
  replicated: 'replicated',
  global: 'global',
  'replicated-job': 'jobs',
  'global-job': 'jobs',
} as const;

export class TaskChecker implements HistoryListener {
  private readonly history: CommittedHistory;
  /** Ids of tasks that were, so that none comes twice. */
  private readonly known = new Set<string>();

  constructor(history: CommittedHistory) {
    this.history = history;
  }

  before(entry: CommittedEntry): void {
    for (const change of entry.changes) {
      if (change.kind !== 'task') continue;
      const task = change.object as Task;
      if (change.action === 'create') this.checkNew(entry, task);
      else if (change.action === 'remove') this.checkRemoval(entry, task);
      else this.checkStep(entry, change, task, change.old as Task);
    }
  }

  private checkNew({ writer }: CommittedEntry, task: Task): void {
    const { id, serviceId, status } = task;
    if (this.known.has(id)) throw new Violation('S2 tasks are unique', `there was a task ${id} before`);
    this.known.add(id);
    if (status.state !== NEW) throw broken('S1 task states', task, `begins in state ${status.state}`);
    const service = this.history.tables.service.get(serviceId);
    if (!service) throw broken('S2 tasks have a service', task, `is made by ${writer} for a service that is not there`);
    const own = ORCHESTRATOR_OF[service.spec.mode.kind];
    if (writer !== own) throw broken('S1 task states', task, `is made by ${writer}, not by ${own}`);
  }

  private checkRemoval({ writer }: CommittedEntry, task: Task): void {
    if (writer !== 'task-reaper' && !ORCHESTRATORS.includes(writer))
      throw broken('S1 task states', task, `is deleted by ${writer}`);
    const { state } = task.status;
    const gone = !this.history.tables.service.has(task.serviceId) || !this.history.tables.node.has(task.nodeId);
    if (state >= ASSIGNED && state <= RUNNING && task.desiredState <= COMPLETE && !gone)
      throw broken(
        'S2 running tasks are known',
        task,
        `is deleted by ${writer} in state ${state}, and is meant to run`,
      );
  }

  private checkStep({ writer }: CommittedEntry, { old }: Change, task: Task, before: Task): void {
    const { state } = task.status;
    const was = before.status.state;
    if (state < was) throw broken('S1 task states', task, `goes from state ${was} back to ${state}`);
    if (task.desiredState < before.desiredState)
      throw broken('S1 task states', task, `was wanted ${before.desiredState}, and now ${task.desiredState}`);
    if (state === REMOVE) throw broken('S2 REMOVE is only wanted', task, 'is in state REMOVE');
    if (before.nodeId && task.nodeId !== before.nodeId)
      throw broken('S2 tasks stay on their node', task, `moves from ${before.nodeId} to ${task.nodeId}`);
    if (state >= ASSIGNED && state <= RUNNING && !task.nodeId)
      throw broken('S2 assigned tasks have a node', task, `is in state ${state} without one`);
    if (before.serviceId !== task.serviceId || before.slot !== task.slot || before.specVersion !== task.specVersion)
      throw broken('S2 tasks keep what they are', task, 'changes its service, slot or spec');
    if (state !== was) this.checkAuthor(writer, task, was);
    if (task.desiredState !== before.desiredState) this.checkWanted(writer, task);
    if (task.nodeId !== before.nodeId && writer !== 'scheduler')
      throw broken('S1 task states', task, `gets its node from ${writer}`);
    if ((task.networks !== before.networks || task.endpoint !== before.endpoint) && writer !== 'allocator' && old)
      if (JSON.stringify([task.networks, task.endpoint]) !== JSON.stringify([before.networks, before.endpoint]))
        throw broken('S1 task states', task, `gets its addresses from ${writer}`);
  }

  /** Who may make which step. */
  private checkAuthor(writer: string, task: Task, was: number): void {
    const { state, appliedBy } = task.status;
    const wrong = (): Violation => broken('S1 task states', task, `is put from ${was} to ${state} by ${writer}`);
    if (state === ORPHANED) {
      if (writer !== 'controlapi' && writer !== 'dispatcher') throw wrong();
    } else if (was === NEW) {
      // Tasks of global services have their node from the start.
      if ((state !== PENDING || writer !== 'allocator') && !isEnforced(writer, state)) throw wrong();
    } else if (was === PENDING) {
      const dropped = state === SHUTDOWN && task.desiredState >= SHUTDOWN;
      if (!((state === ASSIGNED || dropped) && writer === 'scheduler') && !isEnforced(writer, state)) throw wrong();
    } else if (!isEnforced(writer, state) && (writer !== 'dispatcher' || appliedBy === '')) throw wrong();
  }

  private checkWanted(writer: string, task: Task): void {
    const service = this.history.tables.service.get(task.serviceId);
    const own = service ? ORCHESTRATOR_OF[service.spec.mode.kind] : null;
    if (own ? writer !== own : !ORCHESTRATORS.includes(writer))
      throw broken('S1 task states', task, `is wanted ${task.desiredState} by ${writer}`);
    if (task.desiredState <= COMPLETE && !service)
      throw broken('S2 tasks have a service', task, 'is to start, and its service is gone');
  }
}

function isEnforced(writer: string, state: number): boolean {
  return writer === 'constraint-enforcer' && state === REJECTED;
}

/** Says of which task something is wrong: `task ID (web.3) ...`. */
export function broken(invariant: string, task: Task, what: string): Violation {
  const { id, serviceAnnotations, slot } = task;
  return new Violation(invariant, `task ${id} (${serviceAnnotations.name}.${slot}) ${what}`);
}
