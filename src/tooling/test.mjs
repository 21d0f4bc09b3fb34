// `npm test`: installs what is missing, finds a Chromium, and runs types, lint, unit tests with transcripts and simulations,
// and the browser tests. Ends with `N passed, N failed` over all of them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, root } from './ensure.mjs';

ensurePackages();
const { findChromium } = await import('./chromium.mjs');
const chromium = await findChromium();
const reports = join(root, 'node_modules', '.cache', 'swarmscope-reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

let passed = 0;
let failed = 0;

/** Runs a command; returns whether it ended well. */
function run(title, command, args, env = {}) {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [join(root, command), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  console.log(`== ${title}: ${status === 0 ? 'ok' : 'failed'} after ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return status === 0;
}

/** A step that counts as one test. */
function check(title, command, args) {
  if (run(title, command, args)) passed++;
  else failed++;
}

/** A test runner that writes how many passed and failed. Without a report it counts as one failure. */
function runner(title, command, args, env, report, count) {
  const ok = run(title, command, args, env);
  if (!existsSync(report)) {
    failed++;
    return;
  }
  const { good, bad } = count(JSON.parse(readFileSync(report, 'utf8')));
  passed += good;
  failed += bad;
  if (!ok && bad === 0) failed++;
}

check('types', 'src/tooling/types.mjs', []);
check('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
check('imports', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
  '--config',
  '.dependency-cruiser.cjs',
  'src',
  'e2e',
]);

const unit = join(reports, 'unit.json');
runner(
  'unit tests, transcripts, simulations',
  'node_modules/vitest/vitest.mjs',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`],
  {},
  unit,
  (report) => ({
    good: report.numPassedTests,
    bad:
      report.numFailedTests +
      (report.success ? 0 : report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0),
  }),
);

const built = run('build', 'node_modules/vite/bin/vite.js', ['build', '--logLevel', 'warn']);
if (built) passed++;
else failed++;
const browser = join(reports, 'browser.json');
runner(
  'browser tests',
  'node_modules/@playwright/test/cli.js',
  ['test'],
  { SWARMSCOPE_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: browser },
  browser,
  ({ stats }) => ({
    good: stats.expected + stats.flaky,
    bad: stats.unexpected,
  }),
);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
