/**
 * Finding rows of a snapshot: an index per table, made when first asked for and kept as long as the table (an array that is
 * replaced, never edited) lives.
 */
import type { ObjectRef } from '../../protocol/events.ts';
import type { ContainerView, MachineView, NodeView, ServiceView, Snapshot, TaskView } from '../../protocol/snapshot.ts';

const indexes = new WeakMap<object, Map<string, unknown>>();

function indexed<Row>(rows: Row[], keyOf: (row: Row) => string): Map<string, Row> {
  let index = indexes.get(rows) as Map<string, Row> | undefined;
  if (!index) {
    index = new Map(rows.map((row) => [keyOf(row), row]));
    indexes.set(rows, index);
  }
  return index;
}

export function machineNamed(snapshot: Snapshot | null, name: string | null): MachineView | undefined {
  return snapshot && name !== null ? indexed(snapshot.machines, (row) => row.name).get(name) : undefined;
}

export function nodeWithId(snapshot: Snapshot | null, id: string | null): NodeView | undefined {
  return snapshot && id !== null ? indexed(snapshot.nodes, (row) => row.id).get(id) : undefined;
}

/** The node object of a machine: by the id its daemon knows, else by host name. */
export function nodeOfMachine(snapshot: Snapshot | null, name: string): NodeView | undefined {
  const machine = machineNamed(snapshot, name);
  return nodeWithId(snapshot, machine?.nodeId ?? null) ?? snapshot?.nodes.findLast((node) => node.machine === name);
}

export function serviceWithId(snapshot: Snapshot | null, id: string | null): ServiceView | undefined {
  return snapshot && id !== null ? indexed(snapshot.services, (row) => row.id).get(id) : undefined;
}

export function taskWithId(snapshot: Snapshot | null, id: string | null): TaskView | undefined {
  return snapshot && id !== null ? indexed(snapshot.tasks, (row) => row.id).get(id) : undefined;
}

/** The container that a machine runs for a task. */
export function containerOfTask(snapshot: Snapshot | null, task: TaskView): ContainerView | undefined {
  return machineNamed(snapshot, task.machine)?.containers.find((container) => container.taskId === task.id);
}

/** `kind:id` taken apart. */
export function splitRef(ref: ObjectRef): { kind: string; id: string } {
  const colon = ref.indexOf(':');
  return { kind: ref.slice(0, colon), id: ref.slice(colon + 1) };
}

/** `web.3`, or `web` on a node for a global service's task. */
export function taskName(task: Pick<TaskView, 'serviceName' | 'slot' | 'id' | 'machine'>): string {
  if (!task.serviceName) return task.id.slice(0, 12);
  return task.slot > 0 ? `${task.serviceName}.${task.slot}` : `${task.serviceName} on ${task.machine ?? 'no node yet'}`;
}
