import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/events.ts';
import type { FlowView, GossipView, Hop } from '../../protocol/network-view.ts';
import type { QuorumView, Snapshot } from '../../protocol/snapshot.ts';
import type { Names } from './facts.ts';
import {
  chooseEvent,
  type Headline,
  HOLD_MS,
  headlineOfMoment,
  invitation,
  narrate,
  OLD_NEWS,
  quorumVerdict,
} from './headline.ts';
import { laneOf } from './lanes.ts';
import { sentenceText } from './sentences.ts';
import { decimalsFor, rateText, spanText, timeText } from './time-text.ts';

const names: Names = {
  task: (id) => ({ t1: 'web.6' })[id],
  service: (id) => ({ s1: 'web' })[id],
  node: (id) => ({ n2: 'node2', n6: 'node6' })[id],
};
const event = (kind: string, data: TraceEvent['data'] = {}, change: Partial<TraceEvent> = {}): TraceEvent => ({
  id: 1,
  at: 0,
  kind,
  cause: 0,
  objects: [],
  data,
  ...change,
});

describe('sentences', () => {
  it.each<[string, TraceEvent]>([
    ['You cut the power of node6.', event('input.fault', { kind: 'power-off', machine: 'node6' })],
    ['You cut the way from node1 to node2.', event('input.fault', { kind: 'link-cut', from: 'node1', to: 'node2' })],
    [
      'You close port 4789/udp of node4. Packets of overlay networks to it die on the wire; what stays on one machine still arrives.',
      event('input.fault', { kind: 'port-close', machine: 'node4', port: 4789, protocol: 'udp' }),
    ],
    [
      'You ask localhost:5000 from node1. POST /.',
      event(
        'input.connection',
        { target: 'localhost:5000', protocol: 'tcp', method: 'POST', path: '/' },
        { machine: 'node1' },
      ),
    ],
    [
      'You ask node2:80 from outside.',
      event('input.connection', { target: 'node2:80', protocol: 'tcp', method: 'GET', path: '/' }),
    ],
    ['You ping db from node1.', event('input.connection', { target: 'db:0', protocol: 'icmp' }, { machine: 'node1' })],
    [
      'The request fails: timed out. It was dropped on node1, on the wire: port 4789/udp is closed on node4.',
      event('packet.failed', {
        reason: 'timed out',
        where: 'node1 wire',
        why: 'port closed',
        detail: 'port 4789/udp is closed on node4',
      }),
    ],
    ['You cause flood on node1.', event('input.fault', { kind: 'flood', machine: 'node1' })],
    [
      'You create a service.',
      event('input.request', { method: 'POST', path: '/services/create' }, { machine: 'node1' }),
    ],
    [
      'node3 wants to lead, term 7. It asks the other managers for their votes.',
      event('raft.state', { role: 'candidate', term: 7 }, { machine: 'node3' }),
    ],
    [
      'node4 says no to node3, term 7. Log behind: (6,43) < (6,44).',
      event('raft.vote', {
        voter: 'node4',
        candidate: 'node3',
        granted: false,
        term: 7,
        reason: 'log behind: (6,43) < (6,44)',
      }),
    ],
    [
      'node2 leads now, term 3. Its scheduler and orchestrators start.',
      event('manager.leader.started', { term: 3 }, { machine: 'node2' }),
    ],
    [
      'node6 is Down. Heartbeat failure.',
      event('node.state', { state: 'down', message: 'heartbeat failure' }, { objects: ['node:n6'] }),
    ],
    [
      'web.6 is Running on node2.',
      event('task.state', { state: 'running', hostname: 'node2' }, { objects: ['task:t1'] }),
    ],
    [
      'web.4 is Failed on node2. Task: non-zero exit (1).',
      event(
        'task.state',
        { state: 'failed', service: 'web', slot: 4, hostname: 'node2', err: 'task: non-zero exit (1)' },
        { objects: ['task:gone'] },
      ),
    ],
    [
      'web.6 goes to node2. Fewest web tasks.',
      event('scheduler.decision', { node: 'n2', explanation: 'fewest web tasks' }, { objects: ['task:t1'] }),
    ],
    ['web is created. 6 tasks are wanted.', event('service.created', { replicas: 6 }, { objects: ['service:s1'] })],
    ['node1 is cut off. No packet leaves or reaches it.', event('net.cable-cut', {}, { machine: 'node1' })],
    [
      'Moon phase changed on node1. phase full.',
      event('moon.phase-changed', { phase: 'full', deep: { no: 1 } }, { machine: 'node1' }),
    ],
    ['You change web.', event('input.request', { method: 'POST', path: '/services/s1/update' })],
    [
      'You ask node1: POST /volumes/prune',
      event('input.request', { method: 'POST', path: '/volumes/prune' }, { machine: 'node1' }),
    ],
    [
      'node2 wants to lead, term 3. It has heard no leader for 14.0 s and asks for votes.',
      event('raft.election.started', { term: 3, silentFor: 14.006541 }, { machine: 'node2' }),
    ],
    [
      'node2 wins the election, term 3. 2 of 3 votes: node2, node3.',
      event('raft.leader', { term: 3, votes: ['node2', 'node3'], members: 3 }, { machine: 'node2' }),
    ],
    [
      'web.6 is created. It replaces the one before: node node1 is down.',
      event('task.created', {
        service: 'web',
        slot: 6,
        why: 'replaces task 6knpmlu03a1glok6oid8kqezr: node node1 is down',
      }),
    ],
    [
      'web.1 is wanted Shutdown. Node node1 is down.',
      event('task.desired', { service: 'web', slot: 1, from: 'running', to: 'shutdown', why: 'node node1 is down' }),
    ],
    [
      'web.2 goes to node5. 5 nodes were fit for it. A tie goes to chance.',
      event('scheduler.decision', { service: 'web', slot: 2, node: 'node5', candidates: 5, tie: true }),
    ],
    ['web changes. 6 → 8 tasks.', event('service.updated', { name: 'web', replicas: { from: 6, to: 8 } })],
    [
      'web.2 ends on node5. Exit code 137.',
      event('container.exited', { name: 'web.2.ywjdf04r41laam20zzxs1h1hu', exitCode: 137 }, { machine: 'node5' }),
    ],
    [
      'Lost from node2 to node1: entries. node1 has no power.',
      event('net.dropped', { message: 'raft.append', to: 'node1', reason: 'node1 has no power' }, { machine: 'node2' }),
    ],
    ['node4 has been silent for three beats.', event('node.silent', { hostname: 'node4', periods: 3 })],
    [
      'node5 suspects that node4 has failed. No probe was answered, not even through others.',
      event('gossip.member.suspect', { name: '4bd1f702cf6a', machine: 'node4' }, { machine: 'node5' }),
    ],
    [
      'node5 tells the others of web.2. New, 10.0.0.9, ingress.',
      event(
        'gossip.endpoint',
        { what: 'new', own: true, name: 'web.2.uze4a4ua5eaj7o7ln7odq3h9p', address: '10.0.0.9', network: 'ingress' },
        { machine: 'node5' },
      ),
    ],
    ['Something.', event('something')],
  ])('%s', (text, told) => {
    expect(sentenceText(told, names)).toBe(text);
  });
});

