/** Commands that run other commands: `xargs`, `env`, `watch`, `time`, `timeout`, `sh`. */
import { CancelSource } from '../cancel.ts';
import { formatDate } from '../date-format.ts';
import { readAll } from '../line-reader.ts';
import { parseOptions } from '../options.ts';
import { resolvePath } from '../paths.ts';
import { Screen } from '../screen.ts';
import { Capture, TextInput } from '../streams.ts';
import { parseInterval } from '../tools/sleep.ts';
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

const INTERRUPTED = 130;

function printError(call: BuiltinCall, message: string, status: number): number {
  call.io.stderr.write(`${call.name}: ${message}\n`);
  return status;
}

// --- xargs ----------------------------------------------------------------------------------------------------------

export const xargs: Builtin = async (call) => {
  const parsed = parseOptions('xargs', call.args, { short: 'n:I:L:0rtP:', stopAtOperand: true });
  if (!parsed.ok) return printError(call, parsed.error.message, 1);
  const { options } = parsed;
  const command = options.operands.length > 0 ? options.operands : ['echo'];
  const input = await readAll(call.io.stdin, call.io.signal);
  const placeholder = options.value('I');
  const batches =
    placeholder !== null
      ? input
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .map((line) => command.map((word) => word.replaceAll(placeholder, line)))
      : inBatches(xargsItems(input, options), Number(options.value('n') ?? options.value('L') ?? 0)).map((batch) => [
          ...command,
          ...batch,
        ]);
  if (batches.length === 0 && placeholder === null && !options.has('r')) batches.push(command);
  return runBatches(call, batches, options.has('t'));
};

function xargsItems(
  input: string,
  options: { has(letter: string): boolean; value(letter: string): string | null },
): string[] {
  if (options.has('0')) return input.split('\0').filter((item) => item !== '');
  if (options.value('L') !== null) return input.split('\n').filter((line) => line.trim() !== '');
  const items = input.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g) ?? [];
  return items.map((item) => item.replace(/"([^"\n]*)"|'([^'\n]*)'|\\([\s\S])/g, (_all, a, b, c) => a ?? b ?? c));
}

