/** Certificates as users meet them: renewal, expiry, a new root for a running swarm, tokens that no longer open the door. */
import { describe, expect, test } from 'vitest';
import { swarmOf, type User } from './user.ts';

const issuer = (user: User, node: string): Promise<string> =>
  user.ok('node1', `docker node inspect ${node} --format "{{.Description.TLSInfo.CertIssuerPublicKey}}"`);
const trustRoot = (user: User, node: string): Promise<string> =>
  user.ok('node1', `docker node inspect ${node} --format "{{.Description.TLSInfo.TrustRoot}}"`);
const worker = (user: User): Promise<string> => user.ok('node1', 'docker swarm join-token -q worker');

describe('rotating the root certificate', () => {
  test('gives every node a new certificate, then a new root, and the swarm new tokens', async () => {
    const user = swarmOf(3, 2, 1);
    const [oldRoot, oldToken, oldIssuer] = [
      await user.ok('node1', 'docker swarm ca'),
      await worker(user),
      await issuer(user, 'node5'),
    ];
    const screen = await user.ok('node1', 'docker swarm ca --rotate');
    expect(screen).toMatch(/desired root digest: sha256:[0-9a-f]{64}/);
    expect(screen).toMatch(/rotated TLS certificates: {2}\[=+>\] 5\/5 nodes\n/);
    expect(screen).toMatch(/rotated CA certificates: {3}\[=+>\] 5\/5 nodes\n/);
    const newRoot = await user.ok('node1', 'docker swarm ca');
    expect(newRoot).not.toBe(oldRoot);
    expect(screen.endsWith(newRoot)).toBe(true);
    for (const node of ['node1', 'node2', 'node5']) {
      expect(await issuer(user, node)).not.toBe(oldIssuer);
      expect(await trustRoot(user, node)).toBe(newRoot);
    }
    expect(await worker(user)).not.toBe(oldToken);
    expect(await user.refused('node6', `docker swarm join --token ${oldToken} 192.168.99.101:2377`)).toMatch(
      /^Error response from daemon: remote CA does not match fingerprint\. Expected: [0-9a-f]{64}$/,
    );
    await user.ok('node6', `docker swarm join --token ${await worker(user)} 192.168.99.102:2377`);
  });

  test('waits for a node that is down until it is back, or removed', async () => {
    const user = swarmOf(1, 2);
    const oldIssuer = await issuer(user, 'node2');
    user.powerOff('node2');
    user.powerOff('node3');
    await user.ok('node1', 'docker swarm ca --rotate -d');
    await user.wait(60);
    expect(await user.ok('node1', 'docker info')).toMatch(/Root Rotation In Progress: true/);
    expect(await issuer(user, 'node1')).not.toBe(oldIssuer);
    expect(await issuer(user, 'node2')).toBe(oldIssuer);
    user.powerOn('node2');
    await user.wait(20);
    expect(await issuer(user, 'node2')).not.toBe(oldIssuer);
    expect(await user.ok('node1', 'docker info')).toMatch(/Root Rotation In Progress: true/);
    await user.ok('node1', 'docker node rm node3');
    await user.until('node1', 'docker info', /Root Rotation In Progress: false/, 10);
  });

  test('goes on under the next leader', async () => {
    const user = swarmOf(3, 1);
    user.powerOff('node4');
    await user.ok('node1', 'docker swarm ca --rotate -d');
    await user.wait(2);
    user.powerOff('node1');
    await user.until('node2', 'docker node ls', /Leader/);
    user.powerOn('node1');
    user.powerOn('node4');
    await user.until('node2', 'docker info', /Root Rotation In Progress: false/);
  });

  test('to a certificate of the user’s own', async () => {
    const user = swarmOf(1, 1);
    const other = swarmOf(1, 0, 0, 2);
    const certificate = await other.ok('node1', 'docker swarm ca');
    user.file('node1', 'root.pem', `${certificate}\n`);
    user.file('node1', 'key.pem', '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n');
    await user.ok('node1', 'docker swarm ca --rotate --ca-cert root.pem --ca-key key.pem');
    expect(await user.ok('node1', 'docker swarm ca')).toBe(certificate);
  });

  test.each([
    ['--cert-expiry 24h', '`--cert-expiry` flag requires the `--rotate` flag to update the CA'],
    [
      '--rotate --external-ca protocol=cfssl,url=https://ca',
      "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's cert - to add an external CA with the current root CA certificate, use the `update` command instead",
    ],
    [
      '--rotate --ca-cert root.pem',
      'the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided as well',
    ],
    [
      '--rotate --ca-cert gone.pem --ca-key gone.pem',
      'invalid argument "gone.pem" for "--ca-cert" flag: open gone.pem: no such file or directory\n\nUsage:  docker swarm ca [OPTIONS]\n\nRun \'docker swarm ca --help\' for more information',
    ],
    [
      '--rotate --cert-expiry 30m',
      'Error response from daemon: rpc error: code = InvalidArgument desc = minimum certificate expiry time is: 1h0m0s',
    ],
    [
      '--rotate --ca-key root.pem',
      'Error response from daemon: rpc error: code = InvalidArgument desc = if a signing CA key is provided, the signing CA cert must also be provided',
    ],
    [
      '--rotate --ca-cert root.pem --external-ca protocol=cfssl,url=https://ca',
      'Error response from daemon: rpc error: code = InvalidArgument desc = there must be at least one valid, reachable external CA corresponding to the desired CA certificate',
    ],
  ])('refuses %s, and nothing changes', async (flags, complaint) => {
    const user = swarmOf(1, 0);
    const before = await user.ok('node1', 'docker swarm ca');
    user.file('node1', 'root.pem', `${before}\n`);
    expect(await user.refused('node1', `docker swarm ca ${flags}`)).toBe(complaint);
    expect(await user.ok('node1', 'docker swarm ca')).toBe(before);
    expect(await user.ok('node1', 'docker info')).toMatch(/Force Rotate: 0[\s\S]*Root Rotation In Progress: false/);
  });
});

