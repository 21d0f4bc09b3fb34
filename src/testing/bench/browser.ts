/// <reference lib="dom" />
/**
 * The page as it is served: how soon there is a picture and a prompt, what has to be fetched for them, and what frames cost while
 * messages fly. Builds the page into a folder of its own, serves it as static files, drives a Chromium without a GPU.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page, type Request } from '@playwright/test';
import { build, preview } from 'vite';
import { aims, others } from './figures.ts';
import { type Measurement, median, quantile, type Section } from './measurement.ts';

/** As much of `window.swarmscope` as is needed here. */
interface Door {
  ready: Promise<void>;
  time: {
    pause(): Promise<void>;
    play(): Promise<void>;
    speed(rate: number): Promise<void>;
    advance(seconds: number): Promise<unknown>;
    now(): number;
  };
  fault(kind: string, host: string, ...rest: unknown[]): Promise<unknown>;
  run(host: string, command: string): Promise<unknown>;
  traffic(perSecond: number, ...targets: string[]): Promise<number>;
  request(host: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  snapshot(): Promise<{
    messages: unknown[];
    machines: { name: string; role: string | null }[];
    quorum: { leader: string | null } | null;
    network?: { loads: readonly { sent: number; answered: number }[] };
  }>;
}

declare global {
  interface Window {
    swarmscope: Door;
    /** Milliseconds since navigation. */
    benchMoments: { picture: number | null; prompt: number | null };
  }
}

const OPENINGS = 7;
const RECORDINGS = 3;
const RECORDING_SECONDS = 10;
/** A frame counts as in time within this: the display's 16.7 ms and a little for the clock. */
const IN_TIME = 17;
const VIEWPORT = { width: 1440, height: 900 };
/** With workers so far from their managers an update of 1,000 tasks, 100 at a time, has some 200 messages in flight. */
const FAR = { delayMs: 1400, jitterMs: 280 };
const PARALLELISM = 100;

export const browser: Section = {
  name: 'browser',
  title: 'The built page in Chromium (1440x900, no GPU)',
  async run() {
    const root = resolve(dirname(process.argv[1]!), '../..');
    const outDir = join(root, 'node_modules', '.cache', 'swarmscope', 'bench-page');
    await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 4190 } });
    const address = server.resolvedUrls!.local[0]!;
    const { findChromium } = (await import(join(root, 'src/tooling/chromium.mjs'))) as {
      findChromium(): Promise<string>;
    };
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
    const chrome = await chromium.launch({ executablePath: await findChromium(), args });
    try {
      return [
        ...(await openings(chrome, address, outDir)),
        ...(await frames(chrome, `${address}`, '3 managers, 2 workers, speed 1')),
        ...(await aimed(frames(chrome, `${address}?start=5%2B5`, '5 managers, 5 workers, speed 1'))),
        ...(await frames(chrome, `${address}?start=5%2B5`, '5 managers, 5 workers, speed 1/100', 0.01)),
        ...(await crowd(chrome, `${address}?start=50x1000`)),
        ...(await traffic(chrome, `${address}?start=50x100`)),
      ];
    } finally {
      await chrome.close();
      await server.close();
    }
  },
};

// ---- opening

/** Opens the page anew, with nothing in the cache, and notes what came when. */
async function openings(chrome: Browser, address: string, outDir: string): Promise<Measurement[]> {
  const runs: Opening[] = [];
  for (let run = 0; run <= OPENINGS; run++) runs.push(await open(chrome, address, outDir));
  // The first one also starts Chromium's own processes.
  const [, ...counted] = runs;
  const measure = (what: string, unit: string, values: number[], aim: number, beside: string): Measurement => ({
    what,
    unit,
    values,
    better: 'less',
    aim,
    beside,
  });
  const [opening] = counted as [Opening];
  const of = (measured: (opening: Opening) => number): number[] => counted.map(measured);
  const { firstPictureMilliseconds, promptMilliseconds, firstPictureKilobytes, promptKilobytes } = aims;
  return [
    measure(
      'first complete picture',
      'ms',
      of(({ picture }) => picture),
      firstPictureMilliseconds,
      others.firstPicture,
    ),
    measure(
      'prompt',
      'ms',
      of(({ prompt }) => prompt),
      promptMilliseconds,
      '',
    ),
    measure(
      'fetched before the picture, compressed',
      'KB',
      of(({ beforePicture }) => kilobytes(beforePicture)),
      firstPictureKilobytes,
      `${others.bytes}; here ${largest(opening.beforePicture)}`,
    ),
    measure(
      'fetched before the prompt, compressed',
      'KB',
      of(({ beforePrompt }) => kilobytes(beforePrompt)),
      promptKilobytes,
      `here ${largest(opening.beforePrompt)}`,
    ),
  ];
}

