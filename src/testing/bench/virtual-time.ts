/** How much faster than real time a world runs, with every invariant looked at after every event and without. */
import { Cluster } from '../../engine/cluster.ts';
import type { Start } from '../../protocol/start.ts';
import { defaultStart, startNamed, startOfSize } from '../../scenarios/starts.ts';
import { Invariants } from '../checkers/invariants.ts';
import { optionsOfSeed, simulate } from '../simulation.ts';
import { aims, others } from './figures.ts';
import { type Measurement, milliseconds, repeat, type Section } from './measurement.ts';

const SECOND = 1_000_000;
const RUNS = 5;

export const virtualTime: Section = {
  name: 'virtual-time',
  title: 'Virtual seconds per second of wall time',
  run: () => [
    { ...underFaults(), beside: others.simulation },
    steady('5 machines (3 managers, 6 tasks), checkers on', startNamed(defaultStart)!, 1200, true),
    steady('5 machines (3 managers, 6 tasks), checkers off', startNamed(defaultStart)!, 1200, false),
    steady('5 managers, 50 tasks, checkers on', startOfSize(5, 50, 5), 600, true),
    {
      ...steady('100 machines (5 managers), 500 tasks, checkers on', startOfSize(100, 500, 5), 60, true),
      aim: undefined,
    },
    {
      ...steady('100 machines (5 managers), 500 tasks, checkers off', startOfSize(100, 500, 5), 60, false),
      aim: undefined,
    },
  ],
};

/** Worlds that are left alone: heartbeats, ticks, sessions. */
function steady(what: string, start: Start, virtualSeconds: number, checked: boolean): Measurement {
  const cluster = Cluster.create(start);
  const invariants = new Invariants(cluster);
  const values = repeat(RUNS, () => {
    const until = cluster.now + virtualSeconds * SECOND;
    const wall = milliseconds(() => (checked ? invariants.advance(until) : cluster.advance(until)));
    cluster.takeEvents();
    return (virtualSeconds * 1000) / wall;
  });
  return { what, unit: 'x', values, better: 'more', aim: aims.virtualSecondsPerSecond };
}

/** Seeds of `npm run simulate`: crashes, cuts, loss, commands, checkers on. */
function underFaults(): Measurement {
  const values = repeat(RUNS, (run) => {
    let virtual = 0;
    const wall = milliseconds(() => {
      // Even seeds have five managers; these no workers.
      for (let seed = 4; seed <= 12; seed += 4)
        virtual += simulate({ ...optionsOfSeed(seed + 12 * run), managers: 5, workers: 0 }).virtualSeconds;
    });
    return (virtual * 1000) / wall;
  });
  const what = '5 managers under faults, checkers on';
  return { what, unit: 'x', values, better: 'more', aim: aims.virtualSecondsPerSecond };
}
