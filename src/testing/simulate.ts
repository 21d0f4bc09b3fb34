/**
 * `npm run simulate -- [--seeds N] [--minutes M] [--managers K] [--workers W] [--from SEED] [--profile mixed|elections]`: seeded runs
 * with faults and checkers. A failing seed prints the command that replays it. Exit 1 if any failed.
 */
import { type FaultProfile, optionsOfSeed, replayCommand, simulate } from './simulation.ts';

const USAGE =
  'usage: npm run simulate -- [--seeds N] [--minutes M] [--managers K] [--workers W] [--from SEED] [--profile mixed|elections]';

const flags = new Map<string, number>();
let profile: FaultProfile | undefined;
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i += 2) {
  const name = args[i]?.replace(/^--/, '') ?? '';
  const value = args[i + 1];
  if (name === 'profile' && (value === 'mixed' || value === 'elections')) profile = value;
  else if (['seeds', 'minutes', 'managers', 'workers', 'from'].includes(name) && Number.isFinite(Number(value)))
    flags.set(name, Number(value));
  else {
    console.error(USAGE);
    process.exit(2);
  }
}
const seeds = flags.get('seeds') ?? 200;
const from = flags.get('from') ?? 1;

const started = Date.now();
let failed = 0;
let virtual = 0;
let events = 0;
let faults = 0;
let elections = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const usual = optionsOfSeed(seed, profile);
  const { minutes = usual.minutes, managers = usual.managers, workers = usual.workers } = Object.fromEntries(flags);
  const options = { ...usual, minutes, managers, workers };
  const result = simulate(options);
  virtual += result.virtualSeconds;
  events += result.events;
  faults += result.faults;
  elections += result.elections;
  if (!result.violation) continue;
  failed++;
  const { message, at, event } = result.violation;
  console.log(`seed ${seed}: ${message}\n  at ${at.toFixed(6)} s, event ${event}\n  again: ${replayCommand(options)}`);
}
const wall = (Date.now() - started) / 1000;
console.log(
  `${seeds} seeds, ${Math.round(virtual)} virtual seconds, ${events} events, ${faults} faults, ${elections} elections in ${wall.toFixed(1)} s: ${Math.round(virtual / wall)} virtual seconds per second`,
);
console.log(`${seeds - failed} passed, ${failed} failed`);
// Not `process.exit`: whoever started this program has something to clean up.
process.exitCode = failed > 0 ? 1 : 0;
