import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/events.ts';
import type { MachineView, NodeView, Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { filterEvents } from './filter-events.ts';
import { readDecision } from './read-decision.ts';
import { reasonOf } from './reason.ts';
import { jsonRequest, machineStateText, taskStateText } from './subject.ts';
import { walkCauses, withDecision, withoutSmallSteps } from './why-chain.ts';

const event = (id: number, cause: number, kind = 'task.state', change: Partial<TraceEvent> = {}): TraceEvent => ({
  id,
  at: id,
  kind,
  cause,
  objects: [],
  ...change,
});

describe('walking causes', () => {
  const events = new Map(
    [event(1, 0, 'input.fault'), event(3, 1, 'net.cut'), event(4, 3, 'node.state'), event(9, 4)].map((row) => [
      row.id,
      row,
    ]),
  );
  const find = async (id: number) => events.get(id) ?? null;
  const ids = (chain: TraceEvent[]) => chain.map((row) => row.id);

  it('goes back to the input, the first cause first', async () => {
    expect(ids(await walkCauses(event(12, 9), find))).toEqual([1, 3, 4, 9, 12]);
  });
  it('ends where an event is not known any more', async () => {
    expect(ids(await walkCauses(event(12, 8), find))).toEqual([12]);
  });
  it('does not go in circles', async () => {
    expect(ids(await walkCauses(event(5, 7), async () => event(7, 5)))).toEqual([5]);
  });
  it('leaves small steps out, but never the ends', () => {
    const chain = [1, 2, 3, 4, 5, 6].map((id) => event(id, id - 1, id === 4 ? 'told' : 'x'));
    expect(ids([...withoutSmallSteps(chain, (row) => row.kind === 'told')])).toEqual([1, 4, 6]);
  });
});

describe('what the question about a thing is, and which event answers it', () => {
  const machine = { name: 'node4', power: true, cable: true, isLeader: false, raft: null } as MachineView;
  const node = { state: 'ready', availability: 'active' } as NodeView;
  const on = (id: number, kind: string, data = {}, host = 'node4') => event(id, 0, kind, { data, machine: host });
  const own = [
    on(1, 'node.state', { state: 'ready' }, 'node1'),
    on(2, 'manager.leader.started', { term: 2 }),
    on(3, 'machine.power-off'),
    on(4, 'node.silent', { periods: 3 }, 'node1'),
    on(5, 'node.state', { state: 'down' }, 'node1'),
    on(6, 'agent.session.closed'),
    on(7, 'net.dropped'),
  ];
  it.each([
    [{ ...machine, power: false }, { ...node, state: 'down' as const }, 'Why is node4 Down?', 5],
    [{ ...machine, power: false }, node, 'Why has node4 no power?', 3],
    [{ ...machine, isLeader: true }, node, 'Why does node4 lead?', 2],
    [machine, node, 'What happened last to node4?', 5],
  ])('machine %#', (row, of, question, id) => {
    const reason = reasonOf({ kind: 'machine', machine: row, node: of }, own);
    expect([reason?.question, reason?.event.id]).toEqual([question, id]);
  });

  const task = { id: 't1', serviceName: 'web', slot: 2, machine: 'node5', state: 'running' } as TaskView;
  const ofTask = [
    event(1, 0, 'task.created'),
    event(2, 0, 'scheduler.unfit'),
    event(3, 0, 'task.state', { data: { state: 'running' } }),
    event(4, 0, 'endpoint.enabled'),
    event(5, 0, 'task.desired'),
    event(6, 0, 'container.exited'),
  ];
  it.each([
    [{ ...task, desiredState: 'running' as const }, 4, 'Why is web.2 on node5?', 3],
    [{ ...task, desiredState: 'shutdown' as const }, 6, 'Why does web.2 not run?', 5],
    [{ ...task, machine: null, desiredState: 'running' as const }, 2, 'Why is web.2 on no node yet?', 2],
  ])('task %#', (row, events, question, id) => {
    const reason = reasonOf({ kind: 'task', task: row }, ofTask.slice(0, events));
    expect([reason?.question, reason?.event.id]).toEqual([question, id]);
  });

  it("the decision takes its place in a task's chain", () => {
    const decision = event(3, 1, 'scheduler.decision');
    const created = event(2, 1, 'task.created');
    const chain = [event(1, 0), created, event(5, 1)];
    expect(withDecision(chain, [created, decision]).map((row) => row.id)).toEqual([1, 2, 3, 5]);
    // Why it ends has nothing to do with where it was put.
    expect(withDecision([event(4, 0), event(5, 4)], [created, decision]).map((row) => row.id)).toEqual([4, 5]);
    expect(withDecision([decision], [decision])).toEqual([decision]);
  });
});

describe('the filter of events', () => {
  const list = [
    event(1, 0, 'input.fault', { machine: 'node1' }),
    event(2, 1, 'raft.vote', { machine: 'node2' }),
    event(3, 1, 'task.state', { objects: ['task:t1'] }),
  ];
  const found = (filter: Partial<Parameters<typeof filterEvents>[1]>) =>
    filterEvents(list, { text: '', lane: 'all', ...filter }, (row) => `sentence ${row.id}`).map((row) => row.event.id);
  it('puts the newest first', () => expect(found({})).toEqual([3, 2, 1]));
  it('goes by lane', () => expect(found({ lane: 'raft' })).toEqual([2]));
  it('wants all words, in sentence, kind or machine', () => {
    expect(found({ text: 'Vote NODE2' })).toEqual([2]);
    expect(found({ text: 'sentence 3' })).toEqual([3]);
    expect(found({ text: 'vote node1' })).toEqual([]);
  });
  it('counts what repeats instead of showing it again', () => {
    const lost = [1, 2, 3, 4, 5].map((id) => event(id, 0, 'net.dropped'));
    const rows = filterEvents(lost, { text: '', lane: 'all' }, (row) => (row.id === 3 ? 'other' : 'lost'));
    expect(rows.map(({ event: row, times }) => [row.id, times])).toEqual([
      [5, 4],
      [3, 1],
    ]);
  });
  it('counts what every node hears of one thing as one', () => {
    const heard = [1, 2, 3].map((id) =>
      event(id, 0, 'gossip.member.suspect', { machine: `node${id}`, data: { machine: 'node9', name: 'x' } }),
    );
    const rows = filterEvents(heard, { text: '', lane: 'all' }, (row) => `${row.machine} suspects node9`);
    expect(rows.map(({ event: row, times }) => [row.id, times])).toEqual([[3, 3]]);
  });
  it('goes by object', () => expect(found({ objects: ['task:t1'] })).toEqual([3]));
  it('leaves the rooms of a packet to the hop ledger, but not where it was dropped', () => {
    const hops = [1, 2, 3].map((id) =>
      event(id, 0, 'packet.hop', { data: { result: id === 3 ? 'dropped' : 'passed' } }),
    );
    const rows = (filter: Partial<Parameters<typeof filterEvents>[1]>) =>
      filterEvents(hops, { text: '', lane: 'all', ...filter }, ({ id }) => `hop ${id}`).map((row) => row.event.id);
    expect(rows({})).toEqual([3]);
    expect(rows({ lane: 'network' })).toEqual([3, 2, 1]);
    expect(rows({ text: 'hop 1' })).toEqual([1]);
  });
});

describe('states in words', () => {
  it.each([
    ['running', 'running', 'Running'],
    ['ready', 'running', 'Ready → wants Running'],
    ['running', 'shutdown', 'Running → wants Shutdown'],
  ] as const)('task %s, wanted %s: %s', (state, desiredState, text) => {
    expect(taskStateText({ state, desiredState } as TaskView)).toBe(text);
  });
  const machine = { power: true, daemon: 'running', cable: true, isLeader: false } as MachineView;
  const node = { role: 'manager', state: 'ready', availability: 'active' } as NodeView;
  it.each([
    [machine, undefined, 'in no swarm'],
    [{ ...machine, isLeader: true }, node, 'Leader · Ready'],
    [{ ...machine, power: false }, { ...node, state: 'down' as const }, 'no power · manager · Down'],
    [{ ...machine, cable: false }, { ...node, availability: 'drain' as const }, 'cable cut · manager · Ready · Drain'],
  ])('machine %#: %s %s', (row, of, text) => {
    expect(machineStateText(row, of)).toBe(text);
  });
});

describe('whom to ask for JSON', () => {
  const leader = { name: 'node1', power: true, daemon: 'running', role: 'manager' } as MachineView;
  const snapshot = { machines: [leader], nodes: [], quorum: { leader: 'node1' } } as unknown as Snapshot;
  it('asks the leader for what the swarm keeps', () => {
    expect(jsonRequest(snapshot, { kind: 'task', task: { id: 't1' } as TaskView })).toEqual({
      host: 'node1',
      path: '/tasks/t1',
    });
  });
  it('asks a host in no swarm for itself', () => {
    const host = { name: 'node9', power: true } as MachineView;
    expect(jsonRequest(snapshot, { kind: 'machine', machine: host })).toEqual({ host: 'node9', path: '/info' });
  });
  it('says why when nobody can answer', () => {
    const none = jsonRequest({ ...snapshot, machines: [] }, { kind: 'task', task: { id: 't1' } as TaskView });
    expect(none).toEqual({ none: 'No manager runs: nobody can answer.' });
  });
});

describe("the scheduler's decision", () => {
  const decided = (data: TraceEvent['data']) => readDecision(event(1, 0, 'scheduler.decision', { data }));
  it('says who was refused, what was compared and what made the difference', () => {
    const ranking = [
      ['node2', 0, 1, 3],
      ['node5', 0, 1, 4],
    ];
    expect(
      decided({ node: 'node2', candidates: 2, filters: { Constraint: 2, Ready: 1 }, ranking, tie: false }),
    ).toEqual({
      summary: '2 fit · 3 refused',
      refusals: [
        ['Constraint', 2],
        ['Ready', 1],
      ],
      columns: ['node', 'failures', 'its service here', 'all tasks'],
      rows: [
        ['node2', '0', '1', '3'],
        ['node5', '0', '1', '4'],
      ],
      decidedBy: 3,
      note: '',
    });
  });
  it('says that chance decides between equals', () => {
    const tied = decided({
      candidates: 2,
      filters: {},
      ranking: [
        ['node1', 0, 0, 0],
        ['node2', 0, 0, 0],
      ],
      tie: true,
    });
    expect(tied).toMatchObject({ summary: '2 fit', decidedBy: null, note: 'A tie goes to chance.' });
  });
  it('has nothing to show without a ranking', () => {
    expect(decided({ node: 'node2', candidates: 5 })).toBeNull();
  });
});
