import { describe, expect, test } from 'vitest';
import { milliseconds, seconds } from '../../kernel/time.ts';
import type { Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import { SETTLED, TestLeader } from '../testing-leader.ts';
import { type ServiceOptions, testCluster, testNode, testService, testTask } from '../testing-objects.ts';

function crashing(options: ServiceOptions, historyLimit = 5): TestLeader {
  const leader = new TestLeader();
  leader.fate = () => ({ exit: 'failed', after: seconds(0.1) });
  leader.put(testCluster({ spec: { ...testCluster().spec, taskHistoryLimit: historyLimit } }), testNode('n1'));
  leader.put(testService('web', options)).run(seconds(30));
  // Between two crashes, when the reaper has been there.
  while (leader.now - leader.events('task.created').at(-1)!.at < milliseconds(400)) leader.run(milliseconds(50));
  return leader;
}

describe('history', () => {
  test.each<[string, ServiceOptions, number, number]>([
    ['five tasks with the running one', { restart: { delay: seconds(1) } }, 5, 5],
    ['another limit', { restart: { delay: seconds(1) } }, 2, 2],
    ['per node of a global service', { mode: { kind: 'global' }, restart: { delay: seconds(1) } }, 3, 3],
    ['attempts and one, if they are limited', { restart: { delay: seconds(1), maxAttempts: 9 } }, 2, 10],
  ])('%s', (_, options, limit, expected) => {
    const leader = crashing(options, limit);
    expect(leader.events('task.created').length).toBeGreaterThanOrEqual(expected);
    expect(leader.tasks('web').length).toBe(expected);
  });

  test('no limit keeps all', () => {
    const leader = crashing({ restart: { delay: seconds(1) } }, -1);
    expect(leader.tasks('web')).toHaveLength(leader.events('task.created').length);
  });

  test('the oldest go first', () => {
    const leader = crashing({ restart: { delay: seconds(1) } }, 3);
    const created = leader.events('task.created').map(({ objects }) => objects[0]!.slice('task:'.length));
    expect(leader.tasks('web').map(({ id }) => id)).toEqual(created.slice(-3));
  });

  test('jobs keep theirs', () => {
    const mode = { kind: 'replicated-job', maxConcurrent: 1, totalCompletions: 1 } as const;
    const leader = crashing({ mode, restart: { delay: seconds(1) } }, 2);
    expect(leader.tasks('web').length).toBeGreaterThan(5);
  });
});

describe('desired REMOVE', () => {
  const service = testService('web');
  const with_ = (state: keyof typeof TaskState): Task => {
    const task = testTask(state, service, { desiredState: TaskState.running, nodeId: state === 'pending' ? '' : 'n1' });
    return { ...task, status: { ...task.status, state: TaskState[state] } };
  };
  test.each<[keyof typeof TaskState, boolean]>([
    ['new', true],
    ['pending', true],
    ['assigned', false],
    ['running', false],
    ['complete', true],
    ['shutdown', true],
    ['failed', true],
    ['orphaned', true],
  ])('%s: deleted %s', (state, deleted) => {
    const leader = new TestLeader({ only: ['task-reaper'], agents: false }).put(service, with_(state));
    leader.put({ ...with_(state), desiredState: TaskState.remove }).run(milliseconds(240));
    expect(leader.store.count('task')).toBe(1);
    expect(leader.run(milliseconds(20)).store.count('task')).toBe(deleted ? 0 : 1);
  });

  test('a new leader finds them', () => {
    const leader = new TestLeader({ only: [], agents: false }).put(service, {
      ...with_('failed'),
      desiredState: TaskState.remove,
    });
    const next = new TestLeader({ only: ['task-reaper'], agents: false })
      .put(service, leader.store.get('task', 'failed')!)
      .elect();
    expect(next.run(milliseconds(10)).store.count('task')).toBe(0);
  });
});

test('a service of a thousand tasks is removed in turns', () => {
  const leader = new TestLeader().put(testNode('n1'), testService('web', { replicas: 1000 })).run(SETTLED);
  expect(leader.running('web')).toHaveLength(1000);
  expect(leader.remove('service', 'web').run(SETTLED).store.count('task')).toBe(0);
});
