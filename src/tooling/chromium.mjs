// Finds a Chromium for the browser tests: an environment variable, the system's, Playwright's own; on Debian as root it
// installs the package; otherwise it says exactly what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const VARIABLES = ['SWARMSCOPE_CHROMIUM', 'CHROME_PATH', 'CHROMIUM_PATH'];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Path of a Chromium, or exits with a message. */
export async function findChromium() {
  const found = fromVariable() ?? fromSystem() ?? (await fromPlaywright()) ?? fromDebian();
  if (found) return found;
  console.error(
    [
      'swarmscope: the browser tests need a Chromium, and none was found.',
      'Any one of these helps:',
      '  - install one: apt-get install chromium (Debian, Ubuntu), dnf install chromium (Fedora), brew install --cask chromium (macOS)',
      '  - let Playwright download one: npx playwright install chromium',
      '  - say where yours is: SWARMSCOPE_CHROMIUM=/path/to/chromium npm test',
    ].join('\n'),
  );
  process.exit(1);
}

function fromVariable() {
  for (const name of VARIABLES) {
    const path = process.env[name];
    if (!path) continue;
    if (existsSync(path)) return path;
    console.error(`swarmscope: ${name} is ${path}, but there is no such file.`);
    process.exit(1);
  }
  return null;
}

function fromSystem() {
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (folder && existsSync(path)) return path;
    }
  }
  return null;
}

async function fromPlaywright() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

function fromDebian() {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return null;
  console.log('Installing the chromium package ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
    if (status !== 0) return null;
  }
  return fromSystem();
}
