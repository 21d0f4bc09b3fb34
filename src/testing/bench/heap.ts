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
const HOURS = 4;
/** How often a busy world's service is scaled: six tasks come or go each time, some 2,700 in an hour. */
const TURN = 8 * SECOND;
/** As swarm has it: a snapshot every 10,000 entries, 500 are kept behind it. */
const LOG_CAPACITY = 10_500;

export const heap: Section = {
  name: 'heap',
  title: `Heap of a world of 5 machines (kept at most: ${count(TRACE_CAPACITY)} events, ${count(LOG_CAPACITY)} log entries per manager)`,
  run: () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const start = startNamed(defaultStart)!;
    return [...grow('left alone', start, collect, false), ...grow('scaled every 8 s', start, collect, true)];
  },
};

/** Megabytes at the start, after a virtual hour, and over the next ones. */
function grow(what: string, start: Start, collect: () => void, busy: boolean): Measurement[] {
  const bare = megabytes(collect);
  const cluster = Cluster.create(start);
  const fresh = megabytes(collect) - bare;
  const hours = Array.from({ length: HOURS }, () => {
    passHour(cluster, busy);
    return megabytes(collect) - bare;
  });
  const { trace } = cluster.kernel.state;
  const fact = (name: string, value: number, unit = 'MB'): Measurement => ({
    what: `${what}: ${name}`,
    unit,
    values: [value],
    better: 'none',
  });
  return [
    fact('at the start', fresh),
    { ...fact('after a virtual hour', hours[0]!), beside: others.heap },
    fact(`highest at the end of an hour, of ${HOURS}`, Math.max(...hours)),
    fact(`after ${HOURS} virtual hours`, hours.at(-1)!),
    fact('events remembered of all there were', trace.ring.events.length, `of ${count(trace.lastId)}`),
  ];
}

function passHour(cluster: Cluster, busy: boolean): void {
  const end = cluster.now + HOUR;
  for (let turn = 0; cluster.now < end; turn++) {
    cluster.advance(Math.min(end, cluster.now + TURN));
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

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function megabytes(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
