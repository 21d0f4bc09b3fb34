import { describe, expect, it } from 'vitest';
import { clusterTargets, indexTargets } from './hit-test.ts';
import { layoutScene } from './layout.ts';
import { situations } from './testing-fixture.ts';

const measure = (text: string, size: number) => text.length * size * 0.54;

describe('what lies under the pointer', () => {
  const index = indexTargets([
    { ref: 'machine:a', box: { x: 0, y: 0, w: 300, h: 150 } },
    { ref: 'task:1', box: { x: 20, y: 50, w: 48, h: 48 } },
    { ref: 'task:2', box: { x: 76, y: 50, w: 48, h: 48 } },
    { ref: 'machine:tile', box: { x: 400, y: 0, w: 60, h: 40 } },
    { ref: 'task:3', box: { x: 404, y: 4, w: 8, h: 8 } },
  ]);

  it.each([
    [30, 60, 'task:1'],
    [76, 50, 'task:2'],
    [70, 60, 'machine:a'],
    [10, 10, 'machine:a'],
    [406, 6, 'task:3'],
    [450, 30, 'machine:tile'],
    [350, 60, null],
  ])('at %d, %d: %s', (x, y, ref) => expect(index.at(x, y)?.ref ?? null).toBe(ref));

  it('small things are wider for a finger, the nearest first', () => {
    expect(index.at(71, 60, 8)?.ref).toBe('task:1');
    expect(index.at(74, 60, 8)?.ref).toBe('task:2');
  });

  it.each(['steady', 'big', 'huge'])('%s: every square is found at its centre', (name) => {
    const snapshot = situations[name]!();
    const scene = layoutScene(snapshot, { width: 1056, height: 392, zoom: 1, measure }, snapshot.now, null);
    const targets = clusterTargets(scene);
    const found = indexTargets(targets);
    const tasks = targets.filter(({ ref }) => ref.startsWith('task:')).slice(0, 2000);
    const missed = tasks.filter(({ ref, box }) => found.at(box.x + box.w / 2, box.y + box.h / 2)?.ref !== ref);
    expect(missed).toEqual([]);
    expect(tasks.length).toBeGreaterThan(20);
  });
});
