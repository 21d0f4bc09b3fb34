/**
 * `npm run bench -- [--only NAME]`: measures the engine and the page, and prints medians of several runs beside what was aimed at
 * and what others reach. Numbers go up and down with the machine: compare only what was measured side by side.
 */
import { cpus } from 'node:os';
import { browser } from './bench/browser.ts';
import { checkpoints } from './bench/checkpoints.ts';
import { heap } from './bench/heap.ts';
import { type Measurement, reaches, report, type Section } from './bench/measurement.ts';
import { moments } from './bench/moments.ts';
import { pictures } from './bench/pictures.ts';
import { placement } from './bench/placement.ts';
import { proposals } from './bench/proposals.ts';
import { requests } from './bench/requests.ts';
import { virtualTime } from './bench/virtual-time.ts';
import { yardstick } from './bench/yardstick.ts';

// The heap early, while there is little else in it.
const sections: readonly Section[] = [
  yardstick,
  heap,
  virtualTime,
  placement,
  proposals,
  pictures,
  checkpoints,
  moments,
  requests,
  browser,
];

const args = process.argv.slice(2);
const only = args[0] === '--only' ? args[1] : undefined;
if (args.length > 0 && !sections.some(({ name }) => name === only)) {
  console.error(`usage: npm run bench -- [--only ${sections.map(({ name }) => name).join('|')}]`);
  process.exit(2);
}

console.log(`Node.js ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`);
const all: Measurement[] = [];
for (const section of sections) {
  if (only !== undefined && section.name !== only) continue;
  const measurements = await section.run();
  console.log(report(section.title, measurements));
  all.push(...measurements);
}
const aimed = all.filter((measurement) => reaches(measurement) !== null);
console.log(`\n${aimed.filter(reaches).length} of ${aimed.length} aims reached`);
