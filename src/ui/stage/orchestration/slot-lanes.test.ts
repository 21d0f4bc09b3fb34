import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../../protocol/events.ts';
import type { ServiceView, TaskView } from '../../../protocol/snapshot.ts';
import { slotLanes } from './slot-lanes.ts';

const web = { id: 's1', name: 'web', mode: 'replicated' } as ServiceView;
let lastId = 0;
const event = (at: number, kind: string, task: string | null, data: TraceEvent['data'] = {}): TraceEvent => ({
  id: ++lastId,
  at,
  kind,
  cause: 0,
  objects: [...(task ? ([`task:${task}`] as const) : []), 'service:s1'],
  data,
});
const state = (at: number, task: string, to: string, hostname: string | null = null) =>
  event(at, 'task.state', task, { state: to, hostname });
const life = (task: string, slot: number, at: number) => [
  event(at, 'task.created', task, { slot, why: 'too few' }),
  state(at + 1, task, 'pending'),
  state(at + 2, task, 'assigned', 'node2'),
  state(at + 3, task, 'preparing', 'node2'),
  state(at + 5, task, 'running', 'node2'),
];
const lanesOf = (events: TraceEvent[], tasks: Partial<TaskView>[] = [], service = web, from = 0) =>
  slotLanes({ tasks: tasks as TaskView[] }, service, events, from);
const phases = (bar: { stretches: { phase: string; from: number; to: number | null }[] } | undefined) =>
  bar?.stretches.map(({ phase, from, to }) => `${phase} ${from}-${to ?? ''}`);

describe('a slot as a lane', () => {
  it('has its task from plan to running', () => {
    const { lanes } = lanesOf(life('t1', 3, 10));
    expect(lanes).toHaveLength(1);
    expect(lanes[0]).toMatchObject({ key: '3', label: 'web.3', isChanging: false });
    expect(lanes[0]!.bars[0]).toMatchObject({ task: 't1', machine: 'node2', end: null, why: 'too few' });
    expect(phases(lanes[0]!.bars[0])).toEqual([
      'planned 10-11',
      'planned 11-12',
      'planned 12-13',
      'working 13-15',
      'running 15-',
    ]);
  });

  it('shows the old one stop before the new one starts', () => {
    const { lanes, marks } = lanesOf([
      ...life('t1', 1, 10),
      event(30, 'service.updated', null, { name: 'web', image: 'nginx:2' }),
      event(31, 'task.created', 't2', { slot: 1 }),
      event(31, 'task.desired', 't1', { to: 'shutdown' }),
      state(34, 't1', 'shutdown', 'node2'),
    ]);
    const [old, next] = lanes[0]!.bars;
    expect(phases(old)?.slice(-2)).toEqual(['running 15-31', 'stopping 31-34']);
    expect(old).toMatchObject({ end: { state: 'shutdown', at: 34 }, isNew: false });
    expect(next).toMatchObject({ isNew: true, isBeside: true });
    expect(lanes[0]!.isChanging).toBe(true);
    expect(marks.map(({ text }) => text)).toEqual(['changed: image']);
  });

  it('tells a new number of replicas from a new spec', () => {
    const { lanes } = lanesOf([
      ...life('t1', 1, 10),
      event(30, 'service.updated', null, { name: 'web', replicas: { from: 1, to: 2 } }),
    ]);
    expect(lanes[0]!.bars[0]!.isNew).toBe(true);
  });

  it('has what failed and what came for it', () => {
    const { lanes } = lanesOf([...life('t1', 1, 10), state(20, 't1', 'failed', 'node2'), ...life('t2', 1, 25)]);
    expect(lanes[0]!.bars.map(({ end, isBeside }) => [end?.state ?? null, isBeside])).toEqual([
      ['failed', false],
      [null, false],
    ]);
  });

  it('of a global service are the machines', () => {
    const { lanes } = lanesOf(life('t1', 0, 10), [], { ...web, mode: 'global' } as ServiceView);
    expect(lanes[0]).toMatchObject({ key: 'node2', label: 'node2' });
  });

  it('are in the order of their numbers, without those that ended before', () => {
    const { lanes } = lanesOf(
      [...life('t10', 10, 1), ...life('t2', 2, 1), ...life('t1', 1, 1), state(20, 't1', 'failed')],
      [],
      web,
      50,
    );
    expect(lanes.map(({ key }) => key)).toEqual(['2', '10']);
  });

  it('know of tasks that were there before anything is remembered', () => {
    const row = {
      id: 't1',
      serviceId: 's1',
      slot: 1,
      machine: 'node1',
      createdAt: 2,
      state: 'running',
      since: 6,
    } as const;
    expect(phases(lanesOf([], [row]).lanes[0]!.bars[0])).toEqual(['planned 2-6', 'running 6-']);
  });
});
