/** The stage: what is selected shows everywhere, and what can be done to machines and containers, by mouse and by keyboard. */
import { expect } from '@playwright/test';
import { layoutRaft } from '../src/ui/stage/raft-layout.ts';
import { type SwarmPage, test } from './swarm-page.ts';

/** The first task that is wanted on a machine. */
async function taskOn(swarm: SwarmPage, machine: string) {
  const task = (await swarm.wantedTasks()).find((row) => row.machine === machine);
  if (!task) throw new Error(`nothing runs on ${machine}`);
  return { ...task, name: `${task.serviceName}.${task.slot}` };
}

test('what is selected on the stage shows everywhere', async ({ swarm }) => {
  const { page, inspector, selected } = swarm;
  await swarm.open();
  await expect(selected).toHaveText('Events');
  const task = await taskOn(swarm, 'node4');
  const machinePlace = await swarm.placeOf('machine:node2');
  const taskPlace = await swarm.placeOf(`task:${task.id}`);
  const timeline = await swarm.timelinePixels();
  const plain = { standing: await swarm.pixels(), moving: await swarm.pixels(machinePlace.box, 'moving') };

  await swarm.clickOn('machine:node2');
  await expect(selected).toHaveText(/^node2/);
  await swarm.painted();
  expect(await swarm.pixels(), 'squares of other machines go back').not.toBe(plain.standing);
  expect(await swarm.pixels(machinePlace.box, 'moving'), 'a ring is around the machine').not.toBe(plain.moving);
  await expect.poll(() => swarm.timelinePixels(), 'events of others go back').not.toBe(timeline);
  await expect(swarm.outlineLine('node2, ')).toHaveAttribute('aria-selected', 'true');

  await swarm.clickOn(`task:${task.id}`);
  await expect(selected).toHaveText(new RegExp(`^${task.name} on node4`));
  await expect(inspector.getByRole('heading', { name: `Why is ${task.name} on node4?` })).toBeVisible();
  await expect(inspector.getByRole('heading', { name: /^Decision/ })).toBeVisible();
  await swarm.painted();
  expect(await swarm.pixels(), 'a selected task dims nothing').toBe(plain.standing);
  await expect(swarm.outlineLine(`${task.name}, running`)).toHaveAttribute('aria-selected', 'true');

  await inspector.getByRole('tab', { name: 'JSON' }).click();
  await expect(inspector.getByRole('region', { name: /^JSON of \/tasks\// })).toContainText(`"ID": "${task.id}"`);
  await inspector.getByRole('tab', { name: 'Facts' }).click();
  await inspector.getByRole('button', { name: 'node4' }).click();
  await expect(selected).toHaveText(/^node4/);
  await inspector.getByRole('tab', { name: 'Events' }).click();
  await expect(
    inspector
      .getByRole('region', { name: /events/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible();

  const service = (await swarm.snapshot()).services[0]!;
  await swarm.clickOn(`service:${service.id}`);
  await expect(selected).toHaveText(/^web/);
  await expect(inspector.getByText('6 of 6 running')).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(selected).toHaveText('Events');
  await swarm.painted();
  expect(await swarm.pixels()).toBe(plain.standing);

  // Hovering an event, or a row of a terminal, shows the thing on the stage.
  const { x, y, w, h } = taskPlace.box;
  const ring = () => swarm.pixels({ x: x - 6, y: y - 6, w: w + 12, h: h + 12 }, 'moving');
  const bare = await ring();
  const terminal = await swarm.openTerminal('node1');
  await terminal.enter('docker service ps web');
  await swarm.advance(1);
  await terminal.waitForPrompt();
  const row = terminal.box.locator('.xterm-rows > div', { hasText: new RegExp(`${task.name}\\b`) });
  const at = await row.boundingBox();
  await page.mouse.move(at!.x + 200, at!.y + at!.height / 2);
  await expect.poll(ring).not.toBe(bare);
  await page.mouse.move(10, 10);
  await expect.poll(ring).toBe(bare);

  // And what is selected is marked in the rows that name it.
  const ground = () =>
    row
      .locator('span')
      .first()
      .evaluate((cell) => getComputedStyle(cell).backgroundColor);
  const plainGround = await ground();
  await swarm.clickOn(`task:${task.id}`);
  await expect.poll(ground).not.toBe(plainGround);
  await swarm.leaveText();
  await page.keyboard.press('Escape');
  await expect.poll(ground).toBe(plainGround);
});

test('the list of events can be filtered, and an event leads to its causes', async ({ swarm }) => {
  const { page, inspector, selected } = swarm;
  await swarm.open();
  await page.evaluate(() => window.swarmscope.fault('cable-cut', 'node5'));
  await swarm.advance(30);
  await inspector.getByRole('searchbox', { name: 'Filter events by words' }).fill('node5 down');
  const list = inspector.getByRole('region', { name: 'List of events, newest first' });
  await list.getByRole('button', { name: /node5 is Down/ }).click();
  await expect(selected).toHaveText(/^node5 is Down/);
  await expect(inspector.getByText('You cut the cable of node5.')).toBeVisible();
  await inspector.getByRole('button', { name: 'Select nothing' }).click();
  await inspector.getByRole('searchbox').fill('');
  await inspector.getByRole('combobox', { name: 'Filter events by lane' }).selectOption('you');
  await expect(list.getByRole('listitem').first()).toContainText('You cut the cable of node5.');
});

test('the menu of a machine opens by right click, by Shift+F10 and by the menu key', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const menu = page.getByRole('menu', { name: 'node3' });
  await swarm.clickOn('machine:node3', 'right');
  const usual = [/Power off/, /Cut cable/, /Restart daemon/, /Drain/, /Demote/];
  const rare = [
    /Pause daemon/,
    /Fill disk/,
    /Slow disk/,
    /Clock runs/,
    /Clock an hour/,
    /2377/,
    /7946/,
    /4789/,
    /Lose disk/,
  ];
  await expect(menu.getByRole('menuitem')).toHaveText([...usual, ...rare]);
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();

  await page.keyboard.press('Shift+F10');
  await expect(menu.getByRole('menuitem', { name: 'Power off' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'Cut cable' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu).toBeHidden();
  await expect(swarm.outlineLine('node3, manager, cable cut')).toBeAttached();

  await page.keyboard.press('ContextMenu');
  await expect(menu.getByRole('menuitem', { name: 'Mend cable' })).toBeVisible();
  await page.keyboard.press('c');
  await expect(menu).toBeHidden();
  await expect(swarm.outlineLine('node3, manager, term')).toBeAttached();

  const task = await taskOn(swarm, 'node4');
  await swarm.clickOn(`task:${task.id}`, 'right');
  await expect(page.getByRole('menu', { name: task.name }).getByRole('menuitem')).toHaveText([/Kill container/]);
  await page.mouse.click(5, 300);
  await expect(page.getByRole('menu')).toBeHidden();
});

test('the arrow keys go from machine to machine', async ({ swarm }) => {
  const { page, selected } = swarm;
  await swarm.open();
  await page.keyboard.press('ArrowRight');
  await expect(selected).toHaveText(/^node1/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(selected).toHaveText(/^node3/);
  await page.keyboard.press('ArrowLeft');
  await expect(selected).toHaveText(/^node2/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(selected).toHaveText(/^node5/);
  await page.keyboard.press('t');
  await expect(swarm.terminal('node5').input).toBeFocused();
  await page.keyboard.press('Shift+Escape');
  await expect(swarm.hostTab('node5')).toBeFocused();
});

test("drain and promote type the docker command in a manager's terminal", async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await swarm.hostTab('node4').click();
  await swarm.clickOn('machine:node4');
  await swarm.actionButton('Drain').click();
  const terminal = swarm.terminal('node1');
  await terminal.expectText(`${terminal.prompt} docker node update --availability drain node4`);
  await swarm.advance(20);
  await terminal.waitForPrompt();
  await expect(swarm.outlineLine('node4, worker, Drain')).toBeAttached();
  const { tasks } = await swarm.snapshot();
  expect(tasks.filter((task) => task.machine === 'node4' && task.desiredState === 'running')).toEqual([]);
  expect(tasks.filter((task) => task.desiredState === 'running' && task.state === 'running')).toHaveLength(6);

  await page.keyboard.press('d');
  await terminal.expectText('docker node update --availability active node4');
  await swarm.advance(2);
  await expect(swarm.outlineLine(/^node4, worker(?!, Drain)/)).toBeAttached();

  await swarm.actionButton('Promote').click();
  await terminal.expectText('docker node promote node4');
  await swarm.advance(10);
  await terminal.expectText('Node node4 promoted to a manager in the swarm.');
  await expect(page.getByText('4 of 4 managers: writes OK')).toBeVisible();
  await expect(swarm.outlineLine('node4, manager')).toBeAttached();

  await page.keyboard.press('p');
  await swarm.advance(10);
  await terminal.expectText('Manager node4 demoted in the swarm.');
  await expect(page.getByText('3 of 3 managers: writes OK')).toBeVisible();
});

test('faults print what they stand for', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await swarm.clickOn('machine:node5');
  await swarm.actionButton('Power off').click();
  await terminal.expectText('power off: node5');
  await expect(swarm.actionButton('Restart daemon')).toHaveCount(0);
  await expect(swarm.actionButton('Start daemon')).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('k');
  await terminal.expectText('power on: node5');
  await swarm.advance(10);
  await swarm.actionButton('Restart daemon').click();
  await terminal.expectText('daemon restart: node5');
  await expect(swarm.narrator).toHaveText(/You restart the daemon of node5\./);
  await swarm.advance(20);
  await expect(swarm.outlineLine('node5, worker, 1 task')).toBeAttached();
});

test('a killed container is replaced after the restart delay of 5 s', async ({ swarm }) => {
  const { selected } = swarm;
  await swarm.open();
  const task = await taskOn(swarm, 'node4');
  await swarm.clickOn(`task:${task.id}`);
  await swarm.actionButton('Kill container').click();
  const terminal = swarm.terminal('node4');
  await terminal.expectText(`${terminal.prompt} docker kill ${task.containerId!.slice(0, 12)}`);
  await swarm.advance(1);
  await expect(selected).toHaveText(new RegExp(`^${task.name}`));
  const slot = async () =>
    (await swarm.snapshot()).tasks
      .filter((row) => row.serviceName === task.serviceName && row.slot === task.slot)
      .sort((a, b) => a.createdAt - b.createdAt);
  const [dead, next] = await slot();
  expect(dead).toMatchObject({ id: task.id, state: 'failed', exitCode: 137 });
  expect(next, 'the successor waits').toMatchObject({ desiredState: 'ready' });
  await swarm.openBranch('node4');
  await expect(swarm.outlineLine(`${task.name}, failed`)).toBeAttached();
  await swarm.advance(3);
  expect((await slot())[1]!.state).not.toBe('running');
  await swarm.advance(3);
  expect((await slot())[1]).toMatchObject({ state: 'running', desiredState: 'running' });
  await expect(swarm.outlineLine('web, replicated, 6 of 6 running')).toBeAttached();
});

test('a cut cable makes a node Down whose containers run on; mended it is Ready again', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const task = await taskOn(swarm, 'node5');
  await swarm.clickOn('machine:node5');
  await page.keyboard.press('c');
  await swarm.terminal('node1').expectText('cable cut: node5');
  await swarm.advance(10);
  await expect(swarm.outlineLine('node5, worker, cable cut')).toBeAttached();
  await swarm.advance(20);
  await expect(swarm.outlineLine('node5, worker, Down, cable cut, containers run on')).toBeAttached();
  await swarm.openBranch('node5');
  await expect(swarm.outlineLine(`${task.name}, lost, last seen running, its container runs on`)).toBeAttached();
  expect(
    (await swarm.wantedTasks()).filter(({ machine, state }) => machine !== 'node5' && state === 'running'),
  ).toHaveLength(6);

  await swarm.leaveText();
  await page.keyboard.press('c');
  await swarm.terminal('node1').expectText('cable mended: node5');
  await swarm.advance(20);
  await expect(swarm.outlineLine(/^node5, worker, (?!Down)/)).toBeAttached();
  expect(await swarm.node('node5')).toMatchObject({ state: 'ready' });
  const { containers } = await swarm.machine('node5');
  expect(
    containers.filter(({ state }) => state === 'running'),
    'what the swarm gave up has been stopped',
  ).toEqual([]);
});

test('the Raft lens shows the managers; a seat can be selected; the map can be zoomed and shown whole again', async ({
  swarm,
}) => {
  const { page, selected } = swarm;
  await swarm.open();
  const cluster = await swarm.pixels();
  await page.keyboard.press('2');
  await expect(swarm.lens('Raft')).toHaveAttribute('aria-selected', 'true');
  await swarm.painted();
  const calm = await swarm.pixels();
  expect(calm).not.toBe(cluster);

  const area = await swarm.stageArea();
  const snapshot = await swarm.snapshot();
  const scene = await swarm.measured((measure) => layoutRaft(snapshot, area.w, area.h, measure));
  const seat = scene.byName.get('node3')!;
  await page.mouse.click(area.x + seat.center.x, area.y + seat.center.y);
  await expect(selected).toHaveText(/^node3/);
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
  await swarm.advanceUntil('a candidate', ({ machines }) => machines.some(({ raft }) => (raft?.term ?? 0) > 2));
  expect(await swarm.pixels()).not.toBe(calm);

  await swarm.lens('Cluster').click();
  await swarm.painted();
  const whole = await swarm.pixels();
  const { spot } = await swarm.placeOf('machine:node4');
  await page.mouse.move(spot.x, spot.y);
  await page.mouse.wheel(0, -400);
  const all = page.getByRole('button', { name: 'Show all' });
  await expect(all).toBeVisible();
  await expect.poll(() => swarm.pixels()).not.toBe(whole);
  await all.click();
  await expect(all).toBeHidden();
  await expect.poll(() => swarm.pixels()).toBe(whole);
  await page.mouse.dblclick(spot.x, spot.y);
  await expect(swarm.hostTab('node4')).toHaveAttribute('aria-selected', 'true');
});
