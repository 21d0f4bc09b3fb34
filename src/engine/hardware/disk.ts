/**
 * A machine's disk: keeps exactly what was synced before the power went, and of later writes the first few.
 * Values are immutable data; `append` grows a list (a write-ahead log), cutting a tail first if told to.
 * Writes are visible to the machine at once and durable when a later `sync` has ended. A full disk takes none.
 */
import type { Micros } from '../../protocol/events.ts';

type Write =
  | { op: 'set'; key: string; value: unknown }
  | { op: 'append'; key: string; keep: number | null; items: readonly unknown[] };

export interface DiskState {
  /** What would be found after a power cut now. */
  durable: Record<string, unknown>;
  /** Written, not yet synced, oldest first. */
  pending: Write[];
  /** How many of `pending` are covered by syncs under way (syncs end in the order of their calls). */
  covered: number;
  /** No space is left: writes fail, only deletions succeed. */
  full: boolean;
  /** What a sync takes. */
  syncTime: Micros;
  /** When the syncs under way will have ended. */
  busyUntil: Micros;
}

/** How long an `fsync` takes on a healthy disk. */
export const SYNC_TIME: Micros = 800;

export function emptyDisk(): DiskState {
  return { durable: {}, pending: [], covered: 0, full: false, syncTime: SYNC_TIME, busyUntil: 0 };
}

/** Writes a value under a key (not durable yet). `undefined` deletes. Returns whether there was space. */
export function diskSet(disk: DiskState, key: string, value: unknown): boolean {
  if (disk.full && value !== undefined) return false;
  disk.pending.push({ op: 'set', key, value });
  return true;
}

/**
 * Appends items to the list under a key, first cutting it to `keep` items if given (not durable yet). Returns whether there was
 * space.
 */
export function diskAppend(
  disk: DiskState,
  key: string,
  items: readonly unknown[],
  keep: number | null = null,
): boolean {
  if (disk.full) return false;
  disk.pending.push({ op: 'append', key, keep, items });
  return true;
}

/** The first `count` pending writes have reached the platter. */
export function diskSynced(disk: DiskState, count: number): void {
  disk.covered -= count;
  for (const write of disk.pending.splice(0, count)) {
    if (write.op === 'set') {
      if (write.value === undefined) delete disk.durable[write.key];
      else disk.durable[write.key] = write.value;
      continue;
    }
    const list = (disk.durable[write.key] ??= []) as unknown[];
    if (write.keep !== null) list.length = Math.min(list.length, Math.max(0, write.keep));
    for (const item of write.items) list.push(item);
  }
}

/** A process ends, not the machine: the system writes out what it has; nobody waits for it any more. */
export function diskFlush(disk: DiskState): void {
  diskSynced(disk, disk.pending.length);
  disk.covered = 0;
}

/**
 * The power goes: of what was not synced only the `survivors` oldest writes had reached the platter, and of the next one, if it
 * appends, a part (0..1) of its items: a torn write.
 */
export function diskLosePower(disk: DiskState, survivors: number, part = 0): void {
  diskSynced(disk, survivors);
  const torn = disk.pending[0];
  if (torn?.op === 'append') {
    const items = torn.items.slice(0, Math.floor(part * (torn.items.length + 1)));
    disk.pending[0] = { ...torn, items };
    if (items.length > 0) diskSynced(disk, 1);
  }
  disk.pending.length = 0;
  disk.covered = 0;
}

/** Another disk is put in: empty, or without what `isLost` names. */
export function diskWipe(disk: DiskState, isLost: (key: string) => boolean): void {
  for (const key of Object.keys(disk.durable)) if (isLost(key)) delete disk.durable[key];
  disk.pending.length = 0;
  disk.covered = 0;
}
