/**
 * One test per claim of "In Search of an Understandable Consensus Algorithm (Extended Version)", sections 5 to 7, in its order.
 * The idea is etcd's `raft_paper_test.go`.
 */
import { describe, expect, test } from 'vitest';
import { lastIndex } from './log.ts';
import {
  createDice,
  logOf,
  type MemberLife,
  memberWith,
  TestingNetwork,
  type TestingNode,
  termsOf,
} from './testing-network.ts';
import type { Entry, Message, Role } from './types.ts';

const THREE = ['n1', 'n2', 'n3'];
const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** Messages as another member would send them to n1. */
const from = (sender: string, term: number) => {
  const base = { from: sender, to: 'n1', term };
  return {
    voteRequest: (lastIndex: number, lastTerm: number): Message => ({
      ...base,
      type: 'vote-request',
      lastIndex,
      lastTerm,
      force: false,
    }),
    vote: (granted = true): Message => ({ ...base, type: 'vote-reply', granted }),
    append: (prevIndex: number, prevTerm: number, entries: Entry[] = [], commit = 0): Message => ({
      ...base,
      type: 'append',
      prevIndex,
      prevTerm,
      entries,
      commit,
    }),
    ack: (index: number): Message => ({ ...base, type: 'append-reply', ok: true, index, hintIndex: 0, hintTerm: 0 }),
    heartbeat: (commit = 0): Message => ({ ...base, type: 'heartbeat', commit }),
    heartbeatReply: (): Message => ({ ...base, type: 'heartbeat-reply' }),
    snapshot: (index: number, snapshotTerm: number, members = THREE, removed: string[] = []): Message => ({
      ...base,
      type: 'snapshot',
      snapshot: {
        index,
        term: snapshotTerm,
        members: members.map((raftId) => ({ raftId, context: null })),
        removed,
        data: ['from a snapshot'],
      },
    }),
  };
};

function entry(index: number, term: number): Entry {
  return { index, term, type: 'normal', data: `${term}.${index}` };
}

/** Steps one message and returns what n1 sends once its disk has written. */
function answers(node: TestingNode, message: Message): Message[] {
  node.raft.step(message);
  return node.workAll();
}

function answer(node: TestingNode, message: Message): Message {
  const sent = answers(node, message);
  expect(sent).toHaveLength(1);
  return sent[0]!;
}

/** n1 in the given role in `term`. */
function inRole(role: Role, life: MemberLife & { term: number }): TestingNode {
  if (role === 'follower') return memberWith(life);
  const node = memberWith({ ...life, term: life.term - 1, vote: null }, { checkQuorum: false });
  node.raft.campaign();
  node.workAll();
  if (role === 'leader') for (const id of THREE.slice(1)) answers(node, from(id, life.term).vote());
  expect(node.raft.state).toMatchObject({ role, term: life.term });
  return node;
}

/** n1 leads; all others have the log up to n1's first entry of its term. */
function leader(life: MemberLife = {}): TestingNode {
  const members = life.members ?? THREE;
  const node = memberWith({ ...life, members }, { checkQuorum: false });
  node.raft.campaign();
  node.workAll();
  const { term } = node.raft.state;
  for (const id of members.slice(1)) answers(node, from(id, term).vote());
  expect(node.raft.state.role).toBe('leader');
  return node;
}

function settledLeader(members = THREE): TestingNode {
  const node = leader({ members });
  for (const id of members.slice(1)) answers(node, from(id, 1).ack(1));
  return node;
}

describe('5.1 terms', () => {
  test.each<Role>(['follower', 'candidate', 'leader'])(
    '5.1: a %s that sees a larger term moves to it as a follower',
    (role) => {
      for (const kind of ['append', 'heartbeat', 'vote-request', 'vote-reply'] as const) {
        const node = inRole(role, { term: 2 });
        const sender = from('n2', 5);
        const message = {
          append: sender.append(0, 0),
          heartbeat: sender.heartbeat(),
          'vote-request': sender.voteRequest(9, 4),
          'vote-reply': sender.vote(false),
        }[kind];
        node.raft.step(message);
        expect(node.raft.state).toMatchObject({ role: 'follower', term: 5 });
      }
    },
  );

  test('5.1: requests with a stale term are refused with the current one', () => {
    const node = memberWith({ term: 7 });
    const stale = from('n2', 6);
    expect(answer(node, stale.voteRequest(9, 6))).toMatchObject({ type: 'vote-reply', granted: false, term: 7 });
    expect(answer(node, stale.append(0, 0, [entry(1, 6)]))).toMatchObject({ type: 'append-reply', ok: false, term: 7 });
    expect(answer(node, stale.heartbeat())).toMatchObject({ type: 'heartbeat-reply', term: 7 });
    expect(answer(node, stale.snapshot(9, 6))).toMatchObject({ type: 'append-reply', ok: false, term: 7 });
    expect(node.raft.status()).toMatchObject({ last: 0, leader: null, vote: null, term: 7 });
  });

  test('5.1: answers of an older term count for nothing', () => {
    const candidate = inRole('candidate', { term: 3 });
    expect(candidate.raft.step(from('n2', 2).vote())).toBe('stale term 2 < 3');
    expect(candidate.raft.state.role).toBe('candidate');
    const node = leader({ log: [1] });
    expect(node.raft.step(from('n2', 1).ack(2))).toBe('stale term 1 < 2');
    expect(node.raft.status().progress.get('n2')?.match).toBe(0);
  });

  test('5.1: a refusal from a member in a later term makes an old leader a follower', () => {
    const node = leader();
    node.raft.step({
      from: 'n2',
      to: 'n1',
      term: 4,
      type: 'append-reply',
      ok: false,
      index: 0,
      hintIndex: 0,
      hintTerm: 0,
    });
    expect(node.raft.state).toMatchObject({ role: 'follower', term: 4, leader: null, vote: null });
  });
});

