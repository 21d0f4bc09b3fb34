/** The browser window: pages that containers answer with, what a browser says when none does, votes, and the load generator. */
import { expect, type Page } from '@playwright/test';
import { openBrowser } from './browser-window.ts';
import { test } from './swarm-page.ts';

const run = (page: Page, command: string) => page.evaluate((line) => window.swarmscope.run('node1', line), command);

test('any machine shows the page of a container; the request can be followed; without the service it is refused', async ({
  swarm,
}) => {
  await swarm.open();
  const browser = await openBrowser(swarm);
  await browser.visit('http://node2/');
  await expect(browser.window.getByRole('heading', { name: 'Welcome to nginx!' })).toBeVisible();
  await expect(browser.answer).toContainText(/200 · web\.\d, container [0-9a-f]{12} on node\d · [\d.]+ ms/);
  await browser.answer.getByRole('button', { name: 'Follow the request' }).click();
  await expect(swarm.inspector).toContainText('node2');

  await run(swarm.page, 'docker service rm web');
  await swarm.advance(5);
  await browser.window.getByRole('button', { name: 'Load again' }).click();
  await swarm.advance(1);
  await expect(browser.window.getByRole('alert')).toContainText('node2 refused to connect');
  await expect(browser.window.getByRole('alert')).toContainText('port 80: connection refused');
  await expect(browser.window.getByRole('alert')).toContainText('ERR_CONNECTION_REFUSED');
  await browser.visit('http://nowhere/');
  await expect(browser.window.getByRole('alert')).toContainText('no such host');
  await expect(browser.window.getByRole('alert')).toContainText('ERR_NAME_NOT_RESOLVED');

  // Back to the page before, and forward again to the one that is not there.
  await browser.press('Back');
  await expect(browser.address).toHaveValue('http://node2:80/');
  await browser.press('Forward');
  await expect(browser.address).toHaveValue('http://nowhere:80/');
  await expect(browser.window.getByRole('button', { name: 'Forward' })).toHaveCount(0);
});

test('the installer of Drupal wants a database host, and goes on when it has reached one', async ({ swarm }) => {
  await swarm.open();
  for (const command of [
    'docker network create -d overlay cms',
    'docker service create -d --name pg --network cms -e POSTGRES_PASSWORD=secret postgres:15',
    'docker service create -d --name drupal --network cms -p 8001:80 drupal:9',
  ])
    expect((await run(swarm.page, command)).exit, command).toBe(0);
  await swarm.advance(40);
  const browser = await openBrowser(swarm);
  await browser.visit('http://node4:8001');
  await expect(browser.address).toHaveValue('http://node4:8001/core/install.php');
  const install = async (host: string) => {
    await browser.window.getByRole('textbox', { name: 'Host' }).fill(host);
    await browser.window.getByRole('textbox', { name: 'Database password' }).fill('secret');
    await browser.press('Save and continue', 3);
  };
  await install('localhost');
  await expect(browser.window).toContainText('Failed to connect to your database server: Connection refused');
  await install('nosuch');
  await expect(browser.window).toContainText('Name or service not known');
  await install('pg');
  await expect(browser.window.getByRole('heading', { name: 'Welcome to Drupal' })).toBeVisible();
  await expect(browser.window).toContainText('database postgres on pg');
});

test('the shop writes an invoice only for customers and products that are there', async ({ swarm }) => {
  await swarm.open();
  for (const command of [
    'docker network create -d overlay shop',
    'docker service create -d --name customers --network shop acme/customers',
    'docker service create -d --name products --network shop acme/products',
    'docker service create -d --name invoices --network shop acme/invoices',
    'docker service create -d --name gateway --network shop -p 8000:80 acme/gateway',
  ])
    expect((await run(swarm.page, command)).exit, command).toBe(0);
  await swarm.advance(40);
  const browser = await openBrowser(swarm);
  await browser.visit('node3:8000', 2);
  await expect(browser.window).toContainText('Ada Lovelace');
  await browser.press('Write invoice', 2);
  await browser.visit('node5:8000', 2);
  await expect(browser.window.getByRole('row', { name: /Ada Lovelace.*Abacus/ })).toBeVisible();

  await run(swarm.page, 'docker service scale -d customers=0');
  await swarm.advance(15);
  await browser.press('Load again', 6);
  await expect(browser.window).not.toContainText('Grace Hopper');
  await expect(browser.window).toContainText('Abacus');
});

test('a vote is a click, and the result page hears of it over the connection it holds', async ({ swarm }) => {
  test.setTimeout(120_000);
  await swarm.open();
  for (const command of [
    'docker network create -d overlay app',
    'docker service create -d --name redis --network app redis:7',
    'docker service create -d --name db --network app -e POSTGRES_HOST_AUTH_METHOD=trust -e POSTGRES_PASSWORD=postgres postgres:9.4',
    'docker service create -d --name worker --network app bretfisher/examplevotingapp_worker',
    'docker service create -d --name vote --network app -p 5000:80 bretfisher/examplevotingapp_vote',
    'docker service create -d --name result --network app -p 5001:80 bretfisher/examplevotingapp_result',
  ])
    expect((await run(swarm.page, command)).exit, command).toBe(0);
  await swarm.advance(60);
  const browser = await openBrowser(swarm);
  await browser.visit('http://node3:5000');
  await browser.window.getByRole('button', { name: 'Cats' }).click();
  await swarm.advance(3);
  await expect(browser.window.getByRole('button', { name: 'Cats ✓' })).toBeDisabled();

  await browser.visit('http://node4:5001');
  await swarm.advance(2);
  await expect(browser.window).toContainText('1 vote');
  await expect(browser.window).toContainText('100.0%');
  // Somebody else votes: the page shows it without being loaded again.
  await run(swarm.page, 'curl -s -X POST -d vote=b localhost:5000');
  await swarm.advance(4);
  await expect(browser.window).toContainText('2 votes');
  await expect(browser.window).toContainText('50.0%');
});

test('the load generator counts answers by container, and stops', async ({ swarm }) => {
  await swarm.open();
  const { load } = await openBrowser(swarm);
  await load.getByRole('spinbutton', { name: 'Requests per second' }).fill('60');
  await load.getByRole('button', { name: 'Load' }).click();
  await expect(load.getByRole('button', { name: 'Stop' })).toBeVisible();
  await swarm.advance(5);
  const bars = load.getByRole('list', { name: 'Answers by container' }).getByRole('listitem');
  await expect(bars).toHaveCount(6);
  await expect(load).toContainText(/\d+ sent, \d+ answered, 0 failed/);
  await load.getByRole('button', { name: 'Stop' }).click();
  await swarm.advance(1);
  await expect(load.getByRole('button', { name: 'Load' })).toBeVisible();
});
