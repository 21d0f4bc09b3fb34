/** Texts cut to fit a column. Source: `cli: cli/command/formatter/displayutils.go` (`Ellipsis`). */
import { charWidth } from '../table/display-width.ts';

/** `text` in at most `columns` columns of a terminal, with `…` at its end if it was cut. */
export function ellipsis(text: string, columns: number): string {
  const characters = [...text];
  const widths = characters.map((character) => charWidth(character));
  if (widths.reduce((sum, width) => sum + width, 0) <= columns) return text;
  let used = 0;
  let count = 0;
  while (used + widths[count]! <= columns - 1) used += widths[count++]!;
  return `${characters.slice(0, count).join('')}…`;
}
