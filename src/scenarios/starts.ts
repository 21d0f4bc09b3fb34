/**
 * The worlds one can begin with, as data: the one the page opens on, those of the chooser, and any size by number
 * (`50x1000` = 50 machines, 1,000 tasks).
 */
import type { Start, StartService } from '../protocol/start.ts';

/** The start the page opens on: a running swarm with something to kill. */
export const defaultStart = 'first-swarm';

/** Most machines a start by number may have. */
export const maxMachines = 50;
/** Most tasks a start by size may have. */
export const maxTasks = 20_000;

/** `node1`, `node2`, ... on one network, as in the recordings: 192.168.99.101 upwards. */
export function hostsNamed(count: number): Start['hosts'] {
  return Array.from({ length: count }, (_, index) => ({ name: `node${index + 1}`, address: addressOf(index) }));
}

/** Addresses go on in the next /24 (of one /16) when a world has more than 150 machines. */
function addressOf(index: number): string {
  const last = index + 101;
  return `192.168.${99 + Math.floor(last / 250)}.${last < 250 ? last : (last % 250) + 1}`;
}

interface Shape {
  name: string;
  title: string;
  managers: number;
  workers: number;
  /** Hosts in no swarm, beyond managers and workers. */
  blank?: number;
  seed?: number;
  services?: StartService[];
}

function createStart(shape: Shape): Start {
  return {
    name: shape.name,
    title: shape.title,
    seed: shape.seed ?? 41,
    profile: 'docker',
    hosts: hostsNamed(shape.managers + shape.workers + (shape.blank ?? 0)),
    managers: shape.managers,
    workers: shape.workers,
    services: shape.services ?? [],
  };
}

/** The named starts, in the order of the chooser. */
export const starts: readonly Start[] = [
  createStart({
    name: 'first-swarm',
    title: 'A first swarm',
    managers: 3,
    workers: 2,
    services: [
      {
        name: 'web',
        image: 'nginx:1.26',
        replicas: 6,
        mode: 'replicated',
        publish: [{ published: 80, target: 80 }],
      },
    ],
  }),
  createStart({ name: 'blank', title: 'Blank hosts', managers: 0, workers: 0, blank: 5 }),
  createStart({ name: '1+2', title: '1 manager, 2 workers', managers: 1, workers: 2 }),
  createStart({ name: '3+2', title: '3 managers, 2 workers', managers: 3, workers: 2 }),
  createStart({ name: '5+5', title: '5 managers, 5 workers', managers: 5, workers: 5 }),
];

/** Managers that fit a swarm of so many machines: an odd number, at most 5 when nobody says otherwise. */
export function managersFor(machines: number): number {
  if (machines < 3) return machines > 0 ? 1 : 0;
  return machines < 5 ? 3 : machines < 10 ? 3 : 5;
}

/** A swarm of `machines` hosts, `managers` of them managers, with `tasks` tasks of one service `web`. */
export function startOfSize(machines: number, tasks: number, managers = managersFor(machines)): Start {
  const service: StartService = { name: 'web', image: 'nginx:1.26', replicas: tasks, mode: 'replicated' };
  const workers = machines - managers;
  return createStart({
    name: `${machines}x${tasks}`,
    title: tasks > 0 ? `${machines} machines, ${tasks} tasks` : `${managers} + ${workers} machines`,
    managers,
    workers,
    services: tasks > 0 ? [service] : [],
  });
}

/** The start with this name, or of this size (`50x1000`); null when it names nothing that exists. */
export function startNamed(name: string): Start | null {
  const named = starts.find((start) => start.name === name);
  if (named) return named;
  const size = /^(\d{1,4})x(\d{1,6})$/.exec(name);
  if (size) return sizedWithin(Number(size[1]), Number(size[2]));
  const split = /^(\d{1,2})\+(\d{1,3})$/.exec(name);
  if (!split) return null;
  const [managers, workers] = [Number(split[1]), Number(split[2])];
  if (managers < 1 || managers + workers > maxMachines) return null;
  return { ...startOfSize(managers + workers, 0, managers), name };
}

/** Sizes for measurements may pass the chooser's 50 machines. */
function sizedWithin(machines: number, tasks: number): Start | null {
  return machines >= 1 && machines <= 1000 && tasks <= maxTasks ? startOfSize(machines, tasks) : null;
}
