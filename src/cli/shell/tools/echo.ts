/** `echo` and `printf`. */
import type { Process, Program } from '../../process.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Backslash escapes; `ended` is true after `\c`, which ends all output. */
function unescapeText(text: string, octalNeedsZero: boolean): { text: string; ended: boolean } {
  let result = '';
  const pattern = octalNeedsZero
    ? /\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[\s\S])/y
    : /\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[\s\S])/y;
  for (let i = 0; i < text.length; i++) {
    pattern.lastIndex = i;
    const match = text[i] === '\\' ? pattern.exec(text) : null;
    if (!match) {
      result += text[i];
      continue;
    }
    const code = match[1]!;
    if (code === 'c') return { text: result, ended: true };
    i += match[0].length - 1;
    if (/^[0-7]/.test(code)) result += String.fromCharCode(Number.parseInt(code, 8) & 255);
    else if (/^[xuU]./.test(code)) result += String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    else result += simpleEscapes[code] ?? match[0];
  }
  return { text: result, ended: false };
}

export const echo: Program = async (process) => {
  const args = [...process.args];
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(args[0] ?? '')) {
    for (const letter of args.shift()!.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = args.join(' ');
  const { text: shown, ended } = escapes ? unescapeText(text, true) : { text, ended: false };
  process.stdout.write(shown + (newline && !ended ? '\n' : ''));
  return 0;
};

// --- printf -----------------------------------------------------------------------------------------------------------

const directive = /%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?([diouxXeEfgGscbq%])/y;

/** The format is used again as long as arguments are left. */
export const printf: Program = async (process) => {
  const args = process.args[0] === '--' ? process.args.slice(1) : [...process.args];
  const format = args.shift();
  if (format === undefined) {
    process.stderr.write('printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const run: PrintfRun = { process, args, status: 0, ended: false };
  let output = '';
  let left: number;
  do {
    left = args.length;
    output += formatOnce(format, run);
  } while (args.length > 0 && args.length < left && !run.ended);
  process.stdout.write(output);
  return run.status;
};

interface PrintfRun {
  process: Process;
  args: string[];
  status: number;
  ended: boolean;
}

function formatOnce(format: string, run: PrintfRun): string {
  let output = '';
  for (let i = 0; i < format.length && !run.ended; ) {
    directive.lastIndex = i;
    const match = format[i] === '%' ? directive.exec(format) : null;
    if (match) {
      i += match[0].length;
      output += formatDirective(match, run);
      continue;
    }
    let end = i + 1;
    while (end < format.length && format[end] !== '%') end += format[end] === '\\' ? 2 : 1;
    const piece = unescapeText(format.slice(i, end), false);
    output += piece.text;
    run.ended = piece.ended;
    i = end;
  }
  return output;
}

function formatDirective(match: RegExpExecArray, run: PrintfRun): string {
  const kind = match[4]!;
  if (kind === '%') return '%';
  const size = (text: string | undefined): number | null => {
    if (text === undefined) return null;
    return text === '*' ? Number(run.args.shift() ?? 0) : Number(text);
  };
  const width = size(match[2]);
  const precision = size(match[3]);
  const flags = match[1]! + (width !== null && width < 0 ? '-' : '');
  const argument = run.args.shift();
  const text = converted(kind, argument ?? '', precision, flags, run);
  const length = Math.abs(width ?? 0);
  if (flags.includes('-')) return text.padEnd(length);
  if (flags.includes('0') && !'scbq'.includes(kind)) {
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(length - sign.length, '0');
  }
  return text.padStart(length);
}

function converted(kind: string, argument: string, precision: number | null, flags: string, run: PrintfRun): string {
  switch (kind) {
    case 's':
      return precision === null ? argument : argument.slice(0, precision);
    case 'c':
      return argument.slice(0, 1);
    case 'q':
      return /^[\w@%+=:,./-]+$/.test(argument)
        ? argument
        : argument === ''
          ? "''"
          : argument.replace(/[^\w@%+=:,./-]/g, '\\$&');
    case 'b': {
      const { text, ended } = unescapeText(argument, true);
      run.ended ||= ended;
      return text;
    }
    default:
      return formatNumber(kind, numberArgument(argument, run), precision, flags);
  }
}

function numberArgument(argument: string, run: PrintfRun): number {
  if (argument === '') return 0;
  if (/^["']./.test(argument)) return argument.codePointAt(1)!;
  const match = /^\s*[-+]?(0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)/.exec(argument);
  if (match?.[0].length !== argument.length) {
    run.process.stderr.write(`bash: printf: ${argument}: invalid number\n`);
    run.status = 1;
  }
  return match ? (/^\s*[-+]?0\d+$/.test(match[0]) ? Number.parseInt(match[0], 8) : Number(match[0])) : 0;
}

function formatNumber(kind: string, value: number, precision: number | null, flags: string): string {
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const size = Math.abs(value);
  const digits = (radix: number): string =>
    Math.trunc(size)
      .toString(radix)
      .padStart(precision ?? 1, '0');
  switch (kind) {
    case 'o':
      return (flags.includes('#') ? '0' : '') + digits(8);
    case 'x':
      return (flags.includes('#') ? '0x' : '') + digits(16);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + digits(16).toUpperCase();
    case 'f':
      return sign + size.toFixed(precision ?? 6);
    case 'e':
    case 'E': {
      const text = size.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2');
      return sign + (kind === 'E' ? text.toUpperCase() : text);
    }
    case 'g':
    case 'G':
      return sign + String(Number(size.toPrecision(precision || 6)));
    default:
      return sign + digits(10);
  }
}
