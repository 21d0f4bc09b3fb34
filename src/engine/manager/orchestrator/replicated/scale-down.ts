/**
 * Which slots go when a replicated service is scaled down: those on the fullest nodes first, then those that do not run,
 * then the highest slot numbers. Source: `swarmkit: manager/orchestrator/replicated/slot.go`, `services.go`.
 */
import type { Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';

type SlotEntry = readonly [key: string, tasks: readonly Task[]];

/**
 * Slots in the order in which they are kept. In the order "running first, then by number" each slot counts as the n-th of
 * its node; the lower the count the more it is kept. Slots with two tasks, or on no node yet, come last.
 */
export function slotsToKeepFirst(slots: readonly SlotEntry[]): SlotEntry[] {
  const runningFirst = slots.toSorted(
    ([, a], [, b]) => Number(isRunning(b)) - Number(isRunning(a)) || a[0]!.slot - b[0]!.slot,
  );
  const onNode = new Map<string, number>();
  const counted = runningFirst.map((entry) => {
    const [, tasks] = entry;
    const nodeId = tasks.length === 1 ? tasks[0]!.nodeId : '';
    if (nodeId === '') return { entry, count: Number.POSITIVE_INFINITY };
    const count = (onNode.get(nodeId) ?? 0) + 1;
    onNode.set(nodeId, count);
    return { entry, count };
  });
  return counted.toSorted((a, b) => (a.count === b.count ? 0 : a.count - b.count)).map(({ entry }) => entry);
}

function isRunning(tasks: readonly Task[]): boolean {
  return tasks.some((task) => task.status.state === TaskState.running);
}
