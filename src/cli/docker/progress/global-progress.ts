/**
 * Progress of a global service: a line per node that has a task, by the node's short ID.
 * Source: `cli: cli/command/service/progress/progress.go` (`globalProgressUpdater`).
 */
import type { ProgressOutput } from './progress-lines.ts';
import { drawOverall, type Observation, type ProgressUpdater } from './progress-updater.ts';
import { drawServiceTask } from './task-line.ts';
import { currentTasks, isRunning, mostBars } from './task-states.ts';

export class GlobalProgress implements ProgressUpdater {
  readonly #output: ProgressOutput;
  #hasBegun = false;
  #isDone = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  update({ tasks, activeNodes, rollback }: Observation): boolean {
    const current = currentTasks(tasks, (task) => task.NodeID ?? '');
    const nodeCount = current.length;
    if (!this.#hasBegun && nodeCount === 0) {
      // The tasks are not made yet, or no node meets the constraints: which of both cannot be seen.
      this.#output.line('overall progress', 'waiting for new tasks');
      return false;
    }
    if (!this.#hasBegun) drawOverall(this.#output, 0, nodeCount, rollback);
    this.#hasBegun = true;
    if (current.some(([, task]) => task.Status.State !== 'running')) this.#isDone = false;
    const active = current.filter(([node]) => activeNodes.has(node));
    if (!this.#isDone && nodeCount <= mostBars) {
      for (const [node, task] of active) drawServiceTask(this.#output, task, node.slice(0, 12));
    }
    const running = active.filter(([, task]) => isRunning(task)).length;
    if (!this.#isDone) {
      drawOverall(this.#output, running, nodeCount, rollback);
      this.#isDone = running === nodeCount;
    }
    return running === nodeCount;
  }
}
