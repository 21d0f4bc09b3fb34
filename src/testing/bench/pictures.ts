/** What a picture of the world costs, and how much of it is the very same objects as in the one before. */
import { Cluster } from '../../engine/cluster.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { startOfSize } from '../../scenarios/starts.ts';
import { others } from './figures.ts';
import { milliseconds, repeat, type Section } from './measurement.ts';

const RUNS = 50;
/** Virtual time between two pictures: one frame of a display, at real speed. */
const FRAME = 16_667;

export const pictures: Section = {
  name: 'pictures',
  title: 'snapshot() at 50 machines and 1,000 tasks',
  run: () => {
    const cluster = Cluster.create(startOfSize(50, 1000));
    const unchanged = repeat(RUNS, () => milliseconds(() => cluster.snapshot()));
    let before = cluster.snapshot();
    const shares: number[] = [];
    const moving = repeat(RUNS, () => {
      cluster.advance(cluster.now + FRAME);
      let picture = before;
      const wall = milliseconds(() => {
        picture = cluster.snapshot();
      });
      shares.push(100 * sharedRows(before, picture));
      before = picture;
      return wall;
    });
    return [
      { what: 'nothing has happened', unit: 'ms', values: unchanged, better: 'less', beside: others.snapshot },
      { what: 'a frame of 16.7 ms later', unit: 'ms', values: moving, better: 'less' },
      { what: 'rows that are the same objects as a frame before', unit: '%', values: shares, better: 'more' },
    ];
  },
};

/** Part of the rows of a picture that are objects of the one before. */
function sharedRows(before: Snapshot, after: Snapshot): number {
  const rows = ({ machines, nodes, services, tasks }: Snapshot): object[] => [
    ...machines,
    ...nodes,
    ...services,
    ...tasks,
  ];
  const known = new Set(rows(before));
  const present = rows(after);
  return present.filter((row) => known.has(row)).length / present.length;
}
