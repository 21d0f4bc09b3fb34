/** Lessons as a learner takes them, from the first click to the last; and a moment that is handed on by its link. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Snapshot } from '../src/protocol/snapshot.ts';
import { SwarmPage, test } from './swarm-page.ts';

const lessonOf = (page: Page) => page.getByRole('region', { name: 'Lesson', exact: true });
const next = (page: Page) => lessonOf(page).getByRole('button', { name: /^(Next|Finish)$/ });

/** Opens the course by its button and begins a lesson; its clock stands still. */
async function begin(swarm: SwarmPage, title: string): Promise<Locator> {
  const { page } = swarm;
  await page.getByRole('button', { name: 'Learn' }).click();
  await page.getByRole('dialog', { name: 'Learn' }).getByRole('button', { name: title }).click();
  const lesson = lessonOf(page);
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText(title);
  await standStill(swarm);
  return lesson;
}

/** The lesson has made its world, and let its clock run: it is stopped again. */
async function standStill(swarm: SwarmPage): Promise<void> {
  await expect(lessonOf(swarm.page).getByText('The world of this lesson is being made.')).toBeHidden();
  await swarm.page.evaluate(() => window.swarmscope.time.pause());
}

/** Lets time pass until the step is done. */
async function passUntilDone(swarm: SwarmPage, limitSeconds = 90): Promise<void> {
  for (let passed = 0; passed < limitSeconds; passed += 2) {
    if (await next(swarm.page).isEnabled()) return;
    await swarm.advance(2);
  }
  await expect(next(swarm.page)).toBeEnabled();
}

/** All that is to be seen. Since when nobody leads is counted from the first picture of it, which differs from page to page. */
async function picture(swarm: SwarmPage): Promise<Snapshot> {
  const snapshot = await swarm.snapshot();
  return { ...snapshot, quorum: snapshot.quorum && { ...snapshot.quorum, leaderlessSince: null } };
}

/** Presses all buttons of the step's text, giving each time to do what it does, and goes on. */
async function takeStep(swarm: SwarmPage, title: string): Promise<void> {
  const lesson = lessonOf(swarm.page);
  await expect(lesson.getByRole('heading', { level: 3 })).toHaveText(title);
  for (const button of await lesson.getByRole('paragraph').getByRole('button').all()) {
    await button.click();
    await swarm.advance(8);
  }
  await passUntilDone(swarm);
  await next(swarm.page).click();
}

test('a service is created, scaled and removed, and the lesson stays done', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const lesson = await begin(swarm, 'Create, scale, spread');
  await expect(next(page)).toBeDisabled();
  await expect(lesson.getByRole('listitem')).toHaveText([/Three tasks of web run: still missing/]);
  await takeStep(swarm, 'A service');

  // What is done otherwise than the text says counts as well.
  await lesson.getByRole('radio', { name: 'One on each machine, managers too' }).check();
  await page.evaluate(() => window.swarmscope.run('node2', 'docker service update -d --replicas 5 web'));
  await passUntilDone(swarm);
  await expect(lesson.getByText('You saw it coming.')).toBeVisible();
  await next(page).click();

  await takeStep(swarm, 'Less of it');
  await takeStep(swarm, 'And away');
  await expect(lesson.getByRole('heading', { level: 3 })).toHaveText('Done');
  await expect(lesson.getByRole('button', { name: 'Next: It heals itself' })).toBeVisible();

  await swarm.open();
  await page.getByRole('button', { name: 'Learn' }).click();
  await expect(page.getByRole('button', { name: /^Create, scale, spread \(done\)/ })).toBeVisible();
});

test('the leader dies; a step taken back is done again', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const lesson = await begin(swarm, 'The leader dies');
  await expect(page.getByRole('tab', { name: 'Raft' })).toHaveAttribute('aria-selected', 'true');
  await next(page).click();
  await lesson.getByRole('button', { name: 'Cut the power of node1' }).click();
  await swarm.advance(3);
  expect((await swarm.snapshot()).machines[0]!.power).toBe(false);
  await expect(next(page)).toBeDisabled();
  await lesson.getByRole('button', { name: 'Begin the step again' }).click();
  await expect.poll(async () => (await swarm.snapshot()).machines[0]!.power).toBe(true);
  await takeStep(swarm, 'Silence');
  await takeStep(swarm, 'The old leader returns');
  await expect(lesson.getByRole('heading', { level: 3 })).toHaveText('Done');
});

