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

  it('shows the newest entries and what the leader knows of the others', () => {
    const { log } = layoutRaft(situations.steady!(), 1056, 540, measure);
    expect(log!.first + log!.columns - 1).toBe(44);
    expect(log!.commit).toBe(43);
    expect(log!.rows.map((row) => [row.seat.name, row.match, row.next])).toEqual([
      ['node1', 43, 44],
      ['node2', null, null],
      ['node3', 43, 44],
    ]);
  });
});
