/**
 * The page as a test sees it: opens it, lets virtual time pass (never waits for it), finds things on the canvas by the same layout
 * that draws them, and reads terminals. A test fails when the page complains (console, uncaught errors, requests that fail).
 */
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { ObjectRef } from '../src/protocol/events.ts';
import type { MachineView, NodeView, Snapshot, TaskView } from '../src/protocol/snapshot.ts';
import type { AdvanceResult, RunResult } from '../src/protocol/worker-messages.ts';
import type { Swarmscope } from '../src/ui/scripting.ts';
import { clusterTargets, indexTargets, legendTargets } from '../src/ui/stage/hit-test.ts';
import { layoutScene, type Measure } from '../src/ui/stage/layout.ts';
import type { Box } from '../src/ui/stage/scene.ts';
import { fontOf } from '../src/ui/stage/stage-look.ts';
import { TerminalPane } from './terminal-pane.ts';

declare global {
  interface Window {
    swarmscope: Swarmscope;
  }
}

/** A place on the page. */
export interface Spot {
  x: number;
  y: number;
}

export const test = base.extend<{ swarm: SwarmPage }>({
  swarm: async ({ page }, use) => {
    const swarm = new SwarmPage(page);
    await use(swarm);
    expect(swarm.complaints, 'what the page complained of').toEqual([]);
  },
});

export class SwarmPage {
  readonly page: Page;
  readonly stage: Locator;
  readonly inspector: Locator;
  /** The inspector's heading: the name of the selected thing. */
  readonly selected: Locator;
  readonly narrator: Locator;
  readonly clock: Locator;
  /** Uncaught errors, errors and warnings in the console, requests that failed. A test that expects some takes them out. */
  readonly complaints: string[] = [];
  readonly #widths = new Map<string, number>();

