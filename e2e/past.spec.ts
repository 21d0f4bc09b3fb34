/** Back works everywhere: the timeline scrubbed, steps back, moments of events and tasks; acting in the past begins a branch. */
import { expect } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';

const timeline = (swarm: SwarmPage) => swarm.page.getByRole('img', { name: /^Timeline/ });
const button = (swarm: SwarmPage, name: string | RegExp) => swarm.page.getByRole('button', { name });
const branches = (swarm: SwarmPage) => swarm.page.evaluate(() => window.swarmscope.branches());
const power = async (swarm: SwarmPage) => (await swarm.snapshot()).machines.map((machine) => machine.power);

/** Twelve seconds of peace, then the leader loses its power, and half a minute passes. Returns when that was. */
async function loseLeader(swarm: SwarmPage): Promise<number> {
  await swarm.open();
  await swarm.advance(12);
  const { now } = await swarm.snapshot();
  await swarm.page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  await swarm.advance(30);
  await swarm.painted();
  return now;
}

test('scrubbing shows each moment as it was, and the newest is one key away', async ({ swarm }) => {
  const { page } = swarm;
  const off = await loseLeader(swarm);
  const newest = (await swarm.snapshot()).now;
  await expect(button(swarm, 'To the newest moment')).toBeHidden();
  const box = (await timeline(swarm).boundingBox())!;
  const y = box.y + 8;
  await page.mouse.move(box.x + box.width - 50, y);
  await page.mouse.down();
  for (const share of [0.8, 0.6, 0.4, 0.25]) await page.mouse.move(box.x + box.width * share, y);
  await page.mouse.up();
  await expect(page.getByText('The newest moment is')).toBeVisible();
  await expect.poll(async () => (await swarm.snapshot()).now).toBeLessThan(newest - 15e6);
  await swarm.leaveText();
  await page.keyboard.press('n');
  await expect.poll(async () => (await swarm.snapshot()).now).toBe(newest);
  await expect(page.getByText('The newest moment is')).toBeHidden();

  await page.keyboard.press('<');
  await expect.poll(async () => (await swarm.snapshot()).now).toBe(off);
  expect(await power(swarm)).toEqual([true, true, true, true, true]);
  await expect(swarm.narrator).not.toContainText('power of node1');
  // And forward again, event by event.
  await page.keyboard.press('.');
  await expect.poll(() => power(swarm)).toEqual([false, true, true, true, true]);
  await expect(swarm.narrator).toContainText('You cut the power of node1');
  await page.keyboard.press(',');
  await expect.poll(() => power(swarm)).toEqual([true, true, true, true, true]);
});

test('an event leads to its moment, and a task to when it was created', async ({ swarm }) => {
  const { page } = swarm;
  const off = await loseLeader(swarm);
  await page.getByRole('searchbox').fill('You cut');
  await page
    .getByRole('button', { name: /You cut the power of node1/ })
    .first()
    .click();
  await button(swarm, 'Just before it').click();
  await expect.poll(async () => (await swarm.snapshot()).now).toBe(off);
  expect((await power(swarm))[0]).toBe(true);
  await button(swarm, 'Show this moment').click();
  await expect.poll(async () => (await power(swarm))[0]).toBe(false);

  await button(swarm, 'To the newest moment').click();
  await expect.poll(async () => (await swarm.snapshot()).now).toBeGreaterThan(off);
  await swarm.advance(60);
  await swarm.painted();
  const task = (await swarm.snapshot()).tasks.find(({ createdAt }) => createdAt > off)!;
  await swarm.clickOn(`task:${task.id}`);
  await button(swarm, 'When it was created').click();
  await expect.poll(async () => (await swarm.snapshot()).now).toBe(task.createdAt);
});

test('what was can be played again, up to now and on', async ({ swarm }) => {
  const { page } = swarm;
  await loseLeader(swarm);
  const newest = (await swarm.snapshot()).now;
  await page.evaluate(
    async (moment) => {
      await window.swarmscope.time.look(moment);
      await window.swarmscope.time.speed(10);
    },
    newest / 1e6 - 5,
  );
  await button(swarm, 'Play').click();
  await expect.poll(async () => (await swarm.snapshot()).now).toBeGreaterThan(newest + 1e6);
  await expect(button(swarm, 'To the newest moment')).toBeHidden();
  expect(await branches(swarm)).toHaveLength(1);
});

test('acting in the past begins a branch, and the other one is kept', async ({ swarm }) => {
  const { page } = swarm;
  const off = await loseLeader(swarm);
  const newest = (await swarm.snapshot()).now;
  await page.evaluate((moment) => window.swarmscope.time.look(moment), off / 1e6 - 3);
  await page.evaluate(() => window.swarmscope.run('node1', 'docker service scale -d web=3'));
  await swarm.advance(40);
  await swarm.painted();
  expect(await power(swarm)).toEqual([true, true, true, true, true]);
  expect((await swarm.snapshot()).services[0]).toMatchObject({ desired: 3, running: 3 });
  // What happened in the other branch is no event of this one.
  await page.getByRole('searchbox').fill('You cut');
  await swarm.painted();
  await expect(page.getByRole('button', { name: /You cut the power of node1/ })).toHaveCount(0);

  await button(swarm, 'Branch 2 of 2').click();
  await page.getByRole('button', { name: '1 the first' }).click();
  await expect.poll(() => power(swarm)).toEqual([false, true, true, true, true]);
  expect((await swarm.snapshot()).now).toBe(newest);
  await expect(page.getByRole('button', { name: /You cut the power of node1/ }).first()).toBeVisible();
  const known = await branches(swarm);
  expect(known[1]!.from!.branch).toBe(1);
  expect(known[1]!.from!.at).toBeCloseTo(off / 1e6 - 3, 6);
  await expect(button(swarm, 'Branch 1 of 2')).toBeVisible();
});

test('the timeline can be zoomed and moved, and put back', async ({ swarm }) => {
  const { page } = swarm;
  await loseLeader(swarm);
  const box = (await timeline(swarm).boundingBox())!;
  const before = await timeline(swarm).screenshot();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 60);
  await page.mouse.wheel(0, 400);
  await swarm.painted();
  await expect.poll(async () => (await timeline(swarm).screenshot()).equals(before)).toBe(false);
  await page.mouse.dblclick(box.x + 8, box.y + 60);
  await page.mouse.move(10, 10);
  await swarm.painted();
  await expect.poll(async () => (await timeline(swarm).screenshot()).equals(before)).toBe(true);
});

test('everything can be found by what it is called, and time stopped where one wants', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await swarm.leaveText();
  await page.keyboard.press('Control+k');
  const line = page.getByRole('combobox', { name: 'What to find or do' });
  await expect(line).toBeFocused();
  await line.fill('leader');
  await expect(page.getByRole('option', { name: /Stop when leader changes/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await line.fill('stop leader changes');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Time stops when' })).toContainText('leader changes');

  await page.keyboard.press('/');
  await line.fill('power off node1');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await power(swarm))[0]).toBe(false);
  await swarm.advance(60);
  await expect(page.getByText('Stopped: leader changes')).toBeVisible();
  const { now, quorum } = await swarm.snapshot();
  await swarm.painted();
  expect((await swarm.snapshot()).now).toBe(now);
  expect(quorum!.leader).not.toBe('node1');
  await page.getByText('Stopped: leader changes').click();
  await expect(page.getByRole('list', { name: 'Time stops when' })).toBeHidden();

  await page.keyboard.press('/');
  await line.fill('0:15');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await swarm.snapshot()).now).toBe(15e6);
});
