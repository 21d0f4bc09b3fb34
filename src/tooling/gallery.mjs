// Takes the pictures of the README from seeded worlds: `npm run gallery` (after `npm run build`). Every picture is a moment that
// anybody can reach: a start, some commands and faults, so many virtual seconds.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { ensurePackages, root } from './ensure.mjs';

ensurePackages();
const { chromium } = await import('@playwright/test');
const { preview } = await import('vite');

const api = 'docker service create -q --name api --replicas 4 redis:7';
const queue = 'docker service create -q --name queue --replicas 3 rabbitmq:3';

/** Pictures by name: size, theme, start, what happens (in the page), and the key of the lens. */
const pictures = [
  {
    name: 'cluster-dark',
    width: 1440,
    height: 900,
    theme: 'dark',
    start: '',
    lens: '1',
    play: async ([first, second]) => {
      await window.swarmscope.run('node1', first);
      await window.swarmscope.run('node1', second);
      await window.swarmscope.fault('power-off', 'node4');
      await window.swarmscope.time.advance(16.5);
      await window.swarmscope.run('node1', 'docker node ls');
    },
    commands: [api, queue],
  },
  {
    name: 'raft-dark',
    width: 1440,
    height: 900,
    theme: 'dark',
    start: '?start=5%2B5',
    lens: '2',
    play: async () => {
      await window.swarmscope.fault('power-off', 'node1');
      await window.swarmscope.time.advance(9);
    },
    commands: [],
  },
  {
    name: 'many-light',
    width: 1440,
    height: 900,
    theme: 'light',
    start: '?start=50x1000',
    lens: '1',
    play: async () => {
      await window.swarmscope.fault('power-off', 'node17');
      await window.swarmscope.time.advance(20);
    },
    commands: [],
  },
  {
    name: 'phone-light',
    width: 390,
    height: 844,
    theme: 'light',
    start: '',
    lens: '1',
    play: async () => {
      await window.swarmscope.fault('power-off', 'node4');
      await window.swarmscope.time.advance(16.5);
    },
    commands: [],
  },
];

const folder = join(root, 'e2e', 'gallery');
mkdirSync(folder, { recursive: true });
const server = await preview({ root, preview: { port: 4179, strictPort: true }, logLevel: 'error' });
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { name, width, height, theme, start, lens, play, commands } of pictures) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  await page.goto(`http://localhost:4179/${start}`);
  await page.evaluate(() => window.swarmscope.ready);
  await page.evaluate(() => window.swarmscope.time.pause());
  await page.keyboard.press(lens);
  await page.evaluate(play, commands);
  await page.evaluate(() => window.swarmscope.painted());
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
  console.log(`e2e/gallery/${name}.png`);
}
await browser.close();
await server.close();
