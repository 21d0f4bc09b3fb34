/**
 * Aligns text whose cells end with tabs into columns: as wide as the widest cell of the lines around it, plus padding.
 * A column reaches over consecutive lines that have a cell in it; the last cell of a line belongs to no column.
 * Source: Go `text/tabwriter`, as docker configures it (minimum width 10, padding 3).
 */
import { displayWidth } from './display-width.ts';

/** Widths of the columns. */
export interface TabOptions {
  /** Columns are never narrower, padding included. */
  minimum: number;
  padding: number;
}

/** How docker's listings are set. */
export const listingTabs: TabOptions = { minimum: 10, padding: 3 };

/** Replaces the tabs of `text` by blanks. */
export function alignTabs(text: string, options: TabOptions = listingTabs): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map(() => [] as number[]);
  measure(lines, widths, 0, lines.length, options);
  return lines.map((cells, line) => cells.map((cell, column) => pad(cell, widths[line]![column])).join('')).join('\n');
}

/** Finds the columns that begin in lines `from` to `to`, right of those already measured there. */
function measure(lines: readonly string[][], widths: number[][], from: number, to: number, options: TabOptions): void {
  const column = widths[from]?.length ?? 0;
  for (let line = from; line < to; ) {
    const end = columnEnd(lines, column, line, to);
    if (end === line) {
      line++;
      continue;
    }
    const cells = lines.slice(line, end).map((row) => displayWidth(row[column]!));
    const width = Math.max(options.minimum, ...cells.map((cell) => cell + options.padding));
    for (let row = line; row < end; row++) widths[row]!.push(width);
    measure(lines, widths, line, end, options);
    line = end;
  }
}

/** The first line from `line` on that has no cell ended by a tab in this column. */
function columnEnd(lines: readonly string[][], column: number, line: number, to: number): number {
  let end = line;
  while (end < to && column < lines[end]!.length - 1) end++;
  return end;
}

function pad(cell: string, width: number | undefined): string {
  return width === undefined ? cell : cell + ' '.repeat(width - displayWidth(cell));
}
