/**
 * Seeded lives of whole swarms: crashes, cuts and loss, users at work, clients asking; every rule checked after every event. Then
 * everything is mended, and the swarm has to come to rest, to answer, and to leave nothing behind. A failing seed says how to see
 * it again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canBeOpened, momentOf } from './simulation/moment.ts';
import type { Step } from './simulation/step.ts';
import { type FaultProfile, optionsOfSeed, replayCommand, type SimulationOptions, simulate } from './simulation.ts';

interface Totals {
  troubles: string[];
  elections: number;
  faults: number;
  commands: number;
  answers: number;
}

/** Runs seeds `from..from+count-1`, and tells of each that failed. */
function runSeeds(from: number, count: number, profile?: FaultProfile): Totals {
  const totals: Totals = { troubles: [], elections: 0, faults: 0, commands: 0, answers: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const options = optionsOfSeed(seed, profile);
    const result = simulate(options);
    for (const key of ['elections', 'faults', 'commands', 'answers'] as const) totals[key] += result[key];
    if (result.violation) totals.troubles.push(`${result.violation.message}\n  ${replayCommand(options)}`);
  }
  return totals;
}

/** Wall time, generous: test machines are shared. */
const TIMEOUT = 400_000;

describe('nothing breaks, and mended swarms come to rest and leave nothing behind', () => {
  it.each([1, 21])('all faults and all commands, 20 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, elections, faults, commands, answers } = runSeeds(from, 20);
    expect(troubles).toEqual([]);
    // They were eventful.
    expect(elections).toBeGreaterThan(100);
    expect(faults).toBeGreaterThan(800);
    expect(commands).toBeGreaterThan(400);
    expect(answers).toBeGreaterThan(100);
  });

  it.each([1])('services that are updated, scaled and rolled back, 20 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, commands } = runSeeds(from, 20, 'services');
    expect(troubles).toEqual([]);
    expect(commands).toBeGreaterThan(1000);
  });

  it.each([1])('networks and published ports on bad wires, 20 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, answers } = runSeeds(from, 20, 'network');
    expect(troubles).toEqual([]);
    expect(answers).toBeGreaterThan(300);
  });
});

describe('storms of elections, where leaders are struck as soon as they are elected', () => {
  it.each([1, 11])('10 seeds from %i', { timeout: TIMEOUT }, (from) => {
    const { troubles, elections } = runSeeds(from, 10, 'elections');
    expect(troubles).toEqual([]);
    expect(elections).toBeGreaterThan(1000);
  });
});

/** Runs that have shown mistakes of the engine, cut down to what it took; `npm run simulate` writes such files for failing seeds. */
const folder = new URL('./testdata/failing-seeds/', import.meta.url);
const kept = readdirSync(folder).map((name) => {
  const { options, steps } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Kept;
  return [name, options, steps] as const;
});

interface Kept {
  options: SimulationOptions;
  steps: Step[];
}

describe('what has failed once does not fail again', () => {
  it.each(kept)('%s', { timeout: TIMEOUT }, (_, options, steps) => {
    expect(simulate(options, steps).violation).toBeNull();
  });
});

describe('a run', () => {
  it('is a session that leads the page to the same moment', { timeout: TIMEOUT }, () => {
    expect(canBeOpened(momentOf(simulate(optionsOfSeed(2, 'network'))))).toBe(true);
  });

  it('is the same again from its steps alone, without the dice', { timeout: TIMEOUT }, () => {
    const options = optionsOfSeed(4, 'network');
    const drawn = simulate(options);
    const played = simulate(options, drawn.steps);
    expect(played.hash).toBe(drawn.hash);
  });
});
