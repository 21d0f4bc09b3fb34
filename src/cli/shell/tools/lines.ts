/** Tools that choose, cut and count lines: `head`, `tail`, `wc`, `cut`, `uniq`, `sort`, `tr`, `nl`, `tac`, `rev`, `paste`, `column`. */
import type { Process, Program } from '../../process.ts';
import type { Line } from '../line-reader.ts';
import { splitLines } from '../line-reader.ts';
import { type ParsedOptions, parseOptions } from '../options.ts';
import { byteLength } from './files.ts';
import { fail, INTERRUPTED, openInputs, type ToolInput } from './tool-input.ts';

/** `-5` is an old way to write `-n 5`. */
function modernise(args: string[]): string[] {
  return /^-\d+$/.test(args[0] ?? '') ? ['-n', args[0]!.slice(1), ...args.slice(1)] : args;
}

function show(line: Line): string {
  return line.text + (line.terminated ? '\n' : '');
}

/** Headings `==> name <==` if there are several files. */
function heading(inputs: ToolInput[], index: number, quiet: boolean): string {
  if (inputs.length < 2 || quiet) return '';
  const { name } = inputs[index]!;
  return `${index > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n`;
}

export const head: Program = async (process) => {
  const parsed = parseOptions('head', modernise(process.args), {
    short: 'n:c:qv',
    long: { lines: 'n', bytes: 'c', quiet: 'q' },
  });
  if (!parsed.ok) return fail(process, 'head', parsed.error.message);
  const { options } = parsed;
  const given = options.value('c') ?? options.value('n') ?? '10';
  if (!/^[-+]?\d+$/.test(given))
    return fail(process, 'head', `invalid number of ${options.has('c') ? 'bytes' : 'lines'}: ‘${given}’`);
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'head', `cannot open '${name}' for reading: ${reason}`);
  });
  for (const [index, input] of inputs.entries()) {
    process.stdout.write(heading(inputs, index, options.has('q')));
    if (options.has('c')) process.stdout.write((await input.text()).slice(0, Number(given)));
    else await headLines(process, input, Number(given));
  }
  return process.signal.aborted ? INTERRUPTED : status;
};

/** A negative count leaves that many lines out at the end. */
async function headLines(process: Process, input: ToolInput, count: number): Promise<void> {
  if (count < 0) {
    const held: Line[] = [];
    for (let line = await input.lines.next(); line; line = await input.lines.next()) {
      held.push(line);
      if (held.length > -count) process.stdout.write(show(held.shift()!));
    }
    return;
  }
  for (let left = count; left > 0; left--) {
    const line = await input.lines.next();
    if (!line) return;
    process.stdout.write(show(line));
  }
  input.lines.giveBack();
}

export const tail: Program = async (process) => {
  const args = /^\+\d+$/.test(process.args[0] ?? '') ? ['-n', ...process.args] : modernise(process.args);
  const parsed = parseOptions('tail', args, {
    short: 'n:c:fFq',
    long: { lines: 'n', bytes: 'c', follow: 'f', quiet: 'q' },
  });
  if (!parsed.ok) return fail(process, 'tail', parsed.error.message);
  const { options } = parsed;
  const given = options.value('c') ?? options.value('n') ?? '10';
  if (!/^[-+]?\d+$/.test(given))
    return fail(process, 'tail', `invalid number of ${options.has('c') ? 'bytes' : 'lines'}: ‘${given}’`);
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'tail', `cannot open '${name}' for reading: ${reason}`);
  });
  const count = Math.abs(Number(given));
  for (const [index, input] of inputs.entries()) {
    process.stdout.write(heading(inputs, index, options.has('q')));
    if (options.has('c')) {
      const text = await input.text();
      process.stdout.write(
        given.startsWith('+') ? text.slice(count - 1) : text.slice(text.length - Math.min(count, text.length)),
      );
    } else if (given.startsWith('+')) await skipLines(process, input, count - 1);
    else await lastLines(process, input, count);
  }
  return process.signal.aborted ? INTERRUPTED : status;
};

async function skipLines(process: Process, input: ToolInput, count: number): Promise<void> {
  let number = 0;
  for (let line = await input.lines.next(); line; line = await input.lines.next())
    if (++number > count) process.stdout.write(show(line));
}

async function lastLines(process: Process, input: ToolInput, count: number): Promise<void> {
  const held: Line[] = [];
  for (let line = await input.lines.next(); line; line = await input.lines.next()) {
    held.push(line);
    if (held.length > count) held.shift();
  }
  process.stdout.write(held.map(show).join(''));
}

