/** Raft as a manager's keeper meets it: a lost quorum and its words, a new cluster by force, snapshots, a manager away for long. */
import { expect, test, vi } from 'vitest';
import type { Entry } from '../../engine/raft/types.ts';
import { swarmOf, type User } from './user.ts';

vi.setConfig({ testTimeout: 60_000 });

const NO_LEADER =
  "Error response from daemon: rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.";
const DEADLINE = 'Error response from daemon: rpc error: code = DeadlineExceeded desc = context deadline exceeded';

test('without a quorum nothing is written or read: first calls wait 20 seconds in vain, later ones fail at once', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --replicas 2 --constraint node.role==worker nginx');
  user.powerOff('node2');
  user.powerOff('node3');
  // The leader has lost its followers, and finds out only by and by: reads are answered from its memory.
  await user.ok('node1', 'docker node ls');
  await user.wait(21);
  const begin = user.now;
  expect(await user.refused('node1', 'docker node ls')).toBe(DEADLINE);
  expect(user.now - begin).toBeGreaterThan(19.9);
  expect(user.now - begin).toBeLessThan(20.5);
  const later = user.now;
  for (const command of ['node ls', 'service ls', 'node update --availability drain node1'])
    expect(await user.refused('node1', `docker ${command}`)).toBe(NO_LEADER);
  expect(user.now - later).toBeLessThan(1);
  // What runs runs on, and is not looked after.
  expect(await user.ok('node4', 'docker ps -q')).toMatch(/^\w{12}\n\w{12}$/);
  user.powerOn('node2');
  await user.until('node1', 'docker service ls', /2\/2/);
});

test('a new cluster by force: one manager goes on alone with all there was, others have to join again', async () => {
  const user = swarmOf(3, 1);
  await user.ok('node1', 'docker service create -q --name web --replicas 4 nginx');
  await user.ok('node1', 'echo hush | docker secret create pass -');
  user.powerOff('node2');
  user.powerOff('node3');
  await user.wait(45);
  expect(await user.refused('node1', 'docker node ls')).toBe(NO_LEADER);
  expect(await user.refused('node4', 'docker swarm init --force-new-cluster')).toMatch(
    /This node is not a swarm manager/,
  );
  const screen = await user.ok('node1', 'docker swarm init --force-new-cluster --advertise-addr 192.168.99.101');
  expect(screen).toMatch(/^Swarm initialized: current node \(\w{25}\) is now a manager\./);
  const nodes = await user.until('node1', 'docker node ls', /node3 +Down +Active +28/);
  expect(nodes).toMatch(/node1 +Ready +Active +Leader/);
  expect(nodes).toMatch(/node4 +Ready +Active +28/);
  expect(await user.ok('node1', 'docker secret ls')).toMatch(/pass/);
  await user.until('node1', 'docker service ls', /4\/4/);
  // An old member that comes back is told that it is none any more. It is a manager still by its certificate, and joins anew.
  user.powerOn('node3');
  await user.until('node1', 'docker node ls', /node3 +Ready +Active +Reachable/);
  const [, ids] = [0, user.world.machine('node1')!.swarm.manager!.raftNode.raft.state.configuration.members];
  expect(ids.size).toBe(2);
});

/** The lowest entry that a manager's log still has. */
function firstEntry(user: User, machine: string): number {
  return user.world.machine(machine)!.swarm.manager!.raftNode.raft.state.log.offset + 1;
}