interface Opening {
  picture: number;
  prompt: number;
  beforePicture: Fetched[];
  beforePrompt: Fetched[];
}

/** A file of the page, compressed. */
interface Fetched {
  name: string;
  bytes: number;
}

/** The file's name without the hash that the build has put into it. */
function nameOf(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  return name.replace(/-[\w-]{8}(?=\.\w+$)/, '') || 'index.html';
}

function kilobytes(files: readonly Fetched[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
}

/** The largest files, for whoever wants fewer. */
function largest(files: readonly Fetched[]): string {
  const sorted = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, 6);
  return sorted.map(({ name, bytes }) => `${name} ${Math.round(bytes / 1000)}`).join(', ');
}

async function open(chrome: Browser, address: string, outDir: string): Promise<Opening> {
  const context = await chrome.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.addInitScript(noteMoments);
  const finished: { request: Request; at: number }[] = [];
  page.on('requestfinished', (request) => finished.push({ request, at: Date.now() }));
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.benchMoments.picture !== null && window.benchMoments.prompt !== null);
  const { picture, prompt, origin } = await page.evaluate(() => ({
    picture: window.benchMoments.picture!,
    prompt: window.benchMoments.prompt!,
    origin: performance.timeOrigin,
  }));
  const fetched = (moment: number): Fetched[] =>
    finished
      .filter(({ request, at }) => endOf(request, at) <= origin + moment)
      .map(({ request }) => ({ name: nameOf(request.url()), bytes: compressedBytes(request.url(), address, outDir) }));
  const opening = { picture, prompt, beforePicture: fetched(picture), beforePrompt: fetched(prompt) };
  await checkPrompt(page);
  await context.close();
  return opening;
}