// --- wc -----------------------------------------------------------------------------------------------------------------

export const wc: Program = async (process) => {
  const parsed = parseOptions('wc', process.args, {
    short: 'lwcmL',
    long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' },
  });
  if (!parsed.ok) return fail(process, 'wc', parsed.error.message);
  const { options } = parsed;
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'wc', `${name}: ${reason}`);
  });
  const rows: { counts: number[]; name: string }[] = [];
  for (const input of inputs) {
    const counts = countText(await input.text(), options);
    rows.push({ counts, name: input.name === '-' && options.operands.length === 0 ? '' : input.name });
  }
  if (process.signal.aborted) return INTERRUPTED;
  if (options.operands.length > 1)
    rows.push({
      counts: rows[0]?.counts.map((_, i) => rows.reduce((sum, row) => sum + row.counts[i]!, 0)) ?? [],
      name: 'total',
    });
  const width = wcWidth(
    rows,
    inputs.some((input) => input.name === '-'),
  );
  for (const { counts, name } of rows)
    process.stdout.write(
      `${counts.map((count) => String(count).padStart(width)).join(' ')}${name === '' ? '' : ` ${name}`}\n`,
    );
  return status;
};

/** One number is not padded; several are 7 wide if the input is no file, else as wide as the largest size. */
function wcWidth(rows: { counts: number[] }[], hasStream: boolean): number {
  const columns = rows[0]?.counts.length ?? 0;
  if (rows.length === 1 && columns === 1) return 0;
  return hasStream ? 7 : Math.max(...rows.flatMap((row) => row.counts.map((count) => String(count).length)));
}

function countText(text: string, options: ParsedOptions): number[] {
  const all = !['l', 'w', 'c', 'm', 'L'].some((letter) => options.has(letter));
  const counts: number[] = [];
  if (all || options.has('l')) counts.push(text.split('\n').length - 1);
  if (all || options.has('w')) counts.push(text.match(/\S+/g)?.length ?? 0);
  if (options.has('m')) counts.push([...text].length);
  if (all || options.has('c')) counts.push(byteLength(text));
  if (options.has('L')) counts.push(Math.max(0, ...splitLines(text).map((line) => line.length)));
  return counts;
}

// --- cut ----------------------------------------------------------------------------------------------------------------

/** `1,3-5,7-`: ranges, both ends included. */
function parseRanges(text: string): [number, number][] | null {
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || (match[1] === '' && match[3] === '')) return null;
    const from = match[1] === '' ? 1 : Number(match[1]);
    ranges.push([from, match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])]);
  }
  return ranges;
}

export const cut: Program = async (process) => {
  const parsed = parseOptions('cut', process.args, {
    short: 'd:f:c:b:sO:C',
    long: {
      delimiter: 'd',
      fields: 'f',
      characters: 'c',
      bytes: 'b',
      'only-delimited': 's',
      'output-delimiter': 'O',
      complement: 'C',
    },
  });
  if (!parsed.ok) return fail(process, 'cut', parsed.error.message);
  const { options } = parsed;
  const hint = "\nTry 'cut --help' for more information.";
  const list = options.value('f') ?? options.value('c') ?? options.value('b');
  if (list === null) return fail(process, 'cut', `you must specify a list of bytes, characters, or fields${hint}`);
  const ranges = parseRanges(list);
  if (!ranges) return fail(process, 'cut', `invalid field value ‘${list}’${hint}`);
  if (ranges.some(([from]) => from === 0)) return fail(process, 'cut', `fields are numbered from 1${hint}`);
  const delimiter = options.value('d') ?? '\t';
  if (delimiter.length > 1) return fail(process, 'cut', `the delimiter must be a single character${hint}`);
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'cut', `${name}: ${reason}`);
  });
  const isChosen = (position: number): boolean =>
    ranges.some(([from, to]) => position >= from && position <= to) !== options.has('C');
  for (const input of inputs)
    for (let line = await input.lines.next(); line && !process.stdout.closed; line = await input.lines.next()) {
      const text = options.has('f')
        ? cutFields(line.text, delimiter, options, isChosen)
        : [...line.text].filter((_, i) => isChosen(i + 1)).join('');
      if (text !== null) process.stdout.write(`${text}\n`);
    }
  return process.signal.aborted ? INTERRUPTED : status;
};

