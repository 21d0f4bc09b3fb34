/** The page without eyes or mouse: axe on its main states, the main job by keyboard alone, the outline as a mirror of the stage. */
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { isVisible } from '../src/ui/stage/task-facts.ts';
import { type SwarmPage, test } from './swarm-page.ts';

/** What axe finds that is serious or critical, in words; in a part of the page only, if one is named. */
async function seriousFindings({ page }: SwarmPage, part?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  // The dark page differs from the light one in its colours only.
  if (await page.evaluate(() => document.documentElement.dataset.theme === 'dark')) axe.withRules('color-contrast');
  const { violations } = await (part ? axe.include(part) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`axe, ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('finds nothing serious on a wide screen', async ({ swarm }) => {
      test.slow();
      const { page } = swarm;
      await swarm.open();
      await swarm.terminal('node1').waitForPrompt();
      // Rows are alike: some say as much as two hundred, in less time.
      await swarm.inspector.getByRole('combobox', { name: 'Filter events by lane' }).selectOption('you');
      expect(await seriousFindings(swarm), 'as it opens').toEqual([]);

      await swarm.clickOn('machine:node1');
      await swarm.actionButton('Power off').click();
      await swarm.advance(60);
      await swarm.clickOn('machine:node2', 'right');
      await expect(page.getByRole('menu')).toBeVisible();
      expect(await seriousFindings(swarm), 'a leader dead, a menu open').toEqual([]);
      await page.keyboard.press('Escape');

      const task = (await swarm.wantedTasks())[0]!;
      await swarm.clickOn(`task:${task.id}`);
      await page.keyboard.press('2');
      await swarm.inspector.getByRole('tab', { name: 'JSON' }).click();
      await expect(swarm.inspector.getByRole('region', { name: /^JSON of/ })).toContainText(task.id);
      expect(await seriousFindings(swarm), 'a task selected, its JSON, Raft lens').toEqual([]);

      for (const dialog of ['Help and keys', /seed \d+/]) {
        await page.getByRole('button', { name: dialog }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect(await seriousFindings(swarm, 'dialog'), String(dialog)).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });
  });

  test.describe(`axe on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

    test('finds nothing serious', async ({ swarm }) => {
      test.slow();
      const { page } = swarm;
      await swarm.open();
      await page.getByRole('group', { name: 'Commands' }).getByRole('button', { name: 'node ls' }).tap();
      await swarm.terminal('node1').expectText('docker node ls');
      expect(await seriousFindings(swarm), 'terminal').toEqual([]);
      await swarm.tapOn('machine:node2');
      await expect(swarm.selected).toHaveText(/^node2/);
      await page.getByRole('button', { name: 'Pull the sheet up' }).tap();
      expect(await seriousFindings(swarm), 'sheet pulled up').toEqual([]);
    });
  });
}

test('the main job can be done by keyboard alone', async ({ swarm }) => {
  const { page } = swarm;
  const key = async (...names: string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  /** Goes back, stop by stop, until one of this role has the focus. */
  const tabBackTo = async (role: string) => {
    for (let stops = 0; stops < 20; stops++) {
      if ((await page.evaluate(() => document.activeElement?.getAttribute('role'))) === role) return;
      await key('Shift+Tab');
    }
    throw new Error(`no stop of the Tab key is a ${role}`);
  };
  await swarm.open();

  await key('t');
  const first = swarm.terminal('node1');
  await expect(first.input).toBeFocused();
  await page.keyboard.type('docker service create --name shop --replicas 3 -d nginx:1.26');
  await key('Enter');
  await swarm.advance(15);
  await key('Shift+Escape');
  await expect(swarm.hostTab('node1')).toBeFocused();

  await tabBackTo('treeitem');
  await key('Home', 'ArrowDown');
  await expect(swarm.outlineLine('node1, manager, Leader')).toBeFocused();
  await expect(swarm.selected).toHaveText(/^node1/);
  await key('Enter');
  const menu = page.getByRole('menu', { name: 'node1' });
  await expect(menu.getByRole('menuitem', { name: 'Power off' })).toBeFocused();
  await key('Enter');
  await expect(menu).toBeHidden();
  await expect(swarm.narrator).toHaveText(/^You cut the power of node1\./);
  await expect(swarm.outlineLine('node1, manager, no power')).toBeFocused();

  await swarm.advanceUntil('a new leader', ({ quorum }) => quorum?.leader !== null, 45);
  await expect(swarm.narrator).toHaveText(/^node[23] (leads now|wins the election)/);
  await swarm.advance(50);
  await expect(swarm.outlineLine('node1, manager, Down')).toBeFocused();
  await expect(swarm.outlineLine('shop, replicated, 3 of 3 running')).toBeAttached();
  await key('ArrowRight', 'ArrowDown');
  await expect(
    swarm.outlineLine(/^\w+\.\d, lost, last seen running, wants shutdown, replaced on node\d/).first(),
  ).toBeFocused();
  await key('ArrowLeft');
  await expect(swarm.outlineLine('node1, manager, Down')).toBeFocused();

  await key('k');
  await swarm.advance(20);
  await expect(swarm.outlineLine(/^node1, manager, term/)).toBeFocused();
  await expect(page.getByText('3 of 3 managers: writes OK')).toBeVisible();
  await key('Space');
  await expect(page.getByRole('menu')).toBeVisible();
  await key('Escape');
  await expect(swarm.outlineLine(/^node1, manager, term/)).toBeFocused();
});

test('the outline mirrors all tasks', async ({ swarm }) => {
  await swarm.open('./?start=12x60');
  await swarm.run(
    'node1',
    'docker service create -d --name far --replicas 2 --constraint node.labels.zone==moon nginx:1.26',
  );
  await swarm.page.evaluate(() => window.swarmscope.fault('power-off', 'node12'));
  await swarm.advance(40);
  const { machines, tasks, now } = await swarm.snapshot();
  await expect(swarm.outlineLine('Machines, 12')).toBeAttached();
  await expect(swarm.outlineLine('node12, worker, Down')).toBeAttached();
  for (const { name } of machines) await swarm.openBranch(name);
  const spoken = await swarm.outlineTasks();
  for (const { name } of machines) {
    const visible = tasks.filter((task) => task.machine === name && isVisible(task, now));
    const names = spoken[name]!.map((line) => line.split(',')[0]);
    expect(names.sort(), name).toEqual(visible.map((task) => `${task.serviceName}.${task.slot}`).sort());
  }
  await expect(swarm.outlineLine('Waiting for a machine, 2')).toBeAttached();
  await expect(swarm.outlineLine(/^far\.\d, pending, no suitable node/)).toHaveCount(2);
  await expect(swarm.stage.getByRole('img')).toHaveAccessibleName(
    /^Map of 12 machines; leader node1; down: node12; web 60 of 60; far 0 of 2\./,
  );
});

test('the terminal keeps its text for a screen reader when it is asked to', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await swarm.page.getByRole('button', { name: 'Screen reader mode' }).press('Enter');
  await terminal.enter('docker service ls');
  await swarm.advance(1);
  await expect(terminal.box.getByRole('listitem').filter({ hasText: /web +replicated +6\/6/ })).toBeAttached();
});
