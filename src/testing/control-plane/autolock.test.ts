/** Autolock as a manager's keeper meets it: turned on, a manager restarted locked, unlocked, the key rotated while one was away. */
import { expect, test } from 'vitest';
import { swarmOf } from './user.ts';

const LOCKED =
  'Error response from daemon: Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.';
const WRONG_KEY = 'Error response from daemon: swarm could not be unlocked: invalid key provided';

test('a manager that restarts in a locked swarm does nothing until it gets the key', async () => {
  const user = swarmOf(3, 1);
  const screen = await user.ok('node1', 'docker swarm update --autolock=true');
  const [key] = /SWMKEY-1-\S+/.exec(screen)!;
  expect(await user.ok('node2', 'docker swarm unlock-key -q')).toBe(key);
  await user.wait(1);
  user.powerOff('node3');
  await user.wait(1);
  user.powerOn('node3');
  await user.wait(2);
  expect(await user.ok('node3', 'docker info --format "{{.Swarm.LocalNodeState}}"')).toBe('locked');
  for (const command of ['node ls', 'service ls', 'swarm join-token worker', 'swarm unlock-key'])
    expect(await user.refused('node3', `docker ${command}`)).toBe(LOCKED);
  expect(await user.refused('node3', 'docker swarm leave')).toBe(
    'Error response from daemon: Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.',
  );
  expect(await user.refused('node3', 'echo nonsense | docker swarm unlock')).toBe(
    'Error response from daemon: invalid key string',
  );
  expect(await user.refused('node3', `echo SWMKEY-1-${'A'.repeat(43)} | docker swarm unlock`)).toBe(WRONG_KEY);
  await user.until('node1', 'docker node ls', /node3 +Down +Active +Unreachable/);
  await user.ok('node3', `echo ${key} | docker swarm unlock`);
  expect(await user.ok('node3', 'docker node ls')).toMatch(/node3 +Ready +Active +Reachable/);
  expect(await user.refused('node3', 'docker swarm unlock')).toBe('Error: swarm is not locked');
});

test('workers are never locked, and a manager no longer when autolock is off', async () => {
  const user = swarmOf(1, 1);
  await user.ok('node1', 'docker swarm update --autolock=true');
  await user.wait(1);
  user.fault({ kind: 'daemon-restart', machine: 'node2' });
  await user.until('node2', 'docker info', /Swarm: active/);
  await user.ok('node1', 'docker swarm update --autolock=false');
  expect(await user.refused('node1', 'docker swarm unlock-key')).toBe('no unlock key is set');
  expect(await user.refused('node1', 'docker swarm unlock-key --rotate')).toBe(
    'cannot rotate because autolock is not turned on',
  );
  await user.wait(1);
  user.fault({ kind: 'daemon-restart', machine: 'node1' });
  await user.until('node1', 'docker info', /Swarm: active/);
});

test('a manager that was away while the key was rotated takes the key that it was locked with', async () => {
  const user = swarmOf(3, 0);
  await user.ok('node1', 'docker swarm update --autolock=true');
  const old = await user.ok('node1', 'docker swarm unlock-key -q');
  await user.wait(1);
  user.powerOff('node3');
  const fresh = await user.ok('node1', 'docker swarm unlock-key --rotate -q');
  expect(fresh).not.toBe(old);
  user.powerOn('node3');
  await user.wait(2);
  expect(await user.refused('node3', `echo ${fresh} | docker swarm unlock`)).toBe(WRONG_KEY);
  await user.ok('node3', `echo ${old} | docker swarm unlock`);
  await user.wait(5);
  user.fault({ kind: 'daemon-restart', machine: 'node3' });
  await user.wait(2);
  await user.ok('node3', `echo ${fresh} | docker swarm unlock`);
});

test('who joins as a manager is locked with the same key; who is demoted is unlocked for good', async () => {
  const user = swarmOf(2, 0, 1);
  await user.ok('node1', 'docker swarm update --autolock=true');
  const key = await user.ok('node1', 'docker swarm unlock-key -q');
  const token = await user.ok('node1', 'docker swarm join-token -q manager');
  await user.ok('node3', `docker swarm join --token ${token} 192.168.99.101:2377`);
  await user.wait(1);
  user.fault({ kind: 'daemon-restart', machine: 'node3' });
  await user.wait(2);
  expect(await user.refused('node3', 'docker node ls')).toBe(LOCKED);
  await user.ok('node3', `echo ${key} | docker swarm unlock`);
  await user.ok('node1', 'docker node demote node3');
  await user.until('node1', 'docker node inspect node3 --format "{{.ManagerStatus}}"', /nil/);
  // The role manager sets the role with its next round; then the certificate of a worker comes.
  await user.wait(8);
  user.fault({ kind: 'daemon-restart', machine: 'node3' });
  await user.until('node3', 'docker info', /Swarm: active/);
});

test('a locked manager can leave by force and begin anew', async () => {
  const user = swarmOf(1, 0);
  await user.ok('node1', 'docker swarm update --autolock=true');
  await user.wait(1);
  user.fault({ kind: 'daemon-restart', machine: 'node1' });
  await user.wait(2);
  await user.ok('node1', 'docker swarm leave --force');
  await user.ok('node1', 'docker swarm init --advertise-addr 192.168.99.101');
});
