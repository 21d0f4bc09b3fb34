import { describe, expect, it } from 'vitest';
import { timerArcs, timerText } from './election-timer.ts';
import { Flights, flightState, LOST_MICROS, STREAK_MS } from './flights.ts';
import { messageSentence, shapeOf } from './message-shapes.ts';
import { measured, pointAt, routeBetween, type Stop } from './routes.ts';
import type { Box } from './scene.ts';
import { messageOf, steadySwarm } from './testing-fixture.ts';

describe('shapes of messages', () => {
  it.each([
    ['raft.vote-request', 'ballot', true],
    ['raft.heartbeat', 'beat', false],
    ['raft.append', 'envelope', true],
    ['raft.append-reply', 'half-disc', true],
    ['raft.snapshot', 'crate', true],
    ['raft.forward', 'triangle', true],
    ['dispatcher.heartbeat', 'dot', true],
    ['dispatcher.assignments', 'slip', true],
    ['dispatcher.status', 'flag', true],
    ['something.new', 'dot', true],
    ['something.new-reply', 'half-disc', true],
  ] as const)('%s is a %s', (kind, form, filled) => {
    expect(shapeOf({ kind })).toMatchObject({ form, filled });
  });

  it('counts entries on the envelope and answers on the half-disc', () => {
    expect(shapeOf({ kind: 'raft.append', note: '3 entries' }).text).toBe('3');
    expect(shapeOf({ kind: 'raft.vote-reply', ok: true }).answer).toBe('yes');
    expect(shapeOf({ kind: 'raft.vote-reply', ok: false }).answer).toBe('no');
    expect(shapeOf({ kind: 'raft.vote-request', ok: true }).answer).toBeNull();
  });

  it('are told in words', () => {
    const message = messageOf('raft.vote-reply', 'node4', 'node3', 0, 10, { term: 7, ok: false, note: 'log behind' });
    expect(messageSentence(message)).toBe('node4 → node3: vote, term 7, no, log behind');
  });
});

describe('a flight', () => {
  const flightOf = (departs: number, arrives: number, more = {}) => {
    const message = messageOf('raft.append', 'node1', 'node2', departs, arrives, more);
    return { message, shape: shapeOf(message), seenAt: 5000, steady: false };
  };

  it.each([
    [0, 'waiting', undefined],
    [1_000_000, 'flying', 0],
    [1_500_000, 'flying', 0.5],
    [2_000_000, 'over', undefined],
  ])('at %d µs it is %s (%s of the way)', (now, phase, share) => {
    const state = flightState(flightOf(1_000_000, 2_000_000), now, 5000, 1);
    expect([state.phase, 'share' in state ? state.share : undefined]).toEqual([phase, share]);
  });

  it('too short to be seen leaves a streak for a moment of wall time', () => {
    const flight = flightOf(1_000_000, 1_000_500);
    expect(flightState(flight, 2_000_000, 5000 + STREAK_MS / 2, 1)).toEqual({ phase: 'streak', strength: 0.5 });
    expect(flightState(flight, 2_000_000, 5000 + STREAK_MS, 1).phase).toBe('over');
  });

  it('is followed when time is slow enough, and stands while time stands', () => {
    const flight = flightOf(1_000_000, 1_000_500);
    expect(flightState(flight, 1_000_250, 99_999, 0.001)).toMatchObject({ phase: 'flying', share: 0.5 });
    expect(flightState(flight, 1_000_250, 99_999, 0)).toMatchObject({ phase: 'flying', share: 0.5 });
  });

  it('lost on the way leaves a ghost there for a virtual second', () => {
    const flight = flightOf(1_000_000, 2_000_000, { dropped: { at: 1_250_000, reason: 'cable cut' } });
    expect(flightState(flight, 1_200_000, 0, 1).phase).toBe('flying');
    expect(flightState(flight, 1_750_000, 0, 1)).toMatchObject({ phase: 'lost', share: 0.25, strength: 1 });
    expect(flightState(flight, 1_250_000 + LOST_MICROS, 0, 1).phase).toBe('over');
  });

  it('is kept until it is over, though the picture has it no more, and does not begin again', () => {
    const flights = new Flights();
    const message = messageOf('raft.append', 'node1', 'node2', 0, 1_000_000, {
      dropped: { at: 500_000, reason: 'loss' },
    });
    flights.take([message], 0, 1);
    flights.take([], 10, 1);
    expect(flights.sweep(600_000, 20, 1)).toBe(true);
    expect(flights.sweep(2_000_000, 30, 1)).toBe(false);
    flights.take([message], 40, 1);
    expect(flights.live.size).toBe(0);
  });

  it('follows another of its kind on the same lane: one is drawn, and where they come fast it stays lit', () => {
    const flights = new Flights();
    const beat = (at: number) => messageOf('raft.heartbeat', 'node1', 'node2', at, at + 300);
    const strengths = [];
    for (let wall = 0; wall < 2000; wall += 100) {
      flights.take([beat(wall * 10_000)], wall, 10);
      flights.sweep(wall * 10_000, wall + 90, 10);
      expect(flights.live.size).toBe(1);
      const [flight] = flights.live.values();
      const state = flightState(flight!, wall * 10_000, wall + 90, 10);
      strengths.push('strength' in state ? state.strength : 0);
    }
    expect(strengths.slice(1).every((strength) => strength === 0.5)).toBe(true);
    expect(flights.sweep(20_000_000_000, 5000, 10)).toBe(false);
  });

  it('of which thousands come at once leaves a bounded number', () => {
    const flights = new Flights();
    const many = Array.from({ length: 5000 }, (_, id) => ({
      ...messageOf('raft.heartbeat', `node${id % 70}`, `node${id % 90}x`, 0, 300),
      id,
    }));
    flights.take(many, 0, 1000);
    expect(flights.live.size).toBeLessThanOrEqual(80);
    expect(flights.live.size).toBeGreaterThan(40);
  });
});

