/** `npm run serve`: the page looks at a cluster that others change by its Engine APIs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { test } from './swarm-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = Number(process.env.SWARMSCOPE_PORT ?? 4173) + 40;

let server: ChildProcess;

test.beforeAll(async () => {
  const program = ['src/tooling/run.mjs', 'src/server/main.ts', '--base-port', String(port)];
  server = spawn(process.execPath, program, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  while (!printed.includes('Stop it with')) printed += String((await once(server.stdout!, 'data'))[0]);
});

test.afterAll(() => {
  server.kill();
});

test('two pages see what docker does, and docker what a page does', async ({ swarm, context }) => {
  const { page } = swarm;
  const address = `http://127.0.0.1:${port}/`;
  await swarm.openRunning(address);
  const other = await context.newPage();
  await other.goto(address);
  await other.waitForFunction(() => 'swarmscope' in window);
  await other.evaluate(() => window.swarmscope.ready);

  const created = await fetch(`http://127.0.0.1:${port + 1}/v1.50/services/create`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ Name: 'outside', TaskTemplate: { ContainerSpec: { Image: 'redis:7' } } }),
  });
  expect(created.status).toBe(201);
  for (const one of [page, other])
    await one.waitForFunction(async () => {
      const { services } = await window.swarmscope.snapshot();
      return services.some(({ name, running }) => name === 'outside' && running === 1);
    });

  expect((await swarm.run('node1', 'docker service rm outside')).screen).toBe('outside');
  const gone = await fetch(`http://127.0.0.1:${port + 2}/v1.50/services/outside`);
  expect([gone.status, await gone.json()]).toEqual([404, { message: 'service outside not found' }]);

  await test.step("a machine's power goes, and its Engine API with it", async () => {
    await page.evaluate(() => window.swarmscope.fault('power-off', 'node5'));
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port + 5}/_ping`).then(
          () => 'answers',
          () => 'refuses',
        ),
      )
      .toBe('refuses');
  });
  await other.close();
});
