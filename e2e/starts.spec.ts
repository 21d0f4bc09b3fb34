/** How a world begins: the chooser, blank hosts, sizes by number, the address. */
import { expect } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';

const worldButton = (swarm: SwarmPage) => swarm.page.getByRole('button', { name: /seed \d+/ });

test('the chooser begins the worlds it names, and any from 1 to 50 machines by number', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await swarm.clickOn('machine:node2');
  await worldButton(swarm).click();
  const dialog = page.getByRole('dialog', { name: 'Begin another world' });
  await expect(dialog.getByRole('listitem')).toHaveText([
    /^A first swarm/,
    /^Blank hosts/,
    /^1 manager, 2 workers/,
    /^3 managers, 2 workers/,
    /^5 managers, 5 workers/,
  ]);
  await expect(dialog.getByRole('button', { name: /^A first swarm/ })).toHaveAttribute('aria-current', 'true');
  await dialog.getByRole('button', { name: /^5 managers, 5 workers/ }).click();
  await expect(dialog).toBeHidden();
  await expect(worldButton(swarm)).toHaveText(/^5 managers, 5 workers/);
  await expect(page.getByText('5 of 5 managers: writes OK')).toBeVisible();
  await expect(swarm.outlineLine('Machines, 10')).toBeAttached();
  await expect(swarm.selected, 'the selection went with its world').toHaveText('Events');
  await swarm.terminal('node1').waitForPrompt();

  await worldButton(swarm).click();
  await dialog.getByRole('spinbutton', { name: 'Machines', exact: true }).fill('51');
  await dialog.getByRole('button', { name: 'Begin', exact: true }).click();
  await expect(dialog, 'more than 50 are not taken').toBeVisible();
  await dialog.getByRole('spinbutton', { name: 'Machines', exact: true }).fill('7');
  await dialog.getByRole('spinbutton', { name: 'of them managers' }).fill('1');
  await dialog.getByRole('spinbutton', { name: 'Tasks' }).fill('21');
  await dialog.getByRole('button', { name: 'Begin', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('1 of 1 manager: writes OK')).toBeVisible();
  await expect(swarm.outlineLine('Machines, 7')).toBeAttached();
  await expect(swarm.outlineLine('web, replicated, 21 of 21 running')).toBeAttached();

  await worldButton(swarm).click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('blank hosts become a swarm by what is typed', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open('./?start=blank');
  await expect(page.getByText('no swarm yet', { exact: true })).toBeVisible();
  await expect(swarm.narrator).toHaveText(/docker swarm init --advertise-addr 192\.168\.99\.101/);
  await expect(swarm.outlineLine('node3, host, not in a swarm')).toBeAttached();
  const blank = await swarm.pixels();

  const first = await swarm.openTerminal('node1');
  await first.enter('docker swarm init --advertise-addr 192.168.99.101');
  await swarm.advance(3);
  await first.expectText(/Swarm initialized: current node \(\w{25}\) is now a manager\./);
  await expect(swarm.outlineLine('node1, manager, Leader')).toBeAttached();
  await expect(page.getByText('1 of 1 manager: writes OK')).toBeVisible();
  const alone = await swarm.pixels();
  expect(alone).not.toBe(blank);

  const join = async (host: string, role: 'worker' | 'manager') => {
    await swarm.openTerminal('node1');
    await first.press('Control+l');
    await first.enter(`docker swarm join-token ${role}`);
    await swarm.advance(1);
    await first.waitForPrompt();
    const command = /docker swarm join --token \S+ [\d.]+:2377/.exec((await first.lines()).join(''))![0];
    const terminal = await swarm.openTerminal(host);
    await terminal.type(command);
    await terminal.press('Enter');
    await swarm.advance(5);
    await terminal.expectText(`This node joined a swarm as a ${role}.`);
  };
  await join('node2', 'worker');
  await expect(swarm.outlineLine('node2, worker')).toBeAttached();
  await join('node3', 'manager');
  await expect(swarm.outlineLine('node3, manager')).toBeAttached();
  await expect(page.getByText('2 of 2 managers: writes OK')).toBeVisible();
  expect(await swarm.pixels()).not.toBe(alone);
  await expect(swarm.outlineLine('node4, host, not in a swarm')).toBeAttached();
});

test('a size in the address: 50 machines with 1,000 tasks', async ({ swarm }) => {
  await swarm.open('./?start=50x1000');
  await expect(worldButton(swarm)).toHaveText(/^50 machines, 1000 tasks/);
  const { machines, tasks } = await swarm.snapshot();
  expect(machines).toHaveLength(50);
  expect(tasks.filter((task) => task.state === 'running')).toHaveLength(1000);
  await expect(swarm.outlineLine('web, replicated, 1000 of 1000 running')).toBeAttached();
  await swarm.clickOn('machine:node37');
  await expect(swarm.selected).toHaveText(/^node37/);
  expect((await swarm.advance(30)).virtualSeconds).toBe(30);
});

test('a start of so many managers + workers in the address', async ({ swarm }) => {
  await swarm.open('./?start=5+5');
  await expect(worldButton(swarm)).toHaveText(/^5 managers, 5 workers/);
});

test('a start that does not exist is said to be unknown, beside those that do', async ({ swarm }) => {
  await swarm.openRunning('./?start=nowhere');
  const dialog = swarm.page.getByRole('dialog', { name: 'Begin another world' });
  await expect(dialog.getByRole('alert')).toHaveText('There is no start named "nowhere".');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(worldButton(swarm)).toHaveText(/^A first swarm/);
  await worldButton(swarm).click();
  await expect(dialog.getByRole('alert')).toBeHidden();
});