describe('lanes', () => {
  it.each([
    ['input.request', 'you'],
    ['raft.vote', 'raft'],
    ['manager.leader.started', 'raft'],
    ['machine.power-off', 'nodes'],
    ['scheduler.decision', 'scheduling'],
    ['task.state', 'tasks'],
    ['container.exited', 'runtime'],
    ['net.dropped', 'network'],
    ['unheard-of', 'nodes'],
  ])('%s belongs to %s', (kind, lane) => {
    expect(laneOf(kind)).toBe(lane);
  });
});

describe('times', () => {
  it.each([
    [56_620_000, 2, '0:56.62'],
    [0, 2, '0:00.00'],
    [-5, 0, '0:00'],
    [61_999_999, 2, '1:01.99'],
    [3_723_400_000, 1, '1:02:03.4'],
    [31_004_100, 4, '0:31.0041'],
  ])('%d µs with %d decimals: %s', (at, decimals, text) => {
    expect(timeText(at, decimals)).toBe(text);
  });
  it.each([
    [1, '×1'],
    [0.02, '×0.02'],
    [0.001, '×0.001'],
    [1000, '×1000'],
    [2.5, '×2.5'],
  ])('rate %d: %s', (rate, text) => {
    expect(rateText(rate)).toBe(text);
  });
  it.each([
    [350, '350 µs'],
    [1500, '1.5 ms'],
    [13_400_000, '13.4 s'],
    [125_000_000, '2 min 5 s'],
    [7_260_000_000, '2 h 1 min'],
  ])('span %d: %s', (span, text) => {
    expect(spanText(span)).toBe(text);
  });
  it('shows more decimals the slower time runs', () => {
    expect([1000, 10, 1, 0.01, 0.001, 0.000_05].map(decimalsFor)).toEqual([0, 1, 2, 3, 4, 6]);
  });
});

