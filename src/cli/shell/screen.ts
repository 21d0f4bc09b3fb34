/**
 * A small terminal: turns the bytes a command wrote into the lines a person would see when it has ended.
 * Knows what commands write: CR, LF, tab, backspace, cursor movement, erasing, the alternate screen; colours are dropped.
 * A line feed also returns the carriage, as a terminal's line discipline makes it. Source: ECMA-48, xterm's control sequences.
 */
import { characterWidth } from './character-width.ts';

/** Cells of one row; `wrapped` if it goes on with the line of the row above. */
interface Row {
  cells: string[];
  wrapped: boolean;
}

const controlSequence = /\x1b\[([?>!]?)([\d;]*)([@-~])/y;
const otherSequence = /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>78cDEHMNOZ])/y;

/** Lines with everything that scrolled away; the cursor moves within the last `rowCount` of them. */
export class Screen {
  readonly columns: number;
  readonly rowCount: number;
  #rows: Row[] = [emptyRow()];
  #row = 0;
  #column = 0;
  /** The first line of the window; what is above it has scrolled away. */
  #top = 0;
  /** A sequence of which only the beginning has arrived. */
  #rest = '';
  #main: { rows: Row[]; row: number; column: number; top: number } | null = null;
  #saved = { row: 0, column: 0 };

  constructor(columns: number, rowCount = 50) {
    this.columns = columns;
    this.rowCount = rowCount;
  }

  write(bytes: string): void {
    const text = this.#rest + bytes;
    this.#rest = '';
    for (let i = 0; i < text.length; ) {
      const char = text[i]!;
      if (char === '\x1b') {
        const length = this.#escape(text, i);
        if (length === 0) {
          this.#rest = text.slice(i);
          return;
        }
        i += length;
      } else {
        const point = String.fromCodePoint(text.codePointAt(i)!);
        this.#character(point);
        i += point.length;
      }
    }
  }

  /** Lines as they were written, whatever the width: rows that a long line wrapped over are put together again. */
  lines(): string[] {
    const lines: string[] = [];
    for (const row of this.#rows) {
      if (row.wrapped && lines.length > 0) lines.push(lines.pop()! + textOf(row));
      else lines.push(textOf(row));
    }
    return tidy(lines);
  }

  /** Rows as they stand on the screen. */
  rows(): string[] {
    return tidy(this.#rows.map(textOf));
  }

  #character(char: string): void {
    switch (char) {
      case '\r':
        this.#column = 0;
        return;
      case '\n':
        this.#column = 0;
        this.#lineFeed();
        return;
      case '\b':
        this.#column = Math.max(0, Math.min(this.#column, this.columns - 1) - 1);
        return;
      case '\t':
        this.#column = Math.min(this.columns - 1, (Math.floor(this.#column / 8) + 1) * 8);
        return;
      default:
        if (char < ' ' || char === '\x7f') return;
        this.#print(char);
    }
  }

