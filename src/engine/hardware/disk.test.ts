import { describe, expect, it } from 'vitest';
import { diskAppend, diskFlush, diskLosePower, diskSet, diskSynced, emptyDisk } from './disk.ts';

describe('a disk keeps exactly what was synced before the power went', () => {
  it('loses what was written later', () => {
    const disk = emptyDisk();
    diskSet(disk, 'vote', 'n1');
    disk.covered = 1;
    diskSet(disk, 'vote', 'n2');
    diskSynced(disk, 1);
    diskLosePower(disk);
    expect(disk.durable).toEqual({ vote: 'n1' });
  });

  it('cuts a tail before it appends', () => {
    const disk = emptyDisk();
    diskAppend(disk, 'log', [1, 2, 3]);
    diskAppend(disk, 'log', [9], 2);
    diskSynced(disk, 2);
    expect(disk.durable.log).toEqual([1, 2, 9]);
  });

  it('has all that a process wrote when only the process ends, and later syncs count from there', () => {
    const disk = emptyDisk();
    diskSet(disk, 'term', 1);
    disk.covered = 1;
    diskSet(disk, 'term', 2);
    diskFlush(disk);
    expect(disk).toMatchObject({ durable: { term: 2 }, pending: [], covered: 0 });
    diskSet(disk, 'term', 3);
    expect(disk.durable.term).toBe(2);
  });
});
