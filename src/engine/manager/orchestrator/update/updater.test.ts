import { describe, expect, test } from 'vitest';
import type { Micros } from '../../../../protocol/events.ts';
import { seconds } from '../../../kernel/time.ts';
import type { Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import { SETTLED, TestLeader } from '../../testing-leader.ts';
import { type ServiceOptions, testNode, testService } from '../../testing-objects.ts';

const isNew = (task: Task): boolean => task.spec.container.image === 'nginx:2';
const NEVER: Micros = seconds(1e6);

function deployed(options: ServiceOptions): TestLeader {
  const leader = new TestLeader().put(testNode('n1'), testNode('n2'), testNode('n3'));
  return leader.put(testService('web', { replicas: 4, ...options })).run(seconds(3));
}
const images = (leader: TestLeader): string[] => leader.running('web').map((task) => task.spec.container.image);
const status = (leader: TestLeader): string => {
  const { updateStatus } = leader.service('web');
  return updateStatus ? `${updateStatus.state}: ${updateStatus.message.replace(/task \w+/, 'task ID')}` : 'none';
};
/** Most tasks of this kind at one time, looked at every 5 ms. */
function most(leader: TestLeader, duration: Micros, counts: (task: Task) => boolean): number {
  let result = 0;
  for (const end = leader.now + duration; leader.now < end; leader.run(5_000))
    result = Math.max(result, leader.tasks('web').filter(counts).length);
  return result;
}
const beingReplaced = (task: Task): boolean =>
  isNew(task) && task.desiredState <= TaskState.running && task.status.state < TaskState.running;

test('one after the other, and completed after one more monitor period', () => {
  const leader = deployed({}).setImage('web', 'nginx:2');
  expect(most(leader, seconds(2), beingReplaced)).toBe(1);
  expect(status(leader)).toBe('updating: update in progress');
  expect(images(leader)).toEqual(['nginx:2', 'nginx:2', 'nginx:2', 'nginx:2']);
  leader.run(seconds(5));
  expect(status(leader)).toBe('completed: update completed');
  const { startedAt, completedAt } = leader.service('web').updateStatus!;
  expect((completedAt! - startedAt) / 1e6).toBeGreaterThan(5);
});

test.each([
  [2, 2],
  [0, 4],
])('parallelism %i: %i at a time', (parallelism, expected) => {
  const leader = deployed({ update: { parallelism } }).setImage('web', 'nginx:2');
  expect(most(leader, seconds(2), beingReplaced)).toBe(expected);
  expect(images(leader)).toHaveLength(4);
});

test('a delay passes between slots', () => {
  const leader = deployed({ update: { delay: seconds(10) } })
    .setImage('web', 'nginx:2')
    .run(seconds(25));
  expect(images(leader).filter((image) => image === 'nginx:2')).toHaveLength(3);
  expect(status(leader.run(seconds(30)))).toBe('completed: update completed');
});

describe('order', () => {
  test('stop-first: never more tasks than replicas', () => {
    const leader = deployed({ update: { order: 'stop-first' } }).setImage('web', 'nginx:2');
    expect(most(leader, seconds(3), ({ status: { state } }) => state === TaskState.running)).toBe(4);
  });

  test('start-first: never fewer', () => {
    const leader = deployed({ update: { order: 'start-first' } }).setImage('web', 'nginx:2');
    let least = 9;
    for (let i = 0; i < 600; i++) {
      leader.run(5_000);
      least = Math.min(least, leader.tasks('web').filter((task) => task.status.state === TaskState.running).length);
    }
    expect(least).toBe(4);
    expect(images(leader)).toEqual(['nginx:2', 'nginx:2', 'nginx:2', 'nginx:2']);
    expect(leader.tasks('web').filter((task) => !isNew(task) && task.desiredState === TaskState.running)).toEqual([]);
  });

  test('start-first: the old task stays if the new one never runs (swarmkit 6728c5205)', () => {
    const leader = deployed({ update: { order: 'start-first' } });
    leader.fate = (task) => (isNew(task) ? 'rejected' : 'runs');
    leader.setImage('web', 'nginx:2').run(SETTLED);
    expect(images(leader)).toEqual(['nginx:1', 'nginx:1', 'nginx:1', 'nginx:1']);
    expect(status(leader)).toBe('paused: update paused due to failure or early termination of task ID');
  });
});

describe('failure', () => {
  const failing = (options: ServiceOptions, which: (task: Task) => boolean = isNew): TestLeader => {
    const leader = deployed(options);
    leader.fate = (task) => (which(task) ? { exit: 'failed', after: seconds(0.03) } : 'runs');
    return leader.setImage('web', 'nginx:2').run(SETTLED);
  };

  test('pauses by default; the rest keeps the old spec', () => {
    const leader = failing({});
    expect(status(leader)).toBe('paused: update paused due to failure or early termination of task ID');
    expect(images(leader).filter((image) => image === 'nginx:1').length).toBeGreaterThanOrEqual(2);
  });

  test('a pause is resumed by any update of the spec', () => {
    const leader = failing({});
    leader.fate = () => 'runs';
    leader
      .updateService('web', (spec) => ({ ...spec, annotations: { ...spec.annotations, labels: { a: 'b' } } }))
      .run(SETTLED);
    expect(images(leader)).toEqual(['nginx:2', 'nginx:2', 'nginx:2', 'nginx:2']);
    expect(status(leader)).toBe('completed: update completed');
  });

  test('rolls back to the old spec exactly', () => {
    const options: ServiceOptions = { update: { failureAction: 'rollback' } };
    const leader = failing(options);
    expect(status(leader)).toBe('rollback_completed: rollback completed');
    const service = leader.service('web');
    expect([service.spec, service.specVersion]).toEqual([testService('web', { replicas: 4, ...options }).spec, 0]);
    expect([service.previousSpec, service.previousSpecVersion]).toEqual([null, null]);
    expect(images(leader)).toEqual(['nginx:1', 'nginx:1', 'nginx:1', 'nginx:1']);
    expect(leader.events('service.update.rolled-back')[0]!.data!.message).toMatch(
      /^update rolled back due to failure or early termination of task \w{25}$/,
    );
  });

  test('of a rollback only pauses', () => {
    const leader = deployed({ update: { failureAction: 'rollback' }, rollback: { failureAction: 'rollback' } });
    leader.fate = (task) =>
      leader.service('web').updateStatus ? { exit: 'failed', after: seconds(1) } : task.id ? 'runs' : 'runs';
    leader.setImage('web', 'nginx:2').run(SETTLED);
    expect(status(leader)).toBe('rollback_paused: rollback paused due to failure or early termination of task ID');
  });

  test('continue watches nothing', () => {
    const leader = failing({ update: { failureAction: 'continue' }, restart: { delay: seconds(1) } });
    expect(status(leader)).toBe('completed: update completed');
    expect(leader.tasks('web').filter((task) => !isNew(task) && task.desiredState === TaskState.running)).toEqual([]);
  });

  test('COMPLETE counts as well', () => {
    const leader = deployed({});
    leader.fate = (task) => (isNew(task) ? { exit: 'complete', after: seconds(1) } : 'runs');
    expect(status(leader.setImage('web', 'nginx:2').run(SETTLED))).toMatch(/^paused/);
  });

  test('after the monitor period does not count', () => {
    const leader = deployed({ update: { monitor: seconds(2) } });
    leader.fate = (task) => (isNew(task) ? { exit: 'failed', after: seconds(8) } : 'runs');
    expect(status(leader.setImage('web', 'nginx:2').run(SETTLED))).toBe('completed: update completed');
  });

  test.each([
    [0.25, 1, 'completed'],
    [0.25, 2, 'paused'],
    [0.5, 2, 'completed'],
    [0.49, 2, 'paused'],
  ])('ratio %d with %i of 4 failing: %s', (maxFailureRatio, failures, expected) => {
    const bad = new Set<number>();
    const leader = failing({ update: { maxFailureRatio }, restart: { delay: NEVER } }, (task) => {
      if (!isNew(task) || (bad.size >= failures && !bad.has(task.slot))) return false;
      bad.add(task.slot);
      return true;
    });
    expect(leader.service('web').updateStatus!.state).toBe(expected);
  });
});

describe('what is dirty', () => {
  test('labels of the service alone are not: no update, no status', () => {
    const leader = deployed({})
      .updateService('web', (spec) => ({ ...spec, annotations: { name: 'web', labels: { a: 'b' } } }))
      .run(SETTLED);
    expect(leader.lines('web')).toHaveLength(4);
    expect(status(leader)).toBe('none');
  });

  test('constraints that the nodes satisfy are not; others are', () => {
    const constrain = (leader: TestLeader, constraint: string): TestLeader =>
      leader
        .updateService('web', (spec) => ({
          ...spec,
          task: { ...spec.task, placement: { ...spec.task.placement, constraints: [constraint] } },
        }))
        .run(SETTLED);
    const leader = constrain(deployed({}), 'node.role==worker');
    expect(leader.lines('web')).toHaveLength(4);
    constrain(leader, 'node.id!=n1');
    expect(leader.running('web').some(({ nodeId }) => nodeId === 'n1')).toBe(false);
    expect(leader.running('web')).toHaveLength(4);
  });

  test('published ports are', () => {
    const port = { name: '', protocol: 'tcp', targetPort: 80, publishedPort: 80, publishMode: 'ingress' } as const;
    const leader = deployed({})
      .updateService('web', (spec) => ({ ...spec, endpoint: { mode: 'vip', ports: [port] } }))
      .run(SETTLED);
    expect(status(leader)).toBe('completed: update completed');
    expect(leader.running('web').every((task) => task.networks[0]?.networkId === 'ingress')).toBe(true);
  });

  test('a forced update is', () => {
    const leader = deployed({});
    const before = leader.running('web').map(({ id }) => id);
    leader.updateService('web', (spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } })).run(SETTLED);
    expect(leader.running('web').filter(({ id }) => before.includes(id))).toEqual([]);
  });
});

