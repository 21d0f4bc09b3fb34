/** A connection that loses something is broken: what was on its way to an agent, or from it, is told again in a new session. */
import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { TaskState } from './store/objects.ts';

const SECOND = 1_000_000;

function swarm(workers = 1): Cluster {
  const hosts = Array.from({ length: 3 + workers }, (_, i) => ({
    name: `node${i + 1}`,
    address: `192.168.99.${101 + i}`,
  }));
  return Cluster.create({
    name: 't',
    title: 't',
    seed: 1,
    profile: 'docker',
    hosts,
    managers: 3,
    workers,
    services: [],
  });
}

function createOn(cluster: Cluster, host: string, seconds: number): void {
  cluster.request('node1', {
    method: 'POST',
    path: '/services/create',
    body: {
      Name: 'web',
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx:1.26' },
        Placement: { Constraints: [`node.hostname==${host}`] },
      },
    },
  });
  cluster.advance(cluster.now + seconds * SECOND);
}

const stateOf = (cluster: Cluster): number | undefined =>
  [...(cluster.machines[0]!.swarm.manager?.store.all('task') ?? [])][0]?.status.state;

test('orders by way of a manager that is just being restarted', () => {
  const cluster = swarm(6);
  // The leader is node1.
  const worker = cluster.machines.find(({ name, swarm }) => name > 'node3' && swarm.agent!.sessionWith === 'node2')!;
  createOn(cluster, worker.name, 0.05);
  cluster.fault({ kind: 'daemon-restart', machine: 'node2' });
  cluster.advance(cluster.now + 20 * SECOND);
  expect(stateOf(cluster)).toBe(TaskState.running);
});

const WAYS = [
  ['orders to', 'node1', 'node4'],
  ['reports of', 'node4', 'node1'],
] as const;

test.each(WAYS)('%s a worker behind a wire that was cut for a moment', (_, from, to) => {
  const cluster = swarm();
  createOn(cluster, 'node4', from === 'node1' ? 0.05 : 0.3);
  for (const manager of ['node1', 'node2', 'node3']) {
    const [a, b] = from === 'node1' ? [manager, to] : [from, manager];
    cluster.fault({ kind: 'link-cut', from: a, to: b });
  }
  cluster.advance(cluster.now + 3 * SECOND);
  expect(stateOf(cluster)).toBeLessThan(TaskState.running);
  for (const manager of ['node1', 'node2', 'node3']) {
    const [a, b] = from === 'node1' ? [manager, to] : [from, manager];
    cluster.fault({ kind: 'link-mend', from: a, to: b });
  }
  cluster.advance(cluster.now + 20 * SECOND);
  expect(stateOf(cluster)).toBe(TaskState.running);
});

test('a port that is closed on a worker stops no answers: they come on connections of its own', () => {
  const cluster = swarm();
  cluster.fault({ kind: 'port-close', machine: 'node4', port: 2377, protocol: 'tcp' });
  createOn(cluster, 'node4', 10);
  expect(stateOf(cluster)).toBe(TaskState.running);
});
