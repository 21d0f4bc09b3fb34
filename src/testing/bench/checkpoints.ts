/** Keeping a world and going back to it: what scrubbing and branching cost. */
import { Cluster } from '../../engine/cluster.ts';
import type { Start } from '../../protocol/start.ts';
import { defaultStart, startNamed, startOfSize } from '../../scenarios/starts.ts';
import { type Measurement, milliseconds, repeat, type Section } from './measurement.ts';

const RUNS = 7;

export const checkpoints: Section = {
  name: 'checkpoints',
  title: 'Checkpoint and restore',
  run: () => [
    ...both('5 machines, 6 tasks, after 10 virtual minutes', startNamed(defaultStart)!),
    ...both('50 machines, 1,000 tasks, after 10 virtual minutes', startOfSize(50, 1000)),
  ],
};

function both(what: string, start: Start): Measurement[] {
  const cluster = Cluster.create(start);
  cluster.advance(cluster.now + 600_000_000);
  let checkpoint = cluster.checkpoint();
  const saved = repeat(RUNS, () =>
    milliseconds(() => {
      checkpoint = cluster.checkpoint();
    }),
  );
  const restored = repeat(RUNS, () => milliseconds(() => Cluster.restore(checkpoint)));
  return [
    { what: `checkpoint, ${what}`, unit: 'ms', values: saved, better: 'less' },
    { what: `restore, ${what}`, unit: 'ms', values: restored, better: 'less' },
  ];
}
