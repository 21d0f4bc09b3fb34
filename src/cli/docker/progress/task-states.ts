/**
 * Task states in the order a progress display counts them, and which of several tasks of one place is shown.
 * Source: `cli: cli/command/service/progress/progress.go`.
 */
import type { Task, TaskState } from '../../../protocol/engine-api.ts';

/** States that are shown or compared; a task in any other state (`remove`, `orphaned`) is left out. */
const ORDER: readonly TaskState[] = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
];

/** Above this many tasks only the summary is shown. */
export const mostBars = 20;

/** Place of a state from 1 on; 0 if it is not counted. */
export function stateNumber(state: TaskState | undefined): number {
  return state === undefined ? 0 : ORDER.indexOf(state) + 1;
}

/** Past running. */
export function isTerminal(state: TaskState | undefined): boolean {
  return stateNumber(state) > stateNumber('running');
}

/** Runs, and is wanted to. */
export function isRunning(task: Task): boolean {
  return !isTerminal(task.DesiredState) && task.Status.State === 'running';
}

/**
 * One task per place (slot or node): the one with the lowest desired state, then the lowest state.
 * Simplified: places come in ascending order; the original walks a Go map, whose order is random.
 */
export function currentTasks<Place extends string | number>(
  tasks: readonly Task[],
  placeOf: (task: Task) => Place,
  isCounted: (task: Task) => boolean = () => true,
): [Place, Task][] {
  const current = new Map<Place, Task>();
  for (const task of tasks) {
    if (stateNumber(task.DesiredState) === 0 || stateNumber(task.Status.State) === 0) continue;
    const existing = current.get(placeOf(task));
    if (existing && !isEarlier(task, existing)) continue;
    if (isCounted(task)) current.set(placeOf(task), task);
  }
  return [...current].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Wanted to come less far than `existing`; or as far, and has come less far. */
function isEarlier(task: Task, existing: Task): boolean {
  const [wanted, existingWanted] = [stateNumber(task.DesiredState), stateNumber(existing.DesiredState)];
  if (wanted !== existingWanted) return wanted < existingWanted;
  return stateNumber(task.Status.State) < stateNumber(existing.Status.State);
}
