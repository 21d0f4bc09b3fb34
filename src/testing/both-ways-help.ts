/**
 * Help pages without their descriptions, which are our own words: usage lines, headings, commands, flags with their types and defaults, and
 * where each stands.
 */

/** Begins with a usage line, and ends with no complaint. */
export function isHelp(lines: readonly string[]): boolean {
  const usage = lines.findIndex((line) => line.startsWith('Usage:  docker'));
  return (
    usage >= 0 && usage <= 1 && lines.length > 3 && !/^See 'docker|^Run 'docker .* --help'/.test(lines[usage + 2] ?? '')
  );
}

/** The page with `...` for each description. Defaults that a flag's description ends with stay. */
export function helpShape(lines: readonly string[]): string[] {
  const shape: string[] = [];
  let heading = '';
  for (const line of lines) {
    if (/^\S.*:$/.test(line)) heading = line;
    if (/^(Usage|Aliases):/.test(line)) heading = line;
    const inList = /^ {2}/.test(line) && heading !== 'Aliases:';
    if (line === '' || !/^ /.test(line)) shape.push(isProse(line) ? '...' : line);
    else if (inList) shape.push(...entryShape(line));
    else shape.push(line);
  }
  // A description of several lines or paragraphs is one.
  return shape.filter((line, i) => !(line === '...' && shape[i - 1] === '...'));
}

/** A line of words that is no usage, heading or hint. */
function isProse(line: string): boolean {
  return line !== '' && !/^(Usage:|Aliases:|Run '|For more help)/.test(line) && !/:$/.test(line);
}

/** `  -d, --detach   Description (default true)`: the flag or command, its column, its default. */
function entryShape(line: string): string[] {
  const flag = /^( {2,6}(?:-\w, )?--[\w-]+(?: [\w./:-]+)?)( {2,})(.*)$/.exec(line);
  if (flag) {
    const fallback = /\(default .*\)$/.exec(flag[3]!)?.[0];
    return [`${flag[1]}${flag[2]}...${fallback === undefined ? '' : ` ${fallback}`}`];
  }
  const command = /^( {2}[\w-]+\*? *)( {2,})\S/.exec(line);
  if (command && !/^ {10}/.test(line)) return [`${command[1]}${command[2]}...`];
  // The rest of a description; a default may stand at its end.
  const fallback = /\(default .*\)$/.exec(line)?.[0];
  return fallback === undefined ? [] : [`  ${fallback}`];
}
