import { describe, expect, test } from 'vitest';
import { milliseconds, seconds } from '../../kernel/time.ts';
import { TaskState } from '../../store/objects.ts';
import { TestLeader } from '../testing-leader.ts';
import { type ServiceOptions, testNode, testService, testTask } from '../testing-objects.ts';

const leader = (seed = 1): TestLeader => new TestLeader({ seed, only: ['scheduler'], agents: false });

/** Tasks on each node. */
function counts(of: TestLeader, service: string): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { nodeId } of of.tasks(service)) if (nodeId) result[nodeId] = (result[nodeId] ?? 0) + 1;
  return result;
}

function pending(of: TestLeader, name: string, count: number, options: ServiceOptions = {}): TestLeader {
  const service = of.store.get('service', name) ?? testService(name, options);
  const have = of.tasks(name).length;
  const tasks = Array.from({ length: count }, (_, i) =>
    testTask(`${name}-${have + i}`, service, { slot: have + i + 1 }),
  );
  return of.put(service, ...tasks);
}

test('a task is assigned 50 ms after the last change, with its message', () => {
  const l = leader().put(testNode('n1')).run(seconds(1));
  pending(l, 'web', 1).run(milliseconds(49));
  expect(l.tasks('web')[0]!.status.state).toBe(TaskState.pending);
  l.run(milliseconds(4));
  const [task] = l.tasks('web');
  expect([task!.nodeId, task!.status.state, task!.status.message, task!.status.err]).toEqual([
    'n1',
    TaskState.assigned,
    'scheduler assigned task to node',
    '',
  ]);
});

test('a stream of changes puts it off by no more than about a second', () => {
  const l = leader().put(testNode('n1')).run(seconds(1));
  const begin = l.now;
  pending(l, 'first', 1);
  for (let i = 0; i < 60 && l.tasks('first')[0]!.nodeId === ''; i++) pending(l.run(milliseconds(30)), 'other', 1);
  expect((l.now - begin) / 1e6).toBeGreaterThan(1);
  expect((l.now - begin) / 1e6).toBeLessThan(1.1);
});

describe('the order of nodes', () => {
  test('fewer tasks of the service, before fewer tasks in all', () => {
    const l = leader().put(testNode('full'), testNode('empty')).run(seconds(1));
    const other = testService('other');
    const running = { status: { ...testTask('x', other).status, state: TaskState.running } };
    for (let i = 0; i < 5; i++) l.put(testTask(`o${i}`, other, { ...running, nodeId: 'full' }));
    pending(l, 'web', 1).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ empty: 1 });
    pending(l, 'web', 1).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ empty: 1, full: 1 });
  });

  test('free resources do not count', () => {
    const l = leader().put(
      testNode('small', { resources: { memoryBytes: 2e9 } }),
      testNode('big', { resources: { memoryBytes: 64e9 } }),
    );
    pending(l, 'web', 2, { reservations: { memoryBytes: 1e9 } }).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ small: 1, big: 1 });
  });

  test('between equals chance decides, and says so', () => {
    const chosen = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const l = leader(seed).put(testNode('a'), testNode('b'), testNode('c'));
      pending(l, 'web', 1).run(seconds(1));
      chosen.add(l.tasks('web')[0]!.nodeId);
      expect(l.events('scheduler.decision')[0]!.data).toMatchObject({ candidates: 3, tie: true, filters: {} });
    }
    expect([...chosen].sort()).toEqual(['a', 'b', 'c']);
  });

  test('a first pass fills each node up to the level of the next, later ones go round', () => {
    const l = leader().put(testNode('a')).run(seconds(1));
    pending(l, 'web', 3).run(seconds(1)).put(testNode('b'), testNode('c'));
    pending(l, 'web', 5).run(seconds(1));
    const { a, b, c } = counts(l, 'web');
    // As in swarmkit: the last of the emptier nodes alone is filled up to a's level, and a comes next.
    expect([a, ...[b, c].sort()]).toEqual([3, 1, 4]);
  });

  test('a fresh service is spread to within one', () => {
    const l = leader();
    for (const name of ['a', 'b', 'c']) l.put(testNode(name));
    pending(l, 'web', 11).run(seconds(1));
    expect(Object.values(counts(l, 'web')).sort()).toEqual([3, 4, 4]);
  });

  test('five failures of the same spec within five minutes make a node the last choice', () => {
    const l = leader()
      .put(testNode('bad'), testNode('good', { availability: 'pause' }))
      .run(seconds(1));
    for (let i = 0; i < 5; i++) {
      pending(l, 'web', 1).run(seconds(1));
      l.report(`web-${i}`, TaskState.failed);
    }
    l.setAvailability('good', 'active').put(
      testTask('o', testService('other'), {
        nodeId: 'good',
        status: { ...testTask('x', testService('x')).status, state: TaskState.running },
      }),
    );
    pending(l, 'web', 1).run(seconds(1));
    expect(l.tasks('web').at(-1)!.nodeId).toBe('good');
    expect(l.events('scheduler.decision').at(-1)!.data!.ranking).toEqual([
      ['good', 0, 0, 1],
      ['bad', 5, 0, 0],
    ]);
    l.report('web-5', TaskState.complete).run(seconds(301));
    pending(l, 'web', 1).run(seconds(1));
    expect(l.tasks('web').at(-1)!.nodeId).toBe('bad');
  });
});

