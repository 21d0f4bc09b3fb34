/** Logs of services and tasks: gathered from their nodes by the leader's log broker, in docker's form. */
import { describe, expect, test } from 'vitest';
import { swarmOf, type User } from './user.ts';

const TICK = `busybox sh -c 'while true; do echo tick; sleep 5; done'`;

/** Three managers, two workers, one `tick` on each worker. */
async function ticking(): Promise<User> {
  const user = swarmOf(3, 2);
  await user.ok('node1', `docker service create -q --name tick --mode global --constraint node.role==worker ${TICK}`);
  return user;
}

describe('docker service logs', () => {
  test('asks the leader, who asks the nodes; they hand in what they have', async () => {
    const user = await ticking();
    const heard = user.listen('logs.');
    const screen = await user.ok('node3', 'docker service logs --tail 1 tick');
    expect(screen.split('\n').sort()).toEqual([
      expect.stringMatching(/^tick\.0\.[0-9a-z]{12}@node4 {4}\| tick$/),
      expect.stringMatching(/^tick\.0\.[0-9a-z]{12}@node5 {4}\| tick$/),
    ]);
    for (const way of [
      /^logs\.subscribe node3-node1$/,
      /^logs\.subscription node\d-node4$/,
      /^logs\.publish node4-node\d$/,
      /^logs\.messages node1-node3$/,
      /^logs\.end node1-node3$/,
    ])
      expect([...heard].some((one) => way.test(one))).toBe(true);
  });

  test('pads to the number of replicas, so that lines stand in one column', async () => {
    const user = swarmOf(1, 0);
    await user.ok('node1', `docker service create -q --name t --replicas 10 ${TICK}`);
    const lines = (await user.ok('node1', 'docker service logs --tail 1 t')).split('\n');
    expect(lines).toHaveLength(10);
    expect(new Set(lines.map((line) => line.indexOf('|'))).size).toBe(1);
    expect(lines.find((line) => line.startsWith('t.1.'))).toMatch(/^t\.1\.[0-9a-z]{12}@node1 {5}\| tick$/);
  });

  test.each([
    ['--raw', /^tick$/],
    ['--no-task-ids', /^tick\.1@node1 {4}\| tick$/],
    ['--no-trunc', /^tick\.1\.[0-9a-z]{25}@node1 {4}\| tick$/],
    ['--no-resolve', /^[0-9a-z]{25}\.1\.[0-9a-z]{12}@[0-9a-z]{25} {4}\| tick$/],
    ['--timestamps', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z tick\.1\.[0-9a-z]{12}@node1 {4}\| tick$/],
    ['--details', /^tick\.1\.[0-9a-z]{12}@node1 {4}\| {2}tick$/],
  ])('%s', async (flag, line) => {
    const user = swarmOf(1, 0);
    await user.ok('node1', `docker service create -q --name tick ${TICK}`);
    expect(await user.ok('node1', `docker service logs ${flag} --tail 1 tick`)).toMatch(line);
  });

  test.each([
    ['--tail some tick', 'Error response from daemon: tail value must be a positive integer or "all"'],
    ['--tail=-1 tick', 'Error response from daemon: negative tail values not supported'],
    ['--since some tick', 'invalid value for "since": failed to parse value as time or duration: "some"'],
    ['nosuch', 'no such task or service: nosuch'],
  ])('%s is refused', async (words, complaint) => {
    const user = swarmOf(1, 0);
    await user.ok('node1', `docker service create -q --name tick ${TICK}`);
    expect(await user.refused('node1', `docker service logs ${words}`)).toBe(complaint);
  });

  test('-f goes on with tasks that are made later', async () => {
    const user = swarmOf(2, 1);
    await user.ok('node1', `docker service create -q --name tick --constraint node.role==manager ${TICK}`);
    const following = user.start('node2', 'docker service logs -f --tail 0 tick');
    await user.wait(3);
    await user.ok('node1', 'docker service update -q --constraint-rm node.role==manager --replicas 4 tick');
    await user.wait(5);
    const { screen } = await following.stop();
    expect(screen).toMatch(/tick\.4\.[0-9a-z]{12}@node[123] {4}\| tick/);
  });

  test('says of a lost node that its logs are missing, at once when it is down', async () => {
    const user = await ticking();
    const id = await user.ok('node1', 'docker node inspect node5 --format "{{.ID}}"');
    const incomplete = (reason: string): string =>
      `error from daemon in stream: Error grabbing logs: rpc error: code = Unknown desc = warning: incomplete log stream. some logs could not be retrieved for the following reasons: node ${id} ${reason}`;
    user.powerOff('node5');
    const first = await user.refused('node1', 'docker service logs --tail 1 tick');
    expect(first).toMatch(/@node4 {4}\| tick/);
    expect(first.endsWith(incomplete('disconnected unexpectedly'))).toBe(true);
    expect(
      (await user.refused('node1', 'docker service logs --tail 1 tick')).endsWith(incomplete('is not available')),
    ).toBe(true);
  });

  test('of a task that has no node yet', async () => {
    const user = swarmOf(1, 0);
    await user.ok('node1', 'docker service create -d --name stuck --constraint node.labels.a==b nginx');
    await user.wait(2);
    const task = await user.ok('node1', 'docker service ps -q --no-trunc stuck');
    expect(await user.ok('node1', 'docker service logs stuck')).toBe('');
    expect(await user.refused('node1', `docker service logs ${task}`)).toMatch(
      new RegExp(`following reasons: task ${task} has not been scheduled$`),
    );
  });
});
