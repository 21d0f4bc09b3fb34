import { describe, expect, test } from 'vitest';
import { seconds } from '../../kernel/time.ts';
import type { Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import { TestLeader } from '../testing-leader.ts';
import { testCluster, testNetwork, testNode, testService, testTask } from '../testing-objects.ts';

const leader = (): TestLeader => new TestLeader({ only: ['allocator'], agents: false }).run(seconds(1));
const fresh = (id: string, l: TestLeader, service: string, changes: Partial<Task> = {}): Task => {
  const made = testTask(id, l.service(service), changes);
  return { ...made, status: { ...made.status, state: TaskState.new, message: 'created' } };
};
const subnet = (l: TestLeader, id: string): string | undefined =>
  l.store.get('network', id)!.allocated?.configs[0]?.subnet;
const vips = (l: TestLeader, id: string): string[] =>
  l.service(id).endpoint?.virtualIps.map(({ address }) => address) ?? [];
const published = (l: TestLeader, id: string): number[] =>
  l.service(id).endpoint?.ports.map((port) => port.publishedPort) ?? [];
const addresses = (l: TestLeader, id: string): string[] =>
  l.store.get('task', id)!.networks.flatMap((network) => network.addresses);

describe('networks', () => {
  test('ingress gets the first subnet and VNI, others follow, the lowest free first', () => {
    const l = leader().put(testNetwork('back')).run(seconds(1)).put(testNetwork('front')).run(seconds(1));
    expect(l.store.get('network', 'ingress')!.allocated).toEqual({
      configs: [{ subnet: '10.0.0.0/24', range: '', gateway: '10.0.0.1' }],
      vni: 4096,
    });
    expect([subnet(l, 'back'), subnet(l, 'front')]).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
    l.remove('network', 'back').put(testNetwork('third')).run(seconds(1));
    expect(subnet(l, 'third')).toBe('10.0.1.0/24');
    expect(l.store.get('network', 'third')!.allocated!.vni).toBe(4099);
  });

  test('a subnet that is asked for is given, unless it overlaps; then it comes when the other has gone', () => {
    const ipam = { driver: 'default', configs: [{ subnet: '10.0.0.0/16', range: '', gateway: '' }] };
    const own = { driver: 'default', configs: [{ subnet: '172.30.0.0/16', range: '', gateway: '172.30.0.9' }] };
    const l = leader()
      .put(testNetwork('wide', { ipam }), testNetwork('own', { ipam: own }))
      .run(seconds(1));
    expect(l.store.get('network', 'wide')!.allocated).toBeNull();
    expect(l.events('allocator.waiting')[0]!.data).toEqual({
      why: 'Pool overlaps with other one on this address space',
    });
    expect(l.store.get('network', 'own')!.allocated!.configs[0]).toEqual({
      subnet: '172.30.0.0/16',
      range: '',
      gateway: '172.30.0.9',
    });
    l.remove('network', 'ingress').run(seconds(1));
    expect(subnet(l, 'wide')).toBe('10.0.0.0/16');
  });

  test('node-local networks get nothing', () => {
    expect(leader().store.get('network', 'bridge')!.allocated).toEqual({ configs: [], vni: null });
  });

  test('other pools', () => {
    const l = leader()
      .put(testCluster({ defaultAddressPool: ['10.20.0.0/16'], subnetSize: 26 }))
      .put(testNetwork('back'))
      .run(seconds(1));
    expect(subnet(l, 'back')).toBe('10.20.0.0/26');
  });
});

describe('addresses', () => {
  test('in the order in which they are needed: VIP, tasks, then the nodes', () => {
    const l = leader().put(testNode('n1'), testNode('n2'), testNetwork('back')).run(seconds(1));
    l.put(testService('web', { networks: ['back'], replicas: 2 })).run(seconds(1));
    l.put(fresh('t1', l, 'web'), fresh('t2', l, 'web')).run(seconds(1));
    expect(vips(l, 'web')).toEqual(['10.0.1.2/24']);
    expect([addresses(l, 't1'), addresses(l, 't2')]).toEqual([['10.0.1.3/24'], ['10.0.1.4/24']]);
    for (const [task, nodeId] of [
      ['t1', 'n1'],
      ['t2', 'n2'],
    ] as const)
      l.put({
        ...l.store.get('task', task)!,
        nodeId,
        status: { ...l.store.get('task', task)!.status, state: TaskState.assigned },
      }).run(seconds(1));
    expect(l.store.get('node', 'n1')!.attachments).toEqual({ ingress: '10.0.0.2/24', back: '10.0.1.5/24' });
    expect(l.store.get('node', 'n2')!.attachments).toEqual({ ingress: '10.0.0.3/24', back: '10.0.1.6/24' });
    l.report('t1', TaskState.failed).run(seconds(1));
    expect(l.store.get('node', 'n1')!.attachments).toEqual({ ingress: '10.0.0.2/24' });
  });

  test('a task becomes PENDING with its endpoint and the message', () => {
    const l = leader()
      .put(testService('web', { ports: [{ publishedPort: 8080 }] }))
      .run(seconds(1));
    l.put(fresh('t1', l, 'web')).run(seconds(1));
    const task = l.store.get('task', 't1')!;
    expect([task.status.state, task.status.message]).toEqual([TaskState.pending, 'pending task scheduling']);
    expect(task.endpoint).toEqual(l.service('web').endpoint);
    expect(task.networks).toEqual([{ networkId: 'ingress', addresses: ['10.0.0.3/24'], aliases: [] }]);
    expect(vips(l, 'web')).toEqual(['10.0.0.2/24']);
  });

  test('are serial: those given back are not the next ones, until the end is reached', () => {
    const ipam = { driver: 'default', configs: [{ subnet: '10.9.0.0/29', range: '', gateway: '' }] };
    const l = leader()
      .put(testNetwork('tiny', { ipam }))
      .run(seconds(1))
      .put(testService('web', { networks: ['tiny'], endpointMode: 'dnsrr' }))
      .run(seconds(1));
    const give = (id: string): string[] => addresses(l.put(fresh(id, l, 'web')).run(seconds(1)), id);
    expect([give('a'), give('b')]).toEqual([['10.9.0.2/29'], ['10.9.0.3/29']]);
    l.remove('task', 'a').run(seconds(1));
    expect([give('c'), give('d'), give('e'), give('f')]).toEqual([
      ['10.9.0.4/29'],
      ['10.9.0.5/29'],
      ['10.9.0.6/29'],
      ['10.9.0.2/29'],
    ]);
    expect(give('g')).toEqual([]);
    expect(l.store.get('task', 'g')!.status.state).toBe(TaskState.new);
    l.report('c', TaskState.failed).run(seconds(1));
    expect(addresses(l, 'g')).toEqual(['10.9.0.4/29']);
  });

  test('no network, no VIP; dnsrr, no VIP', () => {
    const l = leader().put(testNetwork('back')).run(seconds(1));
    l.put(testService('plain'), testService('rr', { networks: ['back'], endpointMode: 'dnsrr' })).run(seconds(1));
    expect([l.service('plain').endpoint, vips(l, 'rr')]).toEqual([null, []]);
  });

  test('the VIP stays through updates and goes with the network', () => {
    const l = leader().put(testNetwork('back'), testNetwork('front')).run(seconds(1));
    l.put(testService('web', { networks: ['back'] }))
      .run(seconds(1))
      .setImage('web', 'nginx:2')
      .run(seconds(1));
    expect(vips(l, 'web')).toEqual(['10.0.1.2/24']);
    l.updateService('web', (spec) => ({
      ...spec,
      task: { ...spec.task, networks: [{ target: 'front', aliases: [], driverOptions: {} }] },
    })).run(seconds(1));
    expect(vips(l, 'web')).toEqual(['10.0.2.2/24']);
  });
});

describe('published ports', () => {
  test('given, or serially from 30000, per protocol', () => {
    const l = leader();
    l.put(testService('a', { ports: [{ publishedPort: 80 }, { targetPort: 81 }] })).run(seconds(1));
    l.put(testService('b', { ports: [{}, { protocol: 'udp' }] })).run(seconds(1));
    expect([published(l, 'a'), published(l, 'b')]).toEqual([
      [80, 30000],
      [30001, 30000],
    ]);
  });

  test('an automatic one is kept over updates; freed ones are not the next', () => {
    const l = leader()
      .put(testService('a', { ports: [{}] }))
      .run(seconds(1))
      .setImage('a', 'x')
      .run(seconds(1));
    expect(published(l, 'a')).toEqual([30000]);
    l.remove('service', 'a')
      .put(testService('b', { ports: [{}] }))
      .run(seconds(1));
    expect(published(l, 'b')).toEqual([30001]);
  });

  test('one that is in use is waited for; the tasks stay NEW', () => {
    const l = leader()
      .put(testService('a', { ports: [{ publishedPort: 80 }] }))
      .run(seconds(1));
    l.put(testService('b', { ports: [{ publishedPort: 80 }] })).run(seconds(1));
    l.put(fresh('t', l, 'b')).run(seconds(1));
    expect([published(l, 'b'), l.store.get('task', 't')!.status.state]).toEqual([[], TaskState.new]);
    l.remove('service', 'a').run(seconds(1));
    expect([published(l, 'b'), l.store.get('task', 't')!.status.state]).toEqual([[80], TaskState.pending]);
  });

  test('host-mode ports are not allocated', () => {
    const l = leader();
    for (const name of ['a', 'b']) l.put(testService(name, { ports: [{ publishedPort: 80, publishMode: 'host' }] }));
    l.run(seconds(1));
    expect([published(l, 'a'), published(l, 'b'), vips(l, 'a')]).toEqual([[80], [80], []]);
  });

  test('a service that publishes no more gives port and VIP back', () => {
    const l = leader()
      .put(testService('a', { ports: [{ publishedPort: 80 }] }))
      .run(seconds(1));
    l.updateService('a', (spec) => ({ ...spec, endpoint: { mode: 'vip', ports: [] } })).run(seconds(1));
    expect([published(l, 'a'), vips(l, 'a')]).toEqual([[], []]);
    l.put(testService('b', { ports: [{ publishedPort: 80 }] })).run(seconds(1));
    expect(published(l, 'b')).toEqual([80]);
  });
});

describe('a new leader', () => {
  test('gives nothing that is in use (swarmkit 5fd25d2bf, 1f6ed9752)', () => {
    const l = leader().put(testNode('n1'), testNode('n2'), testNetwork('back')).run(seconds(1));
    l.put(testService('a', { networks: ['back'], ports: [{}] })).run(seconds(1));
    l.put(fresh('t1', l, 'a', { nodeId: 'n1' }), fresh('t2', l, 'a', { nodeId: 'n2' })).run(seconds(1));
    l.elect()
      .run(seconds(1))
      .put(testNode('n3'), testService('b', { networks: ['back'], ports: [{}] }))
      .run(seconds(1));
    l.put(fresh('t3', l, 'b', { nodeId: 'n3' })).run(seconds(1));
    const held = [
      ...['a', 'b'].flatMap((id) => vips(l, id)),
      ...['t1', 't2', 't3'].flatMap((id) => addresses(l, id)),
      ...['n1', 'n2', 'n3'].flatMap((id) => Object.values(l.store.get('node', id)!.attachments)),
    ];
    expect(held).toHaveLength(16);
    expect(new Set(held).size).toBe(16);
    expect([published(l, 'a'), published(l, 'b')]).toEqual([[30000], [30001]]);
  });

  test('changes nothing that is allocated', () => {
    const l = leader().put(testNode('n1'), testNetwork('back')).run(seconds(1));
    l.put(testService('a', { networks: ['back'], ports: [{}, { targetPort: 81, publishedPort: 81 }] })).run(seconds(1));
    const { version } = l.store.state;
    l.elect().run(seconds(1));
    expect(l.store.state.version).toBe(version);
  });
});

test('what a deleted node or service held can be had again (swarmkit 54c72000f, 8467e6a43)', () => {
  const ipam = { driver: 'default', configs: [{ subnet: '10.0.0.0/29', range: '', gateway: '' }] };
  const l = new TestLeader({ only: ['allocator'], agents: false })
    .put(testNetwork('ingress', { ipam }))
    .run(seconds(1));
  for (let i = 0; i < 20; i++) {
    l.put(testNode(`n${i}`), testService(`s${i}`, { ports: [{ publishedPort: 80 }] })).run(seconds(1));
    expect([Object.keys(l.store.get('node', `n${i}`)!.attachments), published(l, `s${i}`)]).toEqual([
      ['ingress'],
      [80],
    ]);
    l.remove('node', `n${i}`).remove('service', `s${i}`).run(seconds(1));
  }
});
