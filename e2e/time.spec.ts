/** Virtual time in the page's hands: pause, play, step, speed; slower by itself while there is no leader; the clock always in sight. */
import { expect } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';

const now = (swarm: SwarmPage) => swarm.page.evaluate(() => window.swarmscope.time.now());
const speed = (swarm: SwarmPage) => swarm.page.getByRole('slider', { name: 'Speed of virtual time' });
/** The clock's text in seconds. */
async function clockSeconds(swarm: SwarmPage): Promise<number> {
  const [minutes, seconds] = (await swarm.clock.innerText()).split(':').map(Number);
  return minutes! * 60 + seconds!;
}

test('pause and play, by mouse and by keyboard', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.openRunning();
  await expect(swarm.clock).toBeInViewport({ ratio: 1 });
  const from = await now(swarm);
  await expect.poll(() => now(swarm)).toBeGreaterThan(from);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await swarm.painted();
  const stopped = (await swarm.snapshot()).now;
  await expect.poll(() => clockSeconds(swarm)).toBeCloseTo(stopped / 1e6, 1);
  await swarm.painted();
  expect((await swarm.snapshot()).now).toBe(stopped);

  await swarm.advance(12.5);
  expect((await swarm.snapshot()).now).toBe(stopped + 12.5e6);
  await expect.poll(() => clockSeconds(swarm)).toBeCloseTo(stopped / 1e6 + 12.5, 1);

  await swarm.leaveText();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(() => now(swarm)).toBeGreaterThan(stopped / 1e6 + 12.5);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('step goes to the next event and no further', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  const before = await swarm.snapshot();
  const step = page.getByRole('button', { name: 'Step to the next event' });
  await step.click();
  await expect.poll(async () => (await swarm.snapshot()).eventCount).toBeGreaterThan(before.eventCount);
  await swarm.painted();
  const first = await swarm.snapshot();
  expect(first.now).toBeGreaterThan(before.now);
  await swarm.leaveText();
  await page.keyboard.press('.');
  await expect.poll(async () => (await swarm.snapshot()).eventCount).toBeGreaterThan(first.eventCount);
  expect((await swarm.snapshot()).now).toBeGreaterThanOrEqual(first.now);

  // A playing world is paused first.
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await step.click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('speed goes from 1/1000 to 1000, by slider and by keyboard', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const says = (words: string) =>
    expect(speed(swarm)).toHaveAttribute('aria-valuetext', `${words} virtual seconds per second`);
  await says('1');
  await page.keyboard.press(']');
  await says('2');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await says('0.5');
  const box = (await speed(swarm).boundingBox())!;
  await speed(swarm).focus();
  await page.keyboard.press('End');
  await says('1000');
  await expect(page.getByTitle('Virtual seconds per second')).toHaveText('×1000');
  await page.keyboard.press('Home');
  await says('0.001');
  await expect(page.getByTitle('Virtual seconds per second')).toHaveText('×0.001');
  await swarm.painted();
  expect(await speed(swarm).boundingBox(), 'the slider stays under the hand').toEqual(box);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await says('1');

  await page.evaluate(() => window.swarmscope.time.speed(500));
  await says('500');
  const from = (await swarm.snapshot()).now;
  await page.evaluate(() => window.swarmscope.time.play());
  await expect
    .poll(async () => (await swarm.snapshot()).now - from, 'a minute passes in moments')
    .toBeGreaterThan(60e6);
  await page.evaluate(() => window.swarmscope.time.pause());
});

test('time is slower while there is no leader, until that is turned off', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const rate = page.getByTitle('Virtual seconds per second');
  await page.evaluate(() => window.swarmscope.time.speed(100));
  await expect(rate).toHaveText('×100');
  // Ballots that take a millisecond are under way for a second.
  await page.evaluate(() => window.swarmscope.fault('link-quality', 'node2', 'node3', { delayMs: 1 }));
  await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  await swarm.painted();
  await expect(rate).toHaveText('×1');
  await expect(page.getByText('slowed by itself: there is no leader')).toBeVisible();

  const box = page.getByRole('checkbox', { name: 'slower while there is no leader' });
  await expect(box).toBeChecked();
  await box.uncheck();
  await expect(rate).toHaveText('×100');
  await expect(page.getByText('slowed by itself')).toBeHidden();
  await box.check();
  await expect(rate).toHaveText('×1');

  // Played by itself, the election passes in slow motion, and then the world is fast again.
  const { now: at, machines } = await swarm.snapshot();
  const timeouts = machines.flatMap(({ raft, power }) =>
    raft && power ? [raft.electionTimerStarted + raft.electionTimeout] : [],
  );
  await swarm.advance((Math.min(...timeouts) - at) / 1e6 - 0.5);
  await page.evaluate(() => window.swarmscope.time.play());
  await expect(page.getByText('slowed by itself: ballots are on their way')).toBeVisible({ timeout: 20_000 });
  await expect(rate).toHaveText('×0.001');
  await expect(page.getByText('slowed by itself')).toBeHidden({ timeout: 20_000 });
  await expect(page.getByText('2 of 3 managers: writes OK')).toBeVisible();
  await page.evaluate(() => window.swarmscope.time.pause());
});
