/**
 * Help pages without their descriptions, which are our own words: usage lines, headings, commands, flags with their types and defaults, and
 * where each stands.
 */

/** Begins with a usage line; the old builder is called deprecated before it. */
export function isHelp(lines: readonly string[]): boolean {
  const usage = lines[0]?.startsWith('DEPRECATED:') ? 4 : lines[0]?.startsWith('Flag shorthand -h') ? 1 : 0;
  return lines[usage]?.startsWith('Usage:  docker') ?? false;
}

/** The page with `...` for each description. Defaults that a flag's description ends with stay. */
export function helpShape(lines: readonly string[]): string[] {
  const shape: string[] = [];
  let heading = '';
  for (const line of lines) {
    if (HEADING.test(line)) heading = line;
    if (line.startsWith('Usage:')) heading = '';
    const inList = /^ {2}/.test(line) && heading !== 'Aliases:' && heading !== '';
    if (!inList) shape.push(isProse(line) ? '...' : line);
    else if (/^ {10}/.test(line)) shape.push(`${shape.pop() ?? ''} ${line.trim()}`);
    else shape.push(entryShape(line));
  }
  // A description of several lines or paragraphs is one.
  return shape.map(withDefault).reduce<string[]>(withoutSecondProse, []);
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

const HEADING = /^(Aliases|Options|Global Options|(?:[A-Z][a-z]+ )?Commands):$/;

/** A line of words that is no usage, heading or hint. A second usage line stands below the first. */
function isProse(line: string): boolean {
  return (
    line !== '' &&
    !HEADING.test(line) &&
    !/^(Usage:|Run '|For more help|\t?\s+docker [a-z ]+\[OPTIONS\]| {2}docker [a-z]+ [a-z]+, )/.test(line)
  );
}

/** What a flag is when it is not given, after its description. */
const DEFAULT = /\(default (\S+|"[^"]*")\)$/;

/** `  -d, --detach   Description (default true)`: the flag or command and its column; its words, marked, to be looked at when all have come. */
function entryShape(line: string): string {
  const [, name = line, gap = '', words = ''] =
    /^( {2,6}(?:-\w, )?--[\w-]+(?: [\w./:-]+)?)( {2,})(\S.*)/.exec(line) ??
    /^( {2}[\w-]+\*?)( +)(\S.*)/.exec(line) ??
    [];
  return `${name}${gap}...${MARK}${words}`;
}

/** Lines and paragraphs of prose after prose say nothing more. */
function withoutSecondProse(lines: string[], line: string): string[] {
  const before = lines.findLast((one) => one !== '');
  if (line === '...' && before === '...') while (lines.at(-1) === '') lines.pop();
  else lines.push(line);
  return lines;
}

const MARK = '\0';

/** The words of an entry become its default, if they end with one. */
function withDefault(line: string): string {
  const at = line.indexOf(MARK);
  if (at < 0) return line;
  const fallback = DEFAULT.exec(line.slice(at + 1))?.[0];
  return line.slice(0, at) + (fallback === undefined ? '' : ` ${fallback}`);
}
