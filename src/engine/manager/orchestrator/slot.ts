/**
 * A slot is the place of one replica: a number of a replicated service, or a node of a global one. Usually it holds one
 * live task; during an update two, and any number of dead ones as history. Source: `swarmkit: manager/orchestrator/slot.go`.
 */
import type { Service, Task } from '../../store/objects.ts';
import { isPerNode } from './service.ts';

/** Number or node of a slot, as a key within its service. */
export function slotKey(service: Service, task: Pick<Task, 'slot' | 'nodeId'>): string {
  return isPerNode(service) ? `node:${task.nodeId}` : `slot:${task.slot}`;
}

/** A service's tasks by slot, in order of first appearance. */
export function bySlot(service: Service, tasks: readonly Task[]): Map<string, Task[]> {
  const slots = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = slotKey(service, task);
    const slot = slots.get(key);
    if (slot) slot.push(task);
    else slots.set(key, [task]);
  }
  return slots;
}
