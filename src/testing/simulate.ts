/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--minutes M] [--managers K] [--workers W] [--profile NAME] [--out DIR] [--whole]`: seeded
 * runs with faults and checkers. A failing seed prints what broke, when, and the command that shows it again, and is cut down to a
 * short script, which is printed and kept as a session that the page opens (`--whole`: not cut down). Exit 1 if any failed.
 *
 * `npm run simulate -- --planted [--only TEXT]`: plants every known bug in turn, and prints after which seed, event and time it was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { findPlanted } from './planted-bugs/find-planted.ts';
import { canBeOpened, linkOf, momentOf } from './simulation/moment.ts';
import { shrink } from './simulation/shrink.ts';
import { describeStep } from './simulation/step.ts';
import {
  type FaultProfile,
  optionsOfSeed,
  PROFILES,
  replayCommand,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from './simulation.ts';

const USAGE = `usage: npm run simulate -- [--seeds N] [--from SEED] [--minutes M] [--managers K] [--workers W]
                           [--profile ${PROFILES.join('|')}] [--out DIR] [--whole]
       npm run simulate -- --planted [--only TEXT]`;

/** Wall time for cutting one failing seed down. */
const SHRINK_MS = 60_000;

interface Flags {
  numbers: Partial<Record<'seeds' | 'from' | 'minutes' | 'managers' | 'workers', number>>;
  profile?: FaultProfile;
  out: string;
  whole: boolean;
  planted: boolean;
  only: string;
}

function readFlags(args: readonly string[]): Flags | null {
  const flags: Flags = { numbers: {}, out: 'test-results/simulate', whole: false, planted: false, only: '' };
  for (let i = 0; i < args.length; i++) {
    const name = args[i]!;
    if (name === '--whole') flags.whole = true;
    else if (name === '--planted') flags.planted = true;
    else {
      const value = args[++i];
      if (value === undefined) return null;
      const number = /^--(seeds|from|minutes|managers|workers)$/.exec(name)?.[1] as keyof Flags['numbers'] | undefined;
      if (number && /^\d+(\.\d+)?$/.test(value)) flags.numbers[number] = Number(value);
      else if (name === '--profile' && (PROFILES as readonly string[]).includes(value))
        flags.profile = value as FaultProfile;
      else if (name === '--out') flags.out = value;
      else if (name === '--only') flags.only = value;
      else return null;
    }
  }
  return flags;
}

async function runSeeds(flags: Flags): Promise<boolean> {
  const { seeds = 200, from = 1, ...size } = flags.numbers;
  const started = process.cpuUsage();
  const begin = Date.now();
  const totals = { virtual: 0, events: 0, faults: 0, commands: 0, requests: 0, answers: 0, elections: 0 };
  let failed = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const options = { ...optionsOfSeed(seed, flags.profile), ...size };
    const result = simulate(options);
    totals.virtual += result.virtualSeconds;
    for (const key of ['events', 'faults', 'commands', 'requests', 'answers', 'elections'] as const)
      totals[key] += result[key];
    if (!result.violation) continue;
    failed++;
    await explain(options, result, flags);
  }
  const wall = (Date.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(started);
  const busy = (user + system) / 1e6;
  const { virtual, events, faults, commands, requests, answers, elections } = totals;
  console.log(
    `${seeds} seeds, ${Math.round(virtual)} virtual seconds, ${events} events, ${faults} faults, ${commands} commands, ` +
      `${requests} requests (${answers} answered), ${elections} elections`,
  );
  console.log(
    `in ${wall.toFixed(1)} s: ${Math.round(virtual / wall)} virtual seconds per second, ${Math.round(virtual / busy)} per second of processor time`,
  );
  console.log(`${seeds - failed} passed, ${failed} failed`);
  return failed === 0;
}

/** What broke, how to see it again, and the shortest script that was found for it. */
async function explain(options: SimulationOptions, result: SimulationResult, { out, whole }: Flags): Promise<void> {
  const { message, at, event } = result.violation!;
  console.log(
    `seed ${options.seed}: ${message}\n  at ${at.toFixed(6)} s, event ${event}\n  again: ${replayCommand(options)}`,
  );
  const shrunk = whole ? null : shrink(options, result, SHRINK_MS);
  if (shrunk) {
    const { violation } = shrunk.result;
    console.log(
      `  ${result.steps.length} steps cut down to ${shrunk.steps.length} in ${shrunk.runs} runs; then it breaks at ${violation!.at.toFixed(6)} s:`,
    );
    for (const step of shrunk.steps) console.log(`    ${describeStep(step)}`);
    console.log(`  ${violation!.message}`);
  }
  const folder = resolve(out);
  mkdirSync(folder, { recursive: true });
  const name = `${options.profile ?? 'mixed'}-${options.seed}`;
  const script = join(folder, `${name}.steps.json`);
  const { minutes } = shrunk ?? options;
  writeFileSync(script, JSON.stringify({ options: { ...options, minutes }, steps: (shrunk ?? result).steps }, null, 1));
  console.log(
    `  to keep it as a test, put this into src/testing/testdata/failing-seeds: ${relative(process.cwd(), script)}`,
  );
  const moment = momentOf(shrunk?.result ?? result);
  if (!canBeOpened(moment)) {
    console.log(`  the page cannot show it: profile ${options.profile} changes what no input changes`);
    return;
  }
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(moment));
  console.log(`  for the page, under Share > Open: ${relative(process.cwd(), file)}`);
  const link = await linkOf(moment);
  if (link) console.log(`  or behind its address: ${link}`);
}

const flags = readFlags(process.argv.slice(2));
if (!flags) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const passed = flags.planted ? await findPlanted(flags.only) : await runSeeds(flags);
  // Not `process.exit`: whoever started this program has something to clean up.
  process.exitCode = passed ? 0 : 1;
}
