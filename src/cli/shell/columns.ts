/** Names side by side, filled column by column, as `ls` and Tab completion show them. */
import { textWidth } from './character-width.ts';

const GAP = 2;

/** As many columns as fit into `width`. */
export function layOutColumns(names: readonly string[], width: number): string {
  const widths = names.map(textWidth);
  for (let rows = 1; rows <= names.length; rows++) {
    const count = Math.ceil(names.length / rows);
    const columnWidths = Array.from({ length: count }, (_, column) =>
      Math.max(...widths.slice(column * rows, (column + 1) * rows)),
    );
    const total = columnWidths.reduce((sum, value) => sum + value + GAP, 0) - GAP;
    if (total >= width && rows < names.length) continue;
    return Array.from({ length: rows }, (_, row) => rowText(names, widths, columnWidths, rows, row)).join('');
  }
  return '';
}

function rowText(
  names: readonly string[],
  widths: number[],
  columnWidths: number[],
  rows: number,
  row: number,
): string {
  let text = '';
  for (let column = 0; column * rows + row < names.length; column++) {
    const index = column * rows + row;
    const isLast = (column + 1) * rows + row >= names.length;
    text += names[index]! + (isLast ? '' : ' '.repeat(columnWidths[column]! + GAP - widths[index]!));
  }
  return `${text}\n`;
}
