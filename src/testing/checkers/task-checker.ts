/**
 * Rules for tasks, watched at every commit of the leader: states only rise, an assigned task has a node, REMOVE is only wanted,
 * tasks stay on their node. Source: SwarmKit's TLA+ model (`design/tla`), `design/task_model.md`.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Task } from '../../engine/store/objects.ts';
import { Violation } from './violation.ts';

const ASSIGNED = 192;
const REMOVE = 800;
const REJECTED = 768;

export class TaskChecker {
  private readonly cluster: Cluster;
  private readonly newest = new Map<string, Task>();
  private version = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  observe(): void {
    for (const { swarm } of this.cluster.machines) {
      const { manager } = swarm;
      if (!manager?.isLeading || manager.store.state.version <= this.version) continue;
      this.version = manager.store.state.version;
      for (const task of manager.store.state.tables.task.values())
        if (this.newest.get(task.id) !== task) this.check(task);
    }
  }

  private check(task: Task): void {
    const before = this.newest.get(task.id);
    this.newest.set(task.id, task);
    const { state } = task.status;
    if (before && state < before.status.state)
      throw new Violation('task state rises', `task ${task.id} went from ${before.status.state} back to ${state}`);
    if (before && task.desiredState < before.desiredState)
      throw new Violation(
        'desired state rises',
        `task ${task.id} was wanted ${before.desiredState}, now ${task.desiredState}`,
      );
    if (before?.nodeId && task.nodeId !== before.nodeId)
      throw new Violation('tasks do not move', `task ${task.id} moved from ${before.nodeId} to ${task.nodeId}`);
    if (state >= ASSIGNED && state < REJECTED && !task.nodeId && state < 576)
      throw new Violation('an assigned task has a node', `task ${task.id} is at ${state} without one`);
    if (state === REMOVE) throw new Violation('REMOVE is only wanted', `task ${task.id} is in state REMOVE`);
  }
}
