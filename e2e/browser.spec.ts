/** The browser window: pages that containers answer with, what a browser says when none does, votes, and the load generator. */
import { expect, type Locator, type Page } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';

class BrowserWindow {
  readonly window: Locator;
  readonly answer: Locator;
  readonly load: Locator;
  readonly #swarm: SwarmPage;

  constructor(swarm: SwarmPage) {
    this.#swarm = swarm;
    const { page } = swarm;
    this.window = page.getByRole('region', { name: 'Browser', exact: true });
    this.answer = page.getByRole('status', { name: 'Answer' });
    this.load = page.getByRole('region', { name: 'Load generator' });
  }

  async visit(address: string, seconds = 1): Promise<void> {
    await this.window.getByRole('textbox', { name: 'Address' }).fill(address);
    await this.window.getByRole('button', { name: 'Go' }).click();
    await this.#swarm.advance(seconds);
  }
}

async function openBrowser(swarm: SwarmPage): Promise<BrowserWindow> {
  await swarm.page.getByRole('tablist', { name: 'Host' }).getByRole('tab', { name: 'Browser' }).click();
  const browser = new BrowserWindow(swarm);
  await expect(browser.window).toBeVisible();
  return browser;
}

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
  await browser.visit('http://nowhere/');
  await expect(browser.window.getByRole('alert')).toContainText('no such host');
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
