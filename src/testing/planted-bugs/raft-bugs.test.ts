/**
 * Tests of the tests: with a bug planted in the engine the simulation must find it, by the invariant named, within a budget of
 * seeds; on the same seeds it has nothing to say about the true engine.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type FaultProfile, optionsOfSeed, simulate } from '../simulation.ts';
import { BUDGET, findBug } from './find-planted.ts';
import { plant, simulationWith } from './plant-bug.ts';
import { raftBugs } from './raft-bugs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const TIMEOUT = 180_000;

describe('a bug planted in Raft is found', () => {
  const lastSeed = new Map<FaultProfile, number>();

  it.each(raftBugs.map((bug) => [bug.name, bug] as const))('%s', { timeout: TIMEOUT }, async (_, bug) => {
    const found = await findBug(bug, root);
    expect(found, `no violation within ${BUDGET} seeds`).not.toBeNull();
    const { seed, violation } = found!;
    lastSeed.set(bug.profile, Math.max(lastSeed.get(bug.profile) ?? 0, seed));
    expect(bug.invariants, violation?.message).toContain(violation?.invariant);
  });

  it('and the true engine passes the same seeds', { timeout: TIMEOUT }, () => {
    for (const [profile, last] of lastSeed)
      for (let seed = 1; seed <= last; seed++)
        expect(simulate(optionsOfSeed(seed, profile)).violation, `${profile} seed ${seed}`).toBeNull();
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
