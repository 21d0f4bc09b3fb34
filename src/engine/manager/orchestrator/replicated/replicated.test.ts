import { describe, expect, test } from 'vitest';
import { seconds } from '../../../kernel/time.ts';
import type { Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import { SETTLED, TestLeader } from '../../testing-leader.ts';
import { type ServiceOptions, testNode, testService, testTask } from '../../testing-objects.ts';
import { slotsToKeepFirst } from './scale-down.ts';

const NODES = ['n1', 'n2', 'n3'];

function cluster(options: ServiceOptions = {}): TestLeader {
  const leader = new TestLeader().put(...NODES.map((name) => testNode(name)));
  return leader.put(testService('web', { replicas: 3, ...options })).run(seconds(2));
}
const onNode = (leader: TestLeader, node: string): number =>
  leader.running('web').filter(({ nodeId }) => nodeId === node).length;
const slots = (leader: TestLeader): number[] =>
  leader
    .running('web')
    .map(({ slot }) => slot)
    .sort((a, b) => a - b);

test('a new service gets its replicas, evenly spread, in slots from 1', () => {
  const leader = cluster({ replicas: 6 });
  expect(slots(leader)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(NODES.map((node) => onNode(leader, node))).toEqual([2, 2, 2]);
});

describe('scaling', () => {
  test('up takes the lowest free slot numbers', () => {
    const leader = cluster({ replicas: 5 }).scale('web', 2).run(SETTLED);
    expect(slots(leader)).toEqual([1, 2]);
    leader.scale('web', 4).run(SETTLED);
    expect(slots(leader)).toEqual([1, 2, 3, 4]);
  });

  test('down removes the tasks and their history', () => {
    const leader = cluster({ replicas: 5 }).scale('web', 1).run(SETTLED);
    expect(leader.lines('web')).toHaveLength(1);
    expect(
      leader.events('task.desired').filter(({ data }) => data!.why === 'the service was scaled down'),
    ).toHaveLength(4);
  });

  test('down keeps as many as asked for, also when the service is looked at again before the others are gone', () => {
    const leader = cluster({ replicas: 3, restart: { condition: 'none' } });
    for (const name of NODES) leader.dead.add(name);
    leader.scale('web', 1).run(seconds(0.1)).setImage('web', 'nginx:2').run(seconds(1));
    leader.put(leader.service('web')).run(seconds(1));
    expect(leader.tasks('web').filter(({ desiredState }) => desiredState <= TaskState.running)).toHaveLength(1);
  });

  test('to zero and back', () => {
    const leader = cluster().scale('web', 0).run(SETTLED);
    expect(leader.lines('web')).toEqual([]);
    expect(slots(leader.scale('web', 2).run(SETTLED))).toEqual([1, 2]);
  });

  test('leaves the tasks that stay as they are', () => {
    const leader = cluster();
    const before = leader.running('web').map(({ id }) => id);
    leader.scale('web', 6).run(SETTLED);
    expect(leader.running('web').map(({ id }) => id)).toEqual(expect.arrayContaining(before));
    expect(leader.service('web').updateStatus).toBeNull();
  });

  test('by a thousand takes several turns, each of about 200 changes', () => {
    const leader = cluster({ replicas: 0 }).scale('web', 1000).run(SETTLED);
    expect(leader.running('web')).toHaveLength(1000);
    expect(new Set(slots(leader)).size).toBe(1000);
  });
});

describe('the order in which slots are kept', () => {
  const service = testService('s');
  const slot = (number: number, nodeId: string, state: keyof typeof TaskState = 'running'): [string, Task[]] => {
    const task = testTask(`t${number}`, service, { slot: number, nodeId });
    return [`slot:${number}`, [{ ...task, status: { ...task.status, state: TaskState[state] } }]];
  };
  test.each<[string, [string, Task[]][], number[]]>([
    ['the highest numbers go first', [slot(3, 'c'), slot(1, 'a'), slot(2, 'b')], [1, 2, 3]],
    ['of the fullest node first', [slot(1, 'a'), slot(2, 'a'), slot(3, 'a'), slot(4, 'b')], [1, 4, 2, 3]],
    ['those that do not run go first', [slot(1, 'a', 'preparing'), slot(2, 'b'), slot(3, 'c')], [2, 3, 1]],
    ['balance matters more than running', [slot(1, 'a'), slot(2, 'a'), slot(3, 'b', 'preparing')], [1, 3, 2]],
    ['those on no node go first of all', [slot(1, '', 'pending'), slot(2, 'a'), slot(3, 'a')], [2, 3, 1]],
    ['as do slots with two tasks', [['slot:1', [...slot(1, 'a')[1], ...slot(1, 'b')[1]]], slot(2, 'c')], [2, 1]],
  ])('%s', (_, given, expected) => {
    expect(slotsToKeepFirst(given).map(([, tasks]) => tasks[0]!.slot)).toEqual(expected);
  });
});

describe('nodes', () => {
  test('pause: tasks stay, no new ones come', () => {
    const leader = cluster().setAvailability('n1', 'pause').run(SETTLED);
    expect(onNode(leader, 'n1')).toBe(1);
    leader.scale('web', 9).run(SETTLED);
    expect(onNode(leader, 'n1')).toBe(1);
    expect(leader.running('web')).toHaveLength(9);
  });

  test('drain: replaced at once, the old one stops first', () => {
    const leader = cluster().setAvailability('n1', 'drain').run(seconds(1));
    expect(onNode(leader, 'n1')).toBe(0);
    expect(leader.running('web')).toHaveLength(3);
    const old = leader.tasks('web').find(({ nodeId }) => nodeId === 'n1')!;
    expect([old.status.state, old.desiredState]).toEqual([TaskState.shutdown, TaskState.shutdown]);
  });

  test('down: replaced after the delay, without waiting for the old one, which still shows running', () => {
    const leader = cluster().setNode('n1', 'down').run(seconds(4.9));
    expect(leader.running('web')).toHaveLength(2);
    expect(leader.tasks('web').find(({ desiredState }) => desiredState === TaskState.ready)!.status.state).toBe(
      TaskState.ready,
    );
    leader.run(seconds(1));
    expect(leader.running('web')).toHaveLength(3);
    const old = leader.tasks('web').find(({ nodeId }) => nodeId === 'n1')!;
    expect([old.status.state, old.desiredState]).toEqual([TaskState.running, TaskState.shutdown]);
  });

  test('back again: the old task is stopped, nothing moves back', () => {
    const leader = cluster().setNode('n1', 'down').run(SETTLED).setNode('n1', 'ready').run(SETTLED);
    expect(onNode(leader, 'n1')).toBe(0);
    expect(
      leader
        .tasks('web')
        .filter(({ nodeId }) => nodeId === 'n1')
        .map(({ status }) => status.state),
    ).toEqual([TaskState.shutdown]);
  });

  test('removed: replaced', () => {
    const leader = cluster().setNode('n1', 'down').remove('node', 'n1').run(SETTLED);
    expect(leader.running('web')).toHaveLength(3);
  });

  test('with condition none a lost task is not replaced', () => {
    const leader = cluster({ restart: { condition: 'none' } })
      .setNode('n1', 'down')
      .setAvailability('n2', 'drain')
      .run(SETTLED);
    expect(leader.running('web')).toHaveLength(1);
  });

  test('a node that is unknown keeps its tasks', () => {
    const leader = cluster().setNode('n1', 'unknown').run(SETTLED);
    expect(leader.running('web')).toHaveLength(3);
    expect(leader.lines('web')).toHaveLength(3);
  });
});

test('a removed service takes its tasks with it', () => {
  const leader = cluster().remove('service', 'web').run(SETTLED);
  expect(leader.store.count('task')).toBe(0);
});

test('a task that vanishes is made again', () => {
  const leader = cluster();
  leader.remove('task', leader.tasks('web')[1]!.id).run(SETTLED);
  expect(slots(leader)).toEqual([1, 2, 3]);
});

describe('a new leader', () => {
  test('alone restarts no healthy task', () => {
    const leader = cluster();
    const before = leader.running('web').map(({ id }) => id);
    for (let i = 0; i < 5; i++) leader.elect().run(seconds(3));
    expect(leader.tasks('web').map(({ id }) => id)).toEqual(before);
  });

  test('goes on with what the old one had begun', () => {
    const leader = cluster({ replicas: 0 }).scale('web', 500);
    for (let i = 0; i < 20; i++) leader.run(7_000).elect();
    expect(new Set(slots(leader.run(SETTLED))).size).toBe(500);
    expect(leader.running('web')).toHaveLength(500);
  });

  test('replaces what was lost while there was none', () => {
    const leader = new TestLeader({ only: [] }).put(...NODES.map((name) => testNode(name)));
    const service = testService('web', { replicas: 1 });
    const task = testTask('t', service, { nodeId: 'n1' });
    leader.put(service, { ...task, status: { ...task.status, state: TaskState.running } }).setNode('n1', 'down');
    const all = new TestLeader()
      .put(...[...leader.store.all('node')], service, leader.store.get('task', 't')!)
      .elect()
      .run(SETTLED);
    expect(all.running('web')).toHaveLength(1);
    expect(all.store.get('task', 't')!.desiredState).toBe(TaskState.shutdown);
  });

  test('deletes tasks of services that are gone', () => {
    const leader = cluster();
    leader.dead.add('n1').add('n2').add('n3');
    leader.remove('service', 'web').elect().run(seconds(1));
    expect(leader.store.count('task')).toBe(0);
  });
});

test('each step names its cause, back to what the user did', () => {
  const leader = cluster({ replicas: 0 });
  const input = leader.kernel.emit('input', undefined, []);
  leader.kernel.because(input, () => leader.scale('web', 1));
  leader.run(SETTLED);
  const [decision] = leader.events('scheduler.decision');
  const allocated = leader.events('task.allocated')[0]!;
  const created = leader.events('task.created')[0]!;
  expect([decision!.cause, allocated.cause, created.cause]).toEqual([allocated.id, created.id, input]);
});

test('copied in the middle of everything, it goes on the same way', () => {
  const run = (copy: boolean): string[] => {
    const leader = new TestLeader({ seed: 3 }).put(...NODES.map((name) => testNode(name)));
    leader.fate = (task) => (task.slot === 2 ? { exit: 'failed', after: seconds(1) } : 'runs');
    leader.put(testService('web', { replicas: 4, restart: { delay: seconds(2) }, update: { delay: seconds(1) } }));
    leader.run(seconds(5)).setImage('web', 'nginx:2').setAvailability('n1', 'drain');
    for (let i = 0; i < 40; i++) {
      leader.run(seconds(0.3));
      if (copy) leader.reassemble();
    }
    return leader.tasks('web').map((task) => `${task.id} ${task.nodeId} ${task.status.state} ${task.desiredState}`);
  };
  expect(run(true)).toEqual(run(false));
});
