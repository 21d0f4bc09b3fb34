/**
 * Plants every known bug in turn and runs seeds until a checker finds it; prints which invariant spoke, after which seed, event, and
 * virtual time; then the true engine runs the same seeds, and must pass.
 */
import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { optionsOfSeed, type SimulationOptions, type SimulationResult, simulate } from '../simulation.ts';
import { bundleWith, simulationWith } from './plant-bug.ts';
import type { PlantedBug } from './planted-bug.ts';
import { raftBugs } from './raft-bugs.ts';
import { swarmBugs } from './swarm-bugs.ts';
import { simulateWatched } from './watched.ts';

/** Seeds tried until a bug shows. */
export const BUDGET = 60;

export type Found = Pick<SimulationResult, 'seed' | 'violation'>;

/** The run in which the bug was found, or null if it was not within its budget. `inHaste`: the seed that it is known for comes first. */
export async function findBug(bug: PlantedBug, root: string, inHaste = false): Promise<Found | null> {
  const seeds = Array.from({ length: BUDGET }, (_, i) => i + 1);
  if (inHaste && bug.seed !== undefined) seeds.unshift(bug.seed);
  if (bug.hangs) return findHanging(bug, root, seeds);
  const broken = await simulationWith(bug, root);
  for (const seed of seeds) {
    const result = broken.simulate(optionsFor(bug, seed));
    if (result.violation) return result;
  }
  return null;
}

/** With a bug that never comes to an end each run is watched from another thread. */
async function findHanging(bug: PlantedBug, root: string, seeds: readonly number[]): Promise<Found | null> {
  const file = await bundleWith(bug, root);
  try {
    for (const seed of seeds) {
      const violation = await simulateWatched(file, optionsFor(bug, seed));
      if (violation) return { seed, violation };
    }
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}

export function optionsFor(bug: PlantedBug, seed: number): SimulationOptions {
  return { ...optionsOfSeed(seed, bug.profile), ...(bug.ignoreDisks && { ignoreDisks: true }) };
}

/** Those whose name contains `only`. Returns whether all were found by the invariants named, and the true engine passes. */
export async function findPlanted(only: string): Promise<boolean> {
  const root = resolve(dirname(process.argv[1]!), '../..');
  const bugs = [...raftBugs, ...swarmBugs].filter(({ name, source }) => `${name} ${source}`.includes(only));
  const lastSeed = new Map<PlantedBug['profile'], number>();
  let found = 0;
  for (const bug of bugs) {
    const begin = Date.now();
    const result = await findBug(bug, root);
    const wall = ((Date.now() - begin) / 1000).toFixed(1);
    const violation = result?.violation;
    const right = violation && bug.invariants.includes(violation.invariant);
    if (right) found++;
    console.log(`${right ? 'found ' : 'MISSED'} ${bug.name} (${bug.source})`);
    if (violation) {
      const { invariant, at, event } = violation;
      console.log(
        `       ${bug.profile} seed ${result.seed}, event ${event}, ${at.toFixed(3)} s, ${wall} s of wall time: ${invariant}`,
      );
      if (!right) console.log(`       expected ${bug.invariants.join(' or ')}; ${violation.message}`);
    } else console.log(`       nothing in ${BUDGET} seeds, ${wall} s of wall time`);
    lastSeed.set(bug.profile, Math.max(lastSeed.get(bug.profile) ?? 0, result?.seed ?? BUDGET));
  }
  console.log(`${found} of ${bugs.length} planted bugs found`);
  const silent = isSilent(lastSeed);
  if (silent) console.log('the true engine passes the same seeds');
  return silent && found === bugs.length;
}

function isSilent(lastSeed: ReadonlyMap<PlantedBug['profile'], number>): boolean {
  let silent = true;
  for (const [profile, last] of lastSeed)
    for (let seed = 1; seed <= last; seed++) {
      const { violation } = simulate(optionsOfSeed(seed, profile));
      if (!violation) continue;
      silent = false;
      console.log(`the true engine, ${profile} seed ${seed}: ${violation.message}`);
    }
  return silent;
}