function cutFields(
  text: string,
  delimiter: string,
  options: ParsedOptions,
  isChosen: (position: number) => boolean,
): string | null {
  if (!text.includes(delimiter)) return options.has('s') ? null : text;
  const fields = text.split(delimiter).filter((_, index) => isChosen(index + 1));
  return fields.join(options.value('O') ?? delimiter);
}

// --- uniq ---------------------------------------------------------------------------------------------------------------

export const uniq: Program = async (process) => {
  const parsed = parseOptions('uniq', process.args, {
    short: 'cdui',
    long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' },
  });
  if (!parsed.ok) return fail(process, 'uniq', parsed.error.message);
  const { options } = parsed;
  let status = 0;
  const inputs = openInputs(process, options.operands.slice(0, 1), (name, reason) => {
    status = fail(process, 'uniq', `${name}: ${reason}`);
  });
  const flush = (text: string | null, count: number): void => {
    if (text === null || (options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
    process.stdout.write(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${text}\n`);
  };
  const key = (text: string): string => (options.has('i') ? text.toLowerCase() : text);
  for (const input of inputs) {
    let current: string | null = null;
    let count = 0;
    for (let line = await input.lines.next(); line; line = await input.lines.next()) {
      if (current !== null && key(current) === key(line.text)) count++;
      else {
        flush(current, count);
        current = line.text;
        count = 1;
      }
    }
    flush(current, count);
  }
  return process.signal.aborted ? INTERRUPTED : status;
};

// --- tr -----------------------------------------------------------------------------------------------------------------

const namedSets: Readonly<Record<string, (char: string) => boolean>> = {
  alpha: (c) => /[A-Za-z]/.test(c),
  digit: (c) => /\d/.test(c),
  alnum: (c) => /[A-Za-z0-9]/.test(c),
  upper: (c) => /[A-Z]/.test(c),
  lower: (c) => /[a-z]/.test(c),
  space: (c) => /\s/.test(c),
  blank: (c) => /[ \t]/.test(c),
  punct: (c) => /[!-/:-@[-`{-~]/.test(c),
  cntrl: (c) => c < ' ' || c === '\x7f',
  print: (c) => c >= ' ' && c < '\x7f',
  graph: (c) => c > ' ' && c < '\x7f',
  xdigit: (c) => /[0-9A-Fa-f]/.test(c),
};

const trEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};

/** Writes a set such as `a-z0-9` out. */
function expandSet(text: string): string[] {
  const chars: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const named = /^\[:(\w+):\]/.exec(text.slice(i));
    if (named && namedSets[named[1]!]) {
      for (let code = 0; code < 128; code++)
        if (namedSets[named[1]!]!(String.fromCharCode(code))) chars.push(String.fromCharCode(code));
      i += named[0].length - 1;
      continue;
    }
    const escaped = /^\\([0-7]{1,3}|.)/s.exec(text.slice(i));
    const char = escaped
      ? /^[0-7]/.test(escaped[1]!)
        ? String.fromCharCode(Number.parseInt(escaped[1]!, 8))
        : (trEscapes[escaped[1]!] ?? escaped[1]!)
      : text[i]!;
    if (escaped) i += escaped[0].length - 1;
    if (text[i + 1] === '-' && i + 2 < text.length) {
      for (let code = char.charCodeAt(0); code <= text.charCodeAt(i + 2); code++) chars.push(String.fromCharCode(code));
      i += 2;
    } else chars.push(char);
  }
  return chars;
}

export const tr: Program = async (process) => {
  const parsed = parseOptions('tr', process.args, {
    short: 'dscC',
    long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c' },
    stopAtOperand: true,
  });
  if (!parsed.ok) return fail(process, 'tr', parsed.error.message);
  const { options } = parsed;
  const [first, second] = options.operands;
  const hint = "\nTry 'tr --help' for more information.";
  if (first === undefined) return fail(process, 'tr', `missing operand${hint}`);
  if (second === undefined && !options.has('d') && !options.has('s'))
    return fail(process, 'tr', `missing operand after ‘${first}’\nTwo strings must be given when translating.${hint}`);
  const translate = translation(options, expandSet(first), second === undefined ? null : expandSet(second));
  let last = '';
  for (
    let piece = await process.stdin.read(process.signal);
    piece !== null;
    piece = await process.stdin.read(process.signal)
  ) {
    let output = '';
    for (const char of piece) {
      const { text, squeezes } = translate(char);
      if (text === '' || (squeezes && text === last)) continue;
      output += text;
      last = text;
    }
    process.stdout.write(output);
  }
  return process.signal.aborted ? INTERRUPTED : 0;
};

function translation(
  options: ParsedOptions,
  from: string[],
  to: string[] | null,
): (char: string) => { text: string; squeezes: boolean } {
  const complement = options.has('c') || options.has('C');
  const inFirst = (char: string): boolean => from.includes(char) !== complement;
  const squeezeSet = to ?? null;
  return (char) => {
    if (inFirst(char) && options.has('d')) return { text: '', squeezes: false };
    let text = char;
    if (to && !options.has('d') && inFirst(char))
      text = complement ? to.at(-1)! : to[Math.min(from.lastIndexOf(char), to.length - 1)]!;
    return { text, squeezes: options.has('s') && (squeezeSet ? squeezeSet.includes(text) : inFirst(text)) };
  };
}

// --- small ones ---------------------------------------------------------------------------------------------------------

export const tac: Program = async (process) => {
  let status = 0;
  const inputs = openInputs(process, process.args, (name, reason) => {
    status = fail(process, 'tac', `failed to open '${name}' for reading: ${reason}`);
  });
  for (const input of inputs)
    process.stdout.write(
      splitLines(await input.text())
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    );
  return process.signal.aborted ? INTERRUPTED : status;
};

export const nl: Program = async (process) => {
  let status = 0;
  let number = 0;
  const inputs = openInputs(
    process,
    process.args.filter((argument) => argument !== '-ba'),
    (name, reason) => {
      status = fail(process, 'nl', `${name}: ${reason}`);
    },
  );
  const all = process.args.includes('-ba');
  for (const input of inputs)
    for (let line = await input.lines.next(); line; line = await input.lines.next())
      process.stdout.write(line.text === '' && !all ? '       \n' : `${String(++number).padStart(6)}\t${line.text}\n`);
  return process.signal.aborted ? INTERRUPTED : status;
};

/** `paste -s -d,`: lines into one line; without `-s`, lines of several inputs side by side. */
export const paste: Program = async (process) => {
  const parsed = parseOptions('paste', process.args, { short: 'sd:', long: { serial: 's', delimiters: 'd' } });
  if (!parsed.ok) return fail(process, 'paste', parsed.error.message);
  const { options } = parsed;
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'paste', `${name}: ${reason}`);
  });
  const delimiter = options.value('d') ?? '\t';
  const columns: string[][] = [];
  for (const input of inputs) columns.push(splitLines(await input.text()));
  if (process.signal.aborted) return INTERRUPTED;
  const height = Math.max(0, ...columns.map((lines) => lines.length));
  const rows = options.has('s')
    ? columns
    : Array.from({ length: height }, (_, row) => columns.map((lines) => lines[row] ?? ''));
  process.stdout.write(rows.map((row) => `${row.join(delimiter)}\n`).join(''));
  return status;
};

