/** Which events are about the selected thing: a machine and its node are one, a task is its container too, a service is all its tasks. */
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { nodeOfMachine, nodeWithId, splitRef, taskWithId } from '../store/rows.ts';

/** Null when nothing is selected that events could be about. */
export function aboutSelection(
  snapshot: Snapshot | null,
  selection: ObjectRef | null,
): ((event: TraceEvent) => boolean) | null {
  if (!snapshot || !selection) return null;
  const { kind, id } = splitRef(selection);
  if (kind === 'event') return null;
  const refs = new Set<ObjectRef>([selection, ...alsoCalled(snapshot, kind, id)]);
  if (kind !== 'service') return ({ objects }) => objects.some((ref) => refs.has(ref));
  return ({ objects }) => objects.some((ref) => refs.has(ref) || isTaskOf(snapshot, ref, id));
}

function alsoCalled(snapshot: Snapshot, kind: string, id: string): ObjectRef[] {
  switch (kind) {
    case 'machine': {
      const node = nodeOfMachine(snapshot, id);
      return node ? [`node:${node.id}`] : [];
    }
    case 'node': {
      const node = nodeWithId(snapshot, id);
      return node ? [`machine:${node.machine}`] : [];
    }
    case 'task': {
      const container = taskWithId(snapshot, id)?.containerId;
      return container ? [`container:${container}`] : [];
    }
    default:
      return [];
  }
}

function isTaskOf(snapshot: Snapshot, ref: ObjectRef, service: string): boolean {
  const { kind, id } = splitRef(ref);
  return kind === 'task' && taskWithId(snapshot, id)?.serviceId === service;
}
