import { describe, expect, it } from 'vitest';
import { NetworkWorld, outside } from '../../testing/network-world.ts';

const names = (world: NetworkWorld, machine: string): string =>
  [...world.cluster.machine(machine)!.network.state.present.values()]
    .map(({ name }) => name)
    .sort()
    .join(' ');

describe('networks of a node', () => {
  it('ingress is on every node; another one appears with the first task that needs it, and goes with the last', () => {
    const world = new NetworkWorld(3);
    expect(['node1', 'node2', 'node3'].map((name) => names(world, name))).toEqual(['ingress', 'ingress', 'ingress']);
    world.network('net');
    expect(names(world, 'node1')).toBe('ingress');
    world.service('web', { networks: ['net'], constraints: ['node.hostname==node2'] });
    expect(['node1', 'node2', 'node3'].map((name) => names(world, name))).toEqual([
      'ingress',
      'ingress net',
      'ingress',
    ]);
    world.scale('web', 0);
    world.run(20);
    expect(names(world, 'node2')).toBe('ingress');
  });

  it('a fresh network with two replicas on two nodes: gateway .1, VIP .2, tasks .3 and .4, nodes .5 and .6', () => {
    const world = new NetworkWorld(3);
    world.network('net');
    world.service('web', { replicas: 2, networks: ['net'] });
    const overlays = world.cluster.machines.flatMap(({ network }) =>
      [...network.state.present.values()].filter(({ name }) => name === 'net'),
    );
    expect(overlays.map(({ gateway, vni, mtu }) => `${gateway} ${vni} ${mtu}`)).toEqual([
      '10.0.1.1 4097 1450',
      '10.0.1.1 4097 1450',
    ]);
    expect(overlays.map(({ balancer }) => balancer).sort()).toEqual(['10.0.1.5', '10.0.1.6']);
    const [first] = world.containers('web');
    const sandbox = world.cluster.machine(first!.machine)!.network.state.sandboxes.get(first!.container.id)!;
    expect(sandbox.virtualIps[overlays[0]!.id]).toBe('10.0.1.2');
    expect(
      sandbox.interfaces.map(({ device, networkName, address, mac }) => `${device} ${networkName} ${address} ${mac}`),
    ).toEqual(['eth0 net 10.0.1.3 02:42:0a:00:01:03', 'eth1 docker_gwbridge 172.18.0.3 02:42:ac:12:00:03']);
  });

  it('a container of an internal network has no way out', () => {
    const world = new NetworkWorld(2);
    world.network('inner', { Internal: true });
    world.service('web', { networks: ['inner'] });
    expect(world.who(world.within('web'), '192.168.99.102', 80)).toBe('network unreachable: not on this network');
  });

  it('a container with a way out gets there with its host address', () => {
    const world = new NetworkWorld(2);
    world.network('net');
    world.service('front', { networks: ['net'], constraints: ['node.hostname==node1'] });
    world.service('web', { publish: ['80:80/tcp:host'], constraints: ['node.hostname==node2'] });
    expect(world.who(world.within('front'), 'node2', 80)).toBe('node2/web.1');
    expect(world.last.hops.find(({ room }) => room === 'app')!.before.src).toMatch(/^192\.168\.99\.101:/);
  });

  it('a host port cannot be had twice', () => {
    const world = new NetworkWorld(1);
    world.service('a', { publish: ['8080:80/tcp:host'] });
    const machine = world.cluster.machine('node1')!;
    expect(machine.network.holderOf(8080, 'tcp', null)?.name).toMatch(/^a\.1\./);
    const { container } = world.containers('a')[0]!;
    const twin = { ...container, id: 'f'.repeat(64), taskId: null, config: { ...container.config, name: 'b' } };
    expect(machine.network.attach(twin)).toMatch(
      /^driver failed programming external connectivity on endpoint b \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/,
    );
  });
});

