/**
 * A machine's disk: keeps exactly what was synced before the power went.
 * Values are immutable data; `append` grows a list (a write-ahead log), cutting a tail first if told to.
 * Writes are visible to the machine at once and durable when a later `sync` has ended.
 */

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
}

export function emptyDisk(): DiskState {
  return { durable: {}, pending: [], covered: 0 };
}

/** Writes a value under a key (not durable yet). `undefined` deletes. */
export function diskSet(disk: DiskState, key: string, value: unknown): void {
  disk.pending.push({ op: 'set', key, value });
}

/** Appends items to the list under a key, first cutting it to `keep` items if given (not durable yet). */
export function diskAppend(disk: DiskState, key: string, items: readonly unknown[], keep: number | null = null): void {
  disk.pending.push({ op: 'append', key, keep, items });
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

/** The power goes: what was not synced is lost. */
export function diskLosePower(disk: DiskState): void {
  disk.pending.length = 0;
  disk.covered = 0;
}
