/**
 * S9: no healthy task is stopped without a reason. A task that is told to stop while it could go on has lost its node, is of an
 * older spec, does not fit any more, is one too many, or its service is gone; a change of leader is none of these. Scaling down
 * leaves as many slots as replicas are asked for, and never more than are asked for are made.
 */
import type { Service, Task } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { unsatisfied } from './placement-rules.ts';
import { isOver, type SlotLedger } from './slot-ledger.ts';
import { broken } from './task-checker.ts';

const READY = 384;
const COMPLETE = 576;
const REMOVE = 800;
/** What was begun when a node was lost may be written when it is back. */
const TURN = 1_000_000;

export class ReasonChecker implements HistoryListener {
  private readonly history: CommittedHistory;
  private readonly ledger: SlotLedger;

  constructor(history: CommittedHistory, ledger: SlotLedger) {
    this.history = history;
    this.ledger = ledger;
  }

  before(entry: CommittedEntry): void {
    for (const { kind, action, object, old } of entry.changes) {
      if (kind !== 'task' || action !== 'update') continue;
      const [task, was] = [object as Task, old as Task];
      if (was.desiredState > COMPLETE || task.desiredState <= COMPLETE) continue;
      const service = this.history.tables.service.get(task.serviceId);
      if (!service || this.hasReason(service, was)) continue;
      if (this.ledger.lastLost(task.nodeId) > this.memory(was, task.meta.updatedAt)) continue;
      if (task.desiredState < REMOVE || !isSurplus(service, was))
        throw broken('S9 healthy tasks go on', task, 'is told to stop for no reason');
    }
  }

  /** Since when a loss of the node counts: what is held back is replaced only when its delay is over. */
  private memory(was: Task, now: number): number {
    const heldBack = was.desiredState === READY;
    return heldBack ? (this.ledger.record(was.id)?.createdAt ?? 0) : now - TURN;
  }

  private hasReason(service: Service, task: Task): boolean {
    const node = this.history.tables.node.get(task.nodeId);
    if (isOver(task, node) || task.specVersion !== service.specVersion) return true;
    if (node && unsatisfied(service.spec.task.placement.constraints, node) !== null) return true;
    if (task.jobIteration !== null && task.jobIteration !== service.jobIteration) return true;
    for (const other of this.history.tasksOfSlot(service, task))
      if (other.id !== task.id && other.desiredState <= COMPLETE) return true;
    return false;
  }

  after(entry: CommittedEntry): void {
    const services = new Set<string>();
    for (const { kind, action, object, old } of entry.changes) {
      if (kind !== 'task') continue;
      const task = object as Task;
      const removed = task.desiredState === REMOVE && (old as Task | undefined)?.desiredState !== REMOVE;
      if (action === 'create' || removed) services.add(task.serviceId);
    }
    for (const id of services) {
      const service = this.history.tables.service.get(id);
      if (service?.spec.mode.kind === 'replicated') this.checkSlots(service, service.spec.mode.replicas, entry);
    }
  }

  /** After scaling there are neither too few slots nor too many. */
  private checkSlots(service: Service, replicas: number, { changes }: CommittedEntry): void {
    const all = new Set<number>();
    const live = new Set<number>();
    for (const { slot, desiredState } of this.history.tasksOfService(service.id)) {
      if (desiredState < REMOVE) all.add(slot);
      if (desiredState <= COMPLETE) live.add(slot);
    }
    for (const { kind, action, object } of changes) {
      const task = object as Task;
      if (kind !== 'task' || task.serviceId !== service.id) continue;
      if (action === 'create' && this.ledger.record(task.id)?.how === 'new' && live.size > replicas)
        throw broken(
          'S4 as many as asked for',
          task,
          `is made, with it ${live.size} slots are in use for ${replicas} replicas`,
        );
      if (action === 'update' && task.desiredState === REMOVE && all.size < replicas)
        throw broken(
          'S9 healthy tasks go on',
          task,
          `is to go, which leaves ${all.size} slots for ${replicas} replicas`,
        );
    }
  }
}

/** Only replicated services have tasks that are too many. */
function isSurplus({ spec }: Service, task: Task): boolean {
  return spec.mode.kind === 'replicated' && task.desiredState <= COMPLETE;
}
