/**
 * The terminals of a world, one per host. What they write is gathered and sent in pieces, so that a command that prints a
 * thousand lines is a few messages; while the page is behind with drawing, only the end of a flood is kept.
 */
import { TerminalSession } from '../cli/shell/terminal-session.ts';
import { type CommandRunner, completers } from './command-runner.ts';

/** More than this many characters wait for the page only by losing their beginning. */
const MAX_WAITING = 200_000;

/** Size of a terminal that the page has not opened yet. */
const USUAL_SIZE = { columns: 100, rows: 30 };

export class TerminalSessions {
  readonly #runner: CommandRunner;
  readonly #onOutput: () => void;
  readonly #sessions = new Map<string, TerminalSession>();
  readonly #output = new Map<string, string>();

  /** `onOutput` is told that there is something to `take`. */
  constructor(runner: CommandRunner, onOutput: () => void) {
    this.#runner = runner;
    this.#onOutput = onOutput;
  }

  /** The terminal of a host; null if there is no such host. */
  open(host: string, size?: { columns: number; rows: number }): TerminalSession | null {
    const existing = this.#sessions.get(host);
    if (existing) {
      if (size) existing.resize(size.columns, size.rows);
      return existing;
    }
    const shell = this.#runner.createShell(host);
    if (!shell) return null;
    const { columns, rows } = size ?? USUAL_SIZE;
    const session = new TerminalSession(shell, completers, (bytes) => this.#write(host, bytes), columns, rows);
    this.#sessions.set(host, session);
    return session;
  }

  /** What was written since the last time, by host. */
  take(): [host: string, data: string][] {
    const taken = [...this.#output];
    this.#output.clear();
    return taken;
  }

  #write(host: string, bytes: string): void {
    const text = (this.#output.get(host) ?? '') + bytes;
    this.#output.set(host, text.length > MAX_WAITING ? endOf(text) : text);
    this.#onOutput();
  }
}

/** The end of a flood, from the beginning of a line. */
function endOf(text: string): string {
  const kept = text.slice(-MAX_WAITING / 2);
  return `\r\n[...]\r\n${kept.slice(kept.indexOf('\n') + 1)}`;
}
