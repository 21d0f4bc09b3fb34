/** All checkers together: what must hold after every event of a simulated world. */
import type { Cluster } from '../../engine/cluster.ts';
import type { Micros } from '../../protocol/events.ts';
import { DurabilityChecker } from './durability-checker.ts';
import { RaftChecker } from './raft-checker.ts';
import { TaskChecker } from './task-checker.ts';

export class Invariants {
  private readonly cluster: Cluster;
  private readonly raft: RaftChecker;
  private readonly disks: DurabilityChecker | null;
  private readonly tasks: TaskChecker;

  constructor(cluster: Cluster, options: { ignoreDisks?: boolean } = {}) {
    this.cluster = cluster;
    this.raft = new RaftChecker(cluster);
    this.disks = options.ignoreDisks ? null : new DurabilityChecker(cluster);
    this.tasks = new TaskChecker(cluster);
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    this.raft.observe();
    this.disks?.observe();
    this.tasks.observe();
  }

  /** As `Cluster.advance`, with a look after every event. */
  advance(until: Micros): void {
    const { kernel } = this.cluster;
    while (kernel.runNext(until)) this.observe();
    kernel.passTo(until);
  }
}