describe('routes', () => {
  const stop = (x: number, y: number, row: number, manager: boolean): Stop => ({
    box: { x, y, w: 200, h: 100 },
    row,
    manager,
    gap: 12,
  });
  const [left, right] = [stop(0, 40, 0, true), stop(500, 40, 0, true)];
  const [near, far] = [stop(100, 180, 1, false), stop(312, 300, 2, false)];
  const room = { arcRoom: 40, corridorY: 160, lane: 3 };
  const holds = (box: Box, { x, y }: { x: number; y: number }) =>
    x > box.x + 1 && x < box.x + box.w - 1 && y > box.y + 1 && y < box.y + box.h - 1;

  it('begin at one machine and end at the other, each direction on its own lane', () => {
    for (const [a, b] of [
      [left, right],
      [left, near],
      [left, far],
    ] as const) {
      const there = routeBetween(a, b, room);
      const back = routeBetween(b, a, room);
      expect(there.points[0]).not.toEqual(back.points.at(-1));
      expect(pointAt(there, 0.5)).not.toMatchObject({ x: pointAt(back, 0.5).x, y: pointAt(back, 0.5).y });
    }
  });

  it('cover no machine, and arcs stay on the stage', () => {
    const boxes = [left, right, near, far, stop(100, 300, 2, false)].map(({ box }) => box);
    for (const route of [
      routeBetween(left, right, room),
      routeBetween(right, near, room),
      routeBetween(left, far, room),
    ]) {
      for (const point of route.points) {
        expect(boxes.some((box) => holds(box, point))).toBe(false);
        expect(point.y).toBeGreaterThan(0);
      }
    }
  });

  it('are gone evenly', () => {
    const route = measured([
      { x: 0, y: 0 },
      { x: 30, y: 0 },
      { x: 30, y: 10 },
    ]);
    expect(pointAt(route, 0.5)).toMatchObject({ x: 20, y: 0 });
    expect(pointAt(route, 0.875)).toMatchObject({ x: 30, y: 5 });
    expect(pointAt(route, 1)).toMatchObject({ x: 30, y: 10 });
  });
});

describe('the election timer', () => {
  const second = 1_000_000;
  const raft = {
    ...steadySwarm({ managers: 3, workers: 0, services: [] }).machines[0]!.raft!,
    electionTimerStarted: 0,
    electionTimeout: 16 * second,
    electionTimeoutBase: 10 * second,
  };
  const degrees = (radians: number) => Math.round((radians * 180) / Math.PI);

  it.each([
    [0, 10, [180, 288], '0.0 of 16 s'],
    [4.5, 6, [180, 288], '4.5 of 16 s'],
    [13.5, 0, [243, 288], '13.5 of 16 s'],
    [16, 0, null, '16.0 of 16 s'],
  ])('after %d s: %d marks left, tail %j', (seconds, marks, tail, text) => {
    const arcs = timerArcs(raft, seconds * second)!;
    expect(arcs.marks).toHaveLength(marks);
    expect(arcs.tail?.map(degrees) ?? null).toEqual(tail);
    expect(timerText(arcs)).toBe(text);
  });

  it('does not run on a leader', () => expect(timerArcs({ ...raft, role: 'leader' }, 0)).toBeNull());

  it('counts in milliseconds where elections are short', () => {
    const short = { ...raft, electionTimeout: 233_000, electionTimeoutBase: 150_000 };
    expect(timerText(timerArcs(short, 120_000)!)).toBe('120 of 233 ms');
  });
});