const quorum = (up: number, total: number, leader: string | null): QuorumView => ({
  members: Array.from({ length: total }, (_, index) => ({
    machine: `node${index + 1}`,
    reachable: index < up,
    leader: leader === `node${index + 1}`,
  })),
  needed: Math.floor(total / 2) + 1,
  leader,
  term: 1,
  leaderlessSince: leader ? null : 0,
});

describe('the verdict of the quorum bar', () => {
  it.each([
    [quorum(3, 3, 'node1'), '3 of 3 managers: writes OK'],
    [quorum(4, 5, null), '4 of 5 up, no leader: nothing can change'],
    [quorum(1, 3, null), '1 of 3 managers: nothing can change'],
    [quorum(1, 1, 'node1'), '1 of 1 manager: writes OK'],
    [null, 'no swarm yet'],
  ])('%#: %s', (view, text) => {
    expect(quorumVerdict(view).long).toBe(text);
  });
});

describe('the headline', () => {
  const snapshot = {
    machines: [{ name: 'node1', address: '192.168.99.101' }],
    nodes: [],
    services: [],
    tasks: [],
    quorum: quorum(3, 3, 'node1'),
  } as unknown as Snapshot;
  const down = event('node.state', { state: 'down', hostname: 'node6' }, { id: 7 });
  const running = event('task.state', { state: 'running', service: 'web', slot: 1 }, { id: 8 });

  it('begins with an invitation to kill the leader, by name', () => {
    expect(invitation(snapshot)).toMatchObject({ lead: 'Kill the leader.', rest: expect.stringContaining('node1') });
    expect(invitation({ ...snapshot, quorum: null }).rest).toContain(
      'docker swarm init --advertise-addr 192.168.99.101',
    );
    expect(invitation({ ...snapshot, quorum: quorum(1, 1, 'node1') }).lead).toBe('node1 leads alone.');
  });
  const following = (headline: Headline, events: TraceEvent[], heldMs: number, waiting: Headline | null = null) =>
    narrate({ headline, waiting }, events, snapshot, heldMs);
  it('keeps the invitation while tasks only start', () => {
    const invited = invitation(snapshot);
    expect(following(invited, [running], 1e9).headline).toBe(invited);
    expect(following(invited, [down], 0).headline.lead).toBe('node6 is Down.');
  });
  it('tells the heaviest of what happened at once', () => {
    expect(chooseEvent([running, down, running])).toBe(down);
    expect(chooseEvent([event('net.sent')])).toBeNull();
  });
  const held: Headline = { lead: 'You give node6 power again.', rest: '', weight: 5, event: 7, at: 0 };
  const ready = event('node.state', { state: 'ready', hostname: 'node6' }, { id: 9, at: 5_000_000 });
  it('holds a heavy sentence against a lighter one for a while, and then says what has waited', () => {
    const soon = following(held, [ready], HOLD_MS - 1);
    expect(soon.headline).toBe(held);
    expect(soon.waiting?.lead).toBe('node6 is Ready.');
    expect(following(held, [], HOLD_MS, soon.waiting)).toMatchObject({
      headline: { lead: 'node6 is Ready.' },
      waiting: null,
    });
    expect(following(held, [running], HOLD_MS).headline.lead).toBe('web.1 is Running.');
  });
  it('lets nothing wait that outweighs what waits', () => {
    const soon = following(held, [ready], 0);
    expect(following(held, [running], 10, soon.waiting).waiting?.lead).toBe('node6 is Ready.');
  });
  it('takes what has happened seconds later for news at any speed', () => {
    expect(following(held, [{ ...ready, at: OLD_NEWS }], 1).headline.lead).toBe('node6 is Ready.');
  });
});

