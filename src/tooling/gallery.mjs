// Takes the pictures of the README from seeded worlds: `npm run gallery` (after `npm run build`), or only those named. Every picture is a moment that
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

const votingApp = `cat > voting.yml <<'EOF'
services:
  redis:
    image: redis:alpine
    networks: [frontend]
  db:
    image: postgres:15-alpine
    environment: {POSTGRES_USER: postgres, POSTGRES_PASSWORD: postgres}
    networks: [backend]
  vote:
    image: dockersamples/examplevotingapp_vote
    ports: ["5000:80"]
    networks: [frontend]
    deploy: {replicas: 3}
  result:
    image: dockersamples/examplevotingapp_result
    ports: ["5001:80"]
    networks: [backend]
  worker:
    image: dockersamples/examplevotingapp_worker
    networks: [frontend, backend]
networks: {frontend: , backend: }
EOF
docker stack deploy --detach=true -c voting.yml app`;

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
    name: 'orchestration-dark',
    width: 1440,
    height: 900,
    theme: 'dark',
    start: '',
    lens: '4',
    play: async ([update]) => {
      await window.swarmscope.time.advance(10);
      await window.swarmscope.run('node1', update);
      await window.swarmscope.time.advance(13);
    },
    commands: ['docker service update -d --image nginx:1.27 --update-parallelism 2 --update-delay 3s web'],
  },
  {
    name: 'network-light',
    width: 1440,
    height: 900,
    theme: 'light',
    start: '',
    lens: '3',
    play: async ([deploy]) => {
      await window.swarmscope.run('node1', deploy);
      await window.swarmscope.time.advance(40);
      await window.swarmscope.run('node1', 'curl -s -X POST -d vote=a localhost:5000 > /dev/null');
      await window.swarmscope.time.advance(9);
    },
    commands: [votingApp],
    shows: 'Hop ledger',
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
const wanted = process.argv.slice(2);
for (const { name, width, height, theme, start, lens, play, commands, shows } of pictures) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  await page.goto(`http://localhost:4179/${start}`);
  await page.evaluate(() => window.swarmscope.ready);
  await page.evaluate(() => window.swarmscope.time.pause());
  await page.keyboard.press(lens);
  await page.evaluate(play, commands);
  // Panels that come late.
  if (shows) await page.getByRole('region', { name: shows }).waitFor();
  await page.evaluate(() => window.swarmscope.painted());
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
  console.log(`e2e/gallery/${name}.png`);
}
await browser.close();
await server.close();
