/**
 * Memory over time: a world keeps a bounded history, so hours of running must not add up. Measured after collecting garbage;
 * the collector is had by a flag of V8, set while running.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Cluster } from '../../engine/cluster.ts';
import { TRACE_CAPACITY } from '../../engine/kernel/trace.ts';
import type { Start } from '../../protocol/start.ts';
import { defaultStart, startNamed } from '../../scenarios/starts.ts';
import { applyInput, type TimedInput } from '../timed-inputs.ts';
import { others } from './figures.ts';
import type { Measurement, Section } from './measurement.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;

export const heap: Section = {
  name: 'heap',
  title: `Heap of a world of 5 machines (its trace keeps at most ${TRACE_CAPACITY.toLocaleString('en-US')} events)`,
  run: () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const start = startNamed(defaultStart)!;
    return [
      ...grow('left alone', start, collect, false),
      ...grow('scaled up and down every 20 s', start, collect, true),
    ];
  },
};

/** Megabytes at the start, after one virtual hour, and what the next two add. */
function grow(what: string, start: Start, collect: () => void, busy: boolean): Measurement[] {
  const bare = megabytes(collect);
  const cluster = Cluster.create(start);
  const at: number[] = [megabytes(collect) - bare];
  for (let hour = 1; hour <= 3; hour++) {
    passHour(cluster, busy);
    at.push(megabytes(collect) - bare);
  }
  const [fresh, one, , three] = at as [number, number, number, number];
  const events = cluster.kernel.state.trace.ring.events.length;
  return [
    { what: `${what}: at the start`, unit: 'MB', values: [fresh], better: 'none' },
    { what: `${what}: after a virtual hour`, unit: 'MB', values: [one], better: 'none', beside: others.heap },
    { what: `${what}: added by the next two hours, per hour`, unit: 'MB', values: [(three - one) / 2], better: 'none' },
    { what: `${what}: events remembered after three hours`, unit: '', values: [events], better: 'none' },
  ];
}

function passHour(cluster: Cluster, busy: boolean): void {
  const end = cluster.now + HOUR;
  for (let turn = 0; cluster.now < end; turn++) {
    cluster.advance(Math.min(end, cluster.now + 20 * SECOND));
    cluster.takeReplies();
    cluster.takeEvents();
    const scale: TimedInput = {
      at: cluster.now,
      kind: 'scale',
      host: cluster.machines[0]!.name,
      service: 'web',
      replicas: turn % 2 === 0 ? 2 : 8,
    };
    if (busy) applyInput(cluster, scale);
  }
}

function megabytes(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
