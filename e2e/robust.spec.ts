/** The built page as a folder of files: from any path, without a network once it is there, and with words when something fails. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from './swarm-page.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Serves the built folder under a path, and nothing else. */
async function serveUnder(path: string): Promise<{ server: Server; address: string }> {
  const folder = join(import.meta.dirname, '..', 'dist');
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.startsWith(path) ? pathname.slice(path.length) || 'index.html' : null;
    const content = file && !file.includes('..') ? await readFile(join(folder, file)).catch(() => null) : null;
    if (content) response.writeHead(200, { 'content-type': contentTypes[extname(file!)] ?? 'text/plain' }).end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` };
}

test('the built folder works from a path below the root of a server, and asks no other host', async ({ swarm }) => {
  const { server, address } = await serveUnder('/some/path/');
  const asked: string[] = [];
  swarm.page.on('request', (request) => asked.push(request.url()));
  try {
    await swarm.open(`${address}?start=1+2`);
    await swarm.terminal('node1').waitForPrompt();
    await swarm.clickOn('machine:node2');
    await expect(swarm.selected).toHaveText(/^node2/);
    expect((await swarm.run('node1', 'docker node ls -q | wc -l')).screen).toBe('3');
    await swarm.openRunning(`${address}index.html`);
    await expect(swarm.narrator).toHaveText(/Kill the leader\./);
    expect(asked.filter((url) => !url.startsWith(address))).toEqual([]);
  } finally {
    server.close();
  }
});

test('once it is there, the page needs no network', async ({ swarm, context }) => {
  const { page } = swarm;
  await swarm.open();
  await swarm.terminal('node1').waitForPrompt();
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await swarm.clickOn('machine:node3', 'right');
  await page.getByRole('menu').getByRole('menuitem', { name: 'Power off' }).click();
  await expect(swarm.selected).toHaveText(/^node3/);
  await swarm.leaveText();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'A Docker Swarm in this tab' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  const terminal = await swarm.openTerminal('node2');
  await terminal.enter('docker service ls');
  await swarm.advance(1);
  await terminal.expectText(/web +replicated/);
  await page.getByRole('button', { name: /seed \d+/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^3 managers, 2 workers/ })
    .click();
  await expect(page.getByRole('button', { name: /^3 managers, 2 workers seed/ })).toBeVisible();
  await swarm.terminal('node1').waitForPrompt();
});

test('if the world cannot be started, the page says so', async ({ swarm }) => {
  const { page } = swarm;
  await page.route(/\/worker-(?!client)[^/]*\.js$/, (route) => route.fulfill({ status: 404, body: '' }));
  await page.goto('./');
  await expect(page.getByRole('dialog', { name: 'The simulation has stopped' })).toBeVisible();
  await expect(page.getByRole('dialog')).toContainText('The worker that runs the world could not be started.');
  swarm.complaints.splice(0);
});

test('theme and motion are as the system asks; a theme that one has chosen stays', async ({ swarm }) => {
  const { page } = swarm;
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await swarm.open();
  expect(await theme()).toBe('dark');
  const dark = await swarm.pixels();
  await page.getByRole('button', { name: 'Use the light theme' }).click();
  expect(await theme()).toBe('light');
  await swarm.painted();
  expect(await swarm.pixels()).not.toBe(dark);
  await swarm.open();
  expect(await theme()).toBe('light');

  // Less motion, the same facts.
  await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  await swarm.advanceUntil('a new leader', ({ quorum }) => quorum?.leader !== null, 45);
  await expect(page.getByText('2 of 3 managers: writes OK')).toBeVisible();
});
