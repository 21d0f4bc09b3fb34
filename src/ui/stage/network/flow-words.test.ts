import { describe, expect, it } from 'vitest';
import type { FlowView, GossipView } from '../../../protocol/network-view.ts';
import { NetworkWorld, outside } from '../../../testing/network-world.ts';
import { steadySwarm } from '../testing-fixture.ts';
import { layBuilding } from './building-layout.ts';
import { cityAt, layCity } from './city-layout.ts';
import { layWay } from './city-way.ts';
import { changeText, endingText, firstCommand, gossipText, hopTitle, ledgerText, seeForReal } from './flow-words.ts';
import { networkOutline } from './network-outline.tsx';
import { shownFlow, shownStep } from './trace.ts';

const world = new NetworkWorld(2);
world.service('web', { publish: ['8080:80'], constraints: ['node.hostname==node2'] });
world.ask(outside, 'node1', 8080);
const answered = world.last;
world.ask({ kind: 'host', machine: 'node1' }, 'localhost', 81);
const refused = world.last;
const snapshot = world.cluster.snapshot();

const measure = (text: string) => text.length * 6.5;
const building = (flow: FlowView, w: number, h = 190) =>
  layBuilding(flow, 0, { box: { x: 20, y: 200, w, h }, measure, addressOf: () => '192.168.99.101' });

describe('a flow in words', () => {
  it('says where it ended', () => {
    expect(endingText(snapshot, answered)).toBe('answered by web.1 on node2');
    expect(endingText(snapshot, refused)).toBe('dropped at node1, nat: port not published');
  });

  it('titles every hop', () => {
    const titles = answered.hops.filter(({ way }) => way === 'out').map(hopTitle);
    expect(titles).toEqual([
      'leaves the client',
      'on the wire',
      'arrives at node1',
      'destination rewritten',
      'over docker_gwbridge',
      'into the ingress sandbox',
      'marked for its service',
      'the balancer chooses web.1',
      'client replaced',
      'wrapped for the wire',
      'on the wire, in its capsule',
      'unwrapped',
      'over the network’s bridge',
      'arrives in the task',
      'delivered',
    ]);
  });

  it('says what changed, and how to see it on a real host', () => {
    const at = (room: string) => answered.hops.find((hop) => hop.room === room)!;
    const overlays = snapshot.network!;
    expect(changeText(at('mark'))).toEqual({ effect: 'mark', change: 'none → 0x100' });
    expect(changeText(at('nat')).change).toBe('192.168.99.101:8080 → 172.18.0.2:8080');
    expect(changeText(at('vxlan')).change).toBe('+50 bytes, 192.168.99.101 → 192.168.99.102:4789');
    expect(seeForReal(answered, at('nat'), overlays)).toEqual(['iptables -t nat -nL DOCKER-INGRESS']);
    expect(seeForReal(answered, at('ipvs'), overlays)).toEqual([
      'nsenter --net=/run/docker/netns/ingress_sbox ipvsadm -ln',
    ]);
    expect(
      seeForReal(answered, answered.hops.find((hop) => hop.room === 'wire' && hop.encapsulation)!, overlays),
    ).toEqual(['tcpdump -ni any udp port 4789']);
  });

  it('is a table that can be copied', () => {
    const lines = ledgerText(snapshot, refused).split('\n');
    expect(lines[0]).toBe('localhost:81 from node1: dropped at node1, nat: port not published');
    expect(lines[1]).toMatch(/^hop {2}ms +way +machine +room +rule +effect +before → after$/);
    expect(lines).toHaveLength(2 + refused.hops.length);
  });

  it('of those remembered the newest is shown, and first the hop that tells most', () => {
    expect(shownFlow(snapshot.network, null)?.id).toBe(refused.id);
    expect(shownFlow(snapshot.network, `flow:${answered.id}`)?.id).toBe(answered.id);
    const step = (flow: FlowView) => flow.hops[shownStep(flow, { flow: 0, step: 0 })]!;
    expect(step(answered)).toMatchObject({ room: 'wire', encapsulation: { vni: 4096 } });
    expect(step(refused).result).toBe('dropped');
    expect(shownStep(answered, { flow: answered.id, step: 999 })).toBe(answered.hops.length - 1);
  });
});

describe('gossip in words', () => {
  const view = (machine: string, states: Record<string, GossipView['members'][number]['state']>): GossipView => ({
    machine,
    name: machine,
    members: Object.entries(states).map(([name, state]) => ({ machine: name, name, state, since: 0 })),
  });
  it.each([
    [[], 'Gossip: no machine is in a swarm'],
    [[view('a', { a: 'alive' })], 'Gossip: one machine, alone'],
    [[view('a', { b: 'alive' }), view('b', { a: 'alive' })], 'Gossip: all 2 machines hear of each other'],
    [
      [view('a', { c: 'failed' }), view('b', { c: 'failed' }), view('c', { a: 'suspect' })],
      'Gossip: a and b hold c for failed; c holds a for suspect',
    ],
  ])('%#', (gossip, text) => expect(gossipText(gossip)).toBe(text));
});