describe('filters inside a batch', () => {
  test('resources', () => {
    const l = leader().put(testNode('a'), testNode('b'));
    pending(l, 'web', 5, { reservations: { memoryBytes: 4e9 } }).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ a: 2, b: 2 });
    expect(l.tasks('web').find(({ nodeId }) => nodeId === '')!.status.err).toBe(
      'no suitable node (insufficient resources on 2 nodes)',
    );
  });

  test('max replicas per node', () => {
    const l = leader().put(testNode('a'), testNode('b'));
    pending(l, 'web', 3, { placement: { maxReplicas: 1 } }).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ a: 1, b: 1 });
    expect(l.tasks('web').find(({ nodeId }) => nodeId === '')!.status.err).toBe(
      'no suitable node (max replicas per node limit exceed)',
    );
  });

  test('named generic resources are given out one by one', () => {
    const gpus = ['x', 'y'].map((value) => ({ kind: 'gpu', value }));
    const l = leader().put(testNode('a', { resources: { generic: gpus } }));
    pending(l, 'web', 3, { reservations: { generic: [{ kind: 'gpu', value: 1 }] } }).run(seconds(1));
    const given = l.tasks('web').flatMap((task) => task.assignedGeneric.map(({ value }) => value));
    expect(given.sort()).toEqual(['x', 'y']);
  });
});

describe('a task without a fit', () => {
  test('stays PENDING with the reasons, and is tried again when a node changes', () => {
    const l = leader().put(testNode('a', { state: 'down' }), testNode('b', { availability: 'pause' }), testNode('c'));
    pending(l, 'web', 1, { placement: { constraints: ['node.id!=c'] } }).run(seconds(1));
    const [task] = l.tasks('web');
    expect([task!.status.state, task!.status.message, task!.status.err]).toEqual([
      TaskState.pending,
      'pending task scheduling',
      'no suitable node (2 nodes not available for new tasks; scheduling constraints not satisfied on 1 node)',
    ]);
    expect(l.events('scheduler.unfit')).toHaveLength(1);
    l.run(seconds(60));
    expect(l.events('scheduler.unfit')).toHaveLength(1);
    l.setAvailability('b', 'active').run(seconds(1));
    expect(l.tasks('web')[0]!.nodeId).toBe('b');
  });

  test('without any node there is no reason to give', () => {
    const l = pending(leader(), 'web', 1).run(seconds(1));
    expect(l.tasks('web')[0]!.status.err).toBe('no suitable node');
  });

  test('is tried again when a task leaves', () => {
    const l = leader().put(testNode('a'));
    pending(l, 'big', 1, { reservations: { memoryBytes: 8e9 } }).run(seconds(1));
    pending(l, 'web', 1, { reservations: { memoryBytes: 1e9 } }).run(seconds(1));
    expect(l.tasks('web')[0]!.nodeId).toBe('');
    l.report('big-0', TaskState.complete).run(seconds(1));
    expect(l.tasks('web')[0]!.nodeId).toBe('a');
  });

  test('of an older spec that is to be shut down is shut down by the scheduler', () => {
    const l = pending(leader(), 'web', 1).run(seconds(1));
    l.put({ ...l.service('web'), specVersion: 7 }, { ...l.tasks('web')[0]!, desiredState: TaskState.shutdown }).run(
      seconds(1),
    );
    expect(l.tasks('web')[0]!.status).toMatchObject({ state: TaskState.shutdown, err: '' });
  });

  test('of an older spec that is still wanted is tried again', () => {
    const l = pending(leader(), 'web', 1).run(seconds(1));
    l.put({ ...l.service('web'), specVersion: 7 })
      .put(testNode('a'))
      .run(seconds(1));
    expect(l.tasks('web')[0]!.nodeId).toBe('a');
  });
});

