/**
 * What changed between two pictures. The engine replaces rows and never edits them, so a row is compared by identity alone, and a
 * list in which nothing changed is not even walked through when it is the same list.
 */
import type { NetworkView } from '../protocol/network-view.ts';
import {
  type MessageView,
  type NetworkDelta,
  type NetworkTable,
  networkKeys,
  type RowChanges,
  type Snapshot,
  type SnapshotDelta,
} from '../protocol/snapshot.ts';

function diffRows<Row, Key>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => Key,
  isSame: (a: Row, b: Row) => boolean = Object.is,
): RowChanges<Row, Key> {
  if (before === after) return { changed: [], removed: [] };
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const changed: Row[] = [];
  for (const row of after) {
    const key = keyOf(row);
    const known = old.get(key);
    if (known === undefined || !isSame(known, row)) changed.push(row);
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
  const messages = diffRows(before.messages, after.messages, (row) => row.id, isSameMessage);
  const network = before.network === after.network ? {} : diffNetwork(before.network, after.network);
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
    ...(messages.changed.length > 0 && { messages: messages.changed }),
    ...(messages.removed.length > 0 && { removedMessages: messages.removed }),
    ...(Object.keys(network).length > 0 && { network }),
    ...(before.quorum !== after.quorum && { quorum: after.quorum }),
    ...(before.error !== after.error && { error: after.error }),
  };
}

/** What is written in a message does not change on its way; only its end may become known. */
function isSameMessage(a: MessageView, b: MessageView): boolean {
  return a.arrives === b.arrives && a.dropped?.at === b.dropped?.at;
}

/** Does the picture say no more than what time it is? */
export function isOnlyLater(delta: SnapshotDelta): boolean {
  return Object.keys(delta).every((key) => key === 'now' || key === 'eventCount');
}

function diffNetwork(before: Partial<NetworkView> = {}, after: Partial<NetworkView> = {}): NetworkDelta {
  const tables = Object.keys(networkKeys).flatMap((name) => {
    const table = name as NetworkTable;
    const changes = diffRows<object, string>(before[table] ?? [], after[table] ?? [], networkKeys[table] as KeyOfRow);
    return changes.changed.length + changes.removed.length > 0 ? [[table, changes]] : [];
  });
  return {
    ...Object.fromEntries(tables),
    ...(after.flows && before.flows !== after.flows && { flows: after.flows }),
    ...(after.loads && before.loads !== after.loads && { loads: after.loads }),
  };
}

type KeyOfRow = (row: object) => string;
