/**
 * Progress of a replicated service: a line per replica, numbered from 1 whatever their slots are.
 * Once all run, lines stay as they are until one does not run any more.
 * Source: `cli: cli/command/service/progress/progress.go` (`replicatedProgressUpdater`).
 */
import type { Task } from '../../../protocol/engine-api.ts';
import type { ProgressOutput } from './progress-lines.ts';
import { drawOverall, type Observation, type ProgressUpdater } from './progress-updater.ts';
import { drawServiceTask } from './task-line.ts';
import { currentTasks, isRunning, mostBars } from './task-states.ts';

export class ReplicatedProgress implements ProgressUpdater {
  readonly #output: ProgressOutput;
  /** Slots, in the order in which they were seen: a slot's place in it is the number of its line. */
  readonly #slots: number[] = [];
  #hasBegun = false;
  #isDone = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  update({ service, tasks, activeNodes, rollback }: Observation): boolean {
    const replicas = service.Spec.Mode.Replicated?.Replicas ?? 0;
    if (!this.#hasBegun) this.#begin(replicas, rollback);
    const current = currentTasks(
      tasks,
      (task) => task.Slot ?? 0,
      (task) => !task.NodeID || activeNodes.has(task.NodeID),
    );
    if (current.some(([, task]) => task.Status.State !== 'running')) this.#isDone = false;
    for (const [slot, task] of current) this.#drawTask(task, this.#lineOf(slot), replicas);
    const running = current.filter(([, task]) => isRunning(task)).length;
    if (!this.#isDone) {
      drawOverall(this.#output, running, replicas, rollback);
      this.#isDone = running === replicas;
    }
    return running === replicas;
  }

  /** All lines once, so that they come in order. */
  #begin(replicas: number, rollback: boolean): void {
    drawOverall(this.#output, 0, replicas, rollback);
    for (let line = 1; replicas <= mostBars && line <= replicas; line++) {
      this.#output.line(`${line}/${replicas}`, ' ');
    }
    this.#hasBegun = true;
  }

  #lineOf(slot: number): number {
    if (!this.#slots.includes(slot)) this.#slots.push(slot);
    return this.#slots.indexOf(slot) + 1;
  }

  #drawTask(task: Task, line: number, replicas: number): void {
    if (this.#isDone || replicas > mostBars || line > replicas) return;
    drawServiceTask(this.#output, task, `${line}/${replicas}`);
  }
}
