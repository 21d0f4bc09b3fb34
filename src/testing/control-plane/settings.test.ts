/** What `swarm init`, `join` and `update` can set, and what they refuse. */
import { describe, expect, test } from 'vitest';
import { swarmOf } from './user.ts';

const ADVERTISE = 'advertise address must be a non-zero IP address or network interface (with optional port number)';

describe('swarm init refuses', () => {
  test.each([
    ['--advertise-addr nosuch', ADVERTISE],
    ['--advertise-addr 999.1.1.1', ADVERTISE],
    ['--advertise-addr 0.0.0.0', ADVERTISE],
    ['--listen-addr eth9', 'listen address must be an IP address or network interface (with optional port number)'],
    [
      '--listen-addr 1.2.3.4',
      'manager stopped: failed to listen on remote API address: listen tcp 1.2.3.4:2377: bind: cannot assign requested address',
    ],
    [
      '--data-path-addr 0.0.0.0',
      'data path address must be a non-zero IP address or network interface (without a port number)',
    ],
    ['--data-path-port 80', 'Datapath port number is not in valid range (1024-49151) : 80'],
    ['--default-addr-pool 10.0.0.0/8 --default-addr-pool-mask-length 30', 'subnet size is out of range: 30'],
    [
      '--default-addr-pool 10.0.0.0/16 --default-addr-pool-mask-length 8',
      'invalid CIDR: "10.0.0.0/16". Subnet size is too small for pool: 8',
    ],
  ])('%s', async (flags, complaint) => {
    const user = swarmOf(0, 0, 1);
    expect(await user.refused('node1', `docker swarm init ${flags}`)).toBe(`Error response from daemon: ${complaint}`);
    expect(await user.ok('node1', 'docker info')).toMatch('Swarm: inactive');
  });
});

test('swarm init takes an interface for an address, and sets everything at once', async () => {
  const user = swarmOf(0, 0, 1);
  await user.ok(
    'node1',
    'docker swarm init --advertise-addr eth0 --availability drain --task-history-limit 2 --dispatcher-heartbeat 10s --snapshot-interval 100 --max-snapshots 3 --cert-expiry 48h --default-addr-pool 10.20.0.0/16 --default-addr-pool-mask-length 26 --data-path-port 7777',
  );
  const info = await user.ok('node1', 'docker info');
  for (const line of [
    'Default Address Pool: 10.20.0.0/16',
    'SubnetSize: 26',
    'Data Path Port: 7777',
    'Task History Retention Limit: 2',
    'Snapshot Interval: 100',
    'Number of Old Snapshots to Retain: 3',
    'Heartbeat Period: 10 seconds',
    'Expiry Duration: 2 days',
    'Node Address: 192.168.99.101',
  ])
    expect(info).toContain(line);
  expect(await user.ok('node1', 'docker node ls')).toMatch(/node1 +Ready +Drain +Leader/);
});

test('the heartbeat decides how soon a lost node is down', async () => {
  const user = swarmOf(1, 1);
  await user.ok('node1', 'docker swarm update --dispatcher-heartbeat 2s');
  await user.wait(20);
  const cut = user.now;
  user.powerOff('node2');
  await user.until('node1', 'docker node ls', /node2 +Down/);
  expect(user.now - cut).toBeGreaterThan(3);
  expect(user.now - cut).toBeLessThan(8);
});

test('the history limit decides how many old tasks are kept', async () => {
  const user = swarmOf(1, 0);
  await user.ok('node1', 'docker swarm update --task-history-limit 2');
  await user.ok('node1', 'docker service create -q --name web nginx');
  for (let n = 0; n < 4; n++) await user.ok('node1', 'docker service update -q --force web');
  expect((await user.ok('node1', 'docker service ps -q web')).split('\n')).toHaveLength(2);
});

describe('swarm update refuses', () => {
  test.each([
    ['--dispatcher-heartbeat -1s', 'heartbeat time period cannot be a negative duration'],
    ['--cert-expiry 59m', 'minimum certificate expiry time is: 1h0m0s'],
  ])('%s', async (flags, complaint) => {
    const user = swarmOf(1, 0);
    expect(await user.refused('node1', `docker swarm update ${flags}`)).toBe(
      `Error response from daemon: rpc error: code = InvalidArgument desc = ${complaint}`,
    );
  });
});

describe('swarm join', () => {
  test('gives up after five tries where nobody listens', async () => {
    const user = swarmOf(1, 0, 2);
    const token = await user.ok('node1', 'docker swarm join-token -q worker');
    const began = user.now;
    expect(await user.refused('node2', `docker swarm join --token ${token} 192.168.99.103:2377`)).toBe(
      'Error response from daemon: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 192.168.99.103:2377: connect: connection refused"',
    );
    expect(user.now - began).toBeGreaterThan(9);
    expect(user.now - began).toBeLessThan(11);
    expect(await user.ok('node2', 'docker info')).toMatch('Swarm: inactive');
  });

  test('goes on in the background where nobody answers', async () => {
    const user = swarmOf(1, 0, 1);
    const token = await user.ok('node1', 'docker swarm join-token -q worker');
    user.fault({ kind: 'cable-cut', machine: 'node1' });
    expect(await user.refused('node2', `docker swarm join --token ${token} 192.168.99.101`)).toMatch(
      /^Error response from daemon: Timeout was reached before node joined\./,
    );
    expect(await user.ok('node2', 'docker info')).toMatch('Swarm: pending');
    user.fault({ kind: 'cable-mend', machine: 'node1' });
    await user.until('node2', 'docker info', /Swarm: active/);
  });
});
