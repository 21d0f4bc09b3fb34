/** The browser window of the page, as tests use it. Its requests go on with the clock, so a visit lets time pass. */
import { expect, type Locator } from '@playwright/test';
import type { SwarmPage } from './swarm-page.ts';

export class BrowserWindow {
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

  get address(): Locator {
    return this.window.getByRole('textbox', { name: 'Address' });
  }

  async visit(address: string, seconds = 1): Promise<void> {
    await this.address.fill(address);
    await this.window.getByRole('button', { name: 'Go' }).click();
    await this.arrive(seconds);
  }

  async press(name: string, seconds = 1): Promise<void> {
    await this.window.getByRole('button', { name, exact: true }).click();
    await this.arrive(seconds);
  }

  /** Lets time pass until the page is there: a redirection asks again, when the first answer has come. */
  async arrive(seconds = 1): Promise<void> {
    for (let tries = 0; tries < 4; tries++) {
      await this.#swarm.advance(seconds);
      await this.#swarm.painted();
      if (!(await this.answer.innerText()).startsWith('Waiting')) return;
    }
    await expect(this.answer).not.toContainText('Waiting');
  }
}

export async function openBrowser(swarm: SwarmPage): Promise<BrowserWindow> {
  await swarm.page.getByRole('tablist', { name: 'Host' }).getByRole('tab', { name: 'Browser' }).click();
  const browser = new BrowserWindow(swarm);
  await expect(browser.window).toBeVisible();
  return browser;
}
