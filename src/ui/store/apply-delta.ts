/**
 * Snapshot + delta -> snapshot, as pure functions. Rows that did not change stay the same objects, tables that did not change
 * the same arrays: so `===` tells what to draw again. A changed row keeps its place in the order; a new one goes to the end.
 */
import type { NetworkView } from '../../protocol/network-view.ts';
import {
  type NetworkDelta,
  type NetworkTable,
  networkKeys,
  type RowChanges,
  type Snapshot,
  type SnapshotDelta,
} from '../../protocol/snapshot.ts';

/** The next whole picture. */
export function applyDelta(before: Snapshot, delta: SnapshotDelta): Snapshot {
  return {
    ...before,
    now: delta.now,
    eventCount: delta.eventCount,
    machines: mergeRows(before.machines, (row) => row.name, delta.machines, delta.removedMachines),
    nodes: mergeRows(before.nodes, (row) => row.id, delta.nodes, delta.removedNodes),
    services: mergeRows(before.services, (row) => row.id, delta.services, delta.removedServices),
    tasks: mergeRows(before.tasks, (row) => row.id, delta.tasks, delta.removedTasks),
    messages: mergeRows(before.messages, (row) => row.id, delta.messages, delta.removedMessages),
    quorum: delta.quorum === undefined ? before.quorum : delta.quorum,
    network: delta.network ? mergeNetwork(before.network ?? noNetwork, delta.network) : before.network,
    error: delta.error === undefined ? before.error : delta.error,
  };
}

const noNetwork: NetworkView = {
  gossip: [],
  overlays: [],
  endpoints: [],
  balancers: [],
  pointers: [],
  flows: [],
  loads: [],
};

function mergeNetwork(before: NetworkView, { flows, loads, ...tables }: NetworkDelta): NetworkView {
  const merged = Object.entries(tables).map(([name, changes]) => {
    const table = name as NetworkTable;
    const { changed, removed } = changes as RowChanges<object, string>;
    return [
      table,
      mergeRows<object, string>(before[table], networkKeys[table] as (row: object) => string, changed, removed),
    ];
  });
  return { ...before, ...(flows && { flows }), ...(loads && { loads }), ...Object.fromEntries(merged) };
}

/** Puts changed rows in place, appends new ones, drops removed ones. */
export function mergeRows<Row extends object, Key extends string | number>(
  before: readonly Row[],
  keyOf: (row: Row) => Key,
  changed: Row[] | undefined,
  removed: Key[] | undefined,
): Row[] {
  const hasChanges = changed !== undefined && changed.length > 0;
  const hasRemovals = removed !== undefined && removed.length > 0;
  if (!hasChanges && !hasRemovals) return before as Row[];
  let rows = before as Row[];
  if (hasRemovals) {
    const gone = new Set(removed);
    rows = before.filter((row) => !gone.has(keyOf(row)));
  }
  if (!hasChanges) return rows;
  const merged = rows === before ? before.slice() : rows;
  const place = new Map(merged.map((row, index) => [keyOf(row), index]));
  for (const row of changed) {
    const index = place.get(keyOf(row));
    if (index !== undefined) merged[index] = row;
    else {
      place.set(keyOf(row), merged.length);
      merged.push(row);
    }
  }
  return merged;
}
