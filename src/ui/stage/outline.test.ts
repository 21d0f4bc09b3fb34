import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../protocol/events.ts';
import { layoutScene } from './layout.ts';
import { keyAction, linesOf } from './outline.tsx';
import { situations } from './testing-fixture.ts';

const measure = (text: string, size: number) => text.length * size * 0.54;
const snapshot = situations['node-down']!();
const scene = layoutScene(snapshot, { width: 1056, height: 392, zoom: 1, measure }, snapshot.now, null);
const open = (...refs: string[]) =>
  new Set(['outline:machines', 'outline:waiting', 'outline:services', ...refs] as ObjectRef[]);

describe('the outline', () => {
  it('says every machine, its state, its tasks, what waits and what is served', () => {
    const labels = linesOf(scene, open('machine:node6')).map((line) => `${'  '.repeat(line.level - 1)}${line.label}`);
    expect(labels).toEqual([
      'Machines, 7',
      '  node1, manager, term 3, 5 tasks',
      '  node2, manager, Leader, term 3, 5 tasks',
      '  node3, manager, term 3, 4 tasks',
      '  node4, worker, 3 tasks',
      '  node5, worker, 3 tasks',
      '  node6, worker, Down, no power since 0:42.62, 3 tasks',
      '    web.6, lost, last seen running, wants shutdown, replaced on node2',
      '    api.4, lost, last seen running, wants shutdown',
      '    thumb.1, lost, last seen running, wants shutdown, replaced on node1',
      '  node7, worker, 4 tasks',
      'Waiting for a machine, 1',
      '  api.4, pending',
      'Services, 4',
      '  web, replicated, 8 of 9 running, web:1.0',
      '  api, replicated, 5 of 6 running, api:1.0',
      '  queue, replicated, 4 of 4 running, queue:1.0',
      '  thumb, replicated, 4 of 5 running, thumb:1.0',
    ]);
  });

  const lines = linesOf(scene, open());
  it.each([
    ['ArrowDown', 0, { kind: 'go', ref: 'machine:node1' }],
    ['ArrowUp', 1, { kind: 'go', ref: 'outline:machines' }],
    ['Home', 3, { kind: 'go', ref: 'outline:machines' }],
    ['ArrowRight', 1, { kind: 'toggle', open: true }],
    ['ArrowLeft', 1, { kind: 'go', ref: 'outline:machines' }],
    ['ArrowLeft', 0, { kind: 'toggle', open: false }],
    ['Enter', 1, { kind: 'menu' }],
    ['Enter', 0, { kind: 'toggle', open: false }],
    ['x', 1, null],
  ])('%s on line %d', (key, index, action) => {
    expect(keyAction({ key, shiftKey: false }, lines[index]!, lines, index)).toEqual(action);
  });
});
