import { describe, expect, it } from 'vitest';
import type { Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { applyDelta, mergeRows } from './apply-delta.ts';

interface Row {
  id: string;
  value: number;
}
const row = (id: string, value = 0): Row => ({ id, value });
const keyOf = (item: Row) => item.id;
const ids = (rows: Row[]) => rows.map((item) => item.id).join('');

describe('mergeRows', () => {
  const before = [row('a'), row('b'), row('c')];

  it.each([
    ['nothing', undefined, undefined, 'abc'],
    ['empty lists', [], [], 'abc'],
    ['a changed row, in place', [row('b', 1)], undefined, 'abc'],
    ['a new row, at the end', [row('d')], undefined, 'abcd'],
    ['a removed row', undefined, ['b'], 'ac'],
    ['removed, changed and new at once', [row('c', 2), row('e')], ['a'], 'bce'],
    ['the removal of what is not there', undefined, ['x'], 'abc'],
    ['the same new row twice', [row('d', 1), row('d', 2)], undefined, 'abcd'],
  ])('%s', (_, changed, removed, expected) => {
    const original = before.slice();
    expect(ids(mergeRows(before, keyOf, changed, removed))).toBe(expected);
    expect(before).toEqual(original);
  });

  it('keeps the array when nothing changes, and the rows that do not change', () => {
    expect(mergeRows(before, keyOf, undefined, undefined)).toBe(before);
    const after = mergeRows(before, keyOf, [row('b', 1)], undefined);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toEqual(row('b', 1));
  });
});

describe('applyDelta', () => {
  const task = (id: string) => ({ id, state: 'new' }) as TaskView;
  const before: Snapshot = {
    now: 1,
    epochMs: 0,
    seed: 41,
    eventCount: 1,
    machines: [],
    nodes: [],
    services: [],
    tasks: [task('t1')],
    messages: [],
    quorum: { members: [], needed: 1, leader: 'node1', term: 2, leaderlessSince: null },
    error: null,
  };

  it('takes the new time and keeps the tables that did not change', () => {
    const after = applyDelta(before, { now: 2, eventCount: 3 });
    expect(after).toMatchObject({ now: 2, eventCount: 3, seed: 41 });
    expect(after.tasks).toBe(before.tasks);
    expect(after.quorum).toBe(before.quorum);
  });

  it('can take the quorum away, but only when told so', () => {
    expect(applyDelta(before, { now: 2, eventCount: 1, quorum: null }).quorum).toBeNull();
    expect(applyDelta(before, { now: 2, eventCount: 1, quorum: undefined }).quorum).toBe(before.quorum);
  });

  it('takes rows of the network one by one, and begins with none', () => {
    const gossip = (machine: string, name = 'a') => ({ machine, name, members: [] });
    const first = applyDelta(before, {
      now: 2,
      eventCount: 1,
      network: { gossip: { changed: [gossip('node1'), gossip('node2')], removed: [] } },
    });
    const second = applyDelta(first, {
      now: 3,
      eventCount: 1,
      network: { gossip: { changed: [gossip('node2', 'b')], removed: ['node1'] } },
    });
    expect(second.network?.gossip).toEqual([gossip('node2', 'b')]);
    expect(second.network?.endpoints).toBe(first.network?.endpoints);
    expect(first.network?.gossip).toHaveLength(2);
  });

  it('never changes the picture before', () => {
    applyDelta(before, { now: 9, eventCount: 9, tasks: [task('t2')], removedTasks: ['t1'] });
    expect(before.tasks.map((row) => row.id)).toEqual(['t1']);
  });
});
