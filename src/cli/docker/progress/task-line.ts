/** The line of one task: its error, or its state and a bar. Source: `cli: cli/command/service/progress/progress.go`. */
import type { Task } from '../../../protocol/engine-api.ts';
import type { ProgressOutput } from './progress-lines.ts';
import { isTerminal, stateNumber } from './task-states.ts';

/** A full bar of a service's task, and of a job's. */
const runningTotal = 9;
const completeTotal = 10;

/** Lines of states are padded to the longest one, so that bars stand below each other. */
const stateWidth = 'allocated'.length;

/** A task that is to keep running. One that has ended, or is to end, leaves its line as it is. */
export function drawServiceTask(output: ProgressOutput, task: Task, id: string): void {
  if (!task.Status.Err && (isTerminal(task.DesiredState) || isTerminal(task.Status.State))) return;
  drawTask(output, task, id, runningTotal);
}

/** A task that is to complete. */
export function drawJobTask(output: ProgressOutput, task: Task, id: string): void {
  drawTask(output, task, id, completeTotal);
}

function drawTask(output: ProgressOutput, { Status }: Task, id: string, total: number): void {
  if (Status.Err) output.line(id, shortError(Status.Err));
  else output.line(id, (Status.State ?? '').padEnd(stateWidth), { current: stateNumber(Status.State), total });
}

/** An error on one line, short enough for a narrow terminal. */
function shortError(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > 75 ? `${line.slice(0, 74)}…` : line;
}
