/** The name of a task, which is also its container's: `SERVICE.SLOT.ID`. Source: `swarmkit: api/naming/naming.go`. */
import type { Task } from '../../store/objects.ts';

/** Full name of a task; node-bound tasks have the node's id for a slot. */
export function taskName(task: Task): string {
  if (task.annotations.name) return task.annotations.name;
  return `${task.serviceAnnotations.name}.${task.slot || task.nodeId}.${task.id}`;
}
