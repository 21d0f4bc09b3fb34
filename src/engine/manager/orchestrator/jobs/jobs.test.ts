import { describe, expect, test } from 'vitest';
import { seconds } from '../../../kernel/time.ts';
import { TaskState } from '../../../store/objects.ts';
import { SETTLED, TestLeader } from '../../testing-leader.ts';
import { type ServiceOptions, testNode, testService } from '../../testing-objects.ts';

function job(options: ServiceOptions): TestLeader {
  const leader = new TestLeader();
  leader.fate = () => ({ exit: 'complete', after: seconds(1) });
  return leader.put(testNode('n1'), testNode('n2')).put(testService('job', options));
}
const states = (leader: TestLeader): string[] => leader.lines('job').map((line) => line.split(' ').slice(2).join(' '));
const again = (leader: TestLeader): TestLeader =>
  leader.put({ ...leader.service('job'), jobIteration: leader.service('job').jobIteration + 1 });

describe('a replicated job', () => {
  const mode = { kind: 'replicated-job', maxConcurrent: 2, totalCompletions: 5 } as const;

  test('runs so many at a time until so many are complete, in slots from 0', () => {
    const leader = job({ mode }).run(seconds(0.8));
    expect(leader.tasks('job').map(({ slot, desiredState }) => [slot, desiredState])).toEqual([
      [0, TaskState.complete],
      [1, TaskState.complete],
    ]);
    leader.run(SETTLED);
    expect(
      leader
        .tasks('job')
        .map(({ slot }) => slot)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(states(leader))).toEqual(new Set(['complete complete']));
  });

  test('restarts what fails in the same slot, also with condition any; what completes is not restarted', () => {
    const leader = job({ mode: { ...mode, totalCompletions: 2 }, restart: { delay: seconds(1) } });
    leader.fate = (task) => {
      const tries = leader.tasks('job').filter(({ slot }) => slot === task.slot).length;
      return { exit: task.slot === 1 && tries < 3 ? 'failed' : 'complete', after: seconds(1) };
    };
    leader.run(SETTLED);
    expect(leader.lines('job').filter((line) => line.includes('complete complete'))).toHaveLength(2);
    expect(leader.tasks('job').map(({ slot }) => slot)).toEqual([0, 1, 1, 1]);
  });

  test('gives up when attempts are used up', () => {
    const leader = job({
      mode: { ...mode, totalCompletions: 1, maxConcurrent: 1 },
      restart: { maxAttempts: 2, delay: seconds(1) },
    });
    leader.fate = () => ({ exit: 'failed', after: seconds(1) });
    leader.run(seconds(120));
    expect(states(leader).slice(0, 3)).toEqual(['failed shutdown', 'failed shutdown', 'failed shutdown']);
  });

  test('runs again with a new iteration; what still ran is removed, what had finished stays', () => {
    const leader = again(job({ mode: { ...mode, totalCompletions: 2 } }).run(SETTLED)).run(SETTLED);
    expect(states(leader)).toEqual(Array(4).fill('complete complete'));
    again(leader).run(seconds(1));
    again(leader).run(SETTLED);
    expect(states(leader)).toEqual(Array(6).fill('complete complete'));
  });

  test('runs each slot once in a new iteration, also where a task of the old one waited for its restart', () => {
    const leader = job({ mode: { ...mode, totalCompletions: 1, maxConcurrent: 1 }, restart: { delay: seconds(20) } });
    leader.fate = () => ({ exit: 'failed', after: seconds(1) });
    leader.run(seconds(5));
    const waiting = leader.tasks('job').find(({ desiredState }) => desiredState === TaskState.ready)!;
    leader.put({ ...waiting, status: { ...waiting.status, state: TaskState.rejected } }).run(seconds(1));
    leader.fate = () => ({ exit: 'complete', after: seconds(60) });
    again(leader).run(seconds(30));
    const wanted = leader.tasks('job').filter(({ desiredState }) => desiredState <= TaskState.complete);
    expect(wanted).toHaveLength(1);
  });

  test('goes on under a new leader', () => {
    const leader = job({ mode }).run(seconds(1)).elect().run(seconds(1)).elect().run(SETTLED);
    expect(states(leader)).toEqual(Array(5).fill('complete complete'));
  });

  test('a removed one takes its tasks with it', () => {
    expect(job({ mode }).run(seconds(1)).remove('service', 'job').run(SETTLED).store.count('task')).toBe(0);
  });
});

describe('a global job', () => {
  const mode = { kind: 'global-job' } as const;

  test('runs once per node; nodes that come later are left out', () => {
    const leader = job({ mode }).run(SETTLED).put(testNode('n3')).run(SETTLED);
    expect(leader.tasks('job').map(({ nodeId }) => nodeId)).toEqual(['n1', 'n2']);
    expect(states(leader)).toEqual(Array(2).fill('complete complete'));
    again(leader).run(SETTLED);
    expect(
      leader
        .tasks('job')
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(['n1', 'n2', 'n3']);
  });

  test('only on nodes that are ready, active and fit', () => {
    const leader = job({ mode, placement: { constraints: ['node.id!=n2'] } });
    leader.put(testNode('n3', { availability: 'pause' }), testNode('n4', { state: 'down' })).run(SETTLED);
    expect(leader.tasks('job').map(({ nodeId }) => nodeId)).toEqual(['n1']);
  });
});
