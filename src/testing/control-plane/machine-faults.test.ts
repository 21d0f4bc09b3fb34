/** What goes wrong with a machine, a disk, a clock or a link, and what is seen of it. */
import { describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../protocol/faults.ts';
import { swarmOf } from './user.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a fault that cannot be is refused with the reason, and changes nothing', () => {
  const user = swarmOf(1, 1);
  test.each<[Fault, string]>([
    [{ kind: 'daemon-resume', machine: 'node1' }, 'the daemon of node1 is not paused'],
    [{ kind: 'clock-rate', machine: 'node1', rate: 0 }, 'rate must be a number from 0.1 to 10'],
    [{ kind: 'clock-rate', machine: 'node1', rate: Number.NaN }, 'rate must be a number from 0.1 to 10'],
    [{ kind: 'clock-rate', machine: 'node1', rate: 1 }, 'the clock of node1 runs so already'],
    [{ kind: 'clock-jump', machine: 'node1', seconds: 0 }, 'a jump by nothing is none'],
    [{ kind: 'clock-mend', machine: 'node1' }, 'the clock of node1 is right'],
    [{ kind: 'disk-slow', machine: 'node1', syncMs: -1 }, 'syncMs must be a number from 0 to 60000'],
    [{ kind: 'disk-mend', machine: 'node1' }, 'the disk of node1 is in order'],
    [{ kind: 'disk-lost', machine: 'node1', what: 'some' as 'raft' }, "what is lost is 'everything' or 'raft'"],
    [{ kind: 'link-unclog', from: 'node1', to: 'node2' }, 'the link from node1 to node2 is free'],
    [{ kind: 'link-clog', from: 'node1', to: 'node1' }, 'a link has two different ends'],
    [{ kind: 'link-quality', from: 'node1', to: 'node2', loss: 2 }, 'loss must be a number from 0 to 1'],
    [
      { kind: 'link-quality', from: 'node1', to: 'node2', duplication: '1' as unknown as number },
      'duplication must be a number from 0 to 1',
    ],
  ])('%o', (fault, message) => {
    const { eventHash } = user.world;
    expect(user.world.fault(fault)).toEqual({ ok: false, error: { kind: 'invalid', message } });
    expect(user.world.eventHash).toBe(eventHash);
  });
});

test('a daemon that is held still: containers answer, users wait, the swarm takes it for dead, and it comes back', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --publish 8080:80 --replicas 4 nginx');
  await user.wait(2);
  user.fault({ kind: 'daemon-pause', machine: 'node1' });
  expect(await user.ask('node1', { method: 'GET', path: '/containers/json' }, 5)).toBeNull();
  // Its containers are the kernel's, not the daemon's.
  const container = [...user.world.machine('node1')!.runtime.state.containers.values()][0]!;
  expect(container.state).toBe('running');
  await user.until('node2', 'docker node ls', /node1 +\w+ +Active +(Unreachable|Reachable)/);
  const screen = await user.until('node2', 'docker node ls', /node1 +Down/);
  expect(screen).toMatch(/node[23] +Ready +Active +Leader/);
  expect(container.state).toBe('running');
  user.fault({ kind: 'daemon-resume', machine: 'node1' });
  await user.until('node1', 'docker node ls', /node1 +Ready +Active +Reachable/);
  // The task that was replaced meanwhile is stopped.
  await user.until('node1', 'docker service ls', /4\/4/);
});

test('a clock that runs fast makes a manager campaign early; one that runs slow keeps the daemon late', async () => {
  const user = swarmOf(3, 0);
  user.fault({ kind: 'clock-rate', machine: 'node3', rate: 4 });
  // An election time of 10 to 19 of its seconds has passed after 5 true ones.
  user.fault({ kind: 'cable-cut', machine: 'node1' });
  await user.wait(6);
  const [first] = user.events('raft.election.started').slice(-1);
  expect(first?.machine).toBe('node3');
  user.fault({ kind: 'clock-mend', machine: 'node3' });
  user.fault({ kind: 'cable-mend', machine: 'node1' });
  await user.wait(20);
  await user.until('node1', 'docker node ls', /Leader/);
});