describe('the headline over the network', () => {
  const flow = (change: Partial<FlowView>): FlowView => ({
    id: 4,
    origin: { kind: 'host', machine: 'node1' },
    target: { host: 'localhost', port: 80, protocol: 'tcp' },
    within: null,
    openedAt: 0,
    state: 'done',
    hops: [
      { room: 'nat', way: 'out', machine: 'node1', result: 'passed' },
      { room: 'ingress_sbox', way: 'out', machine: 'node1', result: 'passed' },
      { room: 'app', way: 'out', machine: 'node4', result: 'delivered', task: 't1' },
    ] as Hop[],
    outcome: '',
    ...change,
  });
  const gossip = (machine: string, failed: boolean): GossipView => ({
    machine,
    name: machine,
    members: [{ machine: 'node3', name: 'c', state: failed ? 'failed' : 'alive', since: 0 }],
  });
  const picture = (flows: FlowView[], heard = [true, true]) =>
    ({
      machines: [{ name: 'node1' }, { name: 'node2' }],
      nodes: [],
      services: [{ id: 's1', name: 'web', ports: [{ mode: 'ingress', published: 8080 }] }],
      tasks: [{ id: 't1', serviceName: 'web', slot: 5 }],
      quorum: quorum(3, 3, 'node1'),
      network: { flows, gossip: [gossip('node1', heard[0]!), gossip('node2', heard[1]!), gossip('node3', false)] },
    }) as unknown as Snapshot;
  const answered = event('packet.answered', { flow: 4, status: 200 }, { id: 9 });
  const says = (snapshot: Snapshot, news: TraceEvent) => {
    const { headline } = narrate({ headline: invitation(snapshot), waiting: null }, [news], snapshot, 0, 'network');
    return headline.event === 0 ? null : `${headline.lead} ${headline.rest}`.trim();
  };

  it('invites to use a door', () => {
    expect(invitation(picture([]), false, 'network')).toMatchObject({
      lead: 'Any door works.',
      rest: 'Every machine answers for web on port 8080: curl localhost:8080',
    });
  });
  it.each<[string, FlowView, string | null]>([
    ['through the mesh', flow({}), 'web.5 on node4 answers. Any door works: the request came in at node1.'],
    [
      'by virtual IP',
      flow({ hops: flow({}).hops.slice(2) }),
      'web.5 on node4 answers. It was asked for localhost:80 from node1.',
    ],
    ['that a program asked in order to answer', flow({ within: 3 }), null],
  ])('tells who answered %s', (_name, view, sentence) => {
    expect(says(picture([view]), answered)).toBe(sentence);
  });
  it('tells who has heard that a machine failed', () => {
    const failed = event('gossip.member.failed', { machine: 'node3' }, { machine: 'node1' });
    expect(says(picture([]), failed)).toBe(
      'node3 counts as failed. All others have heard it: nothing is sent to its tasks any more.',
    );
    expect(says(picture([], [true, false]), failed)).toContain('node1 has heard it');
  });
  it('is not told of gossip where machines and tasks are shown', () => {
    expect(chooseEvent([event('gossip.member.failed'), event('input.connection')])).toBeNull();
  });
});

describe('the headline of a moment that one comes to', () => {
  const down = event('node.state', { state: 'down' }, { id: 5, at: 20e6, objects: ['node:n2'] });
  const running = event('task.state', { state: 'running' }, { id: 6, at: 27e6, objects: ['task:t1'] });
  const at = (seconds: number) =>
    ({ now: seconds * 1e6, services: [], tasks: [], nodes: [], machines: [] }) as unknown as Snapshot;

  it.each([
    ['the weightiest of the last seconds', [down, running], 27, 5],
    ['the last of weight, when the last seconds were quiet', [down], 100, 5],
    ['the only one there is', [running], 28, 6],
  ])('is %s', (_, events, seconds, id) => {
    expect(headlineOfMoment(events as TraceEvent[], at(seconds as number))?.event).toBe(id);
  });

  it('is none when nothing had happened', () => {
    expect(headlineOfMoment([], at(3))).toBeNull();
  });
});