  constructor(page: Page) {
    this.page = page;
    this.stage = page.getByRole('tabpanel', { name: 'The swarm' });
    this.inspector = page.getByLabel('Inspector', { exact: true });
    this.selected = this.inspector.getByRole('heading', { level: 2 });
    this.narrator = page.getByRole('main').getByRole('status').first();
    this.clock = page.getByRole('region', { name: 'Time' }).getByRole('timer', { name: 'Virtual time' }).first();
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('requestfailed', (request) =>
      this.complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`),
    );
  }

  /** Opens the page and stops its clock, so that time passes only by `advance`. */
  async open(address = './'): Promise<void> {
    await this.openRunning(address);
    await this.page.evaluate(() => window.swarmscope.time.pause());
    await this.painted();
  }

  /** Opens the page as people do: its clock runs. */
  async openRunning(address = './'): Promise<void> {
    await this.page.goto(address);
    await this.page.waitForFunction(() => 'swarmscope' in window);
    await this.page.evaluate(() => window.swarmscope.ready);
  }

  // --- the world --------------------------------------------------------------------------------------------------------

  /** Lets so many virtual seconds pass and waits for the frame that shows it. */
  async advance(seconds: number): Promise<AdvanceResult> {
    const result = await this.page.evaluate((count) => window.swarmscope.time.advance(count), seconds);
    await this.painted();
    return result;
  }

  /** Lets time pass, a second at a time, until the world is as wanted. Returns the virtual seconds it took. */
  async advanceUntil(what: string, isSo: (snapshot: Snapshot) => boolean, limitSeconds = 60): Promise<number> {
    for (let passed = 0; passed <= limitSeconds; passed++) {
      if (isSo(await this.snapshot())) {
        await this.painted();
        return passed;
      }
      await this.page.evaluate(() => window.swarmscope.time.advance(1));
    }
    throw new Error(`${what}: not within ${limitSeconds} virtual seconds`);
  }

  painted(): Promise<void> {
    return this.page.evaluate(() => window.swarmscope.painted());
  }

  snapshot(): Promise<Snapshot> {
    return this.page.evaluate(() => window.swarmscope.snapshot());
  }

  run(host: string, command: string): Promise<RunResult> {
    return this.page.evaluate(([on, line]) => window.swarmscope.run(on, line), [host, command] as const);
  }

  async machine(name: string): Promise<MachineView> {
    return found((await this.snapshot()).machines, (machine) => machine.name === name, `machine ${name}`);
  }

  async node(name: string): Promise<NodeView> {
    return found((await this.snapshot()).nodes, (node) => node.machine === name, `node ${name}`);
  }

  async leader(): Promise<string> {
    const leader = (await this.snapshot()).quorum?.leader;
    if (!leader) throw new Error('there is no leader');
    return leader;
  }

  /** Tasks that are wanted to run, of a service or of all. */
  async wantedTasks(service?: string): Promise<TaskView[]> {
    const { tasks } = await this.snapshot();
    return tasks.filter((task) => task.desiredState === 'running' && (!service || task.serviceName === service));
  }

  // --- the stage --------------------------------------------------------------------------------------------------------

  /** Where a thing stands in the Cluster lens, by the page's own layout; the spot is one that belongs to no smaller thing. */
  async placeOf(ref: ObjectRef): Promise<{ box: Box; spot: Spot }> {
    const snapshot = await this.snapshot();
    const area = await this.stageArea();
    const scene = await this.measured((measure) =>
      layoutScene(snapshot, { width: area.w, height: area.h, zoom: 1, measure }, snapshot.now, null),
    );
    const targets = [...clusterTargets(scene), ...legendTargets(scene)];
    const index = indexTargets(targets);
    const box = index.boxOf(ref);
    if (!box) throw new Error(`${ref} is not on the stage`);
    for (const [across, down] of [[0.5, 0.5], ...edgeSpots]) {
      // Whole pixels: that is what a click tells the page.
      const spot = { x: Math.floor(area.x + box.x + box.w * across!), y: Math.floor(area.y + box.y + box.h * down!) };
      if (index.at(spot.x - area.x, spot.y - area.y, CLICK_SLACK)?.ref !== ref) continue;
      return { box: { ...box, x: area.x + box.x, y: area.y + box.y }, spot };
    }
    throw new Error(`${ref} is covered`);
  }

  /** The stage on the page, as large as the page lays it out. */
  async stageArea(): Promise<Box> {
    const area = await this.stage.boundingBox();
    if (!area) throw new Error('the stage is not on the page');
    return { x: area.x, y: area.y, w: Math.floor(area.width), h: Math.floor(area.height) };
  }

  /** A layout with the widths that texts have in the browser: laid out again until it asks for no width that is not known. */
  async measured<Layout>(layOut: (measure: Measure) => Layout): Promise<Layout> {
    for (;;) {
      const missing = new Map<string, string>();
      const layout = layOut((text, size, weight) => {
        const width = this.#widths.get(`${weight} ${text}`);
        if (width === undefined) missing.set(`${weight} ${text}`, fontOf(40, weight));
        return (width ?? text.length * 0.5) * size;
      });
      if (missing.size === 0) return layout;
      const widths = await this.page.evaluate(
        (texts) => {
          const pen = new OffscreenCanvas(1, 1).getContext('2d')!;
          return texts.map(([key, font]) => {
            pen.font = font;
            return pen.measureText(key.slice(key.indexOf(' ') + 1)).width / 40;
          });
        },
        [...missing],
      );
      [...missing.keys()].forEach((key, index) => void this.#widths.set(key, widths[index]!));
    }
  }

  /** Clicks a thing at its place on the stage. */
  async clickOn(ref: ObjectRef, button: 'left' | 'right' = 'left'): Promise<void> {
    const { spot } = await this.placeOf(ref);
    await this.page.mouse.click(spot.x, spot.y, { button });
  }

  async tapOn(ref: ObjectRef): Promise<void> {
    const { spot } = await this.placeOf(ref);
    await this.page.touchscreen.tap(spot.x, spot.y);
  }

  /**
   * A fingerprint of what is painted in a box of the page (of the whole stage, if none is given): of what stands (machines, tasks)
   * or of what moves (messages, timers, rings of selection).
   */
  pixels(box?: Box, layer: 'standing' | 'moving' = 'standing'): Promise<string> {
    return fingerprint(this.stage.locator('canvas').nth(layer === 'standing' ? 0 : 1), box);
  }

  timelinePixels(): Promise<string> {
    return fingerprint(this.page.getByRole('img', { name: /^Timeline of events/ }));
  }

  /** A line of the outline, by the beginning of its words. */
  outlineLine(beginning: string | RegExp): Locator {
    const name = typeof beginning === 'string' ? new RegExp(`^${escaped(beginning)}`) : beginning;
    return this.page.getByRole('tree', { name: 'Machines, tasks and services' }).getByRole('treeitem', { name });
  }

  /** Opens a machine's branch of the outline. */
  async openBranch(machine: string): Promise<void> {
    const line = this.outlineLine(`${machine}, `);
    await line.focus();
    if ((await line.getAttribute('aria-expanded')) === 'false') await this.page.keyboard.press('ArrowRight');
  }

  /** What the outline says of the tasks in each open branch, by machine. */
  async outlineTasks(): Promise<Record<string, string[]>> {
    const lines = await this.page
      .getByRole('treeitem')
      .evaluateAll((items) =>
        items.map((item) => ({ level: item.getAttribute('aria-level'), text: item.textContent ?? '' })),
      );
    const tasks: Record<string, string[]> = {};
    let branch: string[] = [];
    for (const { level, text } of lines) {
      if (level === '2') branch = tasks[text.split(',')[0]!] = [];
      else if (level === '3') branch.push(text);
    }
    return tasks;
  }

  // --- panels -----------------------------------------------------------------------------------------------------------

  /** A host's terminal. Its tab must be chosen for it to be seen. */
  terminal(host: string): TerminalPane {
    return new TerminalPane(this.page, host);
  }

  hostTab(host: string): Locator {
    return this.page.getByRole('tablist', { name: 'Host' }).getByRole('tab', { name: new RegExp(`^${host}\\b`) });
  }

  /** Chooses a host's tab and returns its terminal. */
  async openTerminal(host: string): Promise<TerminalPane> {
    await this.hostTab(host).click();
    const terminal = this.terminal(host);
    await terminal.waitForPrompt();
    return terminal;
  }

  /** A button of the selected thing. */
  actionButton(name: string): Locator {
    return this.inspector.getByRole('group', { name: 'Do something to it' }).getByRole('button', { name });
  }

  lens(name: 'Cluster' | 'Raft'): Locator {
    return this.page.getByRole('tablist', { name: 'Lens' }).getByRole('tab', { name });
  }

  /** Takes the focus away from whatever takes text, so that the page's keys act. */
  async leaveText(): Promise<void> {
    await this.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  }
}

/** A number that stands for the pixels of a canvas, or of the part of it in a box of the page. */
function fingerprint(canvas: Locator, box?: Box): Promise<string> {
  return canvas.evaluate((element, wanted) => {
    const from = element as HTMLCanvasElement;
    const place = from.getBoundingClientRect();
    const ratio = from.width / place.width;
    const { x, y, w, h } = wanted ?? { x: place.x, y: place.y, w: place.width, h: place.height };
    // A copy: reading from the page's own canvas would change how the browser draws it.
    const copy = new OffscreenCanvas(Math.ceil(w * ratio), Math.ceil(h * ratio)).getContext('2d', {
      willReadFrequently: true,
    })!;
    copy.drawImage(from, Math.round((place.x - x) * ratio), Math.round((place.y - y) * ratio));
    let hash = 2166136261;
    for (const byte of copy.getImageData(0, 0, copy.canvas.width, copy.canvas.height).data)
      hash = Math.imul(hash ^ byte, 16777619);
    return (hash >>> 0).toString(16);
  }, box ?? null);
}

/** A click takes a small thing that is this near. */
const CLICK_SLACK = 2;

/** Places in a box away from its middle, where a machine shows between its tasks. */
const edgeSpots = [0.12, 0.3, 0.7, 0.88].flatMap((down) =>
  [0.5, 0.25, 0.75, 0.08, 0.92].map((across) => [across, down]),
);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function found<Row>(rows: readonly Row[], isIt: (row: Row) => boolean, what: string): Row {
  const row = rows.find(isIt);
  if (!row) throw new Error(`there is no ${what}`);
  return row;
}
