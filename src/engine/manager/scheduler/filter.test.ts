import { expect, test } from 'vitest';
import type { Mount, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import {
  type NodeOptions,
  type ServiceOptions,
  testNetwork,
  testNode,
  testService,
  testTask,
} from '../testing-objects.ts';
import type { FilterName } from './filter.ts';
import { explainFilter } from './filter.ts';
import { NodeInfo } from './node-info.ts';
import { Pipeline } from './pipeline.ts';

const overlay = testNetwork('back');
const sources = { get: (_: 'network', id: string) => (id === 'back' ? overlay : undefined) };

function info(node: NodeOptions, ...tasks: Task[]): NodeInfo {
  const result = new NodeInfo(testNode('n', node), new Map());
  for (const task of tasks) result.addTask(task);
  return result;
}

const task = (service: ServiceOptions, changes: Partial<Task> = {}): Task =>
  testTask('t', testService('s', service), changes);
const hostPort = { name: '', protocol: 'tcp', targetPort: 80, publishedPort: 8080, publishMode: 'host' } as const;
const endpoint = { spec: { mode: 'vip', ports: [hostPort] }, ports: [hostPort], virtualIps: [] } as const;
const mounted = (mount: Partial<Mount>): Partial<Task> => {
  const { spec } = testService('s');
  const full: Mount = { type: 'volume', source: 'v', target: '/v', readOnly: false, options: {}, ...mount };
  return { spec: { ...spec.task, container: { ...spec.task.container, mounts: [full] } } };
};
const active = (id: string): Task =>
  testTask(id, testService('s'), { status: { ...task({}).status, state: TaskState.running } });
const GB = 1e9;

test.each<[string, Task, NodeInfo, FilterName | null]>([
  ['a ready node passes', task({}), info({}), null],
  ['a node that is down', task({}), info({ state: 'down' }), 'ready'],
  ['an unknown node', task({}), info({ state: 'unknown' }), 'ready'],
  ['a paused node', task({}), info({ availability: 'pause' }), 'ready'],
  ['readiness is asked first', task({ placement: { constraints: ['node.id==x'] } }), info({ state: 'down' }), 'ready'],
  ['too little memory', task({ reservations: { memoryBytes: 9 * GB } }), info({}), 'resources'],
  ['too few processors', task({ reservations: { nanoCpus: 5e9 } }), info({}), 'resources'],
  ['just enough', task({ reservations: { nanoCpus: 4e9, memoryBytes: 8 * GB } }), info({}), null],
  [
    'room taken by another task',
    task({ reservations: { memoryBytes: 5 * GB } }),
    info({}, testTask('o', testService('o', { reservations: { memoryBytes: 4 * GB } }))),
    'resources',
  ],
  ['no such generic resource', task({ reservations: { generic: [{ kind: 'gpu', value: 1 }] } }), info({}), 'resources'],
  [
    'named generic resources are counted',
    task({ reservations: { generic: [{ kind: 'gpu', value: 2 }] } }),
    info({
      resources: {
        generic: [
          { kind: 'gpu', value: 'a' },
          { kind: 'gpu', value: 'b' },
        ],
      },
    }),
    null,
  ],
  [
    'a volume driver that is missing',
    task({}, mounted({ options: { VolumeOptions: { DriverConfig: { Name: 'rexray' } } } })),
    info({ plugins: [{ type: 'Volume', name: 'local' }] }),
    'plugins',
  ],
  [
    'a plugin with the tag latest',
    task({}, mounted({ options: { VolumeOptions: { DriverConfig: { Name: 'rexray' } } } })),
    info({ plugins: [{ type: 'Volume', name: 'rexray:latest' }] }),
    null,
  ],
  [
    'a network driver that is missing',
    task({}, { networks: [{ networkId: 'back', addresses: [], aliases: [] }] }),
    info({ plugins: [{ type: 'Network', name: 'bridge' }] }),
    'plugins',
  ],
  ['a constraint', task({ placement: { constraints: ['node.labels.disk==ssd'] } }), info({}), 'constraints'],
  [
    'another platform',
    task({ placement: { platforms: [{ architecture: 'arm64', os: 'linux' }] } }),
    info({}),
    'platform',
  ],
  [
    'the same platform by another name',
    task({ placement: { platforms: [{ architecture: 'amd64', os: '' }] } }),
    info({}),
    null,
  ],
  ['a host port in use', task({}, { endpoint }), info({}, testTask('o', testService('o'), { endpoint })), 'host-ports'],
  ['as many as allowed', task({ placement: { maxReplicas: 2 } }), info({}, active('a'), active('b')), 'max-replicas'],
  ['fewer than allowed', task({ placement: { maxReplicas: 3 } }), info({}, active('a'), active('b')), null],
  ['a cluster volume', task({}, mounted({ type: 'cluster' })), info({}), 'volumes'],
])('%s', (_, wanted, node, refusal) => {
  expect(new Pipeline(wanted, sources).firstRefusal(node)).toBe(refusal);
});

test.each<[FilterName, string, string]>([
  ['ready', '1 node not available for new tasks', '3 nodes not available for new tasks'],
  ['resources', 'insufficient resources on 1 node', 'insufficient resources on 3 nodes'],
  ['plugins', 'missing plugin on 1 node', 'missing plugin on 3 nodes'],
  ['constraints', 'scheduling constraints not satisfied on 1 node', 'scheduling constraints not satisfied on 3 nodes'],
  ['platform', 'unsupported platform on 1 node', 'unsupported platform on 3 nodes'],
  ['host-ports', 'host-mode port already in use on 1 node', 'host-mode port already in use on 3 nodes'],
  ['max-replicas', 'max replicas per node limit exceed', 'max replicas per node limit exceed'],
  [
    'volumes',
    'cannot fulfill requested CSI volume mounts on 1 node',
    'cannot fulfill requested CSI volume mounts on 3 nodes',
  ],
])('%s explains itself', (filter, one, three) => {
  expect([explainFilter(filter, 1), explainFilter(filter, 3)]).toEqual([one, three]);
});

test('explanations are sorted by how often they were given, and begin again when a node passes', () => {
  const pipeline = new Pipeline(task({ placement: { constraints: ['node.labels.disk==ssd'] } }), sources);
  pipeline.process(info({ state: 'down' }));
  pipeline.process(info({}));
  pipeline.process(info({}));
  expect(pipeline.explain()).toBe(
    'scheduling constraints not satisfied on 2 nodes; 1 node not available for new tasks',
  );
  pipeline.process(info({ labels: { disk: 'ssd' } }));
  expect(pipeline.explain()).toBe('');
});

test('a task that goes gives everything back', () => {
  const service = testService('s', { reservations: { memoryBytes: GB, generic: [{ kind: 'gpu', value: 1 }] } });
  const node = info({
    resources: {
      generic: [
        { kind: 'gpu', value: 'a' },
        { kind: 'gpu', value: 'b' },
      ],
    },
  });
  const assigned = testTask('t', service, { endpoint, assignedGeneric: node.genericFor(testTask('t', service)) });
  node.addTask(assigned);
  expect([node.freeMemory, node.freeGeneric, node.usesHostPort('tcp/8080'), node.activeOf('s')]).toEqual([
    7 * GB,
    [{ kind: 'gpu', value: 'b' }],
    true,
    1,
  ]);
  node.addTask({ ...assigned, desiredState: TaskState.shutdown });
  expect([node.activeOf('s'), node.usesHostPort('tcp/8080')]).toEqual([0, true]);
  node.removeTask('t');
  expect([node.freeMemory, node.freeGeneric.length, node.usesHostPort('tcp/8080'), node.activeTasks]).toEqual([
    8 * GB,
    2,
    false,
    0,
  ]);
});