it('says first what to type', () => {
  expect(firstCommand(snapshot).command).toBe('curl localhost:8080');
  expect(firstCommand({ ...snapshot, services: [] }).command).toMatch(/^docker service create .*-p 80:80/);
});

describe('the city', () => {
  const city = layCity(snapshot, { width: 1056, height: 200 });
  it('has a district, a rail and a door on every machine, also where no task is', () => {
    expect(city.districts.map(({ name }) => name)).toEqual(['node1', 'node2']);
    expect(city.rails.map(({ name, vni }) => `${name} ${vni}`)).toEqual(['ingress 4096']);
    expect(city.doors.map(({ machine, text }) => `${machine} ${text}`)).toEqual(['node1 8080', 'node2 8080']);
    expect(city.stations.map(({ machine, label }) => `${machine} ${label}`)).toEqual(['node2 w1']);
  });

  it('leads a flow from the door it came in by to its task', () => {
    const kinds = layWay(city, answered)
      .marks.filter(({ way }) => way === 'out')
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['client', 'door', 'wheel', 'rail', 'station']);
    expect(layWay(city, refused).marks.at(-1)?.kind).toBe('client');
    expect(layWay(city, refused).marks.find(({ drops }) => drops > 0)?.kind).toBe('door');
  });

  it('keeps everything on the stage, from a phone to fifty machines', () => {
    for (const [width, height] of [
      [390, 112],
      [1056, 200],
      [1480, 240],
    ] as const) {
      const big = layCity(steadySwarm({ managers: 5, workers: 45, services: [] }), { width, height });
      for (const { box } of big.districts) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.w).toBeLessThanOrEqual(width);
        expect(box.w).toBeGreaterThan(3);
      }
    }
  });

  it('finds what is under a point', () => {
    const { box, ref } = city.stations[0]!;
    expect(cityAt(city, box.x + 2, box.y + 2, 0)).toBe(ref);
    expect(cityAt(city, city.districts[0]!.box.x + 4, city.districts[0]!.box.y + 40, 0)).toBe('machine:node1');
    expect(cityAt(city, 2, 2, 0)).toBeNull();
  });
});

describe('the building', () => {
  it('has the rooms in their order, machine by machine, within its width', () => {
    const { rooms, bands, wires } = building(answered, 1016);
    expect(rooms.map(({ title }) => title).join(' ')).toBe(
      'client eth0 nat gwbridge eth1 mark IPVS SNAT vxlan0 vxlan0 br0 task app',
    );
    expect(bands.filter(({ machine }) => !machine).map(({ text }) => text)).toContain('ingress_sbox');
    expect(wires).toHaveLength(2);
    for (const { box } of rooms) expect(box.x + box.w).toBeLessThanOrEqual(1037);
  });

  it('takes more rows where it is narrow', () => {
    const tops = new Set(building(answered, 370, 220).rooms.map(({ box }) => box.y));
    expect(tops.size).toBeGreaterThan(1);
  });

  it('shows the capsule with what was there before', () => {
    const step = answered.hops.findIndex(({ room }) => room === 'vxlan');
    const { capsule } = layBuilding(answered, step, {
      box: { x: 0, y: 0, w: 1000, h: 190 },
      measure,
      addressOf: () => '',
    });
    expect(capsule.outer).toEqual({
      left: '192.168.99.101 → 192.168.99.102:4789',
      right: 'UDP 4789 · VNI 4096 · room for 1450 bytes',
      encrypted: false,
    });
    expect(capsule.oldTo).toEqual(['172.18.0.2:8080', '192.168.99.101:8080']);
  });
});

it('is an outline too', () => {
  const outline = networkOutline(snapshot, snapshot.network!);
  expect(outline.map(({ heading }) => heading)).toEqual(['Machines', 'Networks', 'Endpoints', 'Balancers']);
  const texts = (heading: string) => outline.find((part) => part.heading === heading)!.lines.map(({ text }) => text);
  expect(texts('Machines')).toEqual(['node1 192.168.99.101, doors 8080/tcp', 'node2 192.168.99.102, doors 8080/tcp']);
  expect(texts('Networks')).toEqual(['ingress, VNI 4096, 10.0.0.0/24, on node1, node2']);
  expect(texts('Endpoints')[0]).toMatch(/^web\.1 on node2: ingress 10\.0\.0\.\d+$/);
  expect(texts('Balancers')[0]).toMatch(
    /^node1: web 10\.0\.0\.\d+, door 8080\/tcp, to web\.1; last web\.1, 1 connection$/,
  );
  expect(outline.find(({ heading }) => heading === 'Endpoints')!.lines[0]!.ref).toMatch(/^task:/);
});
