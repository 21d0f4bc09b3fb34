import { describe, expect, it } from 'vitest';
import { diskAppend, diskFlush, diskLosePower, diskSet, diskSynced, diskWipe, emptyDisk } from './disk.ts';

describe('a disk keeps exactly what was synced before the power went', () => {
  it('loses what was written later', () => {
    const disk = emptyDisk();
    diskSet(disk, 'vote', 'n1');
    disk.covered = 1;
    diskSet(disk, 'vote', 'n2');
    diskSynced(disk, 1);
    diskLosePower(disk, 0);
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

  it('may have got the first of the later writes, never a later one without those before it', () => {
    const disk = emptyDisk();
    diskAppend(disk, 'log', [1]);
    diskAppend(disk, 'log', [2]);
    diskSet(disk, 'term', 5);
    diskLosePower(disk, 2);
    expect(disk).toMatchObject({ durable: { log: [1, 2] }, pending: [], covered: 0 });
    expect(disk.durable.term).toBeUndefined();
  });

  it('may have got a part of an append: a torn write', () => {
    const disk = emptyDisk();
    diskAppend(disk, 'log', [1, 2, 3]);
    diskAppend(disk, 'log', [7, 8, 9], 1);
    diskSet(disk, 'term', 5);
    diskLosePower(disk, 1, 0.5);
    expect(disk).toMatchObject({ durable: { log: [1, 7, 8] }, pending: [] });
  });

  it('takes nothing when it is full, but deletes', () => {
    const disk = emptyDisk();
    diskSet(disk, 'term', 1);
    diskSynced(disk, 1);
    disk.full = true;
    expect([diskSet(disk, 'term', 2), diskAppend(disk, 'log', [1]), diskSet(disk, 'term', undefined)]).toEqual([
      false,
      false,
      true,
    ]);
    diskFlush(disk);
    expect(disk.durable).toEqual({});
  });

  it('is empty when another is put in, or lacks what was lost', () => {
    const disk = emptyDisk();
    disk.durable = { 'raft.log': [1], identity: 'n1' };
    diskSet(disk, 'identity', 'n2');
    diskWipe(disk, (key) => key.startsWith('raft.'));
    expect(disk).toMatchObject({ durable: { identity: 'n1' }, pending: [] });
  });
});
