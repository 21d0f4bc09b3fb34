/** The contract with the host: what a `Ready` holds, when there is one, what a crash or a clone of the world in between does. */
import { describe, expect, test } from 'vitest';
import { forceNewCluster } from './force-new-cluster.ts';
import { Raft } from './raft.ts';
import { initialState, restoredState } from './state.ts';
import { emptyDisk, logOf, memberWith, TestingNetwork, writeReady } from './testing-network.ts';
import type { Member } from './types.ts';

// Node.js has it; the engine's library does not name it.
declare function structuredClone<T>(value: T): T;

const THREE = ['n1', 'n2', 'n3'];
const founder: Member = { raftId: 'n1', context: '10.0.0.1:2377' };

describe('a sole member', () => {
  test('starts with its own addition, committed; may campaign once that is applied', () => {
    const { config } = memberWith();
    const raft = new Raft(config, initialState([founder]));
    expect(raft.campaign()).toMatchObject({ ok: false });
    const ready = raft.ready();
    expect(ready).toMatchObject({
      hardState: { term: 1, vote: null, commit: 1 },
      entries: [{ index: 1, term: 1, type: 'conf', change: { type: 'add', ...founder } }],
      committed: [{ index: 1 }],
    });
    raft.advance(ready);
    expect(raft.campaign()).toEqual({ ok: true });
    while (raft.hasReady()) raft.advance(raft.ready());
    expect(raft.status()).toMatchObject({ role: 'leader', term: 2, commit: 2, applied: 2 });
  });

  test('comes back from its disk and leads again', () => {
    const network = new TestingNetwork(['n1']).elect('n1').propose('n1', 'a').crash('n1').restart('n1').elect('n1');
    expect(network.leader()).toBe('n1');
    expect(network.node('n1').applied).toEqual(['a']);
  });

  test('needs no messages', () => {
    expect(new TestingNetwork(['n1'], { preVote: true }).elect('n1').propose('n1', 'a').tick(50).sent).toEqual([]);
  });
});

describe('hasReady', () => {
  test('there is nothing to do in the steady state', () => {
    const network = new TestingNetwork(THREE).elect('n1').propose('n1', 'a');
    for (const id of THREE) expect(network.raft(id).hasReady()).toBe(false);
    network.raft('n2').tick();
    expect(network.raft('n2').hasReady()).toBe(false);
  });

  test('a new role or leader is told once', () => {
    const network = new TestingNetwork(THREE);
    const { raft } = network.node('n1');
    raft.campaign();
    const ready = raft.ready();
    expect(ready.softState).toEqual({ role: 'candidate', leader: null });
    raft.advance(ready);
    expect(raft.hasReady()).toBe(false);
  });

  test('heartbeats and commit indexes need no sync, terms, votes and entries do', () => {
    const network = new TestingNetwork(THREE).elect('n1');
    const { raft } = network.node('n1');
    raft.tick();
    const heartbeats = raft.ready();
    expect(heartbeats).toMatchObject({ mustSync: false, hardState: null, entries: [] });
    raft.advance(heartbeats);
    raft.propose('x');
    expect(raft.ready().mustSync).toBe(true);
  });
});

describe('while a Ready is open', () => {
  test('there is no second one', () => {
    const node = memberWith();
    node.raft.campaign();
    const ready = node.raft.ready();
    expect(() => node.raft.ready()).toThrow('not advanced');
    node.raft.advance(ready);
    expect(() => node.raft.advance(ready)).toThrow('no Ready is open');
  });

  test('a log cut meanwhile is not taken for written', () => {
    const node = memberWith({ log: [1] });
    const append = (term: number) =>
      node.raft.step({
        type: 'append',
        from: 'n2',
        to: 'n1',
        term,
        prevIndex: 1,
        prevTerm: 1,
        entries: [{ index: 2, term, type: 'normal', data: term }],
        commit: 0,
      });
    append(2);
    const first = node.raft.ready();
    append(3);
    node.raft.advance(first);
    expect(node.raft.status()).toMatchObject({ last: 2, stable: 1 });
    const second = node.raft.ready();
    expect(second.entries).toMatchObject([{ index: 2, term: 3 }]);
    writeReady(node.disk, first);
    writeReady(node.disk, second);
    expect(node.disk.entries.map(({ term }) => term)).toEqual([1, 3]);
  });

  test('a snapshot overtakes membership changes that are being applied', () => {
    const node = memberWith({ term: 1 });
    const change = { type: 'add', raftId: 'n4', context: null } as const;
    const entries = [{ index: 1, term: 1, type: 'conf', change } as const];
    node.raft.step({ type: 'append', from: 'n2', to: 'n1', term: 1, prevIndex: 0, prevTerm: 0, entries, commit: 1 });
    const open = node.raft.ready();
    const members = THREE.map((raftId) => ({ raftId, context: null }));
    const snapshot = { index: 9, term: 1, members, removed: ['n4'], data: [] };
    node.raft.step({ type: 'snapshot', from: 'n2', to: 'n1', term: 1, snapshot });
    node.raft.advance(open);
    node.workAll();
    expect([...node.raft.status().members.keys()]).toEqual(THREE);
    expect(node.raft.status()).toMatchObject({ applied: 9, commit: 9, stable: 9 });
  });

  test('the world can be cloned, and the clone goes on like the original', () => {
    const network = new TestingNetwork(THREE, { random: () => 4 }).elect('n1').propose('n1', 'a');
    const { raft } = network.node('n1');
    raft.propose('b');
    const world = { state: raft.state, ready: raft.ready() };
    const clone = structuredClone(world);
    const twin = new Raft(raft.config, clone.state);
    raft.advance(world.ready);
    twin.advance(clone.ready);
    for (const either of [raft, twin]) for (let i = 0; i < 25; i++) either.tick();
    expect(twin.state).toEqual(raft.state);
    expect(twin.ready()).toEqual(raft.ready());
  });
});

