/**
 * Plays command lines that the real client 28.2.2 was recorded with, against a daemon with the same canned answers:
 * what it printed, byte for byte, its exit status, and every request it sent.
 * In answers `{{ago N}}` is the time N seconds ago, `{{unix ago N}}` the same in seconds since the epoch.
 */

import type {
  ApiChunk,
  ApiClient,
  ApiRequest,
  ApiResponse,
  CancelSignal,
  VirtualClock,
} from '../../../../protocol/api.ts';
import { TestNetwork } from '../../../net/testing-network.ts';
import type { OutputStream, Process } from '../../../process.ts';
import type { CommandGroup } from '../../command.ts';
import { runGroup } from '../../root.ts';

/** An answer of the daemon; of several for one request the last one repeats. */
export interface CannedAnswer {
  status?: number;
  body?: unknown;
  /** Pieces of a streamed answer. */
  stream?: { stream: 'stdout' | 'stderr'; text: string }[];
}

export type CannedAnswers = Record<string, CannedAnswer | CannedAnswer[]>;

/** A request as it was sent. */
export interface SentRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: unknown;
}

/** One command line and what the real client did. */
export interface RecordedRun {
  about?: string;
  args: string[];
  /** Standard output is a terminal, so many columns wide. */
  tty?: boolean;
  columns?: number;
  env?: Record<string, string>;
  /** Files in the working directory. */
  files?: Record<string, string>;
  /** What stands on standard input. */
  stdin?: string;
  /** Ctrl-C after so many seconds. */
  interruptAfter?: number;
  answers?: CannedAnswers;
  /** Absent where many runs send the same. */
  requests?: SentRequest[];
  stdout: string;
  stderr: string;
  exit: number;
}

export interface Recording {
  about: string;
  answers: CannedAnswers;
  runs: RecordedRun[];
}

/** What a command line did here. */
export type Outcome = Pick<RecordedRun, 'stdout' | 'stderr' | 'exit'> & { requests: SentRequest[] };

/** Noon of a summer's day. */
const startOfTime = 1_751_371_200_000;

/** Runs the command line on `root`'s tree. */
export async function play(root: CommandGroup, recording: Recording, run: RecordedRun): Promise<Outcome> {
  const world = new World(recording, run);
  const exit = await runGroup(world.process(run), { command: root, path: 'docker' }, run.args);
  return { requests: world.requests, stdout: world.stdout, stderr: world.stderr, exit };
}

/** Requests in a form that can be compared: filters as sets, no fields that JSON leaves out. */
export function comparable(requests: SentRequest[] = []): unknown {
  return JSON.parse(JSON.stringify(requests)).map((request: SentRequest) => {
    const filters = request.query?.filters;
    return filters === undefined ? request : { ...request, query: { ...request.query, filters: JSON.parse(filters) } };
  });
}

/** Output in which the times of the recording, which are those of its day, do not count. */
export function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME');
}

class World {
  readonly requests: SentRequest[] = [];
  stdout = '';
  stderr = '';
  #now = startOfTime;
  readonly #answers: CannedAnswers;
  readonly #counts = new Map<string, number>();
  readonly #interruptAt: number;
  #aborted = false;
  readonly #listeners = new Set<() => void>();

  constructor(recording: Recording, run: RecordedRun) {
    this.#answers = { ...recording.answers, ...run.answers };
    this.#interruptAt = run.interruptAfter === undefined ? Infinity : startOfTime + run.interruptAfter * 1000;
  }

  process(run: RecordedRun): Process {
    const files = new Map(Object.entries(run.files ?? {}).map(([name, text]) => [`/home/docker/${name}`, text]));
    const input = run.stdin === undefined ? [] : [run.stdin];
    const terminal = run.tty ? { columns: run.columns ?? 220, rows: 24 } : null;
    const output = (write: (text: string) => void, isTerminal: boolean): OutputStream => ({
      write,
      closed: false,
      terminal: isTerminal ? terminal : null,
    });
    return {
      args: run.args,
      env: new Map(Object.entries(run.env ?? {})),
      cwd: '/home/docker',
      stdin: { read: async () => input.shift() ?? null, isTerminal: false },
      stdout: output((text) => {
        this.stdout += text;
      }, true),
      stderr: output((text) => {
        this.stderr += text;
      }, false),
      signal: this.#signal(),
      host: {
        name: 'node1',
        address: '192.168.99.101',
        api: this.#api(),
        clock: this.#clock(),
        network: new TestNetwork(),
        files: {
          read: (path) => files.get(path) ?? null,
          write: () => undefined,
          remove: () => false,
          isDirectory: (path) => [...files.keys()].some((file) => file.startsWith(`${path}/`)),
          makeDirectory: () => undefined,
          list: () => null,
        },
      },
    };
  }

  #signal(): CancelSignal {
    const world = this;
    return {
      get aborted() {
        return world.#aborted;
      },
      addEventListener: (_type, listener) => this.#listeners.add(listener),
      removeEventListener: (_type, listener) => this.#listeners.delete(listener),
    };
  }

  #clock(): VirtualClock {
    return {
      now: () => this.#now,
      sleep: async (ms) => {
        this.#now += ms;
        if (this.#now < this.#interruptAt || this.#aborted) return;
        this.#aborted = true;
        for (const listener of [...this.#listeners]) listener();
      },
    };
  }

  #api(): ApiClient {
    return {
      request: async (request) => this.#answer(request).response,
      stream: (request, onChunk) => {
        const { response, chunks } = this.#answer(request);
        for (const chunk of chunks) onChunk(chunk);
        return {
          response: Promise.resolve(response),
          done: Promise.resolve(),
          cancel: () => undefined,
          send: () => undefined,
        };
      },
    };
  }

  #answer({ method, path, query, body }: ApiRequest): { response: ApiResponse; chunks: ApiChunk[] } {
    this.requests.push({ method, path, ...(query && { query }), ...(body !== undefined && { body }) });
    const key = `${method} ${path}`;
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    const canned = this.#answers[key] ?? { status: 404, body: { message: `no answer for ${key}` } };
    const answer = Array.isArray(canned) ? canned[Math.min(count, canned.length - 1)]! : canned;
    const response = { status: answer.status ?? 200, headers: {}, body: this.#dated(answer.body ?? null) };
    return { response, chunks: (answer.stream ?? []).map((piece) => this.#dated(piece)) };
  }

  /** A copy with times filled in. */
  #dated<T>(value: T): T {
    const text = JSON.stringify(value)
      .replace(/\{\{ago ([\d.]+)\}\}/g, (_, seconds) => new Date(this.#now - seconds * 1000).toISOString())
      .replace(/"\{\{unix ago (\d+)\}\}"/g, (_, seconds) => String(Math.floor(this.#now / 1000) - Number(seconds)));
    return JSON.parse(text) as T;
  }
}
