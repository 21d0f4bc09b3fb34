/** A whole served cluster: the page's line, and Engine APIs that come and go with their hosts' daemons. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { PageCall, PageMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { startNamed } from '../scenarios/starts.ts';
import { type ServedCluster, serveCluster } from './serve-cluster.ts';

/** So many ports in a row that nobody has now. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 30_000);
    const isFree = (port: number) =>
      new Promise<boolean>((resolve) => {
        const probe = createServer();
        probe.once('error', () => resolve(false));
        probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
      });
    const all = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)));
    if (all.every(Boolean)) return base;
  }
}

/** A page at the other end of a WebSocket. */
class TestPage {
  readonly received: WorkerMessage[] = [];
  readonly #socket: WebSocket;
  #changed: () => void = () => undefined;
  #lastCall = 0;

  constructor(port: number, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/session`, { headers });
    this.#socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as WorkerMessage;
      this.received.push(message);
      if (message.type === 'delta') this.send({ type: 'drawn', sequence: message.sequence });
      this.#changed();
    });
  }

  get opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
  }

  send(message: PageMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The first message of which this is true. */
  async until<Found extends WorkerMessage>(found: (message: WorkerMessage) => message is Found): Promise<Found> {
    for (;;) {
      const message = this.received.find(found);
      if (message) return message;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async call(call: PageCall): Promise<WorkerMessage> {
    const id = ++this.#lastCall;
    this.send({ type: 'call', id, call });
    return this.until((one): one is Extract<WorkerMessage, { id: number }> => 'id' in one && one.id === id);
  }

  close(): void {
    this.#socket.close();
  }
}

const isWorld = (message: WorkerMessage): message is Extract<WorkerMessage, { type: 'world' }> =>
  message.type === 'world';

let base = 0;
let cluster: ServedCluster;
let dist = '';

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'dist-'));
  writeFileSync(join(dist, 'index.html'), '<html><head></head></html>');
  base = await freePorts(4);
  const start = startNamed('1+2')!;
  cluster = await serveCluster({ start, basePort: base, speed: 20, host: '127.0.0.1', token: null }, dist);
}, 60_000);

afterAll(() => {
  cluster.close();
  rmSync(dist, { recursive: true });
});

const engine = (host: number, path: string): Promise<Response> => fetch(`http://127.0.0.1:${base + host}${path}`);

/** Asks until the host's daemon answers, or does not. */
async function untilAnswers(host: number, answers: boolean): Promise<void> {
  for (;;) {
    const isUp = await engine(host, '/_ping').then(
      () => true,
      () => false,
    );
    if (isUp === answers) return;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

describe('the page', () => {
  test('is marked as served; other files are found below it alone', async () => {
    const html = await (await fetch(`http://127.0.0.1:${base}/`)).text();
    expect(html).toContain('<meta name="swarmscope-session" content="./session" />');
    expect((await fetch(`http://127.0.0.1:${base}/%2e%2e/package.json`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${base}/nosuch.js`)).status).toBe(404);
  });

  test('has the cluster that docker talks to', async () => {
    const page = new TestPage(base);
    await page.opened;
    expect((await page.until(isWorld)).start.name).toBe('1+2');
    const created = await fetch(`http://127.0.0.1:${base + 1}/v1.50/services/create`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx:1.26' } } }),
    });
    expect(created.status).toBe(201);
    const seen = await page.until(
      (message): message is Extract<WorkerMessage, { type: 'delta' }> =>
        message.type === 'delta' && (message.delta.services ?? []).some(({ name }) => name === 'web'),
    );
    expect(seen.type).toBe('delta');
    const run = await page.call({ call: 'run', host: 'node1', command: 'docker service ls -q | wc -l' });
    expect(run).toMatchObject({ result: { result: { screen: '1' } } });
    page.close();
  });

  test('shows a terminal to whoever comes later', async () => {
    const first = new TestPage(base);
    await first.opened;
    first.send({ type: 'terminal-open', host: 'node2', columns: 80, rows: 24 });
    first.send({ type: 'terminal-type', host: 'node2', command: 'echo said before' });
    const isOutput = (message: WorkerMessage): message is Extract<WorkerMessage, { type: 'terminal-output' }> =>
      message.type === 'terminal-output' && /said before\r\n/.test(message.data);
    await first.until(isOutput);
    const second = new TestPage(base);
    await second.opened;
    expect((await second.until(isOutput)).host).toBe('node2');
    first.close();
    second.close();
  });

  test('of somebody else is not let in', async () => {
    const page = new TestPage(base, { Origin: 'http://elsewhere.example' });
    await expect(page.opened).rejects.toThrow('403');
  });
});

test("a host's Engine API comes and goes with its daemon", async () => {
  const page = new TestPage(base);
  await page.opened;
  await untilAnswers(3, true);
  await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node3' } });
  await untilAnswers(3, false);
  await page.call({ call: 'fault', fault: { kind: 'power-on', machine: 'node3' } });
  await untilAnswers(3, true);
  page.close();
});

test("hosts' clocks are the wall's", async () => {
  const info = (await (await engine(1, '/v1.50/info')).json()) as { SystemTime: string };
  expect(Math.abs(Date.parse(info.SystemTime) - Date.now())).toBeLessThan(2_000);
});
