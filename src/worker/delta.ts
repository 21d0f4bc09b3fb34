/**
 * What changed between two pictures. The engine replaces rows and never edits them, so a row is compared by identity alone, and a
 * list in which nothing changed is not even walked through when it is the same list.
 */
import type { NetworkView } from '../protocol/network-view.ts';
import type { MessageView, Snapshot, SnapshotDelta } from '../protocol/snapshot.ts';

/** Rows of a list that are new or replaced, and keys of those that are gone. */
interface RowChanges<Row, Key> {
  changed: Row[];
  removed: Key[];
}

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
    ...(before.network !== after.network && { network: diffLists(before.network, after.network) }),
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

/** The lists of the network that have changed, each whole. */
function diffLists(before: Partial<NetworkView> = {}, after: Partial<NetworkView> = {}): Partial<NetworkView> {
  return Object.fromEntries(
    Object.entries(after).filter(([name, list]) => before[name as keyof NetworkView] !== list),
  ) as Partial<NetworkView>;
}