describe('preassigned tasks', () => {
  test('are confirmed on their node', () => {
    const l = leader().put(testNode('a'), testNode('b'));
    const service = testService('agent', { mode: { kind: 'global' } });
    l.put(service, testTask('t', service, { nodeId: 'b', slot: 0 })).run(seconds(1));
    expect(l.tasks('agent')[0]!.status).toMatchObject({
      state: TaskState.assigned,
      message: 'scheduler confirmed task can run on preassigned node',
    });
  });

  test('get the bare explanation, and are tried again', () => {
    const l = leader().put(testNode('a', { availability: 'pause' }));
    const service = testService('agent', { mode: { kind: 'global' } });
    l.put(service, testTask('t', service, { nodeId: 'a', slot: 0 })).run(seconds(1));
    expect(l.tasks('agent')[0]!.status.err).toBe('1 node not available for new tasks');
    l.setAvailability('a', 'active').run(seconds(1));
    expect(l.tasks('agent')[0]!.status).toMatchObject({ state: TaskState.assigned, err: '' });
  });
});

describe('spread preferences', () => {
  test('even the branches out, and the nodes within', () => {
    const l = leader();
    for (let i = 0; i < 4; i++) l.put(testNode(`e${i}`, { labels: { zone: 'east' } }));
    l.put(testNode('w0', { labels: { zone: 'west' } }));
    pending(l, 'web', 8, { placement: { preferences: ['node.labels.zone'] } }).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ e0: 1, e1: 1, e2: 1, e3: 1, w0: 4 });
  });

  test('leave full branches out; nodes without the label are a branch', () => {
    const l = leader().put(testNode('e', { labels: { zone: 'east' } }), testNode('none'));
    const placement = { preferences: ['node.labels.zone'] };
    l.put(testNode('w', { labels: { zone: 'west' }, resources: { memoryBytes: 1e9 } }));
    pending(l, 'web', 9, { placement, reservations: { memoryBytes: 1e9 } }).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ e: 4, none: 4, w: 1 });
  });

  test('an uneven tree ends (swarmkit 2d6aff776)', () => {
    const l = leader();
    l.put(testNode('e', { labels: { zone: 'east' } }));
    pending(l, 'web', 5, { placement: { preferences: ['node.labels.zone'] } }).run(seconds(1));
    l.put(testNode('w', { labels: { zone: 'west' }, availability: 'pause' }));
    pending(l, 'web', 3).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ e: 8 });
  });
});

describe('a new leader', () => {
  test('counts running tasks, not finished ones', () => {
    const l = leader().put(testNode('a'), testNode('b'));
    pending(l, 'web', 4, { reservations: { memoryBytes: 4e9 } }).run(seconds(1));
    for (const task of l.tasks('web')) l.report(task.id, task.nodeId === 'a' ? TaskState.complete : TaskState.running);
    l.elect();
    pending(l, 'web', 3).run(seconds(1));
    expect(counts(l, 'web')).toEqual({ a: 4, b: 2 });
    expect(l.tasks('web').filter(({ nodeId }) => nodeId === '')).toHaveLength(1);
  });

  test('takes up those who wait', () => {
    const l = pending(leader(), 'web', 1).run(seconds(1)).elect().put(testNode('a')).run(seconds(1));
    expect(l.tasks('web')[0]!.nodeId).toBe('a');
  });
});

test('its decisions are the same after its state was copied', () => {
  const run = (copy: boolean): unknown => {
    const l = leader(7);
    for (let i = 0; i < 5; i++) l.put(testNode(`n${i}`));
    pending(l, 'web', 7).run(seconds(1));
    if (copy) l.reassemble();
    pending(l, 'web', 4).run(seconds(1));
    return l.tasks('web').map(({ nodeId }) => nodeId);
  };
  expect(run(true)).toEqual(run(false));
});
