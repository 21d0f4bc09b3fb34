import { describe, expect, test } from 'vitest';
import { seconds } from '../../../kernel/time.ts';
import { TaskState } from '../../../store/objects.ts';
import { SETTLED, TestLeader } from '../../testing-leader.ts';
import { type ServiceOptions, testNode, testService } from '../../testing-objects.ts';

function cluster(options: ServiceOptions = {}): TestLeader {
  const leader = new TestLeader().put(testNode('n1'), testNode('n2'), testNode('n3', { labels: { disk: 'ssd' } }));
  return leader.put(testService('agent', { mode: { kind: 'global' }, ...options })).run(seconds(3));
}
const where = (leader: TestLeader): string[] =>
  leader
    .running('agent')
    .map(({ nodeId }) => nodeId)
    .sort();

test('one task on every node, in slot 0', () => {
  const leader = cluster();
  expect(where(leader)).toEqual(['n1', 'n2', 'n3']);
  expect(leader.tasks('agent').map(({ slot }) => slot)).toEqual([0, 0, 0]);
});

test('a node that joins gets one', () => {
  expect(where(cluster().put(testNode('n4')).run(SETTLED))).toEqual(['n1', 'n2', 'n3', 'n4']);
});

describe('nodes', () => {
  test('pause: kept, not replaced when it fails', () => {
    const leader = cluster().setAvailability('n1', 'pause').run(SETTLED);
    expect(where(leader)).toEqual(['n1', 'n2', 'n3']);
    leader.report(leader.tasks('agent').find(({ nodeId }) => nodeId === 'n1')!.id, TaskState.failed).run(SETTLED);
    expect(where(leader)).toEqual(['n2', 'n3']);
  });

  test('drain: stopped without a successor; active again: a new one', () => {
    const leader = cluster().setAvailability('n1', 'drain').run(SETTLED);
    expect(where(leader)).toEqual(['n2', 'n3']);
    expect(leader.tasks('agent')).toHaveLength(3);
    expect(where(leader.setAvailability('n1', 'active').run(SETTLED))).toEqual(['n1', 'n2', 'n3']);
  });

  test('down: to be shut down; ready again: a new one', () => {
    const leader = cluster().setNode('n1', 'down').run(SETTLED);
    const old = leader.tasks('agent').find(({ nodeId }) => nodeId === 'n1')!;
    expect([old.status.state, old.desiredState]).toEqual([TaskState.running, TaskState.shutdown]);
    expect(leader.tasks('agent')).toHaveLength(3);
    expect(where(leader.setNode('n1', 'ready').run(SETTLED))).toEqual(['n1', 'n2', 'n3']);
  });

  test('removed: its tasks are deleted', () => {
    const leader = cluster().setNode('n1', 'down').run(seconds(1)).remove('node', 'n1').run(SETTLED);
    expect(
      leader
        .tasks('agent')
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(['n2', 'n3']);
  });

  test('that come while paused, down or drained get none until they are active', () => {
    const leader = cluster().put(
      testNode('p', { availability: 'pause' }),
      testNode('d', { availability: 'drain' }),
      testNode('x', { state: 'down' }),
    );
    expect(where(leader.run(SETTLED))).toEqual(['n1', 'n2', 'n3']);
    leader.setAvailability('p', 'active').setAvailability('d', 'active').setNode('x', 'ready').run(SETTLED);
    expect(where(leader)).toEqual(['d', 'n1', 'n2', 'n3', 'p', 'x']);
  });

  test('that miss an update while paused get it when active again', () => {
    const leader = cluster().setAvailability('n1', 'pause').run(seconds(1)).setImage('agent', 'nginx:2').run(SETTLED);
    const image = (node: string): string =>
      leader.running('agent').find(({ nodeId }) => nodeId === node)!.spec.container.image;
    expect(['n1', 'n2', 'n3'].map(image)).toEqual(['nginx:1', 'nginx:2', 'nginx:2']);
    leader.setAvailability('n1', 'active').run(SETTLED);
    expect(image('n1')).toBe('nginx:2');
    expect(leader.running('agent')).toHaveLength(3);
  });
});

describe('constraints', () => {
  test('choose the nodes', () => {
    expect(where(cluster({ placement: { constraints: ['node.labels.disk==ssd'] } }))).toEqual(['n3']);
  });

  test('follow labels both ways', () => {
    const leader = cluster({ placement: { constraints: ['node.labels.disk==ssd'] } });
    const label = (node: string, disk: string): void => {
      const object = leader.store.get('node', node)!;
      leader.put({ ...object, spec: { ...object.spec, annotations: { name: '', labels: { disk } } } }).run(SETTLED);
    };
    label('n1', 'ssd');
    expect(where(leader)).toEqual(['n1', 'n3']);
    label('n3', 'hdd');
    expect(where(leader)).toEqual(['n1']);
  });
});

test('a task that fails is restarted on its node', () => {
  const leader = cluster();
  leader.report(leader.tasks('agent')[0]!.id, TaskState.failed).run(seconds(4));
  expect(where(leader)).toHaveLength(2);
  expect(where(leader.run(seconds(2)))).toEqual(['n1', 'n2', 'n3']);
});

test('attempts are counted per node', () => {
  const leader = cluster({ restart: { maxAttempts: 1, delay: seconds(1) } });
  leader.fate = (task) => (task.nodeId === 'n1' ? { exit: 'failed', after: seconds(1) } : 'runs');
  leader.put(leader.tasks('agent').find(({ nodeId }) => nodeId === 'n1')!).run(SETTLED);
  expect(leader.tasks('agent').filter(({ nodeId }) => nodeId === 'n1')).toHaveLength(2);
  expect(where(leader)).toEqual(['n2', 'n3']);
});

test('updates go node by node', () => {
  const leader = cluster({ update: { delay: seconds(5) } })
    .setImage('agent', 'nginx:2')
    .run(seconds(2));
  expect(leader.running('agent').filter((task) => task.spec.container.image === 'nginx:2')).toHaveLength(1);
  leader.run(seconds(30));
  expect(leader.running('agent').filter((task) => task.spec.container.image === 'nginx:2')).toHaveLength(3);
  expect(leader.service('agent').updateStatus!.state).toBe('completed');
});

test('a removed service takes its tasks with it', () => {
  expect(cluster().remove('service', 'agent').run(SETTLED).store.count('task')).toBe(0);
});

describe('a new leader', () => {
  test('changes nothing by itself', () => {
    const leader = cluster();
    const before = leader.tasks('agent').map(({ id }) => id);
    expect(
      leader
        .elect()
        .run(SETTLED)
        .tasks('agent')
        .map(({ id }) => id),
    ).toEqual(before);
  });

  test('remembers drained nodes (moby #33218)', () => {
    const leader = cluster().setAvailability('n1', 'drain').elect().run(SETTLED);
    expect(where(leader)).toEqual(['n2', 'n3']);
    expect(where(leader.elect().run(SETTLED))).toEqual(['n2', 'n3']);
  });
});

test('through any number of changes of leader and nodes it ends with one task per good node', () => {
  const leader = cluster();
  for (let i = 0; i < 120; i++) {
    leader.run(seconds(0.41));
    if (i % 5 === 0) leader.setNode('n1', i % 2 ? 'ready' : 'down');
    if (i % 7 === 0) leader.setAvailability('n2', (['drain', 'pause', 'active'] as const)[i % 3]!);
    if (i % 11 === 0) leader.elect();
    if (i % 17 === 0) leader.setImage('agent', `nginx:${i}`);
  }
  leader.setNode('n1', 'ready').setAvailability('n2', 'active').run(seconds(90));
  expect(where(leader)).toEqual(['n1', 'n2', 'n3']);
  expect(leader.tasks('agent').filter((task) => task.desiredState <= TaskState.running)).toHaveLength(3);
});
