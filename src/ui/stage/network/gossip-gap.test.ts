import { describe, expect, it } from 'vitest';
import type { BalancerView, EndpointView } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { gapSentences, gapsOf, listed } from './gossip-gap.ts';

const endpoint = (task: string, machine: string, binding: EndpointView['binding'] = 'enabled'): EndpointView => ({
  container: `c-${task}`,
  machine,
  name: `web.${task}`,
  task,
  service: 'web',
  interfaces: [{ device: 'eth0', kind: 'overlay', network: 'ingress', networkName: 'ingress', address: '10.0.0.9' }],
  ports: [],
  binding,
});
const balancer = (machine: string, tasks: Record<string, number>): BalancerView => ({
  key: `${machine}/256`,
  machine,
  mark: 256,
  network: 'ingress',
  service: 'web',
  name: 'web',
  virtualIp: '10.0.0.5',
  ports: [],
  destinations: Object.entries(tasks).map(([task, weight]) => ({
    endpoint: `e-${task}`,
    name: `web.${task}.${'x'.repeat(25)}`,
    address: '',
    weight,
    task,
  })),
});
const picture = (balancers: BalancerView[], endpoints: EndpointView[], dark: string[] = []): Snapshot =>
  ({
    machines: ['node1', 'node2', 'node3'].map((name) => ({ name, power: !dark.includes(name) })),
    tasks: ['1', '2', '3'].map((id) => ({ id, serviceName: 'web', slot: Number(id) })),
    network: { balancers, endpoints },
  }) as unknown as Snapshot;

const both = [endpoint('1', 'node1'), endpoint('2', 'node2')];

describe('the gap of gossip', () => {
  it.each<[string, Snapshot, string[]]>([
    ['is closed when all wheels hold who is there', picture([balancer('node1', { 1: 1, 2: 1 })], both), []],
    [
      'has a stale wedge for a task that is gone',
      picture([balancer('node1', { 1: 1, 2: 1, 3: 1 }), balancer('node2', { 1: 1, 2: 1 })], both),
      ['node1 still sends to web.3, which is gone'],
    ],
    [
      'has stale wedges for a machine without power, on all others',
      picture([balancer('node1', { 1: 1, 2: 1 }), balancer('node3', { 1: 1, 2: 1 })], both, ['node2']),
      ['node1 and node3 still send to web.2, which is gone'],
    ],
    [
      'lacks a task that it has not heard of',
      picture([balancer('node1', { 1: 1 })], both),
      ['node1 has not heard of web.2 yet'],
    ],
    [
      'takes weight 0 for what it is: nothing is sent there',
      picture([balancer('node1', { 1: 1, 2: 1, 3: 0 })], both),
      [],
    ],
    [
      'asks for no wedge of a task that takes no connections (yet)',
      picture([balancer('node1', { 1: 1 })], [endpoint('1', 'node1'), endpoint('2', 'node2', 'none')]),
      [],
    ],
    ['is nobody’s who has no power', picture([balancer('node2', { 3: 1 })], both, ['node2']), []],
  ])('%s', (_name, snapshot, sentences) => {
    expect(gapSentences(snapshot, gapsOf(snapshot).values())).toEqual(sentences);
  });

  it('names endpoints, for the wheel', () => {
    const gap = gapsOf(picture([balancer('node1', { 1: 1, 3: 1 })], both)).get('node1/256')!;
    expect([...gap.stale]).toEqual(['e-3']);
    expect(gap.missing).toEqual(['2']);
  });
});

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j in words: %s', (names, text) => expect(listed(names)).toBe(text));
