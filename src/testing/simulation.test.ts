/**
 * Seeded lives of whole clusters: crashes, cuts and loss with Raft's safety properties, the disks' promises and the tasks' rules
 * checked after every event; then everything is mended, and the cluster has to come to rest. A failing seed says how to see it
 * again.
 */
import { describe, expect, it } from 'vitest';
import { type FaultProfile, optionsOfSeed, replayCommand, simulate } from './simulation.ts';

/** Runs seeds `from..from+count-1`, and tells of each that failed. */
function runSeeds(
  from: number,
  count: number,
  profile?: FaultProfile,
): { troubles: string[]; elections: number; faults: number } {
  const troubles: string[] = [];
  let elections = 0;
  let faults = 0;
  for (let seed = from; seed < from + count; seed++) {
    const options = optionsOfSeed(seed, profile);
    const result = simulate(options);
    elections += result.elections;
    faults += result.faults;
    if (result.violation) troubles.push(`${result.violation.message}\n  ${replayCommand(options)}`);
  }
  return { troubles, elections, faults };
}

const TIMEOUT = 180_000;

describe('200 seeds of 10 virtual minutes with crashes, cuts and loss: nothing breaks, and mended clusters converge', () => {
  it.each([1, 51, 101, 151])('50 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, elections, faults } = runSeeds(from, 50);
    expect(troubles).toEqual([]);
    // They were eventful.
    expect(elections).toBeGreaterThan(500);
    expect(faults).toBeGreaterThan(1000);
  });
});

describe('storms of elections, where leaders are struck as soon as they are elected', () => {
  it.each([1, 11, 21])('10 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, elections } = runSeeds(from, 10, 'elections');
    expect(troubles).toEqual([]);
    expect(elections).toBeGreaterThan(1000);
  });
});
