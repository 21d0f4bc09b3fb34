/** Nodes as an administrator meets them: warnings, roles, removal, coming back. */
import { expect, test } from 'vitest';
import { swarmOf } from './user.ts';

test('two managers are warned of, one and three are not', async () => {
  const warned =
    /WARNING: Running Swarm in a two-manager configuration\. This configuration provides\n {9}no fault tolerance/;
  for (const [managers, isWarned] of [
    [1, false],
    [2, true],
    [3, false],
  ] as const) {
    const { screen } = await swarmOf(managers, 0).run('node1', 'docker info');
    expect(warned.test(screen)).toBe(isWarned);
  }
});

test('a demoted leader hands over first, then becomes a worker', async () => {
  const user = swarmOf(3, 0);
  await user.ok('node1', 'docker node demote node1');
  const screen = await user.until('node2', 'docker node ls', /node1 +Ready +Active +28/);
  expect(screen).toMatch(/node[23] +(Ready|Unknown) +Active +Leader/);
  // Nobody is unknown for long: the old leader has ended its sessions.
  await user.wait(1);
  expect(await user.ok('node2', 'docker node ls')).not.toMatch(/Unknown/);
  expect(await user.refused('node1', 'docker node ls')).toMatch(
    /Worker nodes can't be used to view or modify cluster state/,
  );
});

test.each([
  [
    'node rm node2',
    /^Error response from daemon: rpc error: code = FailedPrecondition desc = node \w+ is not down and can't be removed$/,
  ],
  [
    'node rm --force node1',
    /^Error response from daemon: rpc error: code = FailedPrecondition desc = node \w+ is a cluster manager and is a member of the raft cluster\. It must be demoted to worker before removal$/,
  ],
  [
    'node demote node1',
    /^Error response from daemon: rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm$/,
  ],
  ['node update --availability sleepy node2', /^Error response from daemon: invalid Availability: "sleepy"$/],
  ['node update --role boss node2', /^Error response from daemon: invalid Role: "boss"$/],
  ['node update --label-rm nope node2', /^key nope doesn't exist in node's labels$/],
  ['node rm nosuch', /^Error response from daemon: node nosuch not found$/],
  ['node ls --filter role=boss', /^Error response from daemon: Invalid role filter: 'boss'$/],
])('docker %s is refused', async (words, complaint) => {
  expect(await swarmOf(1, 1).refused('node1', `docker ${words}`)).toMatch(complaint);
});

test('a node that is removed by force loses its tasks to others, and may come back as a new one', async () => {
  const user = swarmOf(1, 2);
  await user.ok('node1', 'docker service create -q --name web --replicas 3 nginx');
  await user.ok('node1', 'docker node rm --force node3');
  await user.until('node1', 'docker service ls', /3\/3/);
  expect(await user.ok('node1', 'docker service ps web')).toMatch(/[0-9a-z]{25} +Shutdown +Orphaned/);
  await user.ok('node3', 'docker swarm leave');
  const token = await user.ok('node1', 'docker swarm join-token -q worker');
  await user.ok('node3', `docker swarm join --token ${token} 192.168.99.101`);
  expect((await user.ok('node1', 'docker node ls')).match(/node3/g)).toHaveLength(1);
});

test('a leader that is lost: nodes are Unknown until they have told the next one of themselves', async () => {
  const user = swarmOf(3, 1);
  user.powerOff('node1');
  const screen = await user.until('node2', 'docker node ls', /Leader/);
  expect(screen).toMatch(/node1 +Unknown +Active +Unreachable/);
  await user.until('node2', 'docker node ls', /node4 +Ready/);
  await user.until('node2', 'docker node ls', /node1 +Down +Active +Unreachable/);
});