  #print(char: string): void {
    const width = characterWidth(char);
    if (width === 0) {
      const { cells } = this.#rows[this.#row]!;
      if (this.#column > 0) cells[this.#column - 1] = (cells[this.#column - 1] ?? ' ') + char;
      return;
    }
    // The cursor stays behind the last column until one more character comes.
    if (this.#column + width > this.columns) {
      this.#column = 0;
      this.#lineFeed();
      this.#rows[this.#row]!.wrapped = true;
    }
    const { cells } = this.#rows[this.#row]!;
    cells[this.#column] = char;
    if (width === 2) cells[this.#column + 1] = '';
    this.#column += width;
  }

  #lineFeed(): void {
    this.#row++;
    if (this.#row === this.#rows.length) this.#rows.push(emptyRow());
    this.#top = Math.max(this.#top, this.#row - this.rowCount + 1);
  }

  /** Handles the sequence at `start`; returns its length, or 0 if it is not complete. */
  #escape(text: string, start: number): number {
    controlSequence.lastIndex = start;
    const control = controlSequence.exec(text);
    if (control) {
      if (control[1] === '?') this.#privateMode(control[2]!, control[3]!);
      else if (control[1] === '') this.#control(control[2]!.split(';').map(Number), control[3]!);
      return control[0].length;
    }
    otherSequence.lastIndex = start;
    const other = otherSequence.exec(text);
    if (other) {
      if (other[0] === '\x1b7') this.#saved = { row: this.#row, column: this.#column };
      if (other[0] === '\x1b8') this.#moveTo(this.#saved.row, this.#saved.column);
      return other[0].length;
    }
    const incomplete = /^\x1b(?:\[[?>!]?[\d;]*|\][^\x07\x1b]*\x1b?|[()])?$/.test(text.slice(start));
    return incomplete ? 0 : 1;
  }

  #moveTo(row: number, column: number): void {
    this.#row = Math.max(this.#top, Math.min(row, this.#top + this.rowCount - 1));
    while (this.#row >= this.#rows.length) this.#rows.push(emptyRow());
    this.#column = Math.max(0, Math.min(column, this.columns - 1));
  }

  #control(parameters: number[], final: string): void {
    const first = parameters[0] ?? 0;
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        return this.#moveTo(this.#row - count, this.#column);
      case 'B':
        return this.#moveTo(this.#row + count, this.#column);
      case 'C':
        return this.#moveTo(this.#row, this.#column + count);
      case 'D':
        return this.#moveTo(this.#row, Math.min(this.#column, this.columns - 1) - count);
      case 'E':
        return this.#moveTo(this.#row + count, 0);
      case 'F':
        return this.#moveTo(this.#row - count, 0);
      case 'G':
        return this.#moveTo(this.#row, count - 1);
      case 'd':
        return this.#moveTo(this.#top + count - 1, this.#column);
      case 'H':
      case 'f':
        return this.#moveTo(this.#top + count - 1, Math.max(1, parameters[1] ?? 1) - 1);
      case 'J':
        return this.#eraseDisplay(first);
      case 'K':
        return this.#eraseLine(first);
      case 'P':
        this.#rows[this.#row]!.cells.splice(this.#column, count);
        return;
      default:
        return;
    }
  }

  #eraseLine(mode: number): void {
    const row = this.#rows[this.#row]!;
    const { cells } = row;
    if (mode === 2 || this.#column === 0) row.wrapped = false;
    if (mode === 0) cells.length = Math.min(cells.length, this.#column);
    else if (mode === 1) for (let i = 0; i <= this.#column; i++) cells[i] = ' ';
    else cells.length = 0;
  }

  #eraseDisplay(mode: number): void {
    if (mode === 0) {
      this.#eraseLine(0);
      this.#rows.length = this.#row + 1;
    } else if (mode === 1) {
      for (let row = this.#top; row < this.#row; row++) this.#rows[row] = emptyRow();
      this.#eraseLine(1);
    } else if (mode === 3) {
      this.#rows.splice(0, this.#top);
      this.#row -= this.#top;
      this.#top = 0;
    } else {
      for (let row = this.#top; row < this.#rows.length; row++) this.#rows[row] = emptyRow();
    }
  }

  /** The alternate screen comes empty and leaves nothing behind. */
  #privateMode(parameters: string, final: string): void {
    if (!parameters.split(';').includes('1049')) return;
    if (final === 'h' && !this.#main) {
      this.#main = { rows: this.#rows, row: this.#row, column: this.#column, top: this.#top };
      this.#rows = [emptyRow()];
      this.#top = 0;
      this.#row = 0;
      this.#column = 0;
    } else if (final === 'l' && this.#main) {
      this.#rows = this.#main.rows;
      this.#row = this.#main.row;
      this.#column = this.#main.column;
      this.#top = this.#main.top;
      this.#main = null;
    }
  }
}

function emptyRow(): Row {
  return { cells: [], wrapped: false };
}

function textOf(row: Row): string {
  return Array.from(row.cells, (cell) => cell ?? ' ').join('');
}

/** No blanks at the end of lines, no empty lines at the end. */
function tidy(lines: string[]): string[] {
  const result = lines.map((line) => line.trimEnd());
  while (result.at(-1) === '') result.pop();
  return result;
}
