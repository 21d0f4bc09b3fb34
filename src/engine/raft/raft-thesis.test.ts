/**
 * What goes beyond the paper: leadership transfer, check of the quorum, pre-vote. Sections of Ongaro's thesis ("Consensus: Bridging
 * Theory and Practice"); the cases are those on which etcd's `raft_test.go` found bugs.
 */
import { describe, expect, test } from 'vitest';
import { createDice, memberWith, TestingNetwork, termsOf } from './testing-network.ts';

const THREE = ['n1', 'n2', 'n3'];
const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

describe('thesis 3.10: leadership transfer', () => {
  test('to a member that is up to date: at once, in the next term', () => {
    const network = new TestingNetwork(THREE).elect('n1');
    expect(network.raft('n1').transferLeadership('n2')).toEqual({ ok: true });
    network.settle();
    expect(network.roles()).toEqual({ n1: 'follower', n2: 'leader', n3: 'follower' });
    expect(network.raft('n2').state.term).toBe(3);
  });

  test('it overrides the lease of those who hear the old leader', () => {
    const network = new TestingNetwork(THREE).elect('n1').tick(3).forget();
    network.raft('n1').transferLeadership('n2');
    network.settle();
    expect(network.sentOf('vote-request').every(({ force }) => force)).toBe(true);
    expect(network.leader()).toBe('n2');
  });

  test('a lagging member catches up first', () => {
    const network = new TestingNetwork(THREE).elect('n1').isolate('n3').propose('n1', 'a', 'b').heal();
    network.raft('n1').transferLeadership('n3');
    network.settle();
    expect(network.leader()).toBe('n3');
    expect(network.node('n3').applied).toEqual(['a', 'b']);
  });

  test('also by a snapshot', () => {
    const network = new TestingNetwork(THREE, { keepEntries: 0 }).elect('n1').crash('n3').propose('n1', 'a', 'b');
    network.node('n1').snapshot();
    network.restart('n3');
    network.raft('n1').transferLeadership('n3');
    network.settle().tick(4);
    expect(network.leader()).toBe('n3');
    expect(network.node('n3').applied).toEqual(['a', 'b']);
  });

  test('no proposals meanwhile; given up after an election timeout', () => {
    const network = new TestingNetwork(THREE).elect('n1').crash('n3');
    const { raft } = network.node('n1');
    raft.transferLeadership('n3');
    expect(raft.propose('x')).toMatchObject({ ok: false, error: { kind: 'transferring' } });
    expect(raft.proposeConfChange({ type: 'remove', raftId: 'n3', context: null })).toMatchObject({
      ok: false,
      error: { kind: 'transferring' },
    });
    network.tick(9);
    expect(raft.status().leadTransferee).toBe('n3');
    network.tick(1);
    expect(raft.status()).toMatchObject({ role: 'leader', leadTransferee: null });
    expect(raft.propose('x')).toMatchObject({ ok: true });
  });

  test('another target replaces the first; the leader itself ends it', () => {
    const network = new TestingNetwork(THREE).elect('n1').crash('n3');
    const { raft } = network.node('n1');
    raft.transferLeadership('n3');
    raft.transferLeadership('n1');
    expect(raft.status().leadTransferee).toBeNull();
    raft.transferLeadership('n3');
    raft.transferLeadership('n2');
    network.settle();
    expect(network.leader()).toBe('n2');
  });

  test('not to a stranger, nor to a member removed or being removed', () => {
    const network = new TestingNetwork([...THREE, 'n4']).elect('n1').change('n1', 'remove', 'n4');
    const { raft } = network.node('n1');
    const kindFor = (to: string) => {
      const result = raft.transferLeadership(to);
      return result.ok ? null : result.error.kind;
    };
    expect(kindFor('n9')).toBe('not-member');
    expect(kindFor('n4')).toBe('removed');
    raft.proposeConfChange({ type: 'remove', raftId: 'n3', context: null });
    expect(kindFor('n3')).toBe('removed');
    expect(network.raft('n2').transferLeadership('n3')).toMatchObject({ ok: false, error: { kind: 'not-leader' } });
  });

  test('the order to campaign is ignored by one who may not lead', () => {
    const node = memberWith({ members: ['n2', 'n3'], term: 2 });
    expect(node.raft.step({ type: 'timeout-now', from: 'n2', to: 'n1', term: 2 })).toBe('is not a member');
    expect(node.raft.state.role).toBe('follower');
  });
});

describe('thesis 6.2: check of the quorum', () => {
  test('a leader cut off from the majority steps down within two election timeouts, in its term', () => {
    const network = new TestingNetwork(FIVE).elect('n1').tick(3).isolate('n1', 'n2');
    const { term } = network.raft('n1').state;
    let ticks = 0;
    while (network.raft('n1').state.role === 'leader') {
      network.tickOne('n1');
      ticks++;
    }
    expect(ticks).toBeGreaterThanOrEqual(7);
    expect(ticks).toBeLessThanOrEqual(20);
    expect(network.raft('n1').state).toMatchObject({ role: 'follower', term, vote: 'n1', leader: null });
  });

  test('without it the old leader leads on alone, in vain', () => {
    const network = new TestingNetwork(THREE, { checkQuorum: false }).elect('n1').isolate('n1').tick(60);
    expect(network.raft('n1').state.role).toBe('leader');
    expect([network.raft('n2').state.role, network.raft('n3').state.role]).toContain('leader');
  });

  test('a newcomer counts as active until the next check, so that a join does not cost the leader its place', () => {
    const network = new TestingNetwork(['n1', 'n2']).elect('n1').tick(9);
    network.addNode('n3');
    network.crash('n3').change('n1', 'add', 'n3');
    network.tick(12);
    expect(network.leader()).toBe('n1');
  });

  test('a member that returns with a higher term throws out a good leader (no pre-vote: as in Swarm)', () => {
    const network = new TestingNetwork(THREE).elect('n1').isolate('n3').tick(60);
    const leader = network.leader()!;
    const { term } = network.raft(leader).state;
    expect(network.raft('n3').state.term).toBeGreaterThan(term);
    network.heal().tick(1);
    expect(network.leader()).toBeNull();
    network.tick(60);
    expect(network.leader()).not.toBeNull();
    expect(network.raft(network.leader()!).state.term).toBeGreaterThan(term);
  });
});

