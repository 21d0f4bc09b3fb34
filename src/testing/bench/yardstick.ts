/**
 * The machine itself: a loop that does always the same. Held against what it gave when the machine was quiet, it tells how much the
 * other numbers suffer from neighbours.
 */
import { loadavg } from 'node:os';
import { type PendingEvent, popEvent, pushEvent } from '../../engine/kernel/event-queue.ts';
import { others } from './figures.ts';
import { milliseconds, repeat, type Section } from './measurement.ts';

const RUNS = 9;
const WAITING = 1000;
const OPERATIONS = 300_000;

export const yardstick: Section = {
  name: 'yardstick',
  title: 'How quiet the machine is',
  run: () => [
    {
      what: 'event queue, pop and push, 1,000 waiting',
      unit: 'M per s',
      values: rates(),
      better: 'more',
      beside: others.queue,
    },
    {
      what: 'others that want a core (load average)',
      unit: '',
      values: [loadavg()[0]!],
      better: 'none',
      beside: '0 when quiet',
    },
  ],
};

function rates(): number[] {
  return repeat(RUNS, () => {
    const heap: PendingEvent[] = [];
    let seq = 0;
    let state = 1;
    const later = (at: number): PendingEvent => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return { at: at + (state >>> 12), seq: ++seq, kind: 'tick', cause: 0, owner: 'world', life: 0, data: null };
    };
    for (let i = 0; i < WAITING; i++) pushEvent(heap, later(0));
    const wall = milliseconds(() => {
      for (let i = 0; i < OPERATIONS; i++) pushEvent(heap, later(popEvent(heap)!.at));
    });
    return OPERATIONS / 1000 / wall;
  });
}
