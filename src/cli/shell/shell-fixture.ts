/** A shell to try things in, for tests: files in memory, a clock that tests move, programs that tests bring. */
import { type ApiClient, type CancelSignal, ConnectionError, type VirtualClock } from '../../protocol/api.ts';
import { TestNetwork } from '../net/testing-network.ts';
import type { HostContext, Program } from '../process.ts';
import { CancelSource } from './cancel.ts';
import { createHostFiles, MemoryFiles } from './memory-files.ts';
import { Shell } from './shell.ts';
import { Capture, TextInput } from './streams.ts';

/** 2026-01-02 03:04:05 UTC. */
export const FIXTURE_EPOCH_MS = 1_767_323_045_000;

interface Sleeper {
  at: number;
  wake(): void;
}

/** Virtual time that passes only when told to. */
export class ManualClock implements VirtualClock {
  #now = FIXTURE_EPOCH_MS;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: CancelSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        at: this.#now + ms,
        wake: () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    });
  }

  /** Lets time pass, waking sleepers in order and letting them act in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = end;
  }

  get isSomebodyWaiting(): boolean {
    return this.#sleepers.length > 0;
  }
}

/** Lets everything that can go on without time go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) await null;
}

const noApi: ApiClient = {
  request: () => Promise.reject(new ConnectionError('no daemon in this test')),
  stream: () => {
    throw new Error('no daemon in this test');
  },
};

export interface Outcome {
  status: number;
  out: string;
  err: string;
}

/** A host with a shell. */
export class ShellFixture {
  readonly clock = new ManualClock();
  readonly host: HostContext;
  readonly network = new TestNetwork();
  readonly shell: Shell;

  constructor(programs: Record<string, Program> = {}) {
    const files = new MemoryFiles(createHostFiles('node1', '192.168.99.101', FIXTURE_EPOCH_MS), () => this.clock.now());
    this.host = {
      name: 'node1',
      address: '192.168.99.101',
      api: noApi,
      clock: this.clock,
      files,
      network: this.network,
    };
    this.shell = new Shell(this.host, new Map(Object.entries(programs)));
  }

  /** Starts a command line; `interrupt` is Ctrl-C. */
  start(command: string, stdin = '', terminal: { columns: number; rows: number } | null = null) {
    const stdout = new Capture(terminal);
    const stderr = new Capture(terminal);
    const source = new CancelSource();
    const io = { stdin: new TextInput(stdin), stdout, stderr, signal: source.signal };
    const ended = this.shell.execute(command, io);
    return { stdout, stderr, ended, interrupt: () => source.abort() };
  }

  /** Runs a command line to its end, letting as much time pass as it wants. */
  async run(command: string, stdin = ''): Promise<Outcome> {
    const running = this.start(command, stdin);
    let status: number | null = null;
    void running.ended.then((value) => {
      status = value;
    });
    await settle();
    for (let second = 0; status === null && second < 10_000; second++) await this.clock.pass(1000);
    if (status === null) throw new Error(`never ended: ${command}`);
    return { status, out: running.stdout.text, err: running.stderr.text };
  }
}
