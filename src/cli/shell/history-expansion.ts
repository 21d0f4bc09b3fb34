/** `!!`, `!$`, `!5`, `!-2`, `!docker`: earlier lines inside the one just typed, as bash expands them before anything else. */

export type Expanded =
  | { ok: true; text: string; changed: boolean }
  | { ok: false; error: { kind: 'history'; message: string } };

/** Expands a line. Single quotes protect, and so does a blank, `=` or `(` after the `!`. */
export function expandHistory(line: string, history: readonly string[]): Expanded {
  let result = '';
  let quoted = false;
  let doubleQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\' && !quoted) {
      result += char + (line[++i] ?? '');
      continue;
    }
    if (char === "'" && !doubleQuoted) quoted = !quoted;
    if (char === '"' && !quoted) doubleQuoted = !doubleQuoted;
    const event = char === '!' && !quoted ? /^!(!|\$|-?\d+|[A-Za-z_./][^\s;|&<>()"']*)/.exec(line.slice(i)) : null;
    if (!event) {
      result += char;
      continue;
    }
    const found = recall(event[1]!, history);
    if (found === undefined) return { ok: false, error: { kind: 'history', message: `${event[0]}: event not found` } };
    result += found;
    i += event[0].length - 1;
  }
  return { ok: true, text: result, changed: result !== line };
}

function recall(event: string, history: readonly string[]): string | undefined {
  if (event === '!') return history.at(-1);
  if (event === '$') return history.at(-1)?.trim().split(/\s+/).at(-1);
  if (/^-?\d+$/.test(event)) return Number(event) < 0 ? history.at(Number(event)) : history[Number(event) - 1];
  return history.findLast((line) => line.startsWith(event));
}
