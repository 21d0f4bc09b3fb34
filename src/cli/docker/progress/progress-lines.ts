/**
 * Lines that are drawn again in place: each has a name; the first time it is added below the others, later it is rewritten.
 * On a terminal with ANSI cursor movements; elsewhere every change is a line of its own, and bars are left out.
 * Source: `moby: pkg/jsonmessage/jsonmessage.go` (`DisplayJSONMessagesStream`), `pkg/streamformatter`.
 */
import type { OutputStream } from '../../process.ts';

/** How much of something is done; with `units` the numbers stand behind the bar. */
export interface Bar {
  current: number;
  total: number;
  units?: string;
}

/** Where progress is shown. */
export interface ProgressOutput {
  /** Draws the line called `id`, or draws it again. */
  line(id: string, action: string, bar?: Bar): void;
  /** Prints a line that stays; what was drawn before is not touched again. */
  message(text: string, id?: string): void;
}

/** Shows nothing (`--quiet`). */
export const silentProgress: ProgressOutput = { line: () => undefined, message: () => undefined };

/** Bars have this many cells, and need a terminal wider than `narrowest`. */
const cells = 50;
const narrowest = 110;

/** Shows progress on a terminal or in a file, whichever `stream` is. */
export function createProgressLines(stream: OutputStream): ProgressOutput {
  return stream.terminal ? new TerminalLines(stream) : new PlainLines(stream);
}

class PlainLines implements ProgressOutput {
  readonly #stream: OutputStream;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  line(id: string, action: string, bar?: Bar): void {
    if (!bar || (bar.current <= 0 && bar.total <= 0)) this.message(action, id);
  }

  message(text: string, id?: string): void {
    this.#stream.write(`${prefix(id)}${text}\n`);
  }
}

class TerminalLines implements ProgressOutput {
  readonly #stream: OutputStream;
  /** Row of each line, counted from the first one drawn since the last message. */
  #rows = new Map<string, number>();

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  line(id: string, action: string, bar?: Bar): void {
    const isNew = !this.#rows.has(id);
    if (isNew) this.#rows.set(id, this.#rows.size);
    const up = this.#rows.size - this.#rows.get(id)!;
    const text = `${prefix(id)}${action} ${bar ? this.#drawBar(bar) : ''}`;
    this.#stream.write(`${isNew ? '\n' : ''}\x1b[${up}A\x1b[2K\r${text}\r\x1b[${up}B`);
  }

  message(text: string, id?: string): void {
    this.#rows = new Map();
    this.#stream.write(`${prefix(id)}${text}\n`);
  }

  #drawBar({ current, total, units }: Bar): string {
    if (total <= 0) return '';
    const numbers = units === undefined ? '' : `${current}/${total} ${units}`;
    if ((this.#stream.terminal?.columns ?? 0) <= narrowest) return numbers;
    const filled = Math.min(cells, Math.trunc(Math.trunc((current / total) * 100) / 2));
    return `[${'='.repeat(filled)}>${' '.repeat(cells - filled)}] ${numbers}`;
  }
}

function prefix(id: string | undefined): string {
  return id ? `${id}: ` : '';
}
