/** The main job, from end to end: a service by typing, the leader killed by a click, an election, tasks that move, a machine that returns. */
import { expect } from '@playwright/test';
import { test } from './swarm-page.ts';

test('a service is created, the leader is killed, another one is elected, tasks move, the machine comes back', async ({
  swarm,
}, info) => {
  const { page, narrator } = swarm;
  const picture = (name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) });

  await test.step('the page opens on a running swarm', async () => {
    await swarm.openRunning();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(narrator).toHaveText(/Kill the leader\./);
    await expect(page.getByText('3 of 3 managers: writes OK')).toBeVisible();
    const { machines, services } = await swarm.snapshot();
    expect(machines.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'node1 manager',
      'node2 manager',
      'node3 manager',
      'node4 worker',
      'node5 worker',
    ]);
    expect(services.map(({ name, running, desired }) => ({ name, running, desired }))).toEqual([
      { name: 'web', running: 6, desired: 6 },
    ]);
    await page.evaluate(() => window.swarmscope.time.pause());
    await picture('1-opens');
  });

  const first = await swarm.leader();
  const terminal = await swarm.openTerminal(first);

  await test.step('a service is created by typing, and its tasks appear on the stage', async () => {
    const before = await swarm.pixels();
    await terminal.enter('docker service create --name shop --replicas 5 -p 8080:80 nginx:1.26');
    await swarm.advance(30);
    await terminal.expectText(/verify: Service \w+ converged/);
    await terminal.expectLastLine(terminal.prompt);
    await expect(swarm.outlineLine('shop, replicated, 5 of 5 running')).toBeAttached();
    expect(await swarm.pixels(), 'the picture of the stage').not.toBe(before);
    const shop = await swarm.wantedTasks('shop');
    expect(shop).toHaveLength(5);
    for (const machine of new Set(shop.map((task) => task.machine!))) await swarm.openBranch(machine);
    const spoken = await swarm.outlineTasks();
    for (const { machine, slot } of shop) expect(spoken[machine!]).toContain(`shop.${slot}, running`);
    await picture('2-service-created');
  });

  const lost = (await swarm.wantedTasks()).filter((task) => task.machine === first);
  expect(lost.length, 'tasks on the leader').toBeGreaterThan(0);
  const survivor = first === 'node1' ? 'node2' : 'node1';

  await test.step('the leader is killed by a click', async () => {
    await swarm.clickOn(`machine:${first}`);
    await expect(swarm.selected).toHaveText(new RegExp(`^${first}`));
    await swarm.actionButton('Power off').click();
    await expect(narrator).toHaveText(new RegExp(`^You cut the power of ${first}\\.`));
    await expect(page.getByText('2 of 3 up, no leader: nothing can change')).toBeVisible();
    await expect(swarm.outlineLine(`${first}, manager, no power since`)).toBeAttached();
    await picture('3-leader-killed');
  });
  const killedAt = (await swarm.snapshot()).now;
  const secondsSince = async () => ((await swarm.snapshot()).now - killedAt) / 1e6;

  await test.step('a new leader is elected after a real election timeout', async () => {
    await swarm.advanceUntil('a new leader', ({ quorum }) => quorum?.leader !== null, 45);
    const leader = await swarm.leader();
    expect(leader).not.toBe(first);
    // Followers wait 10 to 19 ticks of a second; a split vote takes one more round.
    expect(await secondsSince()).toBeGreaterThanOrEqual(9);
    await expect(page.getByText('2 of 3 managers: writes OK')).toBeVisible();
    await expect(swarm.outlineLine(`${leader}, manager, Leader`)).toBeAttached();
    await expect(narrator).toHaveText(new RegExp(`^${leader} (leads now|wins the election), term \\d+\\.`));
    await picture('4-new-leader');
  });

  await test.step('its tasks stay where they are until it is held for down, and then move', async () => {
    if ((await secondsSince()) < 15) await swarm.advance(15 - (await secondsSince()));
    const early = (await swarm.snapshot()).tasks;
    for (const { id, serviceName, slot } of lost) {
      const task = early.find((row) => row.id === id);
      expect(task, `${serviceName}.${slot} at +15 s`).toMatchObject({ machine: first, successor: null });
    }
    await swarm.advance(60 - (await secondsSince()));
    const late = (await swarm.snapshot()).tasks;
    for (const { id, serviceName, slot } of lost) {
      const successor = late.find((row) => row.id === late.find((old) => old.id === id)?.successor);
      expect(successor, `${serviceName}.${slot} at +60 s`).toMatchObject({ state: 'running', desiredState: 'running' });
      expect(successor?.machine).not.toBe(first);
    }
    await expect(swarm.outlineLine('web, replicated, 6 of 6 running')).toBeAttached();
    await expect(swarm.outlineLine('shop, replicated, 5 of 5 running')).toBeAttached();
    await expect(swarm.outlineLine(`${first}, manager, Down, no power since`)).toBeAttached();
    await picture('5-tasks-moved');
  });

  await test.step('the machine comes back by a click', async () => {
    await swarm.clickOn(`machine:${first}`, 'right');
    await page.getByRole('menu', { name: first }).getByRole('menuitem', { name: 'Power on' }).click();
    await swarm.advance(30);
    await expect(swarm.outlineLine(new RegExp(`^${first}, manager, term \\d+`))).toBeAttached();
    await expect(page.getByText('3 of 3 managers: writes OK')).toBeVisible();
    expect(await swarm.node(first)).toMatchObject({ state: 'ready', manager: { reachability: 'reachable' } });
    const other = await swarm.openTerminal(survivor);
    await other.enter('docker node ls');
    await swarm.advance(1);
    await other.expectText(new RegExp(`${first} +Ready +Active +Reachable`));
    await picture('6-back-again');
  });
});
