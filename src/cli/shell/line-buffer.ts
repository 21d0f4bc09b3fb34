/**
 * The line being edited, as a value: characters and a cursor between them. Every edit makes a new one.
 * Words are runs of letters and digits, as readline's `forward-word` and `kill-word` see them.
 */

export interface LineBuffer {
  readonly chars: readonly string[];
  /** Number of characters before the cursor. */
  readonly cursor: number;
}

export const emptyLine: LineBuffer = { chars: [], cursor: 0 };

/** A line with the cursor at its end. */
export function lineOf(text: string): LineBuffer {
  const chars = [...text];
  return { chars, cursor: chars.length };
}

export function textOf(line: LineBuffer): string {
  return line.chars.join('');
}

export function textBeforeCursor(line: LineBuffer): string {
  return line.chars.slice(0, line.cursor).join('');
}

/** Types or pastes at the cursor. */
export function insert(line: LineBuffer, text: string): LineBuffer {
  return replace(line, line.cursor, line.cursor, text);
}

/** Puts `text` in the place of the characters `from` to `to`, and the cursor behind it. */
export function replace(line: LineBuffer, from: number, to: number, text: string): LineBuffer {
  const inserted = [...text];
  return {
    chars: [...line.chars.slice(0, from), ...inserted, ...line.chars.slice(to)],
    cursor: from + inserted.length,
  };
}

export function moveTo(line: LineBuffer, cursor: number): LineBuffer {
  return { ...line, cursor: Math.max(0, Math.min(cursor, line.chars.length)) };
}

function isWordChar(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

/** Where the word before the cursor begins. */
export function wordStart(line: LineBuffer): number {
  let at = line.cursor;
  while (at > 0 && !isWordChar(line.chars[at - 1])) at--;
  while (at > 0 && isWordChar(line.chars[at - 1])) at--;
  return at;
}

/** Where the word after the cursor ends. */
export function wordEnd(line: LineBuffer): number {
  let at = line.cursor;
  while (at < line.chars.length && !isWordChar(line.chars[at])) at++;
  while (at < line.chars.length && isWordChar(line.chars[at])) at++;
  return at;
}

/** Where the blank-separated word before the cursor begins (Ctrl-W). */
export function blankWordStart(line: LineBuffer): number {
  let at = line.cursor;
  while (at > 0 && /\s/.test(line.chars[at - 1]!)) at--;
  while (at > 0 && !/\s/.test(line.chars[at - 1]!)) at--;
  return at;
}

/** Ctrl-T: the characters around the cursor change places. */
export function transpose(line: LineBuffer): LineBuffer {
  const at = Math.min(line.cursor, line.chars.length - 1);
  if (at < 1) return line;
  const chars = [...line.chars];
  [chars[at - 1], chars[at]] = [chars[at]!, chars[at - 1]!];
  return { chars, cursor: at + 1 };
}
