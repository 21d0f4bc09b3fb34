import { describe, expect, it } from 'vitest';
import { cellState, layoutRaft } from './raft-layout.ts';
import { situations, steadySwarm } from './testing-fixture.ts';

const measure = (text: string, size: number) => text.length * size * 0.54;

describe('the ring', () => {
  it.each([1, 2, 3, 4, 5, 7, 9])('%d managers stand apart and on the stage', (managers) => {
    const snapshot = steadySwarm({ managers, workers: 2, services: [] });
    for (const [width, height] of [
      [1056, 540],
      [1480, 640],
      [390, 420],
    ] as const) {
      const scene = layoutRaft(snapshot, width, height, measure);
      expect(scene.seats).toHaveLength(managers);
      for (const [index, { center }] of scene.seats.entries()) {
        expect(center.x - scene.timer).toBeGreaterThanOrEqual(0);
        expect(center.y - scene.timer).toBeGreaterThanOrEqual(0);
        expect(center.y + scene.timer).toBeLessThanOrEqual(height);
        for (const other of scene.seats.slice(index + 1)) {
          const apart = Math.hypot(center.x - other.center.x, center.y - other.center.y);
          expect(apart).toBeGreaterThan(2 * scene.hexagon);
        }
      }
    }
  });

  it('keeps a dead manager in its seat', () => {
    expect(layoutRaft(situations.election!(), 1056, 540, measure).seats.map((seat) => seat.name)).toEqual([
      'node1',
      'node2',
      'node3',
      'node4',
      'node5',
    ]);
  });
});

describe('the votes', () => {
  it('tell what can still happen', () => {
    const [tally] = layoutRaft(situations.election!(), 1056, 540, measure).tallies;
    expect(tally).toMatchObject({
      candidate: 'node3',
      term: 7,
      needed: 3,
      yes: ['node3', 'node2'],
      no: ['node4'],
      open: ['node5'],
      silent: ['node1'],
    });
  });
});

describe('the log', () => {
  const raft = {
    ...situations.steady!().machines[0]!.raft!,
    firstIndex: 10,
    lastApplied: 40,
    commitIndex: 42,
    lastIndex: 44,
  };

  it.each([
    [9, 'compacted'],
    [10, 'applied'],
    [41, 'committed'],
    [44, 'stored'],
    [45, 'none'],
  ])('entry %d is %s', (index, state) => expect(cellState(raft, index)).toBe(state));

  it('says what each entry changes, in which term, and which are not safe yet', () => {
    const { log } = layoutRaft(situations.election!(), 1056, 540, measure);
    const rows = Object.fromEntries(log!.rows.map((row) => [row.seat.name, row.cells]));
    expect(rows.node2!.at(-2)).toEqual({ index: 43, state: 'applied', term: 3, note: 'web 3 → 5' });
    expect(rows.node4!.at(-1)).toEqual({ index: 44, state: 'stored', term: 6, note: 'web 5 → 6' });
    expect(rows.node2!.at(-1)).toMatchObject({ index: 44, state: 'none', note: '' });
    expect(log!.beyond).toEqual({ on: 1, of: 5 });
  });

  it('of a manager without power is the one it had', () => {
    const before = layoutRaft(situations.steady!(), 1056, 540, measure);
    const snapshot = situations.steady!();
    const dead = snapshot.machines.map((machine) => (machine.name === 'node2' ? { ...machine, raft: null } : machine));
    const after = layoutRaft({ ...snapshot, machines: dead }, 1056, 540, measure, before);
    expect(after.log!.rows[1]!.cells).toEqual(before.log!.rows[1]!.cells);
  });

  it('stands on a phone below the ring, with its terms', () => {
    const { log, seats, timer } = layoutRaft(situations.election!(), 390, 400, measure);
    expect(log).toMatchObject({ form: 'term', newest: expect.stringContaining('44') });
    for (const { labelAt } of seats) expect(labelAt.y).toBeLessThan(log!.box.y);
    expect(timer).toBeGreaterThan(15);
  });

  it('shows the newest entries and what the leader knows of the others', () => {
    const { log } = layoutRaft(situations.steady!(), 1056, 540, measure);
    expect(log!.first + log!.columns - 1).toBe(43);
    expect(log!.commit).toBe(43);
    expect(log!.rows.map((row) => [row.seat.name, row.match, row.next])).toEqual([
      ['node1', 43, 44],
      ['node2', null, null],
      ['node3', 43, 44],
    ]);
  });
});
