/**
 * The real docker client in a real terminal, talking to a simulated world through its Engine API. While the client waits for answers, as much virtual
 * time passes as they need; while it waits by its own clock, virtual time runs faster than the wall's, so that nobody waits long for
 * simulated containers.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Screen } from '../cli/shell/screen.ts';
import { API_VERSION, MIN_API_VERSION } from '../engine/dockerd/version.ts';
import type { ApiClient, ApiRequest } from '../protocol/api.ts';
import { createEngineServer } from '../server/engine-server.ts';
import { createGate } from '../server/gate.ts';
import type { World } from '../worker/world.ts';
import { WorldDriver } from '../worker/world-driver.ts';

/** What a command left on the screen, and what it asked of daemons. */
export interface Played {
  exit: number;
  screen: string[];
  requests: { host: string; request: ApiRequest }[];
  /** By the wall's clock, to its end. */
  tookMs: number;
}

/** Virtual seconds per second while only the client's own clock runs. */
const RATE = 10;

/** A client that has not ended after so long is stopped. */
const PATIENCE_MS = 60_000;

/** Screens are as wide and high as the replayer's. */
export const COLUMNS = 120;
const ROWS = 50;

/** Why the real client cannot be used here; null if it can. */
export function missingForClient(): string | null {
  const docker = spawnSync('docker', ['--version'], { encoding: 'utf8' });
  if (docker.error) return 'no docker client is installed here';
  if (!docker.stdout.startsWith(`Docker version ${CLIENT_VERSION},`))
    return `the docker client is not version ${CLIENT_VERSION}: ${docker.stdout.trim()}`;
  const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return script.error || !script.stdout.includes('util-linux')
    ? 'no `script` of util-linux gives the client a terminal here'
    : null;
}

/** The client that our command line is held against. */
export const CLIENT_VERSION = '28.2.2';

/** One turn of Node's event loop: promises that could go on have gone on, and sockets were looked at. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A turn for the client's processes too. */
const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

export class RealClient {
  readonly #servers = new Map<string, Server>();
  /** Where its shell begins, and its settings are. */
  readonly home: string;
  #driver: WorldDriver | null = null;
  /** Requests whose answer has not come. */
  #open = 0;
  #requests: Played['requests'] = [];

  private constructor(files: Readonly<Record<string, string>>) {
    this.home = mkdtempSync(join(tmpdir(), 'both-ways-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.home, path)), { recursive: true });
      writeFileSync(join(this.home, path), text);
    }
  }

  /** Opens an Engine API for each host; the world behind them is given with each command. */
  static async open(hosts: readonly string[], files: Readonly<Record<string, string>>): Promise<RealClient> {
    const client = new RealClient(files);
    for (const host of hosts) {
      const server = createEngineServer({
        client: { stream: (request, onChunk) => client.#stream(host, request, onChunk) },
        versions: { least: MIN_API_VERSION, most: API_VERSION },
        gate: createGate(null),
      });
      client.#servers.set(host, server);
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    }
    return client;
  }

  close(): void {
    for (const server of this.#servers.values()) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(this.home, { recursive: true });
  }

  /** Runs a line in a shell on a host of this world. */
  async run(world: World, host: string, command: string): Promise<Played> {
    const driver = new WorldDriver(world, { turn });
    this.#driver = driver;
    this.#open = 0;
    this.#requests = [];
    const screen = new Screen(COLUMNS, ROWS);
    const ended = this.#spawn(host, command, (text) => screen.write(text));
    let exit: number | null = null;
    void ended.then((code) => {
      exit = code;
    });
    const startedAt = performance.now();
    let wall = startedAt;
    while (exit === null) {
      const now = performance.now();
      const passed = Math.round((now - wall) * 1000 * RATE);
      wall = now;
      if (this.#open > 0) await driver.advance(world.now + 100_000_000, () => this.#open === 0);
      // A client that is still starting lets no time pass.
      else await driver.advance(world.now + (this.#requests.length > 0 ? passed : 0), undefined, 100_000);
      await pause();
    }
    this.#driver = null;
    return { exit, screen: screen.lines(), requests: this.#requests, tookMs: wall - startedAt };
  }

  #stream(
    host: string,
    request: ApiRequest,
    onChunk: Parameters<ApiClient['stream']>[1],
  ): ReturnType<ApiClient['stream']> {
    if (!this.#driver) throw new Error(`nobody asks now: ${request.method} ${request.path}`);
    this.#requests.push({ host, request });
    this.#open++;
    const stream = this.#driver.client(host).stream(request, onChunk);
    let isOpen = true;
    const answered = (): void => {
      if (isOpen) this.#open--;
      isOpen = false;
    };
    stream.response.then(answered, answered);
    return {
      ...stream,
      cancel: () => {
        answered();
        stream.cancel();
      },
    };
  }

  #spawn(host: string, command: string, onOutput: (text: string) => void): Promise<number> {
    const { port } = this.#servers.get(host)!.address() as AddressInfo;
    const line = `stty cols ${COLUMNS} rows ${ROWS}; exec </dev/null; ${command}`;
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
      cwd: this.home,
      env: {
        PATH: process.env.PATH,
        SHELL: '/bin/bash',
        TERM: 'xterm-256color',
        HOME: this.home,
        DOCKER_HOST: `tcp://127.0.0.1:${port}`,
        DOCKER_CLI_HINTS: 'false',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const decoder = new TextDecoder();
    child.stdout.on('data', (bytes: Buffer) => onOutput(decoder.decode(bytes, { stream: true })));
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(patience);
        resolve(code ?? 137);
      });
    });
  }
}