test('snapshots are made at the interval of the cluster, and a manager away for long gets one', async () => {
  const user = swarmOf(3, 0);
  expect(await user.ok('node1', 'docker info')).toMatch(/Snapshot Interval: 10000\n/);
  await user.ok('node1', 'docker swarm update --snapshot-interval 10 --max-snapshots 2');
  expect(await user.ok('node2', 'docker info')).toMatch(
    /Snapshot Interval: 10\n {3}Number of Old Snapshots to Retain: 2\n/,
  );
  user.powerOff('node3');
  for (let i = 0; i < 30; i++) await user.ok('node1', `docker node update --label-add round=${i} node1`);
  expect(user.events('raft.snapshot').length).toBeGreaterThan(2);
  // 500 entries are kept for slow followers, so that nothing is cut off yet.
  expect(firstEntry(user, 'node1')).toBe(1);
  const spec = { Raft: { SnapshotInterval: 10, LogEntriesForSlowFollowers: 5 } };
  const { body } = (await user.ask('node1', { method: 'GET', path: '/swarm' }))!;
  const { Version, Spec } = body as { Version: { Index: number }; Spec: object };
  const query = { version: String(Version.Index) };
  await user.ask('node1', { method: 'POST', path: '/swarm/update', query, body: { ...Spec, ...spec } });
  for (let i = 0; i < 20; i++) await user.ok('node1', `docker node update --label-add round=${i} node1`);
  expect(firstEntry(user, 'node1')).toBeGreaterThan(20);
  const snapshots = user.listen('raft.snapshot');
  user.powerOn('node3');
  await user.until('node3', 'docker node inspect node1', /"round": "19"/);
  expect([...snapshots]).toEqual(['raft.snapshot node1-node3']);
  expect(user.events('raft.snapshot.restored').at(-1)?.machine).toBe('node3');
  // With it came the members, so that it can vote and be voted for.
  expect(user.world.machine('node3')!.swarm.manager!.raftNode.members()).toHaveLength(3);
});

test('a snapshot beyond 4 MiB travels in parts of one stream', async () => {
  const user = swarmOf(1, 1);
  const half = 'x'.repeat(499_000);
  for (let i = 0; i < 12; i++) {
    const body = { Name: `big${i}`, Labels: {}, Data: btoa(half) };
    await user.ask('node1', { method: 'POST', path: '/secrets/create', body });
  }
  const { body } = (await user.ask('node1', { method: 'GET', path: '/swarm' }))!;
  const { Version, Spec } = body as { Version: { Index: number }; Spec: object };
  const Raft = { SnapshotInterval: 5, LogEntriesForSlowFollowers: 1 };
  const query = { version: String(Version.Index) };
  await user.ask('node1', { method: 'POST', path: '/swarm/update', query, body: { ...Spec, Raft } });
  for (let i = 0; i < 8; i++) await user.ok('node1', `docker node update --label-add round=${i} node1`);
  const parts: string[] = [];
  const { hardware } = user.world;
  const deliver = hardware.onMessage;
  hardware.onMessage = (envelope) => {
    if (envelope.kind === 'raft.snapshot') parts.push(envelope.label.note!.replace(/^to \d+/, 'to N'));
    deliver(envelope);
  };
  await user.ok('node1', 'docker node promote node2');
  await user.until('node1', 'docker node ls', /node2 +Ready +Active +Reachable/);
  await user.until('node2', 'docker secret ls', /big11/);
  expect(parts).toEqual(['to N, part 1 of 2', 'to N, part 2 of 2']);
});

test('a manager whose raft log is lost gets another raft ID, and the old one is refused for ever', async () => {
  const user = swarmOf(3, 0);
  const idOf = (machine: string): string => user.world.machine(machine)!.swarm.state.identity!.raftId;
  const old = idOf('node3');
  user.fault({ kind: 'disk-lost', machine: 'node3', what: 'raft' });
  await user.wait(5);
  user.powerOn('node3');
  await user.until('node3', 'docker node ls', /node3 +Ready +Active +Reachable/);
  expect(idOf('node3')).not.toBe(old);
  const { members, removed } = user.world.machine('node1')!.swarm.manager!.raftNode.raft.state.configuration;
  expect([members.has(old), removed.has(old), members.size]).toEqual([false, true, 3]);
  const added = user.world
    .machine('node1')!
    .swarm.manager!.raftNode.raft.state.log.entries.filter(
      (entry: Entry) => entry.type === 'conf' && entry.change.raftId === old && entry.change.type === 'add',
    );
  expect(added).toHaveLength(1);
});

test('demoted and promoted again before its certificate has changed, a manager comes back', async () => {
  const user = swarmOf(3, 0);
  await user.ok('node1', 'docker node demote node3');
  await user.ok('node1', 'docker node promote node3');
  const screen = await user.until('node1', 'docker node ls', /node3 +Ready +Active +Reachable/);
  expect(screen).toMatch(/node3 +Ready/);
  await user.until('node3', 'docker node ls', /node1 +Ready +Active +Leader/);
});
