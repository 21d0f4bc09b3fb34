/**
 * The `Options:` part of a help page: flags in alphabetical order, descriptions in a column, wrapped to the terminal.
 * Source: `spf13/pflag: flag.go` (`FlagUsagesWrapped`, `wrap`, `wrapN`).
 */
import type { Flag } from './flag.ts';

/** Descriptions narrower than this move to lines of their own. */
const narrowest = 24;

/** The words on a last line may go this far over the edge, so that no word stands alone. */
const slop = 5;

/** Lines of all flags that are not hidden, for a terminal of `columns`; every line ends with a newline. */
export function flagUsages(flags: readonly Flag<unknown>[], columns: number): string {
  const shown = flags.filter((flag) => !flag.hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
  const heads = shown.map(flagHead);
  const width = Math.max(0, ...heads.map((head) => head.length));
  return shown
    .map((flag, index) => {
      const text = flag.defaultText ? `${flag.description} (default ${flag.defaultText})` : flag.description;
      return `${heads[index]!.padEnd(width)}   ${wrap(text, width + 3, columns)}\n`;
    })
    .join('');
}

function flagHead(flag: Flag<unknown>): string {
  const spelling = flag.shorthand ? `  -${flag.shorthand}, --${flag.name}` : `      --${flag.name}`;
  return flag.valueWord ? `${spelling} ${flag.valueWord}` : spelling;
}

/** Wraps `text`, whose first line begins at column `indent`; the following lines are indented as far. */
function wrap(text: string, indent: number, columns: number): string {
  const ownLines = columns - indent < narrowest;
  const margin = ownLines ? 16 : indent;
  const room = columns - margin;
  const newline = `\n${' '.repeat(margin)}`;
  if (room < narrowest) return text.replaceAll('\n', newline);
  const lines = breakLines(text, room - slop).map((line) => line.replaceAll('\n', newline));
  return (ownLines ? newline : '') + lines.join(newline);
}

function breakLines(text: string, room: number): string[] {
  const lines: string[] = [];
  let rest = text;
  do {
    const end = lineEnd(rest, room);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  } while (rest !== '');
  return lines;
}

/** Where the first line of `text` ends: at a newline before any blank that fits, at the last blank that fits, or at its end. */
function lineEnd(text: string, room: number): number {
  if (room + slop > text.length) return text.length;
  const head = text.slice(0, room);
  const blank = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\t'), head.lastIndexOf('\n'));
  if (blank <= 0) return text.length;
  const newline = head.lastIndexOf('\n');
  return newline > 0 && newline < blank ? newline : blank;
}