/** `column -t`: a table with columns as wide as their widest cell. */
export const column: Program = async (process) => {
  const parsed = parseOptions('column', process.args, {
    short: 'ts:o:',
    long: { table: 't', separator: 's', 'output-separator': 'o' },
  });
  if (!parsed.ok) return fail(process, 'column', parsed.error.message);
  const { options } = parsed;
  const [input] = openInputs(
    process,
    options.operands.slice(0, 1),
    (name, reason) => void fail(process, 'column', `cannot open ${name}: ${reason}`),
  );
  if (!input) return 1;
  const separator = options.value('s');
  const rows = splitLines(await input.text())
    .filter((line) => line.trim() !== '')
    .map((line) => (separator === null ? line.trim().split(/\s+/) : line.split(separator)));
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)).concat(most.slice(row.length)),
    [],
  );
  const gap = options.value('o') ?? '  ';
  for (const row of rows)
    process.stdout.write(
      `${options.has('t') ? row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]!) : cell)).join(gap) : row.join(' ')}\n`,
    );
  return 0;
};

export const rev: Program = async (process) => {
  let status = 0;
  const inputs = openInputs(process, process.args, (name, reason) => {
    status = fail(process, 'rev', `cannot open ${name}: ${reason}`);
  });
  for (const input of inputs)
    for (let line = await input.lines.next(); line; line = await input.lines.next())
      process.stdout.write(`${[...line.text].reverse().join('')}${line.terminated ? '\n' : ''}`);
  return status;
};
