/**
 * Why each task was made, read from the committed history: a write that makes a task in a slot says by what else it does to that
 * slot whether it is a restart (the task before has ended, or its node is lost), an update (a healthy task of an older spec goes)
 * or a new replica. With the moments at which tasks were told to stop, ran and ended this is what the rules of slots need.
 */
import type { Node, Service, Task } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';

const READY = 384;
const RUNNING = 512;
const COMPLETE = 576;

export interface TaskRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly createdAt: number;
  readonly createdIndex: number;
  /** Term of the leader that made it: what a leader remembers ends with it. */
  readonly term: number;
  /** `replacement`: the task before has ended and is of an older spec, so that a restart or an update may have made it. */
  readonly how: 'new' | 'restart' | 'update' | 'replacement';
  /** The task whose place it takes, as it was then. */
  readonly replaces: Task | null;
  /** The node of that one was drained, or down: its replacement need not wait. */
  readonly fromDrained: boolean;
  readonly fromDown: boolean;
  /** When it was told to stop, to start running, ran, and ended. */
  stopped: { index: number; at: number } | null;
  ranAt: number | null;
  endedAt: number | null;
}

export class SlotLedger implements HistoryListener {
  private readonly history: CommittedHistory;
  private readonly records = new Map<string, TaskRecord>();
  /** Services that have ever been updated with `start-first`: two tasks of a slot may run, also when an update is given up. */
  private readonly startFirst = new Set<string>();
  /** When a node was last down, and last down or drained: what was begun because of that is finished when it is back. */
  private readonly down = new Map<string, { index: number; at: number }>();
  private readonly lost = new Map<string, { index: number; at: number }>();

  constructor(history: CommittedHistory) {
    this.history = history;
  }

  record(taskId: string): TaskRecord | undefined {
    return this.records.get(taskId);
  }

  mayOverlap(serviceId: string): boolean {
    return this.startFirst.has(serviceId);
  }

  /** Index of the last entry at which the node was down. */
  lastDown(nodeId: string): number {
    return this.isDown(nodeId) ? this.history.written : (this.down.get(nodeId)?.index ?? 0);
  }

  /** When the node was last down or drained. */
  lastLost(nodeId: string): number {
    return this.lost.get(nodeId)?.at ?? Number.NEGATIVE_INFINITY;
  }

  private isDown(nodeId: string): boolean {
    const node = this.history.tables.node.get(nodeId);
    return node === undefined || node.status.state === 'down';
  }

  private nodeChanged(index: number, node: Node, old: Node | undefined): void {
    const moment = { index, at: node.meta.updatedAt };
    const was = old ?? node;
    if (was.status.state === 'down' || node.status.state === 'down') this.down.set(node.id, moment);
    if (isLost(was) || isLost(node)) this.lost.set(node.id, moment);
  }

  before(entry: CommittedEntry): void {
    for (const { kind, action, object, old } of entry.changes) {
      if (kind === 'node') this.nodeChanged(entry.index, object as Node, old as Node | undefined);
      if (kind === 'service') {
        const { update, rollback } = (object as Service).spec;
        if (update?.order === 'start-first' || rollback?.order === 'start-first') this.startFirst.add(object.id);
      }
      if (kind !== 'task') continue;
      if (action === 'create') this.born(entry, object as Task);
      else if (action === 'remove') this.records.delete(object.id);
      else this.changed(entry, object as Task, old as Task);
    }
  }

  private born(entry: CommittedEntry, task: Task): void {
    const { tables } = this.history;
    const service = tables.service.get(task.serviceId);
    const others = service ? [...this.history.tasksOfSlot(service, task)] : [];
    const live = others.filter((other) => other.desiredState <= COMPLETE && other.jobIteration === task.jobIteration);
    const ended = live.find((other) => isOver(other, tables.node.get(other.nodeId)));
    const older = live.find((other) => other.specVersion !== task.specVersion);
    const replaces = ended ?? older ?? null;
    const node = replaces && tables.node.get(replaces.nodeId);
    this.records.set(task.id, {
      id: task.id,
      serviceId: task.serviceId,
      createdAt: task.meta.createdAt,
      createdIndex: entry.index,
      term: entry.term,
      how: ended ? (ended.specVersion === task.specVersion ? 'restart' : 'replacement') : older ? 'update' : 'new',
      replaces,
      fromDrained: node?.spec.availability === 'drain',
      fromDown: replaces !== null && replaces.nodeId !== '' && this.isDown(replaces.nodeId),
      stopped: null,
      ranAt: null,
      endedAt: null,
    });
  }

  private changed(entry: CommittedEntry, task: Task, old: Task): void {
    const record = this.records.get(task.id);
    if (!record) return;
    const at = task.meta.updatedAt;
    if (task.desiredState > COMPLETE && old.desiredState <= COMPLETE) record.stopped = { index: entry.index, at };
    if (task.status.state >= RUNNING) record.ranAt ??= at;
    if (task.status.state > RUNNING) record.endedAt ??= at;
  }
}

/** Has the task ended, or is its node gone, down or drained: then it is to be replaced. */
export function isOver(task: Task, node: Node | undefined): boolean {
  if (task.status.state > RUNNING) return true;
  if (task.nodeId === '') return false;
  return node === undefined || isLost(node);
}

function isLost({ status, spec }: Node): boolean {
  return status.state === 'down' || spec.availability === 'drain';
}

/** Is a task that was held back let go by this change. */
export function isLetGo(task: Task, old: Task | undefined): boolean {
  return old?.desiredState === READY && task.desiredState > READY && task.desiredState <= COMPLETE;
}