test('a new spec takes the place of a running update', () => {
  const leader = deployed({ update: { delay: seconds(20) } })
    .setImage('web', 'nginx:2')
    .run(seconds(5));
  leader.setImage('web', 'nginx:3').run(seconds(120));
  expect(images(leader)).toEqual(['nginx:3', 'nginx:3', 'nginx:3', 'nginx:3']);
  expect(status(leader)).toBe('completed: update completed');
});

test('scaled meanwhile, both happen', () => {
  const leader = deployed({ update: { delay: seconds(3) } })
    .setImage('web', 'nginx:2')
    .run(seconds(2))
    .scale('web', 7)
    .run(seconds(60));
  expect(images(leader)).toEqual(Array(7).fill('nginx:2'));
});

test('tasks that wait for a node are replaced too (swarmkit 5cb75f858)', () => {
  const leader = deployed({ placement: { constraints: ['node.labels.x==y'] } });
  expect(images(leader)).toEqual([]);
  leader
    .updateService('web', (spec) => ({
      ...spec,
      task: { ...spec.task, placement: { ...spec.task.placement, constraints: [] } },
    }))
    .run(seconds(20));
  expect(images(leader)).toHaveLength(4);
});

test('a new leader goes on with it', () => {
  const leader = deployed({ update: { delay: seconds(2) } }).setImage('web', 'nginx:2');
  for (let i = 0; i < 8; i++) leader.run(seconds(1.3)).elect();
  leader.run(seconds(60));
  expect(images(leader)).toEqual(['nginx:2', 'nginx:2', 'nginx:2', 'nginx:2']);
  expect(status(leader)).toBe('completed: update completed');
  expect(leader.tasks('web').filter((task) => task.desiredState <= TaskState.running)).toHaveLength(4);
});