test('a swarm from blank hosts, by keyboard only', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const focused = () =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );
  const tabTo = async (name: RegExp, key = 'Tab') => {
    for (let presses = 0; presses < 120; presses++) {
      if (name.test(await focused())) return;
      await page.keyboard.press(key);
    }
    throw new Error(`no way to ${name} by ${key}`);
  };
  await swarm.leaveText();
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'What to find or do' })).toBeFocused();
  await page.keyboard.type('learn');
  await expect(page.getByRole('dialog').getByRole('option', { selected: true })).toContainText('Learn');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Learn' })).toBeVisible();
  await tabTo(/^From blank hosts to a swarm/);
  await page.keyboard.press('Enter');
  const lesson = lessonOf(page);
  await expect(lesson.getByRole('heading', { level: 2 })).toHaveText('From blank hosts to a swarm');
  await standStill(swarm);
  await expect.poll(focused).toBe('The first manager');

  const titles: [string, RegExp[]][] = [
    ['The first manager', [/^Type on node1: docker swarm init/]],
    ['Two tokens', [/join-token worker/, /join-token manager/]],
    ['Workers join', [/^Type on node4: docker swarm join/, /^Type on node5: docker swarm join/]],
    ['More managers', [/^Type on node2: docker swarm join/, /^Type on node3: docker swarm join/]],
  ];
  for (const [title, buttons] of titles) {
    await expect.poll(focused).toBe(title);
    for (const button of buttons) {
      await tabTo(button);
      await page.keyboard.press('Enter');
      await swarm.advance(5);
    }
    await passUntilDone(swarm);
    await tabTo(/^(Next|Finish)$/);
    await page.keyboard.press('Enter');
  }
  await expect.poll(focused).toBe('Done');
  const { nodes, quorum } = await swarm.snapshot();
  expect(nodes).toHaveLength(5);
  expect(quorum!.members).toHaveLength(3);
});

test('who is stuck is told why, and can be shown the way', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const lesson = await begin(swarm, 'Everywhere, or only here');
  await page.evaluate(() =>
    window.swarmscope.run('node1', 'docker service create -d --name metrics prom/node-exporter'),
  );
  await expect(lesson.getByText('This one is replicated.')).toBeVisible();
  await page.evaluate(() => window.swarmscope.run('node1', 'docker service rm metrics'));
  await swarm.advance(15);
  await expect(lesson.getByText('This one is replicated.')).toBeHidden();
  await page.evaluate(() => window.swarmscope.time.speed(100));
  await lesson.getByRole('button', { name: 'Show me' }).click();
  await expect(next(page)).toBeEnabled({ timeout: 20_000 });
  await expect(lesson.getByRole('listitem')).toHaveText([/metrics runs on all five machines: done/]);
});

test('a link shows another page the same moment, from which it goes on', async ({ swarm, context }) => {
  const { page } = swarm;
  await swarm.open();
  await page.evaluate(() => window.swarmscope.run('node2', 'docker service scale -d web=4'));
  await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  await swarm.advance(12.3);
  await swarm.lens('Raft').click();
  await page.getByRole('button', { name: 'Share this moment' }).click();
  const link = await page.getByLabel('Link to this moment').inputValue();
  expect(link.length).toBeLessThan(2000);

  const other = new SwarmPage(await context.newPage());
  await other.openRunning(link);
  await other.painted();
  expect(await picture(other)).toEqual(await picture(swarm));
  await expect(other.lens('Raft')).toHaveAttribute('aria-selected', 'true');
  for (const each of [swarm, other]) await each.advance(40);
  expect(await other.snapshot()).toEqual(await swarm.snapshot());
  expect(other.complaints).toEqual([]);

  // A link that has lost its end says so, and there is a world all the same.
  await other.page.goto('about:blank');
  await other.openRunning(link.slice(0, -30));
  await expect(other.page.getByRole('alert')).toContainText('This link is broken');
  expect((await other.snapshot()).machines).toHaveLength(5);
});

test('the address can name a lesson', async ({ swarm }) => {
  await swarm.openRunning('?lesson=split-brain');
  await expect(lessonOf(swarm.page).getByRole('heading', { level: 2 })).toHaveText('No split brain');
  await expect.poll(async () => (await swarm.snapshot()).machines.length).toBe(5);
});

test('the name of no lesson is answered by those that are', async ({ swarm }) => {
  await swarm.openRunning('?lesson=nonsense');
  await expect(swarm.page.getByRole('dialog', { name: 'Learn' })).toBeVisible();
});

test('an incident is mended, and answered', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await page.getByRole('button', { name: 'Learn' }).click();
  await page.getByRole('button', { name: 'The one of today' }).click();
  await expect(lessonOf(page).getByRole('heading', { level: 3 })).toHaveText('Put it right');
  await expect(lessonOf(page).getByText('The world of this lesson is being made.')).toBeHidden();
  await page.evaluate(() => window.swarmscope.time.speed(50));
  await lessonOf(page).getByRole('button', { name: 'Show me' }).click();
  await expect(next(page)).toBeEnabled({ timeout: 30_000 });
  await next(page).click();
  await expect(lessonOf(page).getByRole('heading', { level: 3 })).toHaveText('What it was');
  await next(page).click();
  await expect(lessonOf(page)).toContainText('with the solution shown');
});
