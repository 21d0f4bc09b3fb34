/**
 * What changed between two pictures. The engine replaces rows and never edits them, so a row is compared by identity alone, and a
 * list in which nothing changed is not even walked through when it is the same list.
 */
import type { Snapshot, SnapshotDelta } from '../protocol/snapshot.ts';

/** Rows of a list that are new or replaced, and keys of those that are gone. */
interface RowChanges<Row> {
  changed: Row[];
  removed: string[];
}

function diffRows<Row>(before: readonly Row[], after: readonly Row[], keyOf: (row: Row) => string): RowChanges<Row> {
  if (before === after) return { changed: [], removed: [] };
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const changed: Row[] = [];
  for (const row of after) {
    const key = keyOf(row);
    if (old.get(key) !== row) changed.push(row);
    old.delete(key);
  }
  return { changed, removed: [...old.keys()] };
}

/** The delta that turns `before` into `after`. Parts without changes are left out. */
export function diffSnapshots(before: Snapshot, after: Snapshot): SnapshotDelta {
  const machines = diffRows(before.machines, after.machines, (row) => row.name);
  const nodes = diffRows(before.nodes, after.nodes, (row) => row.id);
  const services = diffRows(before.services, after.services, (row) => row.id);
  const tasks = diffRows(before.tasks, after.tasks, (row) => row.id);
  return {
    now: after.now,
    eventCount: after.eventCount,
    ...(machines.changed.length > 0 && { machines: machines.changed }),
    ...(machines.removed.length > 0 && { removedMachines: machines.removed }),
    ...(nodes.changed.length > 0 && { nodes: nodes.changed }),
    ...(nodes.removed.length > 0 && { removedNodes: nodes.removed }),
    ...(services.changed.length > 0 && { services: services.changed }),
    ...(services.removed.length > 0 && { removedServices: services.removed }),
    ...(tasks.changed.length > 0 && { tasks: tasks.changed }),
    ...(tasks.removed.length > 0 && { removedTasks: tasks.removed }),
    ...(!sameMessages(before, after) && { messages: after.messages }),
    ...(before.quorum !== after.quorum && { quorum: after.quorum }),
    ...(before.error !== after.error && { error: after.error }),
  };
}

function sameMessages(before: Snapshot, after: Snapshot): boolean {
  if (before.messages === after.messages) return true;
  return (
    before.messages.length === after.messages.length &&
    before.messages.every((message, index) => message === after.messages[index])
  );
}