describe('hasCaughtUpAsLeader', () => {
  test('only once an entry of the own term is applied', () => {
    const network = new TestingNetwork(THREE).elect('n1').crash('n2', 'n3');
    const { raft } = network.node('n1');
    expect([raft.hasCaughtUpAsLeader(), network.raft('n2').hasCaughtUpAsLeader()]).toEqual([true, false]);
    network.tick(25).elect('n1');
    expect(raft.hasCaughtUpAsLeader()).toBe(false);
    network.restart('n2').elect('n1').tick(2);
    expect(raft.hasCaughtUpAsLeader()).toBe(true);
  });
});

describe('forceNewCluster', () => {
  test('the last one left becomes the sole member, keeps all that was committed, drops the rest', () => {
    const network = new TestingNetwork(THREE).elect('n1').propose('n1', 'a').crash('n2', 'n3');
    network.raft('n1').propose('never committed');
    network.settle();
    const { disk } = network.node('n1');
    const forced = forceNewCluster(disk, { raftId: 'n1', context: 'new address' });
    Object.assign(disk, { ...forced, entries: [...forced.entries] });
    network.restart('n1').elect('n1').propose('n1', 'b');
    expect(network.node('n1').applied).toEqual(['a', 'b']);
    expect(network.raft('n1').status().members).toEqual(new Map([['n1', 'new address']]));
    expect(network.raft('n1').state.configuration.removed).toEqual(new Set(['n2', 'n3']));
    network.restart('n2', 'n3').tick(30);
    expect(network.leader()).toBe('n1');
    expect(network.raft('n2').status().removed).toBe(true);
  });

  test('members known only from a snapshot are removed too', () => {
    const snapshot = { index: 3, term: 2, members: [founder, { raftId: 'n2', context: null }], removed: [], data: [] };
    const forced = forceNewCluster(
      { hardState: { term: 4, vote: 'n2', commit: 4 }, entries: logOf([1, 1, 2, 2, 4]).slice(3), snapshot },
      founder,
    );
    expect(forced.hardState).toEqual({ term: 4, vote: 'n2', commit: 6 });
    expect(forced.entries.slice(1)).toMatchObject([
      { index: 5, term: 4, change: { type: 'update', raftId: 'n1' } },
      { index: 6, term: 4, change: { type: 'remove', raftId: 'n2' } },
    ]);
  });
});

describe('restoredState', () => {
  const snapshot = { index: 3, term: 2, members: [founder], removed: ['old'], data: 's' };
  const hardState = { term: 4, vote: 'n2', commit: 4 };

  test.each([
    {
      name: 'entries right behind the snapshot',
      entries: logOf([1, 1, 2, 2, 4]).slice(3),
      first: 4,
      last: 5,
      commit: 4,
    },
    { name: 'entries kept behind it', entries: logOf([1, 1, 2, 2, 4]).slice(1), first: 3, last: 5, commit: 4 },
    { name: 'the whole log', entries: logOf([1, 1, 2, 2, 4]), first: 1, last: 5, commit: 4 },
    { name: 'a log that ends before it', entries: logOf([1, 1]), first: 4, last: 3, commit: 3 },
    { name: 'a log in conflict with it', entries: logOf([1, 1, 1, 1]), first: 4, last: 3, commit: 3 },
    { name: 'no entries', entries: [], first: 4, last: 3, commit: 3 },
  ])('a snapshot and $name', ({ entries, first, last, commit }) => {
    const raft = new Raft(memberWith().config, restoredState({ hardState, entries, snapshot }));
    expect(raft.status()).toMatchObject({ term: 4, vote: 'n2', role: 'follower', applied: 3, first, last, commit });
    expect(raft.status().members).toEqual(new Map([['n1', founder.context]]));
    expect(raft.state.configuration.removed).toEqual(new Set(['old']));
  });

  test('a gap between snapshot and log is our mistake', () => {
    const entries = logOf([1, 1, 2, 2, 4, 4]).slice(4);
    expect(() => restoredState({ hardState, entries, snapshot })).toThrow('gap');
  });

  test('a torn write that kept entries without their term: the term rises, no vote was given in it', () => {
    const raft = new Raft(memberWith().config, restoredState({ ...emptyDisk(), entries: logOf([1, 2]) }));
    expect(raft.status()).toMatchObject({ term: 2, vote: null, commit: 0 });
    expect(raft.ready()).toMatchObject({ hardState: { term: 2 } });
  });
});
