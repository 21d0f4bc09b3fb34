/** One host's terminal as a person has it: keys in, lines out. What it shows is read from the rows that xterm draws. */
import { expect, type Locator, type Page } from '@playwright/test';

export class TerminalPane {
  readonly host: string;
  readonly input: Locator;
  readonly box: Locator;
  readonly #page: Page;

  constructor(page: Page, host: string) {
    this.#page = page;
    this.host = host;
    this.input = page.getByRole('textbox', { name: `Terminal of ${host}.` });
    this.box = page.locator('.xterm', { has: this.input });
  }

  get prompt(): string {
    return `docker@${this.host}:~$`;
  }

  /** The lines on screen, blanks at their ends and empty lines at the foot left out. */
  async lines(): Promise<string[]> {
    const rows = await this.box.locator('.xterm-rows > div').allTextContents();
    const lines = rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  async text(): Promise<string> {
    return (await this.lines()).join('\n');
  }

  /** The last line: what one types at, if no command runs. */
  async lastLine(): Promise<string> {
    return (await this.lines()).at(-1) ?? '';
  }

  async waitForPrompt(): Promise<void> {
    await expect.poll(() => this.lastLine(), `prompt of ${this.host}`).toBe(this.prompt);
  }

  /** Polls, because the worker and xterm answer between two frames, until the screen has it. */
  async expectText(expected: string | RegExp): Promise<void> {
    const text = expect.poll(() => this.text(), `screen of ${this.host}`);
    if (typeof expected === 'string') await text.toContain(expected);
    else await text.toMatch(expected);
  }

  async expectLastLine(expected: string | RegExp): Promise<void> {
    const line = expect.poll(() => this.lastLine(), `last line of ${this.host}`);
    if (typeof expected === 'string') await line.toBe(expected);
    else await line.toMatch(expected);
  }

  /** Types without Enter. */
  async type(text: string): Promise<void> {
    await this.input.focus();
    await this.#page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.input.focus();
    await this.#page.keyboard.press(key);
  }

  /** Types a command and presses Enter once the whole line stands there. */
  async enter(command: string): Promise<void> {
    await this.type(command);
    await this.expectText(command);
    await this.#page.keyboard.press('Enter');
  }
}