test('a clock set wrong shows in what the manager writes, and elects nobody', async () => {
  const user = swarmOf(3, 0);
  user.fault({ kind: 'clock-jump', machine: 'node1', seconds: 3600 });
  const elections = user.events('raft.election.started').length;
  await user.ok('node1', 'docker service create -q --name web --replicas 0 nginx');
  const written = await user.ok('node1', "docker service inspect web --format '{{.CreatedAt}}'");
  expect(written).toMatch(/ 01:00:\d\d/);
  await user.wait(60);
  expect(user.events('raft.election.started')).toHaveLength(elections);
});

test('a full disk: the manager stops, images and containers cannot be made, what runs goes on; mended, it comes back', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --replicas 1 --constraint node.hostname==node3 nginx');
  await user.ok('node3', 'docker pull -q nginx');
  user.fault({ kind: 'disk-full', machine: 'node3' });
  // It shows with the next write.
  await user.ok('node1', 'docker node update --label-add a=b node1');
  await user.until('node1', 'docker node ls', /node3 +Ready +Active +Unreachable/);
  expect(user.events('manager.failed').at(-1)?.data?.error).toBe(
    'failed to save entries to storage: no space left on device',
  );
  expect(await user.refused('node3', 'docker node ls')).toMatch(/This node is not a swarm manager/);
  expect(await user.refused('node3', 'docker pull redis:7')).toMatch(
    /write \/var\/lib\/docker\/tmp\/GetImageBlob\d+: no space left on device$/,
  );
  expect(await user.refused('node3', 'docker create nginx')).toMatch(
    /mkdir \/var\/lib\/docker\/overlay2\/\w{64}-init: no space left on device/,
  );
  expect(await user.ok('node3', 'docker ps -q')).toMatch(/^\w{12}$/);
  // A task there is rejected for want of its image: that the pull failed is only in the daemon's log.
  await user.run('node1', 'docker service create -d --name cache --constraint node.hostname==node3 redis:7');
  await user.until('node1', 'docker service ps --no-trunc cache', /Rejected .*"No such image: redis:7/);
  user.fault({ kind: 'disk-mend', machine: 'node3' });
  await user.until('node1', 'docker node ls', /node3 +Ready +Active +Reachable/);
  await user.until('node1', 'docker service ls', /cache +replicated +1\/1/);
});

test('a slow disk: every write waits for the majority that is fast, or for the leader that is not', async () => {
  const user = swarmOf(3, 0);
  const writing = async (): Promise<number> => {
    const begin = user.now;
    await user.ok('node1', `docker node update --label-add n=${begin} node1`);
    return user.now - begin;
  };
  expect(await writing()).toBeLessThan(0.2);
  user.fault({ kind: 'disk-slow', machine: 'node3', syncMs: 700 });
  expect(await writing()).toBeLessThan(0.2);
  user.fault({ kind: 'disk-slow', machine: 'node2', syncMs: 700 });
  expect(await writing()).toBeGreaterThan(0.7);
});

test('a lost disk: the machine is a stranger, must join again, and leaves a dead node behind', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --replicas 4 nginx');
  const token = await user.ok('node1', 'docker swarm join-token -q manager');
  user.fault({ kind: 'disk-lost', machine: 'node3', what: 'everything' });
  await user.until('node1', 'docker node ls', /node3 +Down +Active +Unreachable/);
  user.powerOn('node3');
  await user.wait(2);
  expect(await user.ok('node3', 'docker info --format "{{.Swarm.LocalNodeState}}"')).toBe('inactive');
  expect(await user.ok('node3', 'docker ps -aq')).toBe('');
  expect(await user.ok('node3', 'docker images -q')).toBe('');
  await user.ok('node3', `docker swarm join --token ${token} 192.168.99.101:2377`);
  const nodes = await user.until('node1', 'docker node ls', /node3 +Ready +Active +Reachable/);
  expect(nodes.match(/node3/g)).toHaveLength(2);
  const [, dead] = /^(\w{25}) +node3 +Down/m.exec(nodes)!;
  await user.ok('node1', `docker node demote ${dead}`);
  await user.wait(6);
  await user.ok('node1', `docker node rm ${dead}`);
  await user.until('node1', 'docker service ls', /4\/4/);
});