describe('the life of a registration', () => {
  it('a task with a health check is registered at its first good one', () => {
    const world = new NetworkWorld(2);
    world.api('POST', '/services/create', {
      Name: 'web',
      TaskTemplate: {
        ContainerSpec: {
          Image: 'nginx:1.26',
          Healthcheck: { Test: ['CMD', 'true'], Interval: 4_000_000_000, Timeout: 1_000_000_000, Retries: 3 },
        },
      },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 80, PublishMode: 'ingress' }] },
    });
    world.run(3);
    expect(world.containers('web')).toHaveLength(1);
    expect(world.who(outside, 'node2', 80)).toBe('connection refused: port not published');
    world.run(4);
    expect(world.who(outside, 'node2', 80)).toMatch(/web\.1$/);
  });

  it('follows docker network names, and what the nodes have heard of peers', () => {
    const world = new NetworkWorld(3);
    world.network('net');
    world.service('web', { replicas: 3, networks: ['net'] });
    const net = world.api('GET', '/networks/net', undefined, 'node1', { verbose: 'true' }) as {
      Peers: { Name: string; IP: string }[];
      Services: Record<string, { VIP: string; LocalLBIndex: number; Tasks: unknown[] }>;
    };
    expect(net.Peers.map(({ IP }) => IP).sort()).toEqual(['192.168.99.101', '192.168.99.102', '192.168.99.103']);
    expect(net.Services.web).toMatchObject({ VIP: '10.0.1.2', LocalLBIndex: 256 });
    expect(net.Services.web!.Tasks).toHaveLength(3);
  });

  it('is told in the picture; what did not change stays the same object', () => {
    const world = new NetworkWorld(3);
    world.service('web', { replicas: 3, publish: ['80:80'] });
    const before = world.cluster.snapshot().network!;
    expect(before.gossip.map(({ machine, members }) => `${machine} ${members.length}`)).toEqual([
      'node1 3',
      'node2 3',
      'node3 3',
    ]);
    expect(before.overlays).toHaveLength(3);
    expect(before.endpoints).toHaveLength(3);
    expect(before.balancers.map(({ mark, destinations }) => `${mark} ${destinations.length}`)).toEqual([
      '256 3',
      '256 3',
      '256 3',
    ]);
    world.run(5);
    expect(world.cluster.snapshot().network).toBe(before);
    world.ask(outside, 'node1', 80);
    const after = world.cluster.snapshot().network!;
    expect(after.balancers).toBe(before.balancers);
    expect(after.pointers).not.toBe(before.pointers);
    expect(after.flows.at(-1)!.hops.length).toBeGreaterThan(10);
  });
});

describe('a load generator', () => {
  it('spreads requests evenly, counts answers and failures', () => {
    const world = new NetworkWorld(3);
    world.service('web', { replicas: 3, publish: ['80:80'] });
    const id = world.cluster.fabric.startLoad({
      origin: outside,
      targets: ['node1', 'node2', 'node3'].map((host) => ({ host, port: 80, protocol: 'tcp' })),
      payload: { protocol: 'http', method: 'GET', path: '/', host: 'x', headers: {}, body: '' },
      perSecond: 100,
      timeout: 1_000_000,
    });
    world.run(10);
    const view = (): ReturnType<typeof world.cluster.fabric.loads>[number] => world.cluster.fabric.loads()[0]!;
    expect(view().failed).toBe(0);
    expect(view().answered).toBeGreaterThan(990);
    expect(view().lastSecond.answered).toBeGreaterThan(95);
    const counts = Object.values(view().byContainer);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(10);
    world.cluster.fault({ kind: 'power-off', machine: 'node3' });
    world.run(12);
    expect(Object.keys(view().byFailure)).toContain('timed out (node unreachable)');
    world.cluster.fabric.stopLoad(id);
    world.run(3);
    const { sent, answered, failed, inFlight } = view();
    expect([inFlight, sent - answered - failed]).toEqual([0, 0]);
    // Each failure has its place: on the wires to the machine without power, or where nobody was left to choose.
    const { failures } = view();
    expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(failed);
    expect(failures.find(({ room }) => room === 'wire')).toMatchObject({ reason: 'node unreachable' });
  });
});
