/**
 * Progress of jobs: how many tasks have completed, then a line per task (replicated job) or per node (global job).
 * Tasks of earlier runs of the job (other iterations) do not count.
 * Source: `cli: cli/command/service/progress/progress.go` (`replicatedJobProgressUpdater`, `globalJobProgressUpdater`).
 */
import type { Service, Task } from '../../../protocol/engine-api.ts';
import type { ProgressOutput } from './progress-lines.ts';
import type { Observation, ProgressUpdater } from './progress-updater.ts';
import { drawJobTask } from './task-line.ts';
import { mostBars, stateNumber } from './task-states.ts';

function isOfIteration(task: Task, service: Service): boolean {
  return task.JobIteration !== undefined && task.JobIteration.Index === service.JobStatus?.JobIteration.Index;
}

/** One task per place: the one that has come less far. */
function leastAdvanced<Place extends string | number>(
  tasks: readonly Task[],
  placeOf: (task: Task) => Place,
): [Place, Task][] {
  const found = new Map<Place, Task>();
  for (const task of tasks) {
    const existing = found.get(placeOf(task));
    if (!existing || stateNumber(existing.Status.State) > stateNumber(task.Status.State))
      found.set(placeOf(task), task);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function isComplete(task: Task): boolean {
  return task.Status.State === 'complete';
}

function drawCompleted(output: ProgressOutput, completed: number, total: number): void {
  const padded = String(completed).padStart(String(total).length);
  output.line('job progress', `${padded} out of ${total} complete`, { current: completed, total });
}

/** A job of a fixed number of tasks, so many at once. */
export class ReplicatedJobProgress implements ProgressUpdater {
  readonly #output: ProgressOutput;
  readonly #total: number;
  readonly #concurrent: number;
  #hasBegun = false;

  constructor(output: ProgressOutput, service: Service) {
    this.#output = output;
    this.#total = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? 1;
    this.#concurrent = service.Spec.Mode.ReplicatedJob?.MaxConcurrent ?? 1;
  }

  update({ service, tasks }: Observation): boolean {
    if (!this.#hasBegun) this.#begin();
    const counted = tasks.filter(
      (task) =>
        isOfIteration(task, service) && stateNumber(task.DesiredState) > 0 && stateNumber(task.Status.State) > 0,
    );
    const current = leastAdvanced(counted, (task) => task.Slot ?? 0).map(([, task]) => task);
    if (this.#total <= mostBars) {
      for (const task of current) drawJobTask(this.#output, task, `${(task.Slot ?? 0) + 1}/${this.#total}`);
    }
    const active = current.filter((task) => stateNumber(task.Status.State) < stateNumber('complete')).length;
    const completed = current.filter(isComplete).length;
    this.#drawOverall(active, completed);
    return completed === this.#total;
  }

  #begin(): void {
    this.#drawOverall(0, 0);
    for (let line = 1; this.#total <= mostBars && line <= this.#total; line++) {
      this.#output.line(`${line}/${this.#total}`, ' ');
    }
    this.#hasBegun = true;
  }

  #drawOverall(active: number, completed: number): void {
    drawCompleted(this.#output, completed, this.#total);
    const width = String(this.#concurrent).length;
    const wanted = Math.min(this.#concurrent, this.#total - completed);
    const [now, most] = [active, wanted].map((count) => String(count).padStart(width));
    this.#output.line('active tasks', `${now} out of ${most} tasks`);
  }
}

/** A job with one task on every node that was there when it began. */
export class GlobalJobProgress implements ProgressUpdater {
  readonly #output: ProgressOutput;
  /** Nodes of the first look; later ones are not waited for. */
  #nodes: ReadonlySet<string> | null = null;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  update({ service, tasks, activeNodes }: Observation): boolean {
    const ours = tasks.filter((task) => isOfIteration(task, service));
    if (this.#nodes === null) {
      if (tasks.length === 0 && activeNodes.size > 0) {
        this.#output.line('job progress', 'waiting for tasks');
        return false;
      }
      this.#nodes = new Set(ours.map((task) => task.NodeID ?? ''));
      drawCompleted(this.#output, 0, this.#nodes.size);
    }
    const nodes = this.#nodes;
    const current = leastAdvanced(
      ours.filter((task) => nodes.has(task.NodeID ?? '')),
      (task) => task.NodeID ?? '',
    );
    if (nodes.size <= mostBars) for (const [node, task] of current) drawJobTask(this.#output, task, node);
    const completed = current.filter(([, task]) => isComplete(task)).length;
    drawCompleted(this.#output, completed, nodes.size);
    return completed === nodes.size;
  }
}
