import { describe, expect, test } from 'vitest';
import { seconds } from '../../../kernel/time.ts';
import type { Node, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import { SETTLED, TestLeader } from '../../testing-leader.ts';
import { type ServiceOptions, testNode, testService } from '../../testing-objects.ts';

function started(
  options: ServiceOptions,
  node: Partial<Parameters<typeof testNode>[1]> = { labels: { disk: 'ssd' } },
): TestLeader {
  return new TestLeader().put(testNode('n1', node)).put(testService('web', options)).run(seconds(3));
}
const change = (leader: TestLeader, changes: Partial<Node>): TestLeader =>
  leader.put({ ...leader.store.get('node', 'n1')!, ...changes });
const unlabel = (leader: TestLeader): TestLeader =>
  change(leader, { spec: { ...leader.store.get('node', 'n1')!.spec, annotations: { name: '', labels: {} } } });
const rejected = (leader: TestLeader): Task[] =>
  leader.tasks('web').filter(({ status }) => status.state === TaskState.rejected);

const ON_SSD = { placement: { constraints: ['node.labels.disk==ssd'] } };

describe('a node that loses a label', () => {
  test('loses the tasks that need it; these wait for another node', () => {
    const leader = unlabel(started(ON_SSD)).run(SETTLED);
    expect(rejected(leader).map(({ status }) => [status.message, status.err])).toEqual([
      ['task rejected by constraint enforcer', 'assigned node no longer meets constraints'],
    ]);
    expect(leader.tasks('web').at(-1)!.status).toMatchObject({
      state: TaskState.pending,
      err: 'no suitable node (scheduling constraints not satisfied on 1 node)',
    });
    leader.put(testNode('n2', { labels: { disk: 'ssd' } })).run(SETTLED);
    expect(leader.running('web').map(({ nodeId }) => nodeId)).toEqual(['n2']);
  });

  test('keeps them while it is paused', () => {
    const leader = unlabel(started(ON_SSD).setAvailability('n1', 'pause')).run(SETTLED);
    expect(rejected(leader)).toEqual([]);
    leader.setAvailability('n1', 'active').run(SETTLED);
    expect(rejected(leader)).toHaveLength(1);
  });

  test('is judged by the constraints that the service has now', () => {
    const leader = started({});
    leader
      .updateService('web', (spec) => ({
        ...spec,
        task: { ...spec.task, placement: { ...spec.task.placement, constraints: ['node.labels.disk==ssd'] } },
      }))
      .run(SETTLED);
    expect(rejected(leader)).toEqual([]);
    expect(rejected(unlabel(leader).run(SETTLED))).toHaveLength(1);
  });
});

test('a node that has less than its tasks reserve keeps the oldest of them', () => {
  const leader = started({ replicas: 3, reservations: { memoryBytes: 2e9 } });
  const { description } = leader.store.get('node', 'n1')!;
  change(leader, { description: { ...description!, resources: { ...description!.resources, memoryBytes: 4e9 } } }).run(
    SETTLED,
  );
  expect(rejected(leader)).toHaveLength(1);
  expect(leader.running('web')).toHaveLength(2);
});

test('generic resources that are gone', () => {
  const generic = (value: string): { kind: string; value: string } => ({ kind: 'gpu', value });
  const leader = started(
    { reservations: { generic: [{ kind: 'gpu', value: 1 }] } },
    { resources: { generic: [generic('a')] } },
  );
  const { description } = leader.store.get('node', 'n1')!;
  change(leader, {
    description: { ...description!, resources: { ...description!.resources, generic: [generic('b')] } },
  }).run(SETTLED);
  expect(rejected(leader)).toHaveLength(1);
  expect(leader.running('web')[0]!.assignedGeneric).toEqual([generic('b')]);
});

test('a new leader looks at all nodes', () => {
  const leader = started(ON_SSD);
  leader.subsystems = [];
  unlabel(leader).elect().run(seconds(1));
  expect(rejected(leader)).toHaveLength(1);
});
