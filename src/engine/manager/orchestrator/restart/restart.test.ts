import { describe, expect, test } from 'vitest';
import { seconds } from '../../../kernel/time.ts';
import type { RestartPolicy } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import { type Fate, SETTLED, TestLeader } from '../../testing-leader.ts';
import { testNode, testService } from '../../testing-objects.ts';

const CRASH: Fate = { exit: 'failed', after: seconds(1) };
const FINISH: Fate = { exit: 'complete', after: seconds(1) };

/** One replica whose every task has this fate. */
function started(restart: Partial<RestartPolicy>, fate: Fate = CRASH): TestLeader {
  const leader = new TestLeader();
  leader.fate = () => fate;
  return leader.put(testNode('n1'), testNode('n2')).put(testService('web', { restart }));
}
const created = (leader: TestLeader): number[] => leader.events('task.created').map(({ at }) => at);
const count = (leader: TestLeader): number => leader.events('task.created').length;

describe('conditions', () => {
  test.each<[RestartPolicy['condition'], Fate, number]>([
    ['any', CRASH, 3],
    ['any', FINISH, 3],
    ['on-failure', CRASH, 3],
    ['on-failure', FINISH, 1],
    ['none', CRASH, 1],
    ['none', FINISH, 1],
  ])('%s, %o: %i tasks', (condition, fate, tasks) => {
    expect(count(started({ condition }, fate).run(seconds(12)))).toBe(tasks);
  });
});

test('the replacement takes the slot at once, is prepared, and starts when the delay is over', () => {
  const leader = started({ delay: seconds(10) });
  while (leader.tasks('web').length < 2) leader.run(1_000);
  leader.run(seconds(1));
  expect(leader.lines('web')).toEqual(
    ['1 n1 failed shutdown', '1 n2 ready ready'].map((line, i) => line.replace(/n\d/, leader.tasks('web')[i]!.nodeId)),
  );
  leader.fate = () => 'runs';
  leader.run(seconds(8.5));
  expect(leader.running('web')).toHaveLength(0);
  leader.run(seconds(1));
  expect(leader.running('web')).toHaveLength(1);
});

test('tasks that crash come back every delay and a little more', () => {
  const at = created(started({ delay: seconds(5) }).run(seconds(40)));
  const gaps = at.slice(1).map((time, i) => (time - at[i]!) / 1e6);
  for (const gap of gaps.slice(1)) {
    expect(gap).toBeGreaterThan(6);
    expect(gap).toBeLessThan(6.5);
  }
});

test('a replacement that fails during its own delay waits for that delay to end', () => {
  const leader = started({ delay: seconds(5) }, 'rejected').run(seconds(31));
  expect(count(leader)).toBe(8);
  expect(leader.tasks('web').filter((task) => task.desiredState <= TaskState.running)).toHaveLength(1);
});

describe('attempts', () => {
  test('are counted per slot; then the service is left with less', () => {
    const leader = started({ maxAttempts: 2, delay: seconds(1) }).run(SETTLED);
    expect(count(leader)).toBe(3);
    expect(leader.lines('web').map((line) => line.split(' ')[2])).toEqual(['failed', 'failed', 'failed']);
  });

  test('begin again with a new spec', () => {
    const leader = started({ maxAttempts: 2, delay: seconds(1) })
      .run(SETTLED)
      .setImage('web', 'nginx:2')
      .run(SETTLED);
    expect(count(leader)).toBe(6);
  });

  test('outside the window do not count', () => {
    const slow = started({ maxAttempts: 2, delay: seconds(5), window: seconds(8) }).run(seconds(120));
    expect(count(slow)).toBeGreaterThan(10);
    const fast = started({ maxAttempts: 2, delay: seconds(1), window: seconds(8) }).run(seconds(120));
    expect(count(fast)).toBe(3);
  });

  test('are known to a new leader', () => {
    const leader = started({ maxAttempts: 3, delay: seconds(1) }).run(seconds(4));
    const before = count(leader);
    expect(before).toBeGreaterThan(1);
    expect(count(leader.elect().run(SETTLED))).toBe(4);
  });
});

describe('the old task', () => {
  test('is waited for, but no longer than a minute', () => {
    const leader = started({}, 'runs').run(seconds(2));
    const [old] = leader.tasks('web');
    leader.dead.add(old!.nodeId);
    leader.put({
      ...leader.store.get('node', old!.nodeId)!,
      spec: { ...leader.store.get('node', old!.nodeId)!.spec, availability: 'drain' },
    });
    leader.run(seconds(59));
    expect(leader.running('web')).toHaveLength(0);
    leader.run(seconds(2));
    expect(leader.running('web')).toHaveLength(1);
  });

  test('is given up when its node goes down', () => {
    const leader = started({}, 'runs').run(seconds(2));
    const [old] = leader.tasks('web');
    leader.dead.add(old!.nodeId);
    leader.put({
      ...leader.store.get('node', old!.nodeId)!,
      spec: { ...leader.store.get('node', old!.nodeId)!.spec, availability: 'drain' },
    });
    leader.run(seconds(10)).setNode(old!.nodeId, 'down').run(seconds(1));
    expect(leader.running('web')).toHaveLength(1);
  });
});

test('never more than one task of a slot is meant to run (swarmkit 1f40cec8e)', () => {
  const leader = started({ delay: seconds(1) }).put(testNode('n3'));
  for (let i = 0; i < 200; i++) {
    leader.run(seconds(0.37));
    if (i % 7 === 0) leader.setNode('n1', i % 2 ? 'ready' : 'down');
    if (i % 11 === 0) leader.setAvailability('n2', i % 2 ? 'drain' : 'active');
    if (i % 13 === 0) leader.elect();
    expect(leader.tasks('web').filter((task) => task.desiredState <= TaskState.running).length).toBeLessThanOrEqual(1);
  }
  leader.fate = () => 'runs';
  leader.setNode('n1', 'ready').setAvailability('n2', 'active').run(SETTLED);
  expect(leader.running('web')).toHaveLength(1);
});

test('a new leader gives a waiting replacement the rest of its delay', () => {
  const leader = started({ delay: seconds(20) });
  while (leader.tasks('web').length < 2) leader.run(1_000);
  const begin = leader.now;
  leader.fate = () => 'runs';
  leader.run(seconds(8)).elect();
  while (leader.running('web').length === 0) leader.run(seconds(0.1));
  expect((leader.now - begin) / 1e6).toBeGreaterThan(19);
  expect((leader.now - begin) / 1e6).toBeLessThan(22);
});
