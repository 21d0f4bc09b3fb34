/** Many short random lives of small clusters; the seed in a failing test's name brings the same life back. */
import { describe, expect, test } from 'vitest';
import { type SimulationResult, simulate } from './testing-simulation.ts';

const SEEDS = 400;
const STEPS = 3000;

describe('five safety properties hold under loss, reordering, duplication and crashes, and the cluster converges after', () => {
  const total: SimulationResult = { elections: 0, committed: 0, crashes: 0, changes: 0, snapshotsInstalled: 0 };

  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i', (seed) => {
    const result = simulate(seed, STEPS);
    for (const key of Object.keys(total) as (keyof SimulationResult)[]) total[key] += result[key];
  });

  test('and the lives were eventful', () => {
    expect(total.elections).toBeGreaterThan(SEEDS * 3);
    expect(total.committed).toBeGreaterThan(SEEDS * 10);
    expect(total.crashes).toBeGreaterThan(SEEDS);
    expect(total.changes).toBeGreaterThan(SEEDS / 10);
    expect(total.snapshotsInstalled).toBeGreaterThan(SEEDS / 10);
  });

  test('the same seed lives the same life', () => {
    expect(simulate(7, STEPS)).toEqual(simulate(7, STEPS));
  });
});
