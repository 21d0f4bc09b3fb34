/**
 * `npm run simulate -- [--seeds N] [--minutes M] [--managers K] [--workers W] [--from SEED]`: seeded runs with faults and
 * checkers. A failing seed prints the command that replays it. Exit 1 if any failed.
 */
import { simulate } from './simulation.ts';

const flags = new Map<string, number>();
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i += 2) {
  const name = args[i]?.replace(/^--/, '') ?? '';
  const value = Number(args[i + 1]);
  if (!['seeds', 'minutes', 'managers', 'workers', 'from'].includes(name) || !Number.isFinite(value)) {
    console.error('usage: npm run simulate -- [--seeds N] [--minutes M] [--managers K] [--workers W] [--from SEED]');
    process.exit(2);
  }
  flags.set(name, value);
}
const seeds = flags.get('seeds') ?? 200;
const from = flags.get('from') ?? 1;
const minutes = flags.get('minutes') ?? 10;
const managers = flags.get('managers');
const workers = flags.get('workers');

const started = Date.now();
let failed = 0;
let virtual = 0;
let events = 0;
let faults = 0;
let elections = 0;
for (let seed = from; seed < from + seeds; seed++) {
  // Without flags the size goes by the seed: three or five managers, none to three workers.
  const size = { managers: managers ?? (seed % 2 === 0 ? 5 : 3), workers: workers ?? seed % 4 };
  const result = simulate({ seed, minutes, ...size });
  virtual += result.virtualSeconds;
  events += result.events;
  faults += result.faults;
  elections += result.elections;
  if (!result.violation) continue;
  failed++;
  const { message, at, event } = result.violation;
  console.log(`seed ${seed}: ${message}\n  at ${at.toFixed(6)} s, event ${event}`);
  console.log(
    `  again: npm run simulate -- --from ${seed} --seeds 1 --minutes ${minutes} --managers ${size.managers} --workers ${size.workers}`,
  );
}
const wall = (Date.now() - started) / 1000;
console.log(
  `${seeds} seeds, ${Math.round(virtual)} virtual seconds, ${events} events, ${faults} faults, ${elections} elections in ${wall.toFixed(1)} s: ${Math.round(virtual / wall)} virtual seconds per second`,
);
console.log(`${seeds - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
