/** `grep`: basic, extended and fixed patterns, line by line as they come. */
import type { Process, Program } from '../../process.ts';
import { type OptionSpec, type ParsedOptions, parseOptions } from '../options.ts';
import { resolvePath } from '../paths.ts';
import { literalRegex, posixRegex } from '../posix-regex.ts';
import { INTERRUPTED, openInputs, type ToolInput } from './tool-input.ts';

const spec: OptionSpec = {
  short: 'EFGivcnowxqlLhHsm:e:A:B:C:rRaP',
  long: {
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'basic-regexp': 'G',
    'ignore-case': 'i',
    'invert-match': 'v',
    count: 'c',
    'line-number': 'n',
    'only-matching': 'o',
    'word-regexp': 'w',
    'line-regexp': 'x',
    quiet: 'q',
    silent: 'q',
    'files-with-matches': 'l',
    'files-without-match': 'L',
    'no-filename': 'h',
    'with-filename': 'H',
    'no-messages': 's',
    'max-count': 'm',
    regexp: 'e',
    'after-context': 'A',
    'before-context': 'B',
    context: 'C',
    text: 'a',
    recursive: 'r',
  },
};

const USAGE = 'Usage: grep [OPTION]... PATTERNS [FILE]...';

export const grep: Program = async (process) => {
  // `--color` is accepted and means nothing: output here has no colours of grep's own.
  const parsed = parseOptions(
    'grep',
    process.args.filter((argument) => !/^--colou?r(=|$)/.test(argument)),
    spec,
  );
  if (!parsed.ok) {
    const [first, hint] = parsed.error.message.split('\n');
    process.stderr.write(`grep: ${first}\n${USAGE}\n${hint}\n`);
    return 2;
  }
  const { options } = parsed;
  const operands = [...options.operands];
  const patterns = options.values('e');
  if (patterns.length === 0) {
    const pattern = operands.shift();
    if (pattern === undefined) {
      process.stderr.write(`${USAGE}\nTry 'grep --help' for more information.\n`);
      return 2;
    }
    patterns.push(pattern);
  }
  const regexes: RegExp[] = [];
  for (const pattern of patterns.flatMap((text) => text.split('\n'))) {
    const regex = compile(pattern, options);
    if (typeof regex === 'string') {
      process.stderr.write(`grep: ${regex}\n`);
      return 2;
    }
    regexes.push(regex);
  }
  return search(process, regexes, operands, options);
};

function compile(pattern: string, options: ParsedOptions): RegExp | string {
  const ignoreCase = options.has('i');
  const compiled = options.has('P')
    ? perlRegex(pattern, ignoreCase)
    : options.has('F')
      ? ({ ok: true, value: literalRegex(pattern, { ignoreCase }) } as const)
      : posixRegex(pattern, { extended: options.has('E'), ignoreCase });
  if (!compiled.ok) return compiled.error.message;
  const { source } = compiled.value;
  const whole = options.has('x') ? `^(?:${source})$` : options.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  return new RegExp(whole, ignoreCase ? 'gi' : 'g');
}

/** Simplified: what Perl and the platform's regular expressions share. */
function perlRegex(pattern: string, ignoreCase: boolean): ReturnType<typeof posixRegex> {
  try {
    return { ok: true, value: new RegExp(pattern, ignoreCase ? 'i' : '') };
  } catch {
    return { ok: false, error: { kind: 'regex', message: 'invalid pattern' } };
  }
}

interface Search {
  process: Process;
  regexes: RegExp[];
  options: ParsedOptions;
  /** Lines begin with the file's name. */
  named: boolean;
  before: number;
  after: number;
  limit: number;
}

