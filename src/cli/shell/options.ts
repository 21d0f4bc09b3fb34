/**
 * Options as `getopt_long` reads them, with its error lines. `short` is getopt's own notation: a colon after a letter
 * means that it takes a value. `long` maps long names to letters.
 */
export interface OptionSpec {
  short: string;
  long?: Readonly<Record<string, string>>;
  /** Options end at the first operand (`xargs`, `env`, `watch`), because what follows has options of its own. */
  stopAtOperand?: boolean;
}

/** What was given. */
export interface ParsedOptions {
  has(letter: string): boolean;
  /** The last value given for an option, or null. */
  value(letter: string): string | null;
  values(letter: string): string[];
  operands: string[];
}

export type OptionsResult =
  | { ok: true; options: ParsedOptions }
  | { ok: false; error: { kind: 'usage'; message: string } };

/** Parses arguments. The message of an error lacks the tool's name in front; it ends with GNU's hint. */
export function parseOptions(tool: string, args: readonly string[], spec: OptionSpec): OptionsResult {
  const given: [string, string][] = [];
  const operands: string[] = [];
  const rest = [...args];
  const fail = (message: string): OptionsResult => ({
    ok: false,
    error: { kind: 'usage', message: `${message}\nTry '${tool} --help' for more information.` },
  });
  while (rest.length > 0) {
    const argument = rest.shift()!;
    if (argument === '--') {
      operands.push(...rest.splice(0));
    } else if (argument.startsWith('--')) {
      const problem = longOption(argument, rest, spec, given);
      if (problem) return fail(problem);
    } else if (argument.startsWith('-') && argument.length > 1) {
      const problem = shortOptions(argument.slice(1), rest, spec, given);
      if (problem) return fail(problem);
    } else {
      operands.push(argument);
      if (spec.stopAtOperand) operands.push(...rest.splice(0));
    }
  }
  return { ok: true, options: collect(given, operands) };
}

function collect(given: [string, string][], operands: string[]): ParsedOptions {
  const values = (letter: string): string[] => given.filter(([name]) => name === letter).map(([, value]) => value);
  return {
    has: (letter) => given.some(([name]) => name === letter),
    value: (letter) => values(letter).at(-1) ?? null,
    values,
    operands,
  };
}

function takesValue(spec: OptionSpec, letter: string): boolean {
  return spec.short.includes(`${letter}:`);
}

function longOption(argument: string, rest: string[], spec: OptionSpec, given: [string, string][]): string | null {
  const [name, inline] = splitOnce(argument.slice(2), '=');
  const candidates = Object.keys(spec.long ?? {}).filter((long) => long === name || long.startsWith(name));
  const exact = candidates.find((long) => long === name) ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (exact === undefined) {
    if (candidates.length === 0) return `unrecognized option '--${name}'`;
    return `option '--${name}' is ambiguous; possibilities: ${candidates.map((long) => `'--${long}'`).join(' ')}`;
  }
  const letter = spec.long![exact]!;
  if (!takesValue(spec, letter)) {
    if (inline !== null) return `option '--${exact}' doesn't allow an argument`;
    given.push([letter, '']);
    return null;
  }
  const value = inline ?? rest.shift();
  if (value === undefined) return `option '--${exact}' requires an argument`;
  given.push([letter, value]);
  return null;
}

function shortOptions(letters: string, rest: string[], spec: OptionSpec, given: [string, string][]): string | null {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    if (letter === ':' || !spec.short.includes(letter)) return `invalid option -- '${letter}'`;
    if (!takesValue(spec, letter)) {
      given.push([letter, '']);
      continue;
    }
    const value = i + 1 < letters.length ? letters.slice(i + 1) : rest.shift();
    if (value === undefined) return `option requires an argument -- '${letter}'`;
    given.push([letter, value]);
    return null;
  }
  return null;
}

function splitOnce(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