describe('a certificate of an hour', () => {
  async function hourlySwarm(): Promise<User> {
    const user = swarmOf(1, 2);
    await user.ok('node1', 'docker swarm ca --rotate -q --cert-expiry 1h');
    return user;
  }

  test('is renewed between half and four fifths of its life', async () => {
    const user = await hourlySwarm();
    const began = user.now;
    await user.wait(49 * 60);
    const due = user
      .events('certificate.due')
      .map(({ at, machine }) => ({ machine, minutes: (at / 1e6 - began) / 60 }));
    expect(due.map(({ machine }) => machine).sort()).toEqual(['node1', 'node2', 'node3']);
    for (const { minutes } of due) {
      expect(minutes).toBeGreaterThanOrEqual(29.8);
      expect(minutes).toBeLessThan(48);
    }
    await user.wait(3600);
    expect(await user.ok('node1', 'docker node ls')).not.toMatch(/Down/);
  });

  test('has expired when its node comes back after two hours', async () => {
    const user = await hourlySwarm();
    user.powerOff('node3');
    await user.wait(7200);
    user.powerOn('node3');
    await user.wait(5);
    const EXPIRED = 'Swarm certificates have expired. To replace them, leave the swarm and join again.';
    expect(await user.ok('node3', 'docker info')).toMatch(`Swarm: error\n  NodeID: `);
    expect(await user.ok('node3', 'docker info')).toMatch(`Error: ${EXPIRED}`);
    expect(await user.refused('node3', 'docker node ls')).toBe(`Error response from daemon: ${EXPIRED}`);
    expect(await user.ok('node1', 'docker node ls')).toMatch(/node3 +Down/);
    await user.ok('node3', 'docker swarm leave');
    await user.ok('node3', `docker swarm join --token ${await worker(user)} 192.168.99.101:2377`);
  });
});

test('a rotated token opens the door no more, and nodes that are in stay in', async () => {
  const user = swarmOf(1, 1, 1);
  const old = await worker(user);
  await user.ok('node1', 'docker swarm join-token --rotate worker');
  expect(await user.refused('node3', `docker swarm join --token ${old} 192.168.99.101:2377`)).toBe(
    'Error response from daemon: rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster',
  );
  expect(await user.refused('node3', 'docker swarm join --token nonsense 192.168.99.101:2377')).toBe(
    'Error response from daemon: invalid join token',
  );
  await user.wait(30);
  expect(await user.ok('node1', 'docker node ls')).toMatch(/node2 +Ready/);
});
