/** Sizes of screen: nothing scrolls sideways, nothing is cut off, and on a phone the sheet and the chips do what a keyboard does. */
import { expect } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';

/** What is wrong with the layout: scrolling of the page, controls outside of the window, text that its box cuts off. */
function layoutFaults({ page }: SwarmPage): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide`);
    if (root.scrollHeight > innerHeight) faults.push(`the page is ${root.scrollHeight} px high`);
    /** Boxes in which one can scroll may hold more than they show. */
    const scrolls = (element: Element | null): boolean => {
      for (let box = element; box; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box);
        if ([overflowX, overflowY].some((overflow) => overflow === 'auto' || overflow === 'scroll')) return true;
      }
      return false;
    };
    const isShown = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest('.sr-only, .xterm');
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()} "${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 50)}"`;
    const things = 'button, a, input, select, h1, h2, time, canvas, [role=tab], [role=status], [role=menuitem], dialog';
    for (const element of document.querySelectorAll(things)) {
      if (!isShown(element) || scrolls(element.parentElement)) continue;
      const { left, top, right, bottom } = element.getBoundingClientRect();
      if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
        faults.push(`${name(element)} reaches ${[left, top, right, bottom].map(Math.round)}`);
    }
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      if (!text || !isShown(element) || scrolls(element)) continue;
      const { overflowX, textOverflow } = getComputedStyle(element);
      const cut = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 3;
      if (overflowX === 'hidden' && textOverflow !== 'ellipsis' && cut) faults.push(`${name(element)} is cut off`);
    }
    return faults;
  });
}

for (const [width, height] of [
  [1440, 900],
  [1920, 1080],
] as const) {
  test(`at ${width} x ${height} everything has its room`, async ({ swarm }) => {
    const { page } = swarm;
    await page.setViewportSize({ width, height });
    await swarm.open();
    await swarm.terminal('node1').waitForPrompt();
    expect(await layoutFaults(swarm), 'as it opens').toEqual([]);

    await page.evaluate(() => window.swarmscope.fault('power-off', 'node1'));
    await page.evaluate(() => window.swarmscope.time.speed(0.001));
    await swarm.painted();
    await swarm.clickOn('machine:node1');
    await expect(swarm.selected).toHaveText(/^node1/);
    expect(await layoutFaults(swarm), 'leader dead').toEqual([]);

    const { box } = await swarm.placeOf('machine:node5');
    await page.mouse.click(box.x + box.w - 8, box.y + box.h - 8, { button: 'right' });
    await expect(page.getByRole('menu', { name: 'node5' })).toBeVisible();
    expect(await layoutFaults(swarm), 'menu in a corner').toEqual([]);
    await page.keyboard.press('Escape');
    for (const dialog of ['Help and keys', /seed \d+/]) {
      await page.getByRole('button', { name: dialog }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await layoutFaults(swarm), String(dialog)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('2');
    await swarm.advance(20);
    expect(await layoutFaults(swarm), 'Raft').toEqual([]);
    await page.evaluate(() => window.swarmscope.load('50x400'));
    await swarm.painted();
    expect(await layoutFaults(swarm), '50 machines').toEqual([]);
  });
}

test.describe('on a phone of 390 x 844', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('everything has its room, and a chip types its command', async ({ swarm }) => {
    const { page } = swarm;
    await swarm.open();
    expect(await layoutFaults(swarm), 'as it opens').toEqual([]);
    const chips = page.getByRole('group', { name: 'Commands' });
    await chips.getByRole('button', { name: 'service ls' }).tap();
    const terminal = swarm.terminal('node1');
    await terminal.expectText('docker service ls');
    await swarm.advance(1);
    await terminal.expectText(/web +replicated +6\/6/);
    expect(await layoutFaults(swarm), 'terminal').toEqual([]);

    const raise = page.getByRole('button', { name: 'Pull the sheet up' });
    const sheet = page.getByRole('region', { name: 'Terminal of node1' });
    const low = (await sheet.boundingBox())!.height;
    await raise.tap();
    await expect.poll(async () => (await sheet.boundingBox())!.height).toBeGreaterThan(low * 2);
    await page.getByRole('button', { name: 'Lower the sheet' }).tap();
    await expect.poll(async () => (await sheet.boundingBox())!.height).toBe(low);
    await swarm.lens('Raft').tap();
    expect(await layoutFaults(swarm), 'Raft').toEqual([]);
    await page.getByRole('button', { name: 'Help and settings' }).tap();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await layoutFaults(swarm), 'help').toEqual([]);
  });

  test('the main job can be done by thumb', async ({ swarm }) => {
    const { page } = swarm;
    await swarm.open();
    await expect(swarm.narrator).toHaveText(/Kill the leader\. Tap node1, then Power off/);
    await swarm.tapOn('machine:node1');
    await expect(swarm.selected).toHaveText(/^node1/);
    const off = swarm.actionButton('Power off');
    expect((await off.boundingBox())!.height, 'as high as a thumb needs').toBeGreaterThanOrEqual(44);
    await off.tap();
    await expect(page.getByText('no leader', { exact: true })).toBeVisible();
    expect(await layoutFaults(swarm), 'leader dead').toEqual([]);
    await swarm.advance(70);
    await expect(page.getByText('writes OK', { exact: true })).toBeVisible();
    await expect(swarm.outlineLine('web, replicated, 6 of 6 running')).toBeAttached();

    // A long press opens the menu.
    const { spot } = await swarm.placeOf('machine:node1');
    const touch = await page.context().newCDPSession(page);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [spot] });
    const menu = page.getByRole('menu', { name: 'node1' });
    await expect(menu).toBeVisible();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await menu.getByRole('menuitem', { name: 'Power on' }).tap();
    await swarm.advance(20);
    await expect(swarm.outlineLine(/^node1, manager, term/)).toBeAttached();

    await page.getByRole('button', { name: 'Speed 1; tap for 10' }).tap();
    await expect(page.getByTitle('Virtual seconds per second')).toHaveText('×10');
    await page.getByRole('button', { name: 'Play' }).tap();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  });
});
