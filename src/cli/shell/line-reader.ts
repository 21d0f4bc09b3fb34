/** Lines out of a stream that comes in pieces of any size, as soon as each line is complete. */
import type { CancelSignal } from '../../protocol/api.ts';
import type { InputStream } from '../process.ts';
import type { ShellInput } from './streams.ts';

/** A line without its newline; only the last one of a stream may lack it (`terminated: false`). */
export interface Line {
  text: string;
  terminated: boolean;
}

/** Reads one stream line by line. */
export class LineReader {
  #input: InputStream;
  #signal: CancelSignal | undefined;
  #rest = '';
  #scanned = 0;
  #ended = false;

  constructor(input: InputStream, signal?: CancelSignal) {
    this.#input = input;
    this.#signal = signal;
  }

  async next(): Promise<Line | null> {
    for (;;) {
      const newline = this.#rest.indexOf('\n', this.#scanned);
      if (newline >= 0) {
        const text = this.#rest.slice(0, newline);
        this.#rest = this.#rest.slice(newline + 1);
        this.#scanned = 0;
        return { text, terminated: true };
      }
      this.#scanned = this.#rest.length;
      if (this.#ended) return this.#last();
      const piece = await this.#input.read(this.#signal);
      if (piece === null) this.#ended = true;
      else this.#rest += piece;
    }
  }

  #last(): Line | null {
    if (this.#rest === '') return null;
    const text = this.#rest;
    this.#rest = '';
    this.#scanned = 0;
    return { text, terminated: false };
  }

  /** Gives what was read beyond the last line back to the stream. */
  giveBack(): void {
    if (this.#rest !== '' && 'unread' in this.#input) (this.#input as ShellInput).unread(this.#rest);
    this.#rest = '';
    this.#scanned = 0;
  }
}

/** The whole rest of a stream. */
export async function readAll(input: InputStream, signal?: CancelSignal): Promise<string> {
  const pieces: string[] = [];
  for (;;) {
    const piece = await input.read(signal);
    if (piece === null) return pieces.join('');
    pieces.push(piece);
  }
}

/** Splits a text into lines, without an empty one after the last newline. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
