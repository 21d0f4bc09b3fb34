/**
 * Draws a prompt and the line behind it with as few bytes as it takes: only what changed since the last time, wrapped over
 * rows as a terminal wraps, and the cursor where it belongs.
 * All movement is relative to the row of the prompt, which the terminal may have scrolled meanwhile.
 */
import { characterWidth, textWidth } from './character-width.ts';

/** What is to be seen. `prompt` may have colours. */
export interface Picture {
  prompt: string;
  chars: readonly string[];
  cursor: number;
}

interface Position {
  row: number;
  column: number;
}

interface Layout {
  /** Where each character stands; one more position for the end. */
  positions: Position[];
}

const nothing: Picture = { prompt: '', chars: [], cursor: 0 };

export class LinePainter {
  #columns: number;
  #picture: Picture = nothing;
  #layout: Layout = { positions: [{ row: 0, column: 0 }] };
  #at: Position = { row: 0, column: 0 };

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Forgets what was drawn: the cursor stands at the beginning of a fresh row. */
  start(): void {
    this.#picture = nothing;
    this.#layout = { positions: [{ row: 0, column: 0 }] };
    this.#at = { row: 0, column: 0 };
  }

  /** Bytes that turn what is on the terminal into `picture`. */
  draw(picture: Picture): string {
    const layout = layOut(picture, this.#columns);
    const samePrompt = picture.prompt === this.#picture.prompt;
    const same = samePrompt ? commonLength(picture.chars, this.#picture.chars) : 0;
    let bytes = '';
    if (!samePrompt) bytes += this.#moveTo({ row: 0, column: 0 }) + picture.prompt;
    if (!samePrompt || same < picture.chars.length || same < this.#picture.chars.length) {
      if (samePrompt) bytes += this.#moveTo(layout.positions[same]!);
      bytes += write(picture.chars, layout, same);
      // Whatever stood behind the new text goes away, unless only something was added at the end.
      if (!samePrompt || same < this.#picture.chars.length) bytes += '\x1b[J';
      this.#at = layout.positions.at(-1)!;
    }
    this.#picture = picture;
    this.#layout = layout;
    return bytes + this.#moveTo(layout.positions[picture.cursor]!);
  }

  /** Bytes that put the cursor behind the end of the line, before a command's output. */
  finish(): string {
    const bytes = `${this.#moveTo(this.#layout.positions.at(-1)!)}\r\n`;
    this.start();
    return bytes;
  }

  /** Bytes that take prompt and line away; the cursor stays where the prompt began. */
  erase(): string {
    const bytes = `${this.#moveTo({ row: 0, column: 0 })}\r\x1b[J`;
    this.start();
    return bytes;
  }

  /** Bytes for a new width. A terminal leaves the rows around the cursor as they are, so they are drawn anew. */
  resize(columns: number): string {
    const picture = this.#picture;
    if (columns === this.#columns || picture === nothing) {
      this.#columns = columns;
      return '';
    }
    const bytes = this.erase();
    this.#columns = columns;
    return bytes + this.draw(picture);
  }

  #moveTo(to: Position): string {
    let bytes = '';
    const rows = to.row - this.#at.row;
    if (rows < 0) bytes += `\x1b[${-rows}A`;
    if (rows > 0) bytes += `\x1b[${rows}B`;
    if (to.column !== this.#at.column) {
      const columns = to.column - this.#at.column;
      if (to.column === 0) bytes += '\r';
      else bytes += columns < 0 ? `\x1b[${-columns}D` : `\x1b[${columns}C`;
    }
    this.#at = to;
    return bytes;
  }
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Width of the prompt without its colours. */
function promptWidth(prompt: string): number {
  return textWidth(prompt.replace(/\x1b\[[\d;]*m/g, ''));
}

function layOut(picture: Picture, columns: number): Layout {
  const width = promptWidth(picture.prompt);
  let at: Position = { row: Math.floor(width / columns), column: width % columns };
  const positions: Position[] = [];
  for (const char of picture.chars) {
    const cells = characterWidth(char);
    if (at.column + cells > columns) at = { row: at.row + 1, column: 0 };
    positions.push(at);
    if (char === '\n') at = { row: at.row + 1, column: 0 };
    else
      at =
        at.column + cells >= columns && cells > 0
          ? { row: at.row + 1, column: 0 }
          : { ...at, column: at.column + cells };
  }
  positions.push(at);
  return { positions };
}

/**
 * Characters from `from` on. The terminal itself wraps, so that it knows which rows belong together when its width changes;
 * behind a full last row it would wait with wrapping for one more character, so it gets a blank.
 */
function write(chars: readonly string[], layout: Layout, from: number): string {
  let bytes = '';
  for (const char of chars.slice(from)) bytes += char === '\n' ? '\x1b[K\r\n' : char;
  const isWrapped = chars.length > from && chars.at(-1) !== '\n' && layout.positions.at(-1)!.column === 0;
  return isWrapped ? `${bytes} \r\x1b[K` : bytes;
}
