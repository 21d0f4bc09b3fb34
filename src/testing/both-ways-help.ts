/**
 * Help pages without their descriptions, which are our own words: usage lines, headings, commands, flags with their types and defaults, and
 * where each stands.
 */

/** Begins with a usage line; the old builder is called deprecated before it. */
export function isHelp(lines: readonly string[]): boolean {
  const usage = lines[0]?.startsWith('DEPRECATED:') ? 4 : 0;
  return lines[usage]?.startsWith('Usage:  docker') ?? false;
}

/** The page with `...` for each description. Defaults that a flag's description ends with stay. */
export function helpShape(lines: readonly string[]): string[] {
  const shape: string[] = [];
  let heading = '';
  for (const line of lines) {
    if (/^\S.*:$|^(Usage|Aliases):/.test(line)) heading = line;
    const inList = /^ {2}/.test(line) && heading !== 'Aliases:';
    if (!inList) shape.push(isProse(line) ? '...' : line);
    else if (/^ {10}/.test(line)) continueEntry(shape, line);
    else shape.push(entryShape(line));
  }
  // A description of several lines or paragraphs is one.
  return shape.filter((line, i) => !(line === '...' && (shape[i - 1] === '...' || shape[i - 2] === '...')));
}

/** Commands that a page lists. */
export function commandsOf(lines: readonly string[]): string[] {
  const names: string[] = [];
  let inCommands = false;
  for (const line of lines) {
    if (/^\S.*:$/.test(line)) inCommands = / ?Commands:$/.test(line);
    const name = inCommands ? /^ {2}([a-z][\w-]*)\*? /.exec(line)?.[1] : undefined;
    if (name !== undefined) names.push(name);
  }
  return names;
}

/** A line of words that is no usage, heading or hint. */
function isProse(line: string): boolean {
  return line !== '' && !/^ |^(Usage:|Aliases:|Run '|For more help)|:$/.test(line);
}

/** What a flag is when it is not given, after its description. */
const DEFAULT = /\(default (\S+|"[^"]*")\)$/;

/** `  -d, --detach   Description (default true)`: the flag or command, its column, its default. */
function entryShape(line: string): string {
  const [, name = line, gap = ''] =
    /^( {2,6}(?:-\w, )?--[\w-]+(?: [\w./:-]+)?)( {2,})\S/.exec(line) ?? /^( {2}[\w-]+\*?)( +)\S/.exec(line) ?? [];
  const fallback = DEFAULT.exec(line)?.[0];
  const isCut = /\(default$/.test(line);
  return `${name}${gap}...${fallback === undefined ? '' : ` ${fallback}`}${isCut ? ' (default' : ''}`;
}

/** The rest of a description; a default may stand at its end, or be cut by it. */
function continueEntry(shape: string[], line: string): void {
  const last = shape.at(-1) ?? '';
  const isCut = last.endsWith(' (default') || /\(default$/.test(line);
  const fallback = DEFAULT.exec(line)?.[0] ?? (isCut ? line.trim() : undefined);
  if (fallback !== undefined) shape[shape.length - 1] = `${last} ${fallback}`;
}