describe('5.2 leader election', () => {
  test('5.2: servers start as followers', () => {
    expect(memberWith().raft.state).toMatchObject({ role: 'follower', term: 0, vote: null, leader: null });
  });

  test('5.2: a follower stays one as long as it hears its leader', () => {
    const node = memberWith({ term: 1 });
    for (let i = 0; i < 100; i++) {
      node.raft.step(from('n2', 1).heartbeat());
      for (let t = 0; t < 9; t++) node.raft.tick();
    }
    expect(node.raft.state).toMatchObject({ role: 'follower', term: 1, leader: 'n2' });
  });

  test('5.2: a leader sends heartbeats to all followers at every heartbeat interval', () => {
    const node = memberWith({}, { heartbeatTicks: 3, checkQuorum: false });
    node.raft.campaign();
    node.workAll();
    answers(node, from('n2', 1).vote());
    const sent: string[][] = [];
    for (let i = 0; i < 6; i++) {
      node.raft.tick();
      sent.push(node.workAll().map(({ type, to }) => `${type} ${to}`));
    }
    const both = ['heartbeat n2', 'heartbeat n3'];
    expect(sent).toEqual([[], [], both, [], [], both]);
  });

  test.each<Role>(['follower', 'candidate'])(
    '5.2: a %s whose election timeout passes raises its term, votes for itself and asks all others in parallel',
    (role) => {
      const node = inRole(role, { term: 2, log: [1] });
      for (let i = 0; i < 10; i++) node.raft.tick();
      expect(node.raft.state).toMatchObject({ role: 'candidate', term: 3, vote: 'n1', leader: null });
      const asked = { type: 'vote-request', term: 3, lastIndex: 1, lastTerm: 1 };
      expect(node.workAll()).toMatchObject([
        { ...asked, to: 'n2' },
        { ...asked, to: 'n3' },
      ]);
      expect(node.raft.status().votes).toEqual(new Map([['n1', true]]));
    },
  );

  test.each([
    { size: 1, votes: [], role: 'leader' },
    { size: 3, votes: [], role: 'candidate' },
    { size: 3, votes: [true], role: 'leader' },
    { size: 3, votes: [false], role: 'candidate' },
    { size: 3, votes: [false, true], role: 'leader' },
    { size: 3, votes: [false, false], role: 'follower' },
    { size: 4, votes: [true], role: 'candidate' },
    { size: 4, votes: [true, true], role: 'leader' },
    { size: 4, votes: [false, false], role: 'follower' },
    { size: 5, votes: [true], role: 'candidate' },
    { size: 5, votes: [true, true], role: 'leader' },
    { size: 5, votes: [true, false, false], role: 'candidate' },
    { size: 5, votes: [true, false, false, false], role: 'follower' },
    { size: 5, votes: [true, false, false, true], role: 'leader' },
  ])('5.2: a candidate of $size with own vote and $votes is $role', ({ size, votes, role }) => {
    const members = FIVE.slice(0, size);
    const node = memberWith({ members });
    node.raft.campaign();
    node.workAll();
    votes.forEach((granted, i) => {
      node.raft.step(from(members[i + 1]!, 1).vote(granted));
    });
    expect(node.raft.state).toMatchObject({ role, term: 1 });
  });

  test('5.2: a voter counts once, and only if it is a member', () => {
    const node = memberWith({ members: FIVE });
    node.raft.campaign();
    node.workAll();
    for (const voter of ['n2', 'n2', 'stranger', 'n2']) node.raft.step(from(voter, 1).vote());
    expect(node.raft.state.role).toBe('candidate');
  });

  test('5.2: the own vote counts only once it is on disk', () => {
    const node = memberWith({ members: ['n1'] });
    node.raft.campaign();
    expect(node.raft.state.role).toBe('candidate');
    const ready = node.raft.ready();
    expect(ready).toMatchObject({ hardState: { term: 1, vote: 'n1' }, mustSync: true });
    node.raft.advance(ready);
    expect(node.raft.state.role).toBe('leader');
  });

  test.each([
    { vote: null, asks: 'n2', granted: true },
    { vote: null, asks: 'n3', granted: true },
    { vote: 'n2', asks: 'n2', granted: true },
    { vote: 'n3', asks: 'n3', granted: true },
    { vote: 'n2', asks: 'n3', granted: false },
    { vote: 'n3', asks: 'n2', granted: false },
  ])(
    '5.2: one vote per term, first come first served: $asks asks, vote is $vote: $granted',
    ({ vote, asks, granted }) => {
      const node = memberWith({ term: 1, vote });
      expect(answer(node, from(asks, 1).voteRequest(0, 0))).toMatchObject({ type: 'vote-reply', granted, term: 1 });
      if (!granted)
        expect(answer(node, from(asks, 1).voteRequest(0, 0))).toHaveProperty(
          'reason',
          `already voted for ${vote} in term 1`,
        );
    },
  );

  test('5.2: the vote is on disk before it is sent, and holds over a restart', () => {
    const node = memberWith({ term: 1 });
    node.raft.step(from('n2', 2).voteRequest(0, 0));
    expect(node.raft.ready()).toMatchObject({
      hardState: { term: 2, vote: 'n2' },
      messages: [{ type: 'vote-reply', granted: true }],
      mustSync: true,
    });
    const restarted = memberWith({ term: 2, vote: 'n2' });
    expect(answer(restarted, from('n3', 2).voteRequest(9, 1))).toMatchObject({ granted: false });
  });

  test('5.2: the vote is kept when a candidate steps down in the same term', () => {
    const node = inRole('candidate', { term: 2 });
    node.raft.step(from('n2', 2).append(0, 0));
    expect(node.raft.state).toMatchObject({ role: 'follower', vote: 'n1', leader: 'n2' });
    expect(answers(node, from('n3', 2).voteRequest(9, 9)).at(-1)).toMatchObject({ granted: false });
  });

  test('5.2: a new leader tells everyone at once', () => {
    const node = memberWith();
    node.raft.campaign();
    node.workAll();
    expect(answers(node, from('n2', 1).vote())).toMatchObject([
      { type: 'append', to: 'n2', term: 1 },
      { type: 'append', to: 'n3', term: 1 },
    ]);
  });

  test.each([
    { term: 2, role: 'follower' },
    { term: 3, role: 'follower' },
    { term: 1, role: 'candidate' },
  ])('5.2: a candidate of term 2 that hears a leader of term $term is then $role', ({ term, role }) => {
    const node = inRole('candidate', { term: 2 });
    node.raft.step(from('n2', term).append(0, 0));
    expect(node.raft.state).toMatchObject({ role, term: Math.max(term, 2) });
  });

  test('5.2: a split vote leaves no leader; the next timeouts settle it in a higher term', () => {
    const network = new TestingNetwork(['n1', 'n2', 'n3', 'n4'], { checkQuorum: false });
    network.filter = ({ from: sender, to }) => ['n1n2', 'n2n1', 'n3n4', 'n4n3'].includes(sender + to);
    network.raft('n1').campaign();
    network.raft('n3').campaign();
    network.settle();
    expect(network.leader()).toBeNull();
    expect(network.raft('n1').state.term).toBe(network.raft('n3').state.term);
    const { term } = network.raft('n1').state;
    network.heal().tick(40);
    expect(network.leader()).not.toBeNull();
    expect(network.raft(network.leader()!).state.term).toBeGreaterThan(term);
  });

  test('5.2: election timeouts are spread over a fixed interval, and drawn again for each election', () => {
    const node = memberWith({}, { random: createDice(3) });
    const drawn = new Set<number>();
    let elapsed = 0;
    for (let i = 0; i < 3000; i++) {
      const before = node.raft.state.term;
      node.raft.tick();
      elapsed++;
      if (node.raft.state.term === before) continue;
      drawn.add(elapsed);
      elapsed = 0;
    }
    expect([...drawn].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test('5.2: in most cases only one server times out, and wins before the others do', () => {
    let split = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const network = new TestingNetwork(FIVE, { seed }).tick(25);
      if (network.leader() === null || network.raft(network.leader()!).state.term > 2) split++;
    }
    expect(split).toBeLessThan(200 * 0.35);
  });

  test('5.2: granting a vote restarts the timer, a refused request does not', () => {
    const node = memberWith({ log: [3], term: 3 });
    for (let i = 0; i < 8; i++) node.raft.tick();
    node.raft.step(from('n2', 3).voteRequest(0, 0));
    expect(node.raft.status().electionElapsed).toBe(8);
    node.raft.step(from('n2', 3).voteRequest(1, 3));
    expect(node.raft.status().electionElapsed).toBe(0);
  });
});

describe('5.3 log replication', () => {
  test('5.3: the leader appends a command as a new entry and sends it to all others in parallel, with what precedes it', () => {
    const node = settledLeader();
    expect(node.raft.propose('x=1')).toEqual({ ok: true, index: 2, term: 1 });
    const append = { type: 'append', prevIndex: 1, prevTerm: 1, commit: 1 };
    const entries = [{ index: 2, term: 1, type: 'normal', data: 'x=1' }];
    expect(node.workAll()).toMatchObject([
      { ...append, to: 'n2', entries },
      { ...append, to: 'n3', entries },
    ]);
  });

  test.each<Role>(['follower', 'candidate'])('5.3: a %s takes no command', (role) => {
    const node = inRole(role, { term: 2 });
    expect(node.raft.propose('x')).toMatchObject({ ok: false, error: { kind: 'not-leader' } });
    expect(node.raft.status().last).toBe(0);
  });

  test.each([
    { size: 1, acks: 0, committed: true },
    { size: 3, acks: 0, committed: false },
    { size: 3, acks: 1, committed: true },
    { size: 4, acks: 1, committed: false },
    { size: 4, acks: 2, committed: true },
    { size: 5, acks: 1, committed: false },
    { size: 5, acks: 2, committed: true },
    { size: 5, acks: 4, committed: true },
  ])('5.3: of $size members, $acks others hold the entry: committed is $committed', ({ size, acks, committed }) => {
    const members = FIVE.slice(0, size);
    const node = settledLeader(members);
    node.raft.propose('x');
    node.workAll();
    for (const id of members.slice(1, acks + 1)) answers(node, from(id, 1).ack(2));
    expect(node.raft.status().commit).toBe(committed ? 2 : 1);
    expect(node.applied).toEqual(committed ? ['x'] : []);
  });

  test('5.3: the leader applies and answers once the entry is committed, and tells followers with the next message', () => {
    const node = settledLeader();
    node.raft.propose('x');
    node.workAll();
    expect(answers(node, from('n2', 1).ack(2))).toMatchObject([
      { type: 'append', to: 'n2', commit: 2 },
      { type: 'append', to: 'n3', commit: 2 },
    ]);
    expect(node.applied).toEqual(['x']);
  });

  test.each([[[]], [[2]], [[1]], [[1, 2]]])(
    '5.3: committing an entry commits all before it, those of earlier terms too: log of terms %j',
    (log) => {
      const node = leader({ log, term: 2 });
      node.raft.propose('new');
      node.workAll();
      answers(node, from('n2', 3).ack(log.length + 2));
      expect(node.raft.status().commit).toBe(log.length + 2);
      expect(node.applied).toEqual([...logOf(log).map((e) => (e.type === 'normal' ? e.data : null)), 'new']);
    },
  );

  test('5.3: followers apply what they learn to be committed, in log order', () => {
    const node = memberWith({ term: 1 });
    answers(node, from('n2', 1).append(0, 0, [entry(1, 1), entry(2, 1), entry(3, 1)], 1));
    expect(node.applied).toEqual(['1.1']);
    answers(node, from('n2', 1).append(3, 1, [], 3));
    expect(node.applied).toEqual(['1.1', '1.2', '1.3']);
  });

  test.each([
    { told: 9, entries: 2, commit: 3 },
    { told: 2, entries: 2, commit: 2 },
    { told: 9, entries: 0, commit: 1 },
  ])(
    '5.3: told of commit $told with $entries entries after the first, a follower commits $commit, not what was not compared',
    (row) => {
      const node = memberWith({ log: [1, 1, 1, 1], commit: 0 });
      const entries = [entry(2, 1), entry(3, 1)].slice(0, row.entries);
      answers(node, from('n2', 2).append(1, 1, entries, row.told));
      expect(node.raft.status().commit).toBe(row.commit);
    },
  );

  test('5.3: the commit index only moves forward', () => {
    const node = memberWith({ log: [1, 1, 1], commit: 3 });
    answers(node, from('n2', 1).heartbeat(1));
    answers(node, from('n2', 1).append(3, 1, [], 2));
    expect(node.raft.status().commit).toBe(3);
  });

  test('5.3: a heartbeat commits no more than the leader knows the follower to hold', () => {
    const node = settledLeader();
    node.raft.propose('x');
    node.workAll();
    answers(node, from('n2', 1).ack(2));
    node.raft.tick();
    expect(node.workAll()).toMatchObject([
      { type: 'heartbeat', to: 'n2', commit: 2 },
      { type: 'heartbeat', to: 'n3', commit: 1 },
    ]);
  });

  test.each([
    { prev: [0, 0], ok: true, index: 0, hint: [0, 0] },
    { prev: [1, 1], ok: true, index: 1, hint: [0, 0] },
    { prev: [2, 2], ok: true, index: 2, hint: [0, 0] },
    { prev: [2, 1], ok: false, index: 2, hint: [1, 1] },
    { prev: [1, 2], ok: false, index: 1, hint: [1, 1] },
    { prev: [3, 3], ok: false, index: 3, hint: [2, 2] },
    { prev: [9, 1], ok: false, index: 9, hint: [1, 1] },
  ] as const)(
    '5.3: consistency check: a follower with terms [1,2] asked to append after (index, term) $prev says $ok',
    (row) => {
      const node = memberWith({ log: [1, 2], term: 3 });
      const [prevIndex, prevTerm] = row.prev;
      expect(answer(node, from('n2', 3).append(prevIndex, prevTerm))).toMatchObject({
        type: 'append-reply',
        ok: row.ok,
        index: row.index,
        hintIndex: row.hint[0],
        hintTerm: row.hint[1],
      });
    },
  );

  test.each([
    { after: [2, 2], entries: [[3, 3]], log: [1, 2, 3], written: [3] },
    {
      after: [1, 1],
      entries: [
        [2, 3],
        [3, 4],
      ],
      log: [1, 3, 4],
      written: [2, 3],
    },
    { after: [0, 0], entries: [[1, 1]], log: [1, 2], written: [] },
    { after: [0, 0], entries: [[1, 3]], log: [3], written: [1] },
    {
      after: [0, 0],
      entries: [
        [1, 1],
        [2, 2],
        [3, 2],
      ],
      log: [1, 2, 2],
      written: [3],
    },
  ])('5.3: a follower with terms [1,2] given $entries after $after has $log: only a conflict deletes', (row) => {
    const node = memberWith({ log: [1, 2] });
    const entries = row.entries.map(([index, term]) => entry(index!, term!));
    node.raft.step(from('n2', 4).append(row.after[0]!, row.after[1]!, entries));
    expect(node.raft.ready().entries.map(({ index }) => index)).toEqual(row.written);
    expect(termsOf(node.raft)).toEqual(row.log);
  });

  test('5.3: a delayed append removes nothing that came after it', () => {
    const node = memberWith({ term: 1 });
    answers(node, from('n2', 1).append(0, 0, [entry(1, 1), entry(2, 1), entry(3, 1)]));
    expect(answer(node, from('n2', 1).append(0, 0, [entry(1, 1)]))).toMatchObject({ ok: true, index: 1 });
    expect(termsOf(node.raft)).toEqual([1, 1, 1]);
  });

  test('5.3: a follower acknowledges what it was sent, not the rest of its log', () => {
    const node = memberWith({ log: [1, 1, 2, 2] });
    expect(answer(node, from('n2', 3).append(1, 1, [entry(2, 1)]))).toMatchObject({ ok: true, index: 2 });
  });

  test('5.3: what is committed is never replaced', () => {
    const node = memberWith({ log: [1, 1], commit: 2 });
    expect(answer(node, from('n2', 2).append(0, 0, [entry(1, 2)]))).toMatchObject({ ok: true, index: 2 });
    expect(termsOf(node.raft)).toEqual([1, 1]);
  });

  test('5.3: a leader never overwrites or deletes its own entries', () => {
    const node = leader({ log: [1, 1] });
    const before = termsOf(node.raft);
    expect(node.raft.step(from('n2', 2).append(0, 0, [entry(1, 2)]))).toBe('n2 claims to lead term 2 too');
    node.raft.propose('x');
    expect(termsOf(node.raft).slice(0, before.length)).toEqual(before);
  });

  // Figure 7: what may be found when the leader for term 8 comes to power.
  const FIGURE_7_LEADER = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  const FIGURE_7: [string, number[]][] = [
    ['a, entries missing', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b, many missing', [1, 1, 1, 4]],
    ['c, one more', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d, of a later term', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e, both', [1, 1, 1, 4, 4, 4, 4]],
    ['f, terms unknown to the others', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ];

  test.each(FIGURE_7)('5.3, figure 7: the leader makes the follower equal to itself: %s', (_name, log) => {
    for (const maxEntriesPerAppend of [1, 3, 64]) {
      const network = new TestingNetwork(THREE, { checkQuorum: false, maxEntriesPerAppend });
      network.load('n1', { log: FIGURE_7_LEADER, term: 7 });
      network.load('n2', { log, term: 7 });
      // n3 grants the vote that n2, being more up to date, may refuse.
      network.load('n3', { log: [], term: 7 });
      network.elect('n1').tick(2);
      expect(termsOf(network.raft('n1'))).toEqual([...FIGURE_7_LEADER, 8]);
      expect(termsOf(network.raft('n2'))).toEqual([...FIGURE_7_LEADER, 8]);
      expect(network.node('n2').disk.entries.map(({ term }) => term)).toEqual([...FIGURE_7_LEADER, 8]);
      expect(network.raft('n2').status().commit).toBe(11);
    }
  });

  test('5.3, figure 7: at most one refusal per term in conflict, not one per entry', () => {
    const network = new TestingNetwork(THREE, { checkQuorum: false });
    const conflict = Array.from({ length: 60 }, (_, i) => 2 + Math.floor(i / 20));
    network.load('n1', { log: [1, ...Array.from({ length: 60 }, () => 5)], term: 6 });
    network.load('n2', { log: [1, ...conflict], term: 6 });
    network.load('n3', { log: [], term: 6 });
    network.elect('n1').tick(2);
    const refusals = network.sentOf('append-reply').filter(({ ok, from: sender }) => !ok && sender === 'n2');
    expect(refusals.length).toBeLessThanOrEqual(3);
    expect(termsOf(network.raft('n2'))).toEqual(termsOf(network.raft('n1')));
  });

  test('5.3: a new leader takes the next index of all others to be just behind its own log', () => {
    const node = memberWith({ log: [1, 1, 1], term: 1 });
    node.raft.campaign();
    node.workAll();
    expect(answers(node, from('n2', 2).vote())).toMatchObject([
      { type: 'append', to: 'n2', prevIndex: 3, prevTerm: 1, entries: [{ index: 4, term: 2 }] },
      { type: 'append', to: 'n3', prevIndex: 3, prevTerm: 1, entries: [{ index: 4, term: 2 }] },
    ]);
  });

  test('5.3: an old refusal, overtaken by an acknowledgement, changes nothing', () => {
    const node = settledLeader();
    const refusal: Message = { ...from('n2', 1).ack(0), ok: false, index: 1, hintIndex: 0, hintTerm: 0 } as Message;
    expect(node.raft.step(refusal)).toBe('an old refusal, overtaken by what is known since');
    expect(node.raft.status().progress.get('n2')).toMatchObject({ match: 1, next: 2, state: 'replicate' });
  });

  test('5.3: one slow follower does not hold up the others', () => {
    const network = new TestingNetwork(THREE).elect('n1').isolate('n3').propose('n1', 'a', 'b');
    expect(network.node('n2').applied).toEqual(['a', 'b']);
    expect(network.node('n3').applied).toEqual([]);
    network.heal().tick(2);
    expect(network.node('n3').applied).toEqual(['a', 'b']);
  });
});

describe('5.4 safety', () => {
  test.each([
    { voter: [1], candidate: [1, 1], granted: true },
    { voter: [1], candidate: [1, 2], granted: true },
    { voter: [1, 1], candidate: [1, 1], granted: false },
    { voter: [1], candidate: [2, 1], granted: true },
    { voter: [2], candidate: [1, 1], granted: false },
    { voter: [2], candidate: [9, 1], granted: false },
    { voter: [2, 2], candidate: [1, 2], granted: false },
    { voter: [1, 1], candidate: [1, 2], granted: true },
    { voter: [], candidate: [0, 0], granted: true },
  ] as const)(
    '5.4.1: a voter with terms $voter asked by one whose last (index, term) is $candidate: $granted',
    (row) => {
      const node = memberWith({ log: row.voter, term: 3 });
      expect(answer(node, from('n2', 4).voteRequest(row.candidate[0], row.candidate[1]))).toMatchObject({
        granted: row.granted,
        term: 4,
      });
    },
  );

  test('5.4.1: a refusal names both logs', () => {
    const node = memberWith({ log: [6, 6, 6], term: 6 });
    expect(answer(node, from('n2', 7).voteRequest(2, 6))).toHaveProperty('reason', 'log behind: (6,2) < (6,3)');
  });

  test('5.4.1: who lacks a committed entry cannot win', () => {
    const network = new TestingNetwork(FIVE, { checkQuorum: false }).elect('n1');
    network.isolate('n4', 'n5').propose('n1', 'committed').heal();
    for (const behind of ['n4', 'n5']) {
      network.filter = ({ type }) => type !== 'append' && type !== 'heartbeat';
      network.elect(behind);
      expect(network.raft(behind).state.role).not.toBe('leader');
    }
  });

  test('5.4.2: an entry of an older term is not committed by counting, only by one of the own term behind it', () => {
    const node = leader({ log: [1, 2], term: 3 });
    expect(termsOf(node.raft)).toEqual([1, 2, 4]);
    answers(node, from('n2', 4).ack(2));
    answers(node, from('n3', 4).ack(2));
    expect(node.raft.status().commit).toBe(0);
    answers(node, from('n2', 4).ack(3));
    expect(node.raft.status().commit).toBe(3);
  });

  test('5.4.2, figure 8: an entry on a majority can still be lost until the leader commits in its own term', () => {
    const network = new TestingNetwork(FIVE, { checkQuorum: false, maxEntriesPerAppend: 1 });
    const only = (...pairs: string[]) => {
      network.filter = ({ from: sender, to, type }) => type.startsWith('vote') || pairs.includes(`${sender}${to}`);
    };
    const base = termsOf(network.raft('n1')).length;
    const terms = (id: string) => termsOf(network.raft(id)).slice(base);
    // (a) n1 leads term 2 and replicates its entry to n2 only.
    only('n1n2', 'n2n1');
    network.elect('n1');
    // (b) n5 leads term 3 with votes of n3, n4 and itself, and accepts another entry there.
    network.crash('n1', 'n2');
    only();
    network.elect('n5');
    expect([terms('n1'), terms('n2'), terms('n5')]).toEqual([[2], [2], [3]]);
    // (c) n1 leads term 4; the entry of term 2 gets to n3, a majority, but is not committed.
    network.crash('n5').restart('n1', 'n2');
    network.filter = (message) => {
      const { from: sender, to, type } = message;
      if (type.startsWith('vote')) return true;
      // n1 fails before its own entry is stored anywhere else.
      const wouldStore = type === 'append' && message.entries.at(-1)?.term === 4 && terms(to).length > 0;
      return !wouldStore && ['n1n2', 'n2n1', 'n1n3', 'n3n1'].includes(`${sender}${to}`);
    };
    // Its first attempt is in term 3, in which n3 and n4 have voted.
    network.elect('n1').elect('n1').tick(3);
    expect([terms('n1'), terms('n2'), terms('n3')]).toEqual([[2, 4], [2], [2]]);
    expect(network.raft('n1').status().commit).toBe(base);
    // (d) n5 could win with n2, n3 and n4, and replace it everywhere.
    network.crash('n1').restart('n5');
    network.heal().elect('n5').elect('n5');
    expect(network.roles()).toMatchObject({ n5: 'leader' });
    expect([terms('n2'), terms('n3'), terms('n4')]).toEqual([
      [3, 5],
      [3, 5],
      [3, 5],
    ]);
  });

  test('5.4.2, figure 8 (e): once an entry of its own term is on a majority, n5 cannot win any more', () => {
    const network = new TestingNetwork(FIVE, { checkQuorum: false });
    for (const id of ['n1', 'n2', 'n3']) network.load(id, { log: [1, 2], term: 3 });
    network.load('n4', { log: [1], term: 3 }).load('n5', { log: [1, 3], term: 3 });
    network.isolate('n4', 'n5').elect('n1');
    expect(network.raft('n1').status().commit).toBe(3);
    network.heal().crash('n1').elect('n5');
    expect(network.raft('n5').state.role).not.toBe('leader');
    network.elect('n2');
    expect(network.raft('n2').state.role).toBe('leader');
    expect(termsOf(network.raft('n5')).slice(0, 3)).toEqual([1, 2, 4]);
  });

  test('5.4.3: at the same index every server applies the same command', () => {
    const network = new TestingNetwork(FIVE, { checkQuorum: false }).elect('n1').propose('n1', 'a');
    network.isolate('n1', 'n2').elect('n3').propose('n3', 'b');
    network.raft('n1').propose('lost');
    network.settle().heal().tick(2);
    for (const { applied } of network.nodes.values()) expect(applied).toEqual(['a', 'b']);
  });
});

describe('5.5 follower and candidate crashes', () => {
  test('5.5: requests to a crashed follower are repeated until it is back', () => {
    const network = new TestingNetwork(THREE).elect('n1').crash('n3').propose('n1', 'a', 'b').tick(5);
    network.restart('n3').tick(2);
    expect(network.node('n3').applied).toEqual(['a', 'b']);
  });

  test('5.5: requests can be repeated without harm', () => {
    const node = memberWith({ term: 1 });
    const append = from('n2', 1).append(0, 0, [entry(1, 1), entry(2, 1)], 2);
    const once = answer(node, append);
    expect(answer(node, append)).toMatchObject({ type: once.type, ok: true, index: 2 });
    expect(node.applied).toEqual(['1.1', '1.2']);
    const ask = from('n3', 2).voteRequest(2, 1);
    const first = memberWith({ term: 1 });
    expect(answer(first, ask)).toMatchObject({ granted: true });
    expect(answer(first, ask)).toMatchObject({ granted: true });
  });

  test('5.5: a crash after writing and before answering costs nothing: the answer is given to the repeated request', () => {
    const node = memberWith({ term: 1 });
    const append = from('n2', 1).append(0, 0, [entry(1, 1)]);
    node.raft.step(append);
    node.workAll();
    node.restart();
    expect(answers(node, append).at(-1)).toMatchObject({ type: 'append-reply', ok: true, index: 1 });
    expect(termsOf(node.raft)).toEqual([1]);
  });

  test('5.5: nothing is answered before it is written', () => {
    const node = memberWith({ term: 1 });
    node.raft.step(from('n2', 2).append(0, 0, [entry(1, 2)]));
    const open = node.raft.ready();
    expect(open).toMatchObject({ entries: [{ index: 1 }], hardState: { term: 2 }, mustSync: true });
    expect(open.messages).toMatchObject([{ type: 'append-reply', ok: true, index: 1 }]);
    // What comes while the disk works waits for the next round.
    node.raft.step(from('n2', 2).append(1, 2, [entry(2, 2)]));
    expect(node.raft.hasReady()).toBe(false);
    node.raft.advance(open);
    expect(node.raft.ready()).toMatchObject({ entries: [{ index: 2 }], messages: [{ index: 2 }] });
  });

  test('5.5: a candidate counts its vote for itself in the term in which it was written, not in a later one', () => {
    const node = memberWith({ term: 1 });
    node.raft.campaign();
    const first = node.raft.ready();
    node.raft.campaign();
    node.raft.advance(first);
    expect(node.raft.status()).toMatchObject({ role: 'candidate', term: 3, votes: new Map() });
    node.workAll();
    expect(node.raft.status().votes).toEqual(new Map([['n1', true]]));
  });

  test('5.5: a leader counts its own copy once it is written', () => {
    const node = settledLeader(['n1']);
    node.raft.propose('x');
    const commit = node.raft.status().commit;
    const open = node.raft.ready();
    expect(open.committed).toEqual([]);
    node.raft.propose('y');
    node.raft.advance(open);
    expect(node.raft.status()).toMatchObject({ commit: commit + 1, last: commit + 2 });
  });
});

describe('5.6 timing and availability', () => {
  test('5.6: with broadcasts far faster than the election timeout a leader stays', () => {
    const network = new TestingNetwork(FIVE).elect('n1').tick(1000);
    expect(network.leader()).toBe('n1');
    expect(network.raft('n1').state.term).toBe(2);
  });

  test('5.6: after a leader fails another one leads within about an election timeout', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const network = new TestingNetwork(FIVE, { seed }).elect('n1').tick(5).crash('n1');
      let ticks = 0;
      while (network.leader() === null && ticks < 200) {
        network.tick();
        ticks++;
      }
      expect(ticks).toBeGreaterThanOrEqual(10);
      expect(ticks).toBeLessThan(80);
    }
  });

  test('5.6: slow or fast clocks cost availability, never safety: two leaders never share a term', () => {
    const network = new TestingNetwork(THREE, { checkQuorum: false });
    const leaders = new Map<number, string>();
    for (let i = 0; i < 400; i++) {
      network.tickOne(THREE[i % 2]!, 1 + (i % 17));
      for (const [id, { raft }] of network.nodes) {
        if (raft.state.role !== 'leader') continue;
        expect(leaders.get(raft.state.term) ?? id).toBe(id);
        leaders.set(raft.state.term, id);
      }
    }
    expect(leaders.size).toBeGreaterThan(3);
  });
});

describe('6 cluster membership changes', () => {
  test('6: a change is an entry in the log; once applied, the new majority decides', () => {
    const network = new TestingNetwork(['n1', 'n2']).elect('n1');
    network.addNode('n3');
    network.change('n1', 'add', 'n3').tick(2);
    for (const id of THREE) expect([...network.raft(id).status().members.keys()]).toEqual(THREE);
    network.crash('n2').propose('n1', 'x');
    expect(network.node('n3').applied).toEqual(['x']);
  });

  test('6: a new server starts with an empty log and is brought up to date', () => {
    const network = new TestingNetwork(['n1']).elect('n1').propose('n1', 'a', 'b', 'c');
    network.addNode('n2');
    network.change('n1', 'add', 'n2').tick(2);
    expect(network.node('n2').applied).toEqual(['a', 'b', 'c']);
    expect(network.raft('n1').status().progress.get('n2')).toMatchObject({ state: 'replicate' });
  });

  test('6: a server that knows no members waits to be contacted', () => {
    const network = new TestingNetwork(['n1']);
    network.addNode('n2');
    network.tick(100);
    expect(network.raft('n2').state).toMatchObject({ role: 'follower', term: 0 });
    expect(network.raft('n2').campaign()).toMatchObject({ ok: false, error: { kind: 'not-promotable' } });
  });

  test('6: one that does not know itself a member yet still votes, or its cluster could be stuck', () => {
    const node = memberWith({ members: [] });
    expect(answer(node, from('n2', 3).voteRequest(5, 2))).toMatchObject({ granted: true });
  });

  test('6: no second change before the first is applied', () => {
    const node = settledLeader();
    const add = (raftId: string) => node.raft.proposeConfChange({ type: 'add', raftId, context: null });
    expect(add('n4')).toMatchObject({ ok: true, index: 2 });
    node.workAll();
    expect(add('n5')).toMatchObject({ ok: false, error: { kind: 'conf-change-pending' } });
    node.raft.step(from('n2', 1).ack(2));
    expect(node.raft.status().commit).toBe(2);
    expect(add('n5')).toMatchObject({ ok: false, error: { kind: 'conf-change-pending' } });
    node.workAll();
    expect(add('n5')).toMatchObject({ ok: true, index: 3 });
  });

  test('6 (bug of 2015): no change before the leader has committed in its own term', () => {
    const node = leader({ log: [1], commit: 1 });
    const remove = () => node.raft.proposeConfChange({ type: 'remove', raftId: 'n3', context: null });
    expect(remove()).toMatchObject({ ok: false, error: { kind: 'term-not-committed' } });
    answers(node, from('n2', 2).ack(2));
    expect(remove()).toMatchObject({ ok: true });
  });

  test('6: a pending change taken over from an earlier leader also bars others', () => {
    const network = new TestingNetwork(THREE, { checkQuorum: false }).elect('n1');
    network.filter = ({ type, to }) => type !== 'append' || to === 'n2';
    network.raft('n1').proposeConfChange({ type: 'add', raftId: 'n4', context: null });
    for (const message of network.node('n1').workAll()) if (message.to === 'n2') network.raft('n2').step(message);
    network.crash('n1').elect('n2');
    const result = network.raft('n2').proposeConfChange({ type: 'add', raftId: 'n5', context: null });
    expect(result).toMatchObject({ ok: false, error: { kind: 'term-not-committed' } });
    network.heal().tick(3);
    expect([...network.raft('n2').status().members.keys()]).toEqual([...THREE, 'n4']);
  });

  test('6: nobody campaigns with a committed change that is not applied yet', () => {
    const node = memberWith({ term: 1 });
    const change: Entry = { index: 1, term: 1, type: 'conf', change: { type: 'add', raftId: 'n4', context: null } };
    node.raft.step(from('n2', 1).append(0, 0, [change], 1));
    expect(node.raft.campaign()).toMatchObject({ ok: false, error: { kind: 'not-promotable' } });
    node.workAll();
    expect(node.raft.campaign()).toEqual({ ok: true });
  });

  test.each([
    { type: 'add', raftId: 'n2', kind: 'already-member' },
    { type: 'remove', raftId: 'n9', kind: 'not-member' },
    { type: 'update', raftId: 'n9', kind: 'not-member' },
    { type: 'add', raftId: 'gone', kind: 'removed' },
    { type: 'remove', raftId: 'gone', kind: 'removed' },
  ] as const)('6: $type of $raftId is refused: $kind', ({ type, raftId, kind }) => {
    const node = settledLeader();
    node.raft.state.configuration.removed.add('gone');
    expect(node.raft.proposeConfChange({ type, raftId, context: null })).toMatchObject({ ok: false, error: { kind } });
  });

  test('6: the last member cannot be removed', () => {
    const node = settledLeader(['n1']);
    const result = node.raft.proposeConfChange({ type: 'remove', raftId: 'n1', context: null });
    expect(result).toMatchObject({ ok: false, error: { kind: 'last-member' } });
  });

  test('6: a removed leader steps down once its removal is committed, and the others go on', () => {
    const network = new TestingNetwork(THREE).elect('n1').change('n1', 'remove', 'n1');
    expect(network.raft('n1').status()).toMatchObject({ role: 'follower', removed: true });
    network.tick(40);
    expect(['n2', 'n3']).toContain(network.leader());
    expect(network.raft('n1').state.role).toBe('follower');
  });

  test('6: the removal of a member can commit what waited for its copy', () => {
    const network = new TestingNetwork(['n1', 'n2', 'n3', 'n4'], { checkQuorum: false }).elect('n1');
    network.raft('n1').proposeConfChange({ type: 'remove', raftId: 'n4', context: null });
    network.settle().crash('n3', 'n4').propose('n1', 'x');
    expect(network.node('n1').applied).toEqual(['x']);
  });

  test('6: a removed server cannot disrupt the cluster: it is refused and told', () => {
    const network = new TestingNetwork(THREE).elect('n1').isolate('n3').change('n1', 'remove', 'n3').tick(3);
    network.heal().tickOne('n3', 25);
    expect(network.leader()).toBe('n1');
    expect(network.raft('n1').state.term).toBe(2);
    expect(network.raft('n3').status()).toMatchObject({ role: 'follower', removed: true });
    const { term } = network.raft('n3').state;
    network.tickOne('n3', 50);
    expect(network.raft('n3').state.term).toBe(term);
  });

  test('6: requests for votes are disregarded while a current leader is heard', () => {
    const network = new TestingNetwork(THREE).elect('n1').tick(2);
    const { term } = network.raft('n2').state;
    expect(network.raft('n2').step({ ...from('n3', 9).voteRequest(99, 9), to: 'n2' })).toBe(
      'leader n1 was heard 0 ticks ago',
    );
    expect(network.raft('n2').state).toMatchObject({ term, leader: 'n1' });
  });

  test('6: a removed server is told so even by whom it takes for another', () => {
    const node = memberWith({ term: 3 });
    node.raft.state.configuration.removed.add('gone');
    const [told] = answers(node, { ...from('gone', 9).voteRequest(5, 5), to: 'an old member' });
    expect(told).toMatchObject({ type: 'member-removed', to: 'gone' });
    expect(node.raft.state).toMatchObject({ term: 3, vote: null });
  });

  test('6: a new leader changes the members only when a change that it took over is applied, not only committed', () => {
    const node = memberWith({ term: 1 });
    const taken: Entry = { index: 1, term: 1, type: 'conf', change: { type: 'add', raftId: 'n4', context: null } };
    answers(node, from('n2', 1).append(0, 0, [taken]));
    node.raft.campaign();
    node.workAll();
    answers(node, from('n2', 2).vote());
    node.raft.step(from('n2', 2).ack(2));
    expect(node.raft.status()).toMatchObject({ role: 'leader', commit: 2, applied: 0 });
    const change = { type: 'remove', raftId: 'n3', context: null } as const;
    expect(node.raft.proposeConfChange(change)).toMatchObject({ error: { kind: 'conf-change-pending' } });
    node.workAll();
    expect(node.raft.proposeConfChange(change)).toMatchObject({ ok: true });
  });

  test('6: a removed ID never comes back', () => {
    const network = new TestingNetwork(THREE).elect('n1').change('n1', 'remove', 'n3').tick(2);
    const again = network.raft('n1').proposeConfChange({ type: 'add', raftId: 'n3', context: null });
    expect(again).toMatchObject({ ok: false, error: { kind: 'removed' } });
    network.crash('n1', 'n2').restart('n1', 'n2').tick(40);
    expect(network.raft(network.leader()!).state.configuration.removed).toEqual(new Set(['n3']));
  });

  test('6: entries that add a removed ID again, should there be any, add nobody', () => {
    const node = memberWith({ term: 1 });
    const changes = (['add', 'remove', 'add'] as const).map(
      (type, i): Entry => ({ index: i + 1, term: 1, type: 'conf', change: { type, raftId: 'n4', context: null } }),
    );
    answers(node, from('n2', 1).append(0, 0, changes, 3));
    const { members, removed } = node.raft.state.configuration;
    expect([members.has('n4'), removed.has('n4')]).toEqual([false, true]);
  });

  test('6: a new address is a change of the context only', () => {
    const network = new TestingNetwork(THREE).elect('n1');
    network.raft('n1').proposeConfChange({ type: 'update', raftId: 'n2', context: 'elsewhere' });
    network.settle();
    expect(network.raft('n3').status().members.get('n2')).toBe('elsewhere');
    expect(network.raft('n1').status().progress.get('n2')).toMatchObject({ state: 'replicate' });
  });
});

describe('7 log compaction', () => {
  /** n3 is away while the others write and compact, n1 leading. */
  function withLaggard(options = {}): TestingNetwork {
    const network = new TestingNetwork(THREE, { keepEntries: 0, ...options }).elect('n1').crash('n3');
    network.propose('n1', 'a', 'b', 'c');
    network.node('n1').snapshot();
    return network;
  }

  test('7: an older snapshot changes nothing, also where the log no longer tells', () => {
    const node = memberWith({ term: 1 });
    answers(node, from('n2', 1).snapshot(9, 1));
    expect(answers(node, from('n2', 1).snapshot(5, 1))).toMatchObject([{ type: 'append-reply', ok: true, index: 9 }]);
    expect(node.raft.status()).toMatchObject({ commit: 9, applied: 9, last: 9 });
  });

  test('7: a snapshot stands for exactly the applied prefix: last index and term, members, removed ones, state', () => {
    const network = new TestingNetwork([...THREE, 'n4']).elect('n1').change('n1', 'remove', 'n4').propose('n1', 'a');
    network.raft('n1').propose('not committed yet');
    network.node('n1').raft.state.messages = [];
    const { applied } = network.raft('n1').status();
    const snapshot = network.raft('n1').createSnapshot(['a']);
    expect(snapshot).toMatchObject({ index: applied, term: 2, removed: ['n4'], data: ['a'] });
    expect(snapshot.members.map(({ raftId }) => raftId)).toEqual(THREE);
  });

  test('7: the log up to the snapshot is discarded; the entry before the rest is still known, to check the next append', () => {
    const network = withLaggard();
    const { first, last, applied } = network.raft('n1').status();
    expect([first, last]).toEqual([applied + 1, applied]);
    network.propose('n1', 'd');
    expect(network.node('n2').applied).toEqual(['a', 'b', 'c', 'd']);
  });

  test('7: some entries are kept behind the snapshot, for followers that are only a little behind', () => {
    const network = withLaggard({ keepEntries: 3 }).forget().restart('n3').tick(2);
    expect(network.sentOf('snapshot')).toEqual([]);
    expect(network.node('n3').applied).toEqual(['a', 'b', 'c']);
  });

  test('7: a follower that needs discarded entries gets the snapshot, then the entries behind it', () => {
    const network = withLaggard().propose('n1', 'd').restart('n3').tick(3);
    expect(network.sentOf('snapshot')).toHaveLength(1);
    expect(network.node('n3').applied).toEqual(['a', 'b', 'c', 'd']);
    expect(network.raft('n1').status().progress.get('n3')).toMatchObject({ state: 'replicate' });
    expect(network.node('n3').disk.snapshot?.data).toEqual(['a', 'b', 'c']);
  });

  test('7: also a new server, which learns the members from it', () => {
    const network = withLaggard();
    network.addNode('n4');
    network.change('n1', 'add', 'n4').tick(3);
    expect(network.node('n4').applied).toEqual(['a', 'b', 'c']);
    expect([...network.raft('n4').status().members.keys()]).toEqual([...THREE, 'n4']);
  });

  test('7: a snapshot that the host reports as failed is sent again', () => {
    const network = withLaggard();
    let lost = 0;
    network.filter = ({ type }) => type !== 'snapshot' || ++lost > 2;
    network.restart('n3').tick(6);
    expect(lost).toBe(3);
    expect(network.node('n3').applied).toEqual(['a', 'b', 'c']);
  });

  test('7: and so is one of which the host never reports anything', () => {
    const node = settledLeader();
    node.raft.propose('x');
    node.workAll();
    answers(node, from('n2', 1).ack(2));
    node.raft.compact(node.raft.createSnapshot([]));
    node.raft.state.log.offset = 2;
    node.raft.state.log.offsetTerm = 1;
    node.raft.state.log.entries = [];
    node.raft.reportUnreachable('n3');
    let snapshots = 0;
    for (let i = 0; i < 40; i++) {
      node.raft.tick();
      node.raft.step(from('n3', 1).heartbeatReply());
      snapshots += node.workAll().filter(({ type }) => type === 'snapshot').length;
    }
    expect(snapshots).toBe(2);
  });

  test('7: a follower with a conflicting or shorter log discards it all for the snapshot', () => {
    for (const log of [
      [1, 1],
      [1, 1, 1, 1, 1, 1],
    ]) {
      const node = memberWith({ log, term: 1 });
      node.raft.step(from('n2', 3).snapshot(5, 2));
      const ready = node.raft.ready();
      expect(ready).toMatchObject({ snapshot: { index: 5 }, committed: [], mustSync: true });
      expect(ready.messages).toMatchObject([{ type: 'append-reply', ok: true, index: 5 }]);
      node.apply(ready);
      node.raft.advance(ready);
      expect(node.raft.status()).toMatchObject({ first: 6, last: 5, commit: 5, applied: 5 });
      expect(node.applied).toEqual(['from a snapshot']);
    }
  });

  test('7: a follower whose log holds the snapshot keeps what follows it', () => {
    const node = memberWith({ log: [1, 1, 2, 2, 2], commit: 1 });
    expect(answers(node, from('n2', 3).snapshot(3, 2)).at(-1)).toMatchObject({ ok: true, index: 3 });
    expect(node.raft.status()).toMatchObject({ first: 1, last: 5, commit: 3, applied: 3 });
    expect(node.disk.snapshot).toBeNull();
  });

  test('7: a snapshot that brings nothing new is answered with what is known', () => {
    const node = memberWith({ log: [1, 1, 1], commit: 3 });
    expect(answer(node, from('n2', 2).snapshot(2, 1))).toMatchObject({ type: 'append-reply', ok: true, index: 3 });
    expect(termsOf(node.raft)).toEqual([1, 1, 1]);
  });

  test('7: a snapshot is a sign of life of the leader', () => {
    const node = memberWith({ term: 2 });
    for (let i = 0; i < 9; i++) node.raft.tick();
    node.raft.step(from('n2', 2).snapshot(5, 2));
    expect(node.raft.status()).toMatchObject({ electionElapsed: 0, leader: 'n2' });
  });

  test('7: nobody campaigns on a snapshot that is not applied yet', () => {
    const node = memberWith({ term: 2 });
    node.raft.step(from('n2', 2).snapshot(5, 2));
    expect(node.raft.campaign()).toMatchObject({ ok: false });
    for (let i = 0; i < 30; i++) node.raft.tick();
    expect(node.raft.state.role).toBe('follower');
    node.workAll();
    expect(node.raft.campaign()).toEqual({ ok: true });
  });

  test('7: an old probe at the start of the log is not taken for one at a discarded place', () => {
    const node = memberWith({ term: 2 });
    answers(node, from('n2', 2).snapshot(5, 2));
    expect(answer(node, from('n2', 2).append(0, 0, [entry(1, 1)], 9))).toMatchObject({ ok: true, index: 5 });
    expect(answer(node, from('n2', 2).append(9, 0, [], 9))).toMatchObject({ ok: false });
    expect(node.raft.status()).toMatchObject({ commit: 5, last: 5 });
  });

  test('7: a restart begins with the snapshot, and applies again what follows it', () => {
    const network = withLaggard({ keepEntries: 2 }).change('n1', 'remove', 'n3').propose('n1', 'd');
    const before = network.raft('n1').status();
    network.crash('n1').restart('n1');
    expect(network.node('n1').applied).toEqual(['a', 'b', 'c', 'd']);
    const after = network.raft('n1').status();
    expect(after).toMatchObject({ term: before.term, commit: before.commit, last: before.last, first: before.first });
    expect(after.members).toEqual(before.members);
    expect(network.raft('n1').state.configuration.removed).toEqual(new Set(['n3']));
  });

  test('7: followers may take snapshots on their own', () => {
    const network = new TestingNetwork(THREE, { keepEntries: 0 }).elect('n1').propose('n1', 'a', 'b');
    network.node('n2').snapshot();
    network.propose('n1', 'c');
    expect(network.node('n2').applied).toEqual(['a', 'b', 'c']);
    expect(lastIndex(network.raft('n2').state.log)).toBe(lastIndex(network.raft('n1').state.log));
  });
});
