import { describe, expect, it } from 'vitest';
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { aboutSelection } from './about.ts';
import { axisStep, endX, eventAtPoint, spanFor, timeToX } from './draw-lanes.ts';
import { lossesIn, lossText } from './losses.ts';
import { shortLabel } from './short-label.ts';

const view = { width: 1440, height: 132, now: 60e6, end: 60e6, span: 30e6, compact: false };
const event = (id: number, at: number, kind: string, data = {}): TraceEvent => ({
  id,
  at,
  kind,
  cause: 0,
  objects: [],
  data,
});
const names = { task: () => undefined, service: () => undefined, node: () => undefined };

describe('the time axis', () => {
  it.each([
    [30e6, 1250, 5e6, 0],
    [1e6, 1250, 0.1e6, 1],
    [0.24e6, 1250, 20_000, 2],
    [3600e6, 1250, 300e6, 0],
  ])('a span of %d µs on %d px has a number every %d µs', (span, width, step, decimals) => {
    expect(axisStep(span, width)).toEqual({ step, decimals });
  });
  it('puts now at the playhead and the span at the left edge', () => {
    expect(timeToX(view.now, view)).toBe(endX(view));
    expect(timeToX(view.now - view.span, view)).toBe(112);
  });
  it('shows less time when time is slow', () => {
    expect(spanFor(1)).toBe(30e6);
    expect(spanFor(0.01)).toBeLessThan(2e6);
    expect(spanFor(1000)).toBeGreaterThan(1800e6);
  });
});

describe('the event under the pointer', () => {
  const events = [event(1, 50e6, 'raft.append'), event(2, 50.05e6, 'raft.leader'), event(3, 50e6, 'net.dropped')];
  const x = timeToX(50e6, view);
  it.each([
    ['in its lane', 56, 1],
    ['in another lane', 120, 3],
    ['on the axis', 8, null],
  ])('%s', (_, y, id) => {
    expect(
      eventAtPoint(
        events.filter((row) => row.id !== 2),
        view,
        x,
        y,
      )?.id ?? null,
    ).toBe(id);
  });
  it('is none beside the marks', () => {
    expect(eventAtPoint(events, view, x + 60, 56)).toBeNull();
  });
});

describe('labels', () => {
  it.each([
    [event(1, 0, 'input.fault', { kind: 'power-off', machine: 'node1' }), 'power off: node1'],
    [event(1, 0, 'input.request', { command: 'docker service ls' }), 'docker service ls'],
    [event(1, 0, 'input.request', { method: 'GET', path: '/nodes' }), 'GET /nodes'],
    [event(1, 0, 'node.state', { state: 'down', hostname: 'node6' }), 'node6 is Down'],
    [
      event(1, 0, 'input.request', { command: 'docker service create --name web --replicas 4 nginx' }),
      'docker service create --name web --re…',
    ],
  ])('%#: %s', (told, label) => {
    expect(shortLabel(told, names)).toBe(label);
  });
});

describe('what is about the selected thing', () => {
  const snapshot = {
    machines: [{ name: 'node1', nodeId: 'n1', containers: [] }],
    nodes: [{ id: 'n1', machine: 'node1' }],
    tasks: [{ id: 't1', serviceId: 's1', containerId: 'c1' }],
    services: [{ id: 's1' }],
  } as unknown as Snapshot;
  const about = (selection: ObjectRef, ...objects: ObjectRef[]) =>
    aboutSelection(snapshot, selection)?.({ ...event(1, 0, 'x'), objects });
  it.each<[ObjectRef, ObjectRef, boolean]>([
    ['machine:node1', 'machine:node1', true],
    ['machine:node1', 'node:n1', true],
    ['node:n1', 'machine:node1', true],
    ['machine:node1', 'machine:node2', false],
    ['task:t1', 'container:c1', true],
    ['service:s1', 'task:t1', true],
    ['service:s2', 'task:t1', false],
  ])('%s: an event of %s: %s', (selection, object, expected) => {
    expect(about(selection, object)).toBe(expected);
  });
  it('is not asked when nothing, or an event, is selected', () => {
    expect(aboutSelection(snapshot, null)).toBeNull();
    expect(aboutSelection(snapshot, 'event:5')).toBeNull();
  });
});

describe('lost messages', () => {
  const lost = (seconds: number, reason: string) => event(seconds, seconds * 1e6, 'net.dropped', { reason });
  const dead = 'node1 has no power';
  const told = (events: TraceEvent[], from: number, now: number) =>
    lossesIn(events, from, now * 1e6, 30e6).map((losses) => [lossText(losses), losses.first / 1e6, losses.last / 1e6]);

  it('are one stretch while they are lost for one reason, one soon after the other', () => {
    const events = [
      lost(1, dead),
      lost(2, dead),
      event(3, 2.5e6, 'node.state'),
      lost(3, 'loss'),
      lost(4, dead),
      lost(20, dead),
    ];
    expect(told(events, 0, 21)).toEqual([
      [`${dead}: 3 lost`, 1, 4],
      ['loss: 1 lost', 3, 3],
      [`${dead}: 1 lost`, 20, 20],
    ]);
  });
  it('are counted from before what is shown', () => {
    const events = Array.from({ length: 60 }, (_, second) => lost(second, dead));
    expect(told(events, 30, 59)).toEqual([[`${dead}: 60 lost`, 0, 59]]);
    expect(told(events, 60, 120)).toEqual([]);
  });
});
