/** What an agent does with its tasks, seen from outside: a whole world runs, and the trace tells when. */
import { expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/events.ts';
import { Cluster } from '../cluster.ts';
import { seconds } from '../kernel/time.ts';

function worldWithWeb(): Cluster {
  const hosts = [1, 2].map((i) => ({ name: `node${i}`, address: `192.168.99.10${i}` }));
  const world = Cluster.create({
    name: 'agent',
    title: 'agent',
    seed: 1,
    profile: 'docker',
    hosts,
    managers: 1,
    workers: 1,
    services: [{ name: 'web', image: 'nginx:1.27', replicas: 2 }],
  });
  world.advance(world.now + seconds(10));
  world.takeEvents();
  return world;
}

const timesOf = (events: readonly TraceEvent[], kind: string) =>
  events.filter((event) => event.kind === kind).map(({ at }) => at);

it('begins to stop a running task one second after it was told to, since the wait for its end is given up first', () => {
  const world = worldWithWeb();
  const told = world.now;
  world.request('node1', { method: 'DELETE', path: '/services/web' });
  world.advance(told + seconds(5));
  const ends = timesOf(world.takeEvents(), 'container.exited');
  expect(ends).toHaveLength(2);
  for (const end of ends) expect((end - told) / 1e6).toBeGreaterThan(1);
  for (const end of ends) expect((end - told) / 1e6).toBeLessThan(1.6);
});

it('sees what ended with the power before a manager answers: such a task has failed', () => {
  const world = worldWithWeb();
  world.fault({ kind: 'power-off', machine: 'node2' });
  world.advance(world.now + seconds(20));
  world.takeEvents();
  world.fault({ kind: 'power-on', machine: 'node2' });
  world.advance(world.now + seconds(3));
  const first = world.takeEvents().find(({ kind, machine }) => kind === 'agent.task' && machine === 'node2');
  expect(first?.data).toMatchObject({ state: 'failed', err: 'task: non-zero exit (255)' });
});
