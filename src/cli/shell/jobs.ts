/**
 * Commands that run in the background: what `&` starts, `jobs` lists, `fg`, `wait` and `kill` take. Source: bash(1), JOB CONTROL.
 * Simplified: there is no Ctrl-Z, so a job runs or has ended; process numbers are the shell's own.
 */
import type { CancelSignal } from '../../protocol/api.ts';
import { CancelSource, whenAborted } from './cancel.ts';

export interface Job {
  readonly id: number;
  readonly pid: number;
  /** As it was typed, without the `&`. */
  readonly text: string;
  /** Resolves with its exit status. */
  readonly ended: Promise<number>;
  /** Null while it runs. */
  status: number | null;
  /** Number of the signal that ended it. */
  signal: number | null;
}

/** Signals that end what they are sent to, by name; 0 only asks. */
const SIGNALS: ReadonlyMap<string, number> = new Map([
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['KILL', 9],
  ['TERM', 15],
]);

const ENDINGS: ReadonlyMap<number, string> = new Map([
  [1, 'Hangup'],
  [2, 'Interrupt'],
  [3, 'Quit'],
  [9, 'Killed'],
  [15, 'Terminated'],
]);

const FIRST_PID = 2001;

/** Number of a signal by name or number; null if there is none. */
export function signalNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) === 0 || ENDINGS.has(Number(text)) ? Number(text) : null;
  return SIGNALS.get(text.toUpperCase().replace(/^SIG/, '')) ?? null;
}

/** `kill -l` */
export const signalNames: readonly string[] = [...SIGNALS].map(([name, number]) => `${number}) SIG${name}`);

export class JobTable {
  /** A terminal's shell says when jobs begin and end. */
  isInteractive = false;
  readonly #jobs: Job[] = [];
  readonly #sources = new Map<Job, CancelSource>();
  #nextPid = FIRST_PID;

  /** Starts a job; `run` gets the signal that ends it. */
  start(text: string, run: (signal: CancelSignal) => Promise<number>): Job {
    const source = new CancelSource();
    const id = (this.#jobs.at(-1)?.id ?? 0) + 1;
    const job: Job = {
      id,
      pid: this.#nextPid++,
      text,
      status: null,
      signal: null,
      ended: this.#run(run, source, () => job),
    };
    this.#jobs.push(job);
    this.#sources.set(job, source);
    return job;
  }

  async #run(run: (signal: CancelSignal) => Promise<number>, source: CancelSource, own: () => Job): Promise<number> {
    const status = await run(source.signal);
    const job = own();
    job.status = job.signal === null ? status : 128 + job.signal;
    this.#sources.delete(job);
    return job.status;
  }

  /** Oldest first. */
  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /** The job of `%1`, `%%`, `%+`, `%-`, `%name`, `%?part` or a process number. */
  find(spec: string): Job | undefined {
    if (!spec.startsWith('%')) return this.#jobs.find(({ pid }) => String(pid) === spec);
    const name = spec.slice(1);
    if (name === '' || name === '%' || name === '+') return this.#jobs.at(-1);
    if (name === '-') return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    if (/^\d+$/.test(name)) return this.#jobs.find(({ id }) => id === Number(name));
    return name.startsWith('?')
      ? this.#jobs.findLast(({ text }) => text.includes(name.slice(1)))
      : this.#jobs.findLast(({ text }) => text.startsWith(name));
  }

  /** Sends a signal; 0 does nothing. */
  kill(job: Job, signal: number): void {
    if (signal === 0 || job.status !== null) return;
    job.signal = signal;
    this.#sources.get(job)?.abort();
  }

  /** Ends with the job, or when the signal comes; then the result is null. */
  async wait(job: Job, signal: CancelSignal): Promise<number | null> {
    const aborted = whenAborted(signal);
    const status = await Promise.race([job.ended, aborted.promise.then(() => null)]);
    aborted.forget();
    return status;
  }

  /** It is no longer listed. */
  forget(job: Job): void {
    const index = this.#jobs.indexOf(job);
    if (index >= 0) this.#jobs.splice(index, 1);
  }

  /** A line of `jobs`; with its process number for `-l`. */
  line(job: Job, isLong = false): string {
    const place = job === this.#jobs.at(-1) ? '+' : job === this.#jobs.at(-2) ? '-' : ' ';
    const command = job.status === null ? `${job.text} &` : job.text;
    return `[${job.id}]${place} ${isLong ? `${job.pid} ` : ' '}${stateOf(job).padEnd(24)}${command}\n`;
  }

  /** Lines about jobs that have ended since the last time; they are then no longer listed. */
  takeEnded(): string {
    const ended = this.#jobs.filter(({ status }) => status !== null);
    const lines = ended.map((job) => this.line(job)).join('');
    for (const job of ended) this.forget(job);
    return lines;
  }
}

function stateOf({ status, signal }: Job): string {
  if (status === null) return 'Running';
  if (signal !== null) return ENDINGS.get(signal) ?? `Signal ${signal}`;
  return status === 0 ? 'Done' : `Exit ${status}`;
}
