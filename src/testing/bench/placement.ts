/** Placing tasks: scheduler, store transaction and its application together, from an in-memory store, as SwarmKit's own benchmark. */
import { benchPlacement } from '../../engine/manager/scheduler/scheduler.bench.ts';
import { aims, others } from './figures.ts';
import { type Measurement, repeat, type Section } from './measurement.ts';

const RUNS = 5;

export const placement: Section = {
  name: 'placement',
  title: 'Placing tasks, scheduler and store together',
  run: () => [
    { ...place('10,000 tasks of one service on 1,000 machines', 1000, 10_000, false), aim: aims.placementMilliseconds },
    {
      ...place('10,000 tasks on 1,000 machines, one by one', 1000, 10_000, true),
      aim: aims.placementMilliseconds,
      beside: others.placement,
    },
    { ...place('1,000 tasks on 1,000 machines, one by one', 1000, 1000, true), beside: 'SwarmKit 95-131 ms' },
    { ...place('1,000 tasks of one service on 50 machines', 50, 1000, false) },
  ],
};

function place(what: string, machines: number, tasks: number, oneByOne: boolean): Measurement {
  const values = repeat(RUNS, () => benchPlacement(machines, tasks, oneByOne).milliseconds);
  return { what, unit: 'ms', values, better: 'less' };
}
