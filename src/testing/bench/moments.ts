/** Going back: how soon any moment of the last hour, and of the last day, is there. */
import type { Checkpoint } from '../../engine/checkpoint.ts';
import { Cluster } from '../../engine/cluster.ts';
import { Random, seedStream } from '../../engine/kernel/random.ts';
import { defaultStart, startNamed } from '../../scenarios/starts.ts';
import { TimeTravel } from '../../worker/time-travel.ts';
import { type Measurement, milliseconds, type Section } from './measurement.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const LOOKS = 40;

export const moments: Section = {
  name: 'moments',
  title: 'Moments of a world of 5 machines',
  run: () => [
    ...looks('the last hour, with a failure every minute', HOUR, 1, 100),
    ...looks('the last day, with one every half hour', 24 * HOUR, 30, 1000),
  ],
};

function looks(what: string, length: number, everyMinutes: number, aim: number): Measurement[] {
  const { travel, world } = lived(length, everyMinutes);
  const dice = new Random(seedStream(41, 'moments'));
  const found: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const at = world.now - dice.int(length);
    travel.lookNow();
    found.push(
      milliseconds(() => {
        travel.look({ at });
        travel.shown.snapshot();
      }),
    );
  }
  const kept = [travel.branch.history.size];
  return [
    { what: `a moment of ${what}`, unit: 'ms', values: found, better: 'less', aim },
    { what: `moments kept of ${what}`, unit: '', values: kept, better: 'none' },
  ];
}

/** A world that has lived so long: now and then a container crashes, or a machine loses its power for a while. */
function lived(length: number, everyMinutes: number): { travel: TimeTravel; world: Cluster } {
  const start = startNamed(defaultStart)!;
  const world = Cluster.create(start);
  const travel = new TimeTravel(start, world, (checkpoint) => Cluster.restore(checkpoint as Checkpoint));
  const { recording } = travel.branch;
  const fault = (given: Parameters<Cluster['fault']>[0]): void => {
    if (world.fault(given).ok) recording.note(world, { kind: 'fault', fault: given });
  };
  const machines = start.hosts.map(({ name }) => name);
  for (let minute = 0; minute * 60 * SECOND < length; minute++) {
    const turn = minute / everyMinutes;
    const machine = machines[turn % machines.length]!;
    if (turn % 10 === 4) fault({ kind: 'power-off', machine });
    else if (turn % 10 === 5) for (const name of machines) fault({ kind: 'power-on', machine: name });
    else if (Number.isInteger(turn)) {
      const containers = [...(world.machine(machine)?.containers() ?? [])];
      const container = containers.find(({ state }) => state === 'running')?.id;
      if (container) fault({ kind: 'container-crash', machine, container, exitCode: 1 });
    }
    for (let step = 0; step < 12; step++) {
      world.advance(world.now + 5 * SECOND);
      world.takeReplies();
      travel.keep(() => 0);
    }
  }
  return { travel, world };
}