describe('thesis 9.6: pre-vote', () => {
  test('asks first, and raises the term only with a majority behind it', () => {
    const network = new TestingNetwork(THREE, { preVote: true }).forget().elect('n1');
    expect(network.sentOf('pre-vote-request')).toMatchObject([
      { to: 'n2', term: 2 },
      { to: 'n3', term: 2 },
    ]);
    expect(network.sentOf('vote-request')).toMatchObject([
      { to: 'n2', term: 2 },
      { to: 'n3', term: 2 },
    ]);
    expect(network.leader()).toBe('n1');
  });

  test('binds nobody: term and vote stay as they were', () => {
    const node = memberWith({ term: 2, vote: 'n3' });
    node.raft.step({ type: 'pre-vote-request', from: 'n2', to: 'n1', term: 3, lastIndex: 0, lastTerm: 0 });
    expect(node.workAll()).toMatchObject([{ type: 'pre-vote-reply', granted: true, term: 3 }]);
    expect(node.raft.state).toMatchObject({ term: 2, vote: 'n3' });
  });

  test('a member that returns from isolation has the same term and disturbs nobody', () => {
    const network = new TestingNetwork(THREE, { preVote: true }).elect('n1').isolate('n3').tick(100);
    const { term } = network.raft('n1').state;
    expect(network.raft('n3').state).toMatchObject({ role: 'pre-candidate', term });
    network.heal().tick(30);
    expect(network.leader()).toBe('n1');
    expect(network.raft('n1').state.term).toBe(term);
  });

  test('refused for a log that is behind', () => {
    const node = memberWith({ log: [1, 1] });
    node.raft.step({ type: 'pre-vote-request', from: 'n2', to: 'n1', term: 2, lastIndex: 1, lastTerm: 1 });
    expect(node.workAll()).toMatchObject([{ granted: false, term: 1, reason: 'log behind: (1,1) < (1,2)' }]);
  });

  test('one with an older term is answered with the newer, so that a leader can be found', () => {
    const network = new TestingNetwork(THREE, { preVote: true, checkQuorum: true });
    network
      .load('n1', { log: [1], term: 7 })
      .load('n2', { log: [1, 1], term: 3 })
      .crash('n3')
      .tick(60);
    expect(network.leader()).toBe('n2');
  });

  test('a grant from an earlier question does not count', () => {
    const node = memberWith({ term: 4 }, { preVote: true });
    node.raft.campaign();
    node.workAll();
    expect(node.raft.step({ type: 'pre-vote-reply', from: 'n2', to: 'n1', term: 7, granted: true })).toBe(
      'an answer to another pre-vote',
    );
    expect(node.raft.state).toMatchObject({ role: 'pre-candidate', term: 4 });
  });

  test('with a link that works one way only, the cluster still has a leader', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const network = new TestingNetwork(FIVE, { preVote: true, seed }).elect('n1');
      network.cut('n1', 'n2').cut('n3', 'n1').tick(100);
      const term = Math.max(...[...network.nodes.values()].map(({ raft }) => raft.state.term));
      network.tick(300);
      expect(network.leader()).not.toBeNull();
      expect(network.raft(network.leader()!).state.term).toBeLessThanOrEqual(term + 1);
    }
  });
});

describe('chapter 3: details that implementations got wrong', () => {
  test('a proposal of a deposed leader stays in its own term', () => {
    const network = new TestingNetwork(THREE, { checkQuorum: false }).elect('n1').isolate('n1');
    network.raft('n1').propose('late');
    network.settle().elect('n2').heal().tick(2);
    expect(termsOf(network.raft('n1'))).toEqual(termsOf(network.raft('n2')));
    for (const { applied } of network.nodes.values()) expect(applied).toEqual([]);
  });

  test('a member that lost its disk under its old ID is not believed, and does not bring the leader down', () => {
    const network = new TestingNetwork(THREE).elect('n1').propose('n1', 'a');
    network.load('n3', { log: [], term: 0 }).tick(30);
    expect(network.leader()).toBe('n1');
    expect(network.raft('n1').status().progress.get('n3')).toMatchObject({ match: 5 });
    expect(network.node('n3').applied).toEqual([]);
  });

  test('all restarted at once, a cluster finds a leader again with nothing lost', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const network = new TestingNetwork(FIVE, { seed, random: createDice(seed) }).elect('n1').propose('n1', 'a', 'b');
      network
        .crash(...FIVE)
        .restart(...FIVE)
        .tick(100);
      expect(network.leader()).not.toBeNull();
      for (const { applied } of network.nodes.values()) expect(applied).toEqual(['a', 'b']);
    }
  });
});
