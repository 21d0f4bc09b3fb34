/**
 * S6, S7, S9: at the moment of its assignment a task fits its node, which is ready and active; what is reserved on a node is
 * never more than it has. What is held against the rules is the swarm as it was committed right before the assignment: nobody
 * writes in between.
 */
import type { Node, Task } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { notReady, occupants, overbooked, whyUnfit } from './placement-rules.ts';
import { broken } from './task-checker.ts';

const PENDING = 64;
const ASSIGNED = 192;

export class PlacementChecker implements HistoryListener {
  private readonly history: CommittedHistory;

  constructor(history: CommittedHistory) {
    this.history = history;
  }

  before(entry: CommittedEntry): void {
    for (const task of assigned(entry)) {
      const node = this.nodeOf(task);
      const why = notReady(node);
      if (why) throw broken('S6 S9 only ready nodes get tasks', task, `is assigned although ${why}`);
    }
  }

  /** Several tasks of one entry share a node: the rest is looked at when all of them are there. */
  after(entry: CommittedEntry): void {
    for (const task of assigned(entry)) {
      const node = this.nodeOf(task);
      const why = whyUnfit(this.history, task, node);
      if (why) throw broken('S7 tasks fit their node', task, `is assigned although ${why}`);
      const reserved = [...occupants(this.history, node.id)].map(({ spec }) => spec.reservations);
      const over = overbooked(reserved, node);
      if (over) throw broken('S7 tasks fit their node', task, `is assigned, and ${over}`);
    }
  }

  private nodeOf(task: Task): Node {
    const node = this.history.tables.node.get(task.nodeId);
    if (!node)
      throw broken('S6 S9 only ready nodes get tasks', task, `is assigned to ${task.nodeId}, which is not there`);
    return node;
  }
}

function* assigned({ writer, changes }: CommittedEntry): Generator<Task> {
  if (writer !== 'scheduler') return;
  for (const { kind, object, old } of changes) {
    const task = object as Task;
    if (kind === 'task' && task.status.state === ASSIGNED && (old as Task | undefined)?.status.state === PENDING)
      yield task;
  }
}