async function search(
  process: Process,
  regexes: RegExp[],
  operands: string[],
  options: ParsedOptions,
): Promise<number> {
  let failed = false;
  const isRecursive = options.has('r') || options.has('R');
  const names = isRecursive
    ? (operands.length > 0 ? operands : ['.']).flatMap((name) => filesIn(process, name))
    : operands;
  const inputs = openInputs(process, names, (name, reason) => {
    failed = true;
    if (!options.has('s')) process.stderr.write(`grep: ${name}: ${reason}\n`);
  });
  const number = (letter: string): number | null =>
    options.value(letter) === null ? null : Number(options.value(letter));
  const run: Search = {
    process,
    regexes,
    options,
    named: options.has('H') || ((operands.length > 1 || isRecursive) && !options.has('h')),
    before: number('B') ?? number('C') ?? 0,
    after: number('A') ?? number('C') ?? 0,
    limit: number('m') ?? Number.POSITIVE_INFINITY,
  };
  let matched = false;
  for (const input of inputs) {
    const count = await searchInput(input, run);
    if (process.signal.aborted) return INTERRUPTED;
    matched ||= options.has('L') ? count === 0 : count > 0;
    if (matched && options.has('q')) return 0;
  }
  return failed ? 2 : matched ? 0 : 1;
}

/** The files below a folder, or the file itself. */
function filesIn(process: Process, name: string): string[] {
  const path = resolvePath(process.cwd, name);
  if (!process.host.files.isDirectory(path)) return [name];
  return (process.host.files.list(path) ?? []).flatMap((each) =>
    filesIn(process, `${name.replace(/\/$/, '')}/${each}`),
  );
}

/** Number of selected lines in one input. */
async function searchInput(input: ToolInput, run: Search): Promise<number> {
  const { options, process } = run;
  const label = input.name === '-' ? '(standard input)' : input.name;
  const quiet = options.has('q') || options.has('l') || options.has('L') || options.has('c');
  const printer = new Printer(run, label);
  let count = 0;
  let number = 0;
  for (let line = await input.lines.next(); line && count < run.limit; line = await input.lines.next()) {
    number++;
    const selected = run.regexes.some((regex) => matches(regex, line.text)) !== options.has('v');
    if (selected) count++;
    if (!quiet) printer.line(number, line.text, selected);
    if (selected && (options.has('q') || options.has('l')) && !options.has('c')) break;
    if (process.stdout.closed || count >= run.limit) break;
  }
  if (options.has('q')) return count;
  if (options.has('c')) process.stdout.write(`${run.named ? `${label}:` : ''}${count}\n`);
  else if (options.has('l') ? count > 0 : options.has('L') && count === 0) process.stdout.write(`${label}\n`);
  return count;
}

function matches(regex: RegExp, text: string): boolean {
  regex.lastIndex = 0;
  return regex.test(text);
}

function allMatches(regex: RegExp, text: string): RegExpExecArray[] {
  regex.lastIndex = 0;
  return [...text.matchAll(regex)];
}

/** Prints selected lines, and lines around them if asked to. */
class Printer {
  #run: Search;
  #label: string;
  #held: { number: number; text: string }[] = [];
  #followers = 0;
  #lastPrinted = 0;

  constructor(run: Search, label: string) {
    this.#run = run;
    this.#label = label;
  }

  line(number: number, text: string, selected: boolean): void {
    const { before, after } = this.#run;
    if (selected) {
      const first = this.#held[0]?.number ?? number;
      if ((before > 0 || after > 0) && this.#lastPrinted > 0 && first > this.#lastPrinted + 1)
        this.#run.process.stdout.write('--\n');
      for (const held of this.#held) this.#print(held.number, held.text, '-');
      this.#held = [];
      this.#printSelected(number, text);
      this.#followers = after;
    } else if (this.#followers > 0) {
      this.#followers--;
      this.#print(number, text, '-');
    } else if (before > 0) this.#held = [...this.#held, { number, text }].slice(-before);
  }

  #printSelected(number: number, text: string): void {
    const { options, regexes } = this.#run;
    if (!options.has('o')) return this.#print(number, text, ':');
    if (options.has('v')) return;
    const found = regexes.flatMap((regex) => allMatches(regex, text)).filter((match) => match[0] !== '');
    for (const match of found.sort((a, b) => a.index - b.index)) this.#print(number, match[0], ':');
  }

  #print(number: number, text: string, separator: string): void {
    const name = this.#run.named ? this.#label + separator : '';
    const position = this.#run.options.has('n') ? number + separator : '';
    this.#run.process.stdout.write(`${name}${position}${text}\n`);
    this.#lastPrinted = number;
  }
}