/** Runs in the page from its first moment on. */
function noteMoments(): void {
  window.benchMoments = { picture: null, prompt: null };
  let waiting = false;
  const look = (): void => {
    if (window.swarmscope && !waiting) {
      waiting = true;
      window.swarmscope.ready.then(() => {
        window.benchMoments.picture = performance.now();
      });
    }
    const rows = document.querySelector('.xterm-rows');
    if (rows?.textContent?.includes('~$')) window.benchMoments.prompt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The prompt takes keys: a command typed there is run. */
async function checkPrompt(page: Page): Promise<void> {
  await page.locator('.xterm textarea').first().focus();
  await page.keyboard.type('echo it works\n');
  await page.waitForFunction(() => {
    const text = document.querySelector('.xterm-rows')?.textContent ?? '';
    return text.split('~$').length > 2;
  });
}

/** When a request had all of its answer, in Unix milliseconds; requests of workers know it less exactly. */
function endOf(request: Request, noticed: number): number {
  const { startTime, responseEnd } = request.timing();
  return startTime > 0 && responseEnd > 0 ? startTime + responseEnd : noticed;
}

const sizes = new Map<string, number>();

/** What a server that compresses would send; files that do not shrink go as they are. */
function compressedBytes(url: string, address: string, outDir: string): number {
  const path = new URL(url).pathname.slice(new URL(address).pathname.length) || 'index.html';
  const file = join(outDir, path);
  if (!url.startsWith(address) || !existsSync(file)) return 0;
  let size = sizes.get(file);
  if (size === undefined) {
    const content = readFileSync(file);
    size = Math.min(content.length, gzipSync(content, { level: 9 }).length);
    sizes.set(file, size);
  }
  return size;
}

// ---- frames

/** The page with its first complete picture. */
async function openPage(chrome: Browser, address: string): Promise<Page> {
  const page = await chrome.newPage({ viewport: VIEWPORT });
  await page.goto(address);
  await page.waitForFunction(() => window.swarmscope !== undefined);
  await page.evaluate(() => window.swarmscope.ready);
  return page;
}

/** Plays a start and measures its frames. */
async function frames(chrome: Browser, address: string, what: string, speed = 1): Promise<Measurement[]> {
  const page = await openPage(chrome, address);
  await page.evaluate(async (rate) => {
    await window.swarmscope.time.speed(rate);
    await window.swarmscope.time.play();
  }, speed);
  const measurements = await recordings(page, what);
  await page.close();
  return measurements;
}

/** The aims for five managers. */
async function aimed(measuring: Promise<Measurement[]>): Promise<Measurement[]> {
  const measurements = await measuring;
  const [rate, work] = [measurements[0]!, measurements.at(-1)!];
  Object.assign(rate, { aim: aims.framesPerSecond, beside: others.frames });
  Object.assign(work, { aim: aims.mainThreadMillisecondsPerSecond, beside: others.mainThread });
  return measurements;
}

/** 50 machines with 1,000 tasks that are being replaced, over links so slow that some 200 messages are in flight. */
async function crowd(chrome: Browser, address: string): Promise<Measurement[]> {
  const page = await openPage(chrome, address);
  await page.evaluate(moveWorkersAway, FAR);
  const inFlight: number[] = [];
  const measurements = await recordings(page, '50 machines, 1,000 tasks', async () => {
    inFlight.push(await page.evaluate(replaceTasks, PARALLELISM));
  });
  await page.close();
  const inTime = measurements.find(({ what }) => what.endsWith('in time'))!;
  Object.assign(inTime, { aim: aims.framesInTimePercent, beside: others.framesOfMany });
  const what = '50 machines, 1,000 tasks: messages in flight';
  return [{ what, unit: '', values: inFlight, better: 'none' }, ...measurements];
}

/** 1,000 requests per second at the doors of 50 machines, answered by 100 tasks. */
async function traffic(chrome: Browser, address: string): Promise<Measurement[]> {
  const page = await openPage(chrome, address);
  await page.evaluate(async (perSecond) => {
    const { run, snapshot, time, traffic } = window.swarmscope;
    await time.pause();
    await run('node1', 'docker service update -d --publish-add 80:80 --update-parallelism 0 $(docker service ls -q)');
    await time.advance(60);
    await traffic(perSecond, ...(await snapshot()).machines.map(({ name }) => name));
    await time.speed(1);
    await time.play();
  }, REQUESTS);
  const rates: number[] = [];
  let begun = { virtual: 0, wall: 0 };
  const now = async () => ({
    virtual: await page.evaluate(() => window.swarmscope.time.now()),
    wall: performance.now(),
  });
  const noteRate = async () => {
    const ended = await now();
    if (begun.wall > 0) rates.push((ended.virtual - begun.virtual) / ((ended.wall - begun.wall) / 1000));
    begun = ended;
  };
  const what = '50 machines, 1,000 requests per second';
  const measurements = await recordings(page, what, noteRate);
  await noteRate();
  const answered = await page.evaluate(async () => {
    const [load] = (await window.swarmscope.snapshot()).network!.loads;
    return (100 * load!.answered) / load!.sent;
  });
  await page.close();
  Object.assign(measurements[0]!, { aim: aims.framesPerSecond });
  return [
    { what: `${what}: virtual seconds`, unit: 'per s', values: rates, better: 'more', aim: aims.realTime * 0.98 },
    { what: `${what}: answered`, unit: '%', values: [answered], better: 'more' },
    ...measurements,
  ];
}

const REQUESTS = 1000;

/** Runs in the page. */
async function moveWorkersAway(delay: typeof FAR): Promise<void> {
  const { snapshot, fault, time } = window.swarmscope;
  await time.pause();
  const { machines } = await snapshot();
  for (const manager of machines.filter(({ role }) => role === 'manager'))
    for (const { name, role } of machines)
      if (role === 'worker') await fault('link-quality', manager.name, name, delay);
  await time.speed(1);
}

/** Runs in the page: begins to replace all tasks, and plays it once it is well under way. Returns the messages in flight then. */
async function replaceTasks(parallelism: number): Promise<number> {
  const { request, snapshot, time } = window.swarmscope;
  await time.pause();
  const leader = (await snapshot()).quorum?.leader ?? 'node1';
  const { body } = await request(leader, 'GET', '/services');
  type Service = { ID: string; Version: { Index: number }; Spec: { TaskTemplate: { ForceUpdate?: number } } };
  const [service] = body as Service[];
  if (!service) throw new Error('there is no service');
  const { ID, Version, Spec } = service;
  const { status } = await request(leader, 'POST', `/services/${ID}/update?version=${Version.Index}`, {
    ...Spec,
    TaskTemplate: { ...Spec.TaskTemplate, ForceUpdate: (Spec.TaskTemplate.ForceUpdate ?? 0) + 1 },
    UpdateConfig: { Parallelism: parallelism, Monitor: 1e9, FailureAction: 'continue' },
  });
  if (status !== 200) throw new Error(`the update was refused: ${status}`);
  // Between waves of orders and reports the number goes up and down: a mean over some seconds.
  await time.advance(8);
  let messages = 0;
  for (let look = 0; look < 10; look++) {
    await time.advance(0.5);
    messages += (await snapshot()).messages.length / 10;
  }
  await time.play();
  return messages;
}

/** Frames per second, their times, and the main thread's work, several times over. */
async function recordings(page: Page, what: string, beforeEach?: () => Promise<void>): Promise<Measurement[]> {
  const wall = await taskTime(page, 'timeTicks');
  const cpu = await taskTime(page, 'threadTicks');
  const runs: Recording[] = [];
  // What opening and loading have left to do is over after the first one.
  for (let run = 0; run <= RECORDINGS; run++) {
    await beforeEach?.();
    const before = { wall: await wall(), cpu: await cpu() };
    const times = await page.evaluate(frameTimes, RECORDING_SECONDS);
    const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
    if (run > 0) runs.push({ times, seconds, wall: (await wall()) - before.wall, cpu: (await cpu()) - before.cpu });
  }
  const over = (measure: (run: Recording) => number): number[] => runs.map(measure);
  const inTime = (times: number[]): number => (100 * times.filter((time) => time <= IN_TIME).length) / times.length;
  return [
    {
      what: `${what}: frames`,
      unit: 'per s',
      values: over(({ times, seconds }) => times.length / seconds),
      better: 'more',
    },
    { what: `${what}: frame, median`, unit: 'ms', values: over(({ times }) => median(times)), better: 'less' },
    { what: `${what}: frame, p95`, unit: 'ms', values: over(({ times }) => quantile(times, 0.95)), better: 'less' },
    { what: `${what}: frames in time`, unit: '%', values: over(({ times }) => inTime(times)), better: 'more' },
    {
      what: `${what}: main thread, processor time`,
      unit: 'ms/s',
      values: over(({ cpu, seconds }) => (1000 * cpu) / seconds),
      better: 'less',
    },
    {
      what: `${what}: main thread, tasks from begin to end`,
      unit: 'ms/s',
      values: over(({ wall, seconds }) => (1000 * wall) / seconds),
      better: 'less',
    },
  ];
}

interface Recording {
  times: number[];
  seconds: number;
  /** Seconds that the main thread was at work by the clock, and by what it had of the processor. */
  wall: number;
  cpu: number;
}

/** Reads the time that the main thread's tasks have taken so far: by the clock, or only while they had the processor. */
async function taskTime(page: Page, timeDomain: 'timeTicks' | 'threadTicks'): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
}

/** Runs in the page: times between frames for so many seconds. */
function frameTimes(seconds: number): Promise<number[]> {
  return new Promise((done) => {
    const times: number[] = [];
    let last = 0;
    let first = 0;
    const look = (now: number): void => {
      if (last > 0) times.push(now - last);
      else first = now;
      last = now;
      if (now - first < seconds * 1000) requestAnimationFrame(look);
      else done(times);
    };
    requestAnimationFrame(look);
  });
}
