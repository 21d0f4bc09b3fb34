/** The Orchestration lens: slots as lanes, an update that goes through them, the scheduler's receipt, and the way back in time. */
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { test } from './swarm-page.ts';

test('an update goes through the slots, two at a time; what failed is replaced', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await swarm.leaveText();
  await page.keyboard.press('4');
  const lane = (slot: number) => page.getByRole('button', { name: new RegExp(`^web\\.${slot}: `) });
  await expect(lane(6)).toBeVisible();
  await expect(lane(1)).toHaveAccessibleName(/^web\.1: running on node\d$/);

  const command = 'docker service update -d --image nginx:1.27 --update-parallelism 2 --update-delay 3s web';
  await page.evaluate((line) => window.swarmscope.run('node1', line), command);
  await swarm.advance(1);
  await swarm.painted();
  const changing = async () => {
    const names = await page
      .getByRole('button', { name: /^web\.\d: / })
      .evaluateAll((all) => all.map((one) => one.ariaLabel));
    return names.filter((name) => name?.includes(', then ')).length;
  };
  await expect.poll(changing).toBe(2);
  await swarm.advance(40);
  await swarm.painted();
  await expect(page.getByText('completed update completed')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'The scheduler' })).toContainText('a task of web');

  await lane(3).click();
  await expect(swarm.selected).toContainText('web.3');
  const task = (await swarm.wantedTasks('web')).find(({ slot }) => slot === 3)!;
  await page.evaluate(
    ([host, container]) => window.swarmscope.fault('container-crash', host!, container!, 1),
    [task.machine!, task.containerId!],
  );
  await swarm.advance(12);
  await swarm.painted();
  await expect(lane(3)).toHaveAccessibleName(/failed on node\d, then running on node\d$/);
});

test('a global service has a lane for each machine; nothing serious for axe', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  await page.evaluate(() =>
    window.swarmscope.run('node1', 'docker service create -d --name agent --mode global redis:7'),
  );
  await swarm.advance(10);
  await page.getByRole('tab', { name: 'Orchestration' }).click();
  await page.getByRole('button', { name: /^agent 5\/5/ }).click();
  await expect(page.getByRole('button', { name: 'node5: running on node5' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual(
    [],
  );
});