function inBatches(items: string[], size: number): string[][] {
  if (size <= 0) return items.length > 0 ? [items] : [];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

async function runBatches(call: BuiltinCall, batches: string[][], trace: boolean): Promise<number> {
  let result = 0;
  const io = { ...call.io, stdin: new TextInput('') };
  for (const argv of batches) {
    if (trace) call.io.stderr.write(`${argv.join(' ')}\n`);
    if (!isKnown(call, argv[0]!)) return printError(call, `${argv[0]}: No such file or directory`, 127);
    const status = await call.shell.fork().runArguments(argv, io, true);
    if (call.io.signal.aborted) return INTERRUPTED;
    if (status === 255) return printError(call, `${argv[0]}: exited with status 255; aborting`, 124);
    if (status !== 0) result = 123;
  }
  return result;
}

function isKnown(call: BuiltinCall, name: string): boolean {
  return name.includes('/') || call.shell.services.programs.has(name) || call.shell.services.builtins.has(name);
}

// --- env, time, timeout, sh -------------------------------------------------------------------------------------------

export const env: Builtin = (call) => {
  const args = [...call.args];
  const shell = call.shell.fork();
  for (;;) {
    const argument = args[0];
    const assignment = /^([^=]+)=([\s\S]*)$/.exec(argument ?? '');
    if (argument === '-i' || argument === '-')
      for (const variable of shell.state.variables.values()) variable.exported = false;
    else if (argument === '-u') {
      args.shift();
      shell.state.variables.delete(args[0] ?? '');
    } else if (assignment) shell.state.set(assignment[1]!, assignment[2]!, true);
    else break;
    args.shift();
  }
  if (args.length > 0) {
    if (!isKnown(call, args[0]!)) return printError(call, `‘${args[0]}’: No such file or directory`, 127);
    return shell.runArguments(args, call.io, true);
  }
  call.io.stdout.write([...shell.state.environment()].map(([name, value]) => `${name}=${value}\n`).join(''));
  return 0;
};

/** `time` where the parser does not see the keyword (`xargs time`). */
export const time: Builtin = async (call) => {
  const { clock } = call.shell.services.host;
  const startedAt = clock.now();
  const status = await call.shell.runArguments(call.args, call.io);
  call.io.stderr.write(`real ${((clock.now() - startedAt) / 1000).toFixed(2)}\nuser 0.00\nsys 0.00\n`);
  return status;
};

export const timeout: Builtin = async (call) => {
  const [duration, ...argv] = call.args;
  const seconds = parseInterval(duration ?? '');
  if (seconds === null || argv.length === 0)
    return printError(
      call,
      duration === undefined || argv.length === 0 ? 'missing operand' : `invalid time interval ‘${duration}’`,
      125,
    );
  if (!isKnown(call, argv[0]!))
    return printError(call, `failed to run command ‘${argv[0]}’: No such file or directory`, 127);
  const source = new CancelSource(call.io.signal);
  const done = new CancelSource(call.io.signal);
  let expired = false;
  const alarm = call.shell.services.host.clock.sleep(seconds * 1000, done.signal).then(() => {
    expired = !done.signal.aborted;
    if (expired) source.abort();
  });
  const status = await call.shell.fork().runArguments(argv, { ...call.io, signal: source.signal }, true);
  done.abort();
  await alarm;
  source.release();
  return expired ? 124 : status;
};

/** `sh -c 'commands'`, `sh script`, or commands from the input. */
export const shellProgram: Builtin = async (call) => {
  const args = [...call.args];
  const shell = call.shell.fork();
  shell.state.keepOnlyEnvironment();
  let inline = false;
  while (args[0]?.startsWith('-') && args[0].length > 1) {
    const option = args.shift()!;
    if (option.includes('c')) inline = true;
    if (option.includes('e')) shell.state.options.errexit = true;
    if (option.includes('x')) shell.state.options.xtrace = true;
  }
  const [first, ...parameters] = args;
  if (inline) {
    if (first === undefined) return printError(call, '-c: option requires an argument', 2);
    shell.state.name = parameters[0] ?? call.name;
    return shell.runFork(first, parameters.slice(1), call.io);
  }
  if (first === undefined) {
    if (call.io.stdin.isTerminal) return complain(call, 'a shell within the shell is not there yet');
    return shell.runFork(await readAll(call.io.stdin, call.io.signal), [], call.io);
  }
  const text = call.shell.services.host.files.read(resolvePath(shell.state.cwd, first));
  if (text === null) return printError(call, `${first}: No such file or directory`, 127);
  shell.state.name = first;
  return shell.runFork(text, parameters, call.io);
};

// --- watch ------------------------------------------------------------------------------------------------------------

const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';

interface WatchOptions {
  intervalMs: number;
  showTitle: boolean;
  differences: boolean;
  command: string;
}

/** `watch [-n seconds] [-d] [-t] command`: the command's screen, again and again, until Ctrl-C. */
export const watch: Builtin = async (call) => {
  const parsed = parseOptions('watch', call.args, {
    short: 'n:dtbegxc',
    long: { interval: 'n', differences: 'd', 'no-title': 't', color: 'c' },
    stopAtOperand: true,
  });
  if (!parsed.ok) return printError(call, parsed.error.message, 1);
  const { options } = parsed;
  const command = options.operands.join(' ');
  if (command === '') {
    call.io.stderr.write('Usage:\n watch [options] command\n');
    return 1;
  }
  const seconds = Number(options.value('n') ?? '2');
  if (Number.isNaN(seconds)) return printError(call, `failed to parse argument: '${options.value('n')}'`, 1);
  return watchLoop(call, {
    command,
    intervalMs: Math.max(0.1, seconds) * 1000,
    showTitle: !options.has('t'),
    differences: options.has('d'),
  });
};

async function watchLoop(call: BuiltinCall, options: WatchOptions): Promise<number> {
  const { clock } = call.shell.services.host;
  const { stdout, signal } = call.io;
  let previous: string[] | null = null;
  if (stdout.terminal) stdout.write(ENTER_SCREEN);
  while (!signal.aborted && !stdout.closed) {
    const { columns, rows } = stdout.terminal ?? { columns: 80, rows: 24 };
    const capture = new Capture({ columns, rows });
    const io = { ...call.io, stdin: new TextInput(''), stdout: capture, stderr: capture };
    await call.shell.runFork(options.command, [], io);
    if (signal.aborted) break;
    const screen = new Screen(columns, rows);
    screen.write(capture.text);
    const title = options.showTitle ? [titleLine(call, options, columns), ''] : [];
    const lines = screen.rows().slice(0, rows - title.length);
    stdout.write(picture([...title, ...(options.differences ? highlight(lines, previous) : lines)]));
    previous = lines;
    await clock.sleep(options.intervalMs, signal);
  }
  if (stdout.terminal) stdout.write(LEAVE_SCREEN);
  return INTERRUPTED;
}

/** Draws over the last picture instead of clearing it first, so that nothing flickers. */
function picture(lines: string[]): string {
  return `\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`;
}

function titleLine(call: BuiltinCall, options: WatchOptions, columns: number): string {
  const { name, clock } = call.shell.services.host;
  const left = `Every ${(options.intervalMs / 1000).toFixed(1)}s: ${options.command}`;
  const right = `${name}: ${formatDate(clock.now(), '%a %b %e %H:%M:%S %Y')}`;
  const room = columns - right.length - 1;
  const shown = left.length <= room ? left : `${left.slice(0, Math.max(0, room - 3))}...`;
  return `${shown.padEnd(columns - right.length)}${right}`;
}

/** Inverts the characters that differ from the last picture. */
function highlight(lines: string[], previous: string[] | null): string[] {
  if (!previous) return lines;
  return lines.map((line, row) => {
    const before = previous[row] ?? '';
    return [...line].map((char, i) => (char === before[i] ? char : `\x1b[7m${char}\x1b[27m`)).join('');
  });
}
