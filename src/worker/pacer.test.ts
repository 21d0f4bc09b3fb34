import { describe, expect, test } from 'vitest';
import type { FlowView, Hop, NetworkView } from '../protocol/network-view.ts';
import type { MessageView, QuorumView } from '../protocol/snapshot.ts';
import { type Mood, moodOf, Pacer } from './pacer.ts';

const quorum: QuorumView = { members: [], needed: 2, leader: 'node1', term: 2, leaderlessSince: null };
const leaderless: QuorumView = { ...quorum, leader: null, leaderlessSince: 5 };
const message = (kind: string, dropped = false): MessageView => ({
  id: 1,
  from: 'node1',
  to: 'node2',
  departs: 0,
  arrives: 300,
  kind,
  ...(dropped && { dropped: { at: 100, reason: 'cable' } }),
});

describe('the mood', () => {
  test.each<[string, QuorumView | null, MessageView[], Mood]>([
    ['without a swarm', null, [], 'calm'],
    ['with a leader', quorum, [message('raft.append')], 'calm'],
    ['with a leader, late ballots do not matter', quorum, [message('raft.vote-reply')], 'calm'],
    ['without a leader', leaderless, [message('raft.heartbeat')], 'leaderless'],
    ['while ballots fly', leaderless, [message('raft.vote-request')], 'voting'],
    ['while ballots fly into a cut', leaderless, [message('raft.vote-request', true)], 'leaderless'],
  ])('%s', (_name, view, messages, mood) => {
    expect(moodOf({ now: 0, quorum: view, messages }, true)).toBe(mood);
  });
});

describe('the mood with a watched packet', () => {
  const hop = (room: Hop['room'], at: number, result: Hop['result'] = 'passed'): Hop => ({
    flow: 1,
    step: 1,
    at,
    way: 'out',
    machine: 'node1',
    room,
    rule: '',
    before: { protocol: 'tcp', src: '', dst: '' },
    after: { protocol: 'tcp', src: '', dst: '' },
    result,
    event: 1,
  });
  const flow = (state: FlowView['state'], hops: Hop[], id = 1): FlowView => ({
    id,
    origin: { kind: 'outside' },
    target: { host: 'node1', port: 80, protocol: 'tcp' },
    within: null,
    openedAt: 1000,
    state,
    hops,
    outcome: '',
  });
  const network = (flows: FlowView[]): NetworkView => ({
    gossip: [],
    overlays: [],
    endpoints: [],
    balancers: [],
    pointers: [],
    flows,
    loads: [],
  });

  test.each<[string, FlowView[], number, Mood]>([
    ['that has only been sent', [flow('resolving', [])], 1000, 'packet in a room'],
    ['in a room', [flow('out', [hop('nat', 1000)])], 1010, 'packet in a room'],
    ['on a wire', [flow('out', [hop('wire', 1000)])], 1300, 'packet on a wire'],
    ['on a wire that takes long', [flow('back', [hop('wire', 1000)])], 60_000, 'packet on a long wire'],
    ['lost, until it is sent again', [flow('out', [hop('wire', 1000, 'dropped')])], 500_000, 'calm'],
    ['while the program works on the answer', [flow('serving', [hop('app', 1000, 'delivered')])], 1005, 'calm'],
    ['with its answer', [flow('done', [hop('client', 1000)])], 1005, 'calm'],
    ['in a crowd', Array.from({ length: 9 }, (_, id) => flow('out', [hop('nat', 1000)], id)), 1005, 'calm'],
  ])('%s', (_name, flows, now, mood) => {
    const picture = { now, quorum, messages: [], network: network(flows) };
    expect(moodOf(picture, true)).toBe(mood);
    expect(moodOf(picture, false)).toBe('calm');
  });

  test('outweighs a missing leader', () => {
    const flows = [flow('out', [hop('nat', 1000)])];
    const picture = { now: 1005, quorum: leaderless, messages: [], network: network(flows) };
    expect(moodOf(picture, true)).toBe('packet in a room');
    expect(moodOf(picture, false)).toBe('leaderless');
  });
});

describe('the rate', () => {
  test.each<[number, boolean, Mood, number, string | null]>([
    [1, true, 'calm', 1, null],
    [100, true, 'calm', 100, null],
    [100, true, 'leaderless', 1, 'there is no leader'],
    [100, false, 'leaderless', 100, null],
    [0.1, true, 'leaderless', 0.1, null],
    [1, true, 'voting', 0.001, 'ballots are on their way'],
    [1, true, 'packet in a room', 0.000_05, 'a watched packet is on its way'],
    [5000, true, 'calm', 1000, null],
    [0, true, 'calm', 0.001, null],
  ])('at speed %d, slowing %s, %s: %d', (speed, autoSlow, mood, rate, slowed) => {
    const pacer = new Pacer();
    pacer.speed = speed;
    pacer.autoSlow = autoSlow;
    pacer.notice(mood);
    expect(pacer.state(7)).toMatchObject({ now: 7, rate, slowed });
  });
});

describe('a tick', () => {
  test('is as long as the wall says, but a platform that slept makes no leap', () => {
    const pacer = new Pacer();
    expect([0, 16, 32, 90_000].map((wall) => pacer.tick(wall))).toEqual([0, 16, 16, 100]);
  });

  test('is nothing while time stands still, and that time is not made up for', () => {
    const pacer = new Pacer();
    pacer.tick(0);
    pacer.playing = false;
    expect(pacer.tick(50)).toBe(0);
    pacer.playing = true;
    expect(pacer.tick(60)).toBe(10);
  });

  test('goes event by event while there is no leader, so that the first ballot is noticed', () => {
    const pacer = new Pacer();
    pacer.notice('leaderless');
    expect(pacer.slice(16, 1000, 1400)).toBe(400);
    expect(pacer.slice(16, 1000, null)).toBe(16_000);
    expect(pacer.slice(16, 1000, 99_000_000)).toBe(16_000);
  });

  test('that falls behind for long says so', () => {
    const pacer = new Pacer();
    pacer.speed = 1000;
    for (let i = 0; i < 50; i++) pacer.finish(16, 8);
    expect(pacer.state(0)).toMatchObject({ rate: 500, slowed: 'it runs as fast as it can here' });
  });
});
