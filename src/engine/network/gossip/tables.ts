/**
 * The tables of the networks that one node takes part in: rows owned by nodes, newest Lamport time wins, deleted rows stay as
 * tombstones until they are reaped. Source: `moby: daemon/libnetwork/networkdb/networkdb.go, delegate.go, broadcast.go`.
 * Rows are immutable and shared between nodes; a running digest tells whether two nodes hold the same.
 */
import type { EventId, Micros } from '../../../protocol/events.ts';
import { type Broadcast, queueBroadcast, takeBroadcasts } from './membership.ts';
import { GOSSIP, type TableEntry, type Told } from './messages.ts';

export interface NetworkTable {
  network: string;
  /** By table and key. */
  entries: Map<string, TableEntry>;
  /** When tombstones may go. */
  reapAt: Map<string, Micros>;
  /** Sum over all rows: equal for equal tables. */
  digest: number;
  /** Rows as a list, for syncs; null when it has to be made anew. */
  list: readonly TableEntry[] | null;
  own: Broadcast<TableEntry>[];
  relayed: Broadcast<TableEntry>[];
}

export function emptyTable(network: string): NetworkTable {
  return { network, entries: new Map(), reapAt: new Map(), digest: 0, list: [], own: [], relayed: [] };
}

export const keyOf = (entry: TableEntry): string => `${entry.table}/${entry.key}`;

/** Takes a row if it is news. Returns what was there before (null: nothing), or undefined if it is not news. */
export function putEntry(table: NetworkTable, entry: TableEntry, now: Micros): TableEntry | null | undefined {
  const key = keyOf(entry);
  const known = table.entries.get(key);
  if (known && known.ltime >= entry.ltime) return undefined;
  table.entries.set(key, entry);
  table.digest = (table.digest - (known ? fingerprint(known) : 0) + fingerprint(entry)) >>> 0;
  table.list = null;
  if (entry.deleted) table.reapAt.set(key, now + GOSSIP.reapEntry);
  else table.reapAt.delete(key);
  return known ?? null;
}

/** Forgets a row altogether. */
export function dropEntry(table: NetworkTable, key: string): void {
  const known = table.entries.get(key);
  if (!known) return;
  table.entries.delete(key);
  table.reapAt.delete(key);
  table.digest = (table.digest - fingerprint(known)) >>> 0;
  table.list = null;
}

export function listOf(table: NetworkTable): readonly TableEntry[] {
  table.list ??= [...table.entries.values()];
  return table.list;
}

/** Queues a row for the peers of the network. */
export function tell(table: NetworkTable, entry: TableEntry, cause: EventId, own: boolean, peers: number): void {
  queueBroadcast(own ? table.own : table.relayed, { what: entry, cause }, keyOf(entry), peers + 1);
}

/** Rows for the next packet: changes of this node before those it passes on. */
export function takeRows(table: NetworkTable): Told<TableEntry>[] {
  const own = takeBroadcasts(table.own, GOSSIP.rowsPerPacket);
  return own.length < GOSSIP.rowsPerPacket
    ? [...own, ...takeBroadcasts(table.relayed, GOSSIP.rowsPerPacket - own.length)]
    : own;
}

export function isQuiet(table: NetworkTable): boolean {
  return table.own.length === 0 && table.relayed.length === 0;
}

function fingerprint(entry: TableEntry): number {
  let h = 0x811c9dc5 ^ entry.ltime;
  const key = keyOf(entry);
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (entry.deleted ? 0x9e37 : 0x79b9), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