test('a clogged link holds everything back, and gives it out at once', async () => {
  const user = swarmOf(3, 0);
  user.fault({ kind: 'link-clog', from: 'node1', to: 'node3' });
  await user.wait(5);
  const { inFlight } = user.world.hardware.state;
  const waiting = [...inFlight.values()].filter(({ waiting }) => waiting);
  expect(waiting.length).toBeGreaterThan(4);
  expect(waiting.every(({ from, to }) => from === 'node1' && to === 'node3')).toBe(true);
  const heard = user.listen('raft.heartbeat');
  user.fault({ kind: 'link-unclog', from: 'node1', to: 'node3' });
  await user.wait(0.01);
  expect([...heard]).toContain('raft.heartbeat node1-node3');
  expect([...inFlight.values()].filter(({ waiting }) => waiting)).toEqual([]);
});

test('datagrams may come twice or late, bytes of a connection may not', async () => {
  const user = swarmOf(2, 1);
  user.fault({ kind: 'link-quality', from: 'node1', to: 'node2', duplication: 0.5, reordering: 0.5 });
  const seen = new Map<string, number[]>();
  const { hardware } = user.world;
  const deliver = hardware.onMessage;
  hardware.onMessage = (envelope) => {
    const { protocol, from, to, kind, departs } = envelope;
    if (`${from}${to}` === 'node1node2') {
      const name = kind.startsWith('raft.') ? 'raft' : protocol;
      seen.set(name, [...(seen.get(name) ?? []), departs]);
    }
    deliver(envelope);
  };
  await user.ok('node1', 'docker network create -d overlay net');
  await user.ok('node1', 'docker service create -q --name web --network net --replicas 6 nginx');
  await user.wait(30);
  const disorder = (name: string): number =>
    (seen.get(name) ?? []).filter((departs, i, all) => i > 0 && departs < all[i - 1]!).length;
  const twice = (name: string): number =>
    (seen.get(name) ?? []).filter((departs, i, all) => i > 0 && departs === all[i - 1]).length;
  expect(twice('udp')).toBeGreaterThan(0);
  expect(disorder('udp')).toBeGreaterThan(0);
  expect(disorder('raft')).toBeGreaterThan(0);
  expect(disorder('tcp')).toBe(0);
  await user.until('node1', 'docker service ls', /6\/6/);
});

test('a world in the midst of all of it can be kept and goes on as it would have', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --replicas 4 nginx');
  user.fault({ kind: 'clock-rate', machine: 'node2', rate: 1.3 });
  user.fault({ kind: 'clock-jump', machine: 'node2', seconds: 100 });
  user.fault({ kind: 'disk-slow', machine: 'node3', syncMs: 40 });
  user.fault({ kind: 'daemon-pause', machine: 'node4' });
  user.fault({ kind: 'link-clog', from: 'node1', to: 'node3' });
  user.fault({ kind: 'link-quality', from: 'node1', to: 'node2', duplication: 0.3, reordering: 0.3, loss: 0.1 });
  await user.wait(3.3);
  const { world } = user;
  const again = (world.constructor as unknown as typeof import('../../engine/cluster.ts').Cluster).restore(
    world.checkpoint(),
  );
  for (const one of [world, again]) {
    one.advance(world === one ? world.now + 5e6 : one.now + 2e6);
    if (one === again) one.advance(one.now + 3e6);
    one.fault({ kind: 'daemon-resume', machine: 'node4' });
    one.fault({ kind: 'link-unclog', from: 'node1', to: 'node3' });
    one.fault({ kind: 'clock-mend', machine: 'node2' });
    one.advance(one.now + 30e6);
  }
  expect(again.eventHash).toBe(world.eventHash);
});
