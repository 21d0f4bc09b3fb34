/**
 * Tests of the tests: with a bug planted in the engine the simulation must find it, by the invariant named, within a budget of
 * seeds; on the same seeds it has nothing to say about the true engine.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { optionsOfSeed, type SimulationOptions, simulate } from '../simulation.ts';
import { plant, simulationWith } from './plant-bug.ts';
import type { PlantedBug } from './planted-bug.ts';
import { raftBugs } from './raft-bugs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Seeds tried until the bug shows; the rarest, figure 8 of the paper, shows in one of five. */
const BUDGET = 60;
const TIMEOUT = 120_000;

const optionsFor = (bug: PlantedBug, seed: number): SimulationOptions => ({
  ...optionsOfSeed(seed, bug.profile),
  ignoreDisks: bug.ignoreDisks,
});

describe('a planted bug is found', () => {
  let lastNeeded = 0;

  it.each(raftBugs.map((bug) => [bug.name, bug] as const))('%s', { timeout: TIMEOUT }, async (_, bug) => {
    const broken = await simulationWith(bug, root);
    for (let seed = 1; seed <= BUDGET; seed++) {
      const { violation } = broken.simulate(optionsFor(bug, seed));
      if (!violation) continue;
      lastNeeded = Math.max(lastNeeded, seed);
      expect(bug.invariants, violation.message).toContain(violation.invariant);
      return;
    }
    expect.fail(`no violation within ${BUDGET} seeds`);
  });

  it('and the true engine passes the same seeds', { timeout: TIMEOUT }, () => {
    for (let seed = 1; seed <= lastNeeded; seed++)
      expect(simulate(optionsOfSeed(seed, 'elections')).violation, `seed ${seed}`).toBeNull();
  });
});

describe('planting', () => {
  const change = { file: 'a.ts', find: 'x > 1', replace: 'x > 0' };

  it('changes the one place', () => {
    expect(plant('if (x > 1) y();', change)).toBe('if (x > 0) y();');
  });

  it.each(['if (x > 2) y();', 'if (x > 1 || x > 10) y();'])(
    'throws if the place is not there exactly once: %s',
    (code) => {
      expect(() => plant(code, change)).toThrow('a.ts has');
    },
  );

  it('is true to the engine where nothing is changed', { timeout: TIMEOUT }, async () => {
    const bundled = await simulationWith(null, root);
    expect(bundled.simulate(optionsOfSeed(1)).hash).toBe(simulate(optionsOfSeed(1)).hash);
  });
});
