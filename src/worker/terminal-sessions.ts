/**
 * The terminals of a world, one per host. What they write is gathered and sent in pieces, so that a command that prints a
 * thousand lines is a few messages; while the page is behind with drawing, only the end of a flood is kept.
 */
import type { CommandRunner } from './command-runner.ts';
import { HostTerminal, type TerminalSize } from './host-terminal.ts';

/** More than this many characters wait for the page only by losing their beginning. */
const MAX_WAITING = 200_000;

/** Size of a terminal that the page has not opened yet. */
const USUAL_SIZE = { columns: 100, rows: 30 };

/** What terminals need to know of their world. */
export interface TerminalSurroundings {
  /** Has this machine power? */
  hasPower(host: string): boolean;
  /** There is something to `take`. */
  onOutput(): void;
  /** A command line is run. */
  onCommand?(host: string, command: string): void;
}

export class TerminalSessions {
  readonly #runner: CommandRunner;
  readonly #surroundings: TerminalSurroundings;
  readonly #terminals = new Map<string, HostTerminal>();
  readonly #output = new Map<string, string>();
  /** All that was written, for a page that comes later. */
  readonly #screens = new Map<string, string>();

  constructor(runner: CommandRunner, surroundings: TerminalSurroundings) {
    this.#runner = runner;
    this.#surroundings = surroundings;
  }

  /** The terminal of a host; null if there is no such host. */
  open(host: string, size?: TerminalSize): HostTerminal | null {
    const existing = this.#terminals.get(host);
    if (existing) {
      if (size) existing.resize(size);
      return existing;
    }
    if (!this.#runner.host(host)) return null;
    const write = (bytes: string) => this.#write(host, bytes);
    const power = this.#surroundings.hasPower(host);
    const onCommand = (command: string) => this.#surroundings.onCommand?.(host, command);
    const terminal = new HostTerminal(host, this.#runner, write, size ?? USUAL_SIZE, power, onCommand);
    this.#terminals.set(host, terminal);
    return terminal;
  }

  /** Machines may have lost their power or got it back. */
  powerMayHaveChanged(): void {
    for (const [host, terminal] of this.#terminals) terminal.setPower(this.#surroundings.hasPower(host));
  }

  /** Prints a line that is no command in every terminal that is open. */
  noteAll(text: string): void {
    for (const terminal of this.#terminals.values()) terminal.note(text);
  }

  /** What was written since the last time, by host. */
  take(): [host: string, data: string][] {
    const taken = [...this.#output];
    for (const [host, bytes] of taken) append(this.#screens, host, bytes);
    this.#output.clear();
    return taken;
  }

  /** What has been taken so far, by host. */
  screens(): ReadonlyMap<string, string> {
    return this.#screens;
  }

  #write(host: string, bytes: string): void {
    append(this.#output, host, bytes);
    this.#surroundings.onOutput();
  }
}

function append(texts: Map<string, string>, host: string, bytes: string): void {
  const text = (texts.get(host) ?? '') + bytes;
  texts.set(host, text.length > MAX_WAITING ? endOf(text) : text);
}

/** The end of a flood, from the beginning of a line. */
function endOf(text: string): string {
  const kept = text.slice(-MAX_WAITING / 2);
  return `\r\n[...]\r\n${kept.slice(kept.indexOf('\n') + 1)}`;
}
