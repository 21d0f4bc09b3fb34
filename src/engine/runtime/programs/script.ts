/**
 * Command lines in a container: the main process of shell images (`sh -c 'while true; do ...'`, `ping web`, `sleep 1d`), and what
 * `docker exec` and health checks run. A script is a list of instructions with a counter; the command it is at may be a client of
 * the network, with a state of its own.
 *
 * What somebody writes to it (`docker run -i`, `exec -it`) reaches the command that reads: a shell its prompt, `cat` and the filters.
 *
 * Simplified: what is not known is `not found` (127).
 */

import { clientNamed } from '../../../clients/catalogue.ts';
import type { Client, ClientIo } from '../../../clients/client.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import { callRequestOf, callResultOf, lookUpResultOf } from './client-calls.ts';
import { shellDate } from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { compileScript, type Instruction, type Word } from './shell-syntax.ts';
import { signalName } from './signals.ts';
import { type Output, smallCommand } from './small-commands.ts';
import { type InputState, initialInput, takeKeys, takeLine } from './terminal-input.ts';

interface ScriptState {
  code: Instruction[];
  at: number;
  status: number;
  /** What `trap` says, by signal; empty: it is ignored. */
  traps: Record<string, string>;
  /** What traps say about signals that have come while a command ran. */
  pending: string[];
  /** Scripts that traps have interrupted, innermost last. */
  interrupted: { code: Instruction[]; at: number }[];
  /** When the last command in the background will have ended; null: there is none. */
  background: number | null;
  variables: Record<string, string>;
  /** What is left of the loops over words, innermost last. */
  loops: Record<string, string[]>;
  /** What the command before the pipe has written. */
  piped: string;
  /** The client that runs now. */
  client: { name: string; state: unknown; connections: Record<string, number>; done: boolean } | null;
  /** Is it at `wait`? */
  waiting: boolean;
  /** Numbers the moments it waits for, so that an interrupted one wakes nobody. */
  wakes: number;
  /** What was written to it; null: nobody can. */
  input: InputState | null;
  /** Who reads: the shell itself, a command that passes on what comes, one that needs all of it, or `read` for a variable. */
  reading: null | 'prompt' | 'stream' | 'all' | { variable: string };
  /** `sh` without a script: begins with a prompt when somebody can write to it. */
  interactive: boolean;
  /** Was it called as one command, not by a shell? Then a missing one fails as docker says. */
  direct: boolean;
}

/** Runs so many instructions without a pause at most: an endless loop without `sleep` must not stop the world. */
const BURST = 200;

export const script: Program<ScriptState> = {
  name: 'script',
  start(context, argv) {
    const shell = isShell(argv[0] ?? '');
    const state: ScriptState = {
      code: compile(argv),
      at: 0,
      status: 0,
      traps: {},
      pending: [],
      interrupted: [],
      background: null,
      variables: {},
      loops: {},
      piped: '',
      client: null,
      waiting: false,
      wakes: 0,
      input: context.stdin ? initialInput() : null,
      reading: null,
      interactive: shell && argv.every((word, i) => i === 0 || word.startsWith('-')) && (context.stdin || context.tty),
      direct: !shell,
    };
    // Nobody will ever type on a terminal without input.
    if (!state.interactive || state.input) run(context, state);
    return state;
  },
  input(context, state, text) {
    if (!state.input) return;
    if (!context.tty) {
      if (text === null) state.input.ended = true;
      else state.input.text += text;
    } else {
      let left: string | null = text ?? '';
      for (;;) {
        left = takeKeys(state.input, left, (echo) => context.write('stdout', echo));
        if (left === null) break;
        interrupt(context, state);
      }
    }
    serve(context, state);
  },
  timer(context, state, kind) {
    if (kind === INPUT) return serve(context, state);
    if (kind === `${WAKE}${state.wakes}`) return run(context, state);
    if (!kind.startsWith(CLIENT)) return;
    tell(context, state, (client, io, inner) => client.woke?.(io, inner, kind.slice(CLIENT.length)));
  },
  answer(context, state, token, result) {
    tell(context, state, (client, io, inner) => client.answered?.(io, inner, token, callResultOf(result)));
  },
  resolved(context, state, token, answer) {
    tell(context, state, (client, io, inner) => client.resolved?.(io, inner, token, lookUpResultOf(answer)));
  },
  chunk(context, state, token, body) {
    tell(context, state, (client, io, inner) => client.pushed?.(io, inner, token, body));
  },
  closed(context, state, token) {
    tell(context, state, (client, io, inner) => client.closed?.(io, inner, token));
  },
  signal(context, state, signal) {
    const action = state.traps[signal];
    if (action === undefined) return false;
    if (action === '') return true;
    state.pending.push(action);
    // A command that runs is not disturbed; one that only waits is.
    if (state.waiting) {
      state.wakes++;
      run(context, state);
    }
    return true;
  },
};

const CLIENT = 'client/';
const WAKE = 'wake/';
const INPUT = 'input';

/** The script goes on after a while. */
function wakeAfter(context: ProgramContext, state: ScriptState, delay: number): void {
  state.wakes++;
  context.schedule(delay, `${WAKE}${state.wakes}`);
}

function isShell(word: string): boolean {
  return /^(\/bin\/|\/usr\/bin\/)?(sh|bash|ash|dash)$/.test(word);
}

/** `['sh', '-c', TEXT]` is a script; anything else is one command. */
function compile(argv: readonly string[]): Instruction[] {
  if (isShell(argv[0] ?? '')) {
    const option = argv.findIndex((word) => /^-[a-z]*c$/.test(word));
    return option < 0 ? [] : compileScript(argv[option + 1] ?? '');
  }
  const words = argv.map((text): Word => [{ text, expand: false, split: false }]);
  return [{ op: 'run', words, stdout: 'out', stderr: 'err', pipe: false }];
}

function run(context: ProgramContext, state: ScriptState): void {
  state.waiting = false;
  for (let i = 0; i < BURST; i++) {
    obeySignal(state);
    const instruction = state.code[state.at];
    if (!instruction) {
      if (resume(state)) continue;
      if (state.interactive) return prompt(context, state);
      if (leave(context, state, state.status)) continue;
      return;
    }
    state.at++;
    if (instruction.op === 'run') {
      const pause = execute(context, state, instruction);
      if (pause === 'wait') return;
      if (pause > 0) return wakeAfter(context, state, pause);
    } else control(context, state, instruction);
  }
  wakeAfter(context, state, milliseconds(1));
}

// ---- signals

/** A signal that has come in the meantime: what its trap says goes first. */
function obeySignal(state: ScriptState): void {
  const action = state.pending.shift();
  if (action === undefined) return;
  state.interrupted.push({ code: state.code, at: state.at });
  state.code = compileScript(action);
  state.at = 0;
}

/** Goes on with what a trap has interrupted. */
function resume(state: ScriptState): boolean {
  const before = state.interrupted.pop();
  if (before) Object.assign(state, before);
  return before !== undefined;
}

/** Ends the script; if there is a trap for that, it comes first, and there is more to do. */
function leave(context: ProgramContext, state: ScriptState, code: number): boolean {
  const last = state.traps.EXIT;
  if (!last) {
    context.exit(code);
    return false;
  }
  state.traps = { ...state.traps, EXIT: '' };
  state.interrupted = [];
  state.code = compileScript(`${last}\nexit ${code}`);
  state.at = 0;
  return true;
}

/** `trap ACTION SIGNAL...`; `-` takes it back. */
function setTrap(state: ScriptState, [action = '', ...signals]: readonly string[]): void {
  for (const signal of signals) {
    const name = signal === '0' ? 'EXIT' : signalName(signal);
    if (action === '-') delete state.traps[name];
    else state.traps[name] = action;
  }
}

// ---- input

/** The shell waits for a command. */
function prompt(context: ProgramContext, state: ScriptState): void {
  if (context.tty) context.write('stdout', promptText(context));
  state.reading = 'prompt';
  serve(context, state);
}

function promptText({ image, hostname, config }: ProgramContext): string {
  const small = /(^|\/)(alpine|busybox)(:|$)|-alpine/.test(image?.tags[0] ?? '');
  const folder = config.workingDir || '/';
  return small ? `${folder} # ` : `root@${hostname}:${folder}# `;
}

/** Gives what was written to whoever reads. */
function serve(context: ProgramContext, state: ScriptState): void {
  const { input, reading } = state;
  if (!input || reading === null) return;
  if (reading === 'stream') {
    const { text } = input;
    input.text = '';
    if (text !== '') write(context, state, 'stdout', text);
    if (input.ended) goOn(context, state);
    return;
  }
  if (reading === 'all') {
    if (!input.ended) return;
    state.piped = input.text;
    input.text = '';
    state.at--;
    return goOn(context, state);
  }
  const line = takeLine(input);
  if (line === null && !input.ended) return;
  if (reading === 'prompt') {
    if (line === null) return context.exit(state.status);
    state.code = compileScript(line);
    state.at = 0;
  } else {
    state.status = line === null ? 1 : 0;
    state.variables[reading.variable] = line ?? '';
  }
  goOn(context, state);
}

function goOn(context: ProgramContext, state: ScriptState): void {
  state.reading = null;
  // At a terminal Ctrl-D ends one reader; another may follow.
  if (context.tty && state.input) state.input.ended = false;
  run(context, state);
}

/** Ctrl-C. */
function interrupt(context: ProgramContext, state: ScriptState): void {
  const own = state.client;
  if (own && !own.done) {
    const client = clientNamed(own.name);
    if (client?.interrupted) client.interrupted(clientIo(context, state, own, ''), own.state);
    for (const connection of Object.values(own.connections)) context.sockets.hangUp(connection);
    own.done = true;
  }
  state.status = 130;
  state.wakes++;
  if (!state.interactive) return context.exit(130);
  state.code = [];
  state.at = 0;
  state.loops = {};
  prompt(context, state);
}

/** A reader that has just begun looks at what has come already, in a step of its own: it may end at once. */
function wakeInput(context: ProgramContext): void {
  context.schedule(1, INPUT);
}

/** Commands that read all of their input when they are given no file. */
const READERS = new Set(['wc', 'grep', 'head', 'tail', 'sort', 'uniq']);

/** Does this command, at the beginning of a pipe, read what is written to the container? */
function wantsInput(state: ScriptState, name: string, args: readonly string[]): 'stream' | 'all' | null {
  const before = state.code[state.at - 2];
  if (!state.input || (before?.op === 'run' && before.pipe)) return null;
  if (name === 'cat' && args.every((word) => word.startsWith('-'))) return 'stream';
  return READERS.has(name) ? 'all' : null;
}

function control(context: ProgramContext, state: ScriptState, instruction: Exclude<Instruction, { op: 'run' }>): void {
  if (instruction.op === 'jump') {
    const taken = instruction.on === 'always' || (instruction.on === 'success') === (state.status === 0);
    if (taken) state.at = instruction.to;
    if (taken && instruction.isCondition) state.status = 0;
  } else if (instruction.op === 'for') {
    state.loops[instruction.name] = instruction.words.flatMap((word) => expand(context, state, word));
  } else {
    const value = state.loops[instruction.name]?.shift();
    if (value === undefined) state.at = instruction.to;
    else state.variables[instruction.name] = value;
  }
}

/** Runs one command; returns how long it takes, or `wait` when something will go on with the script, or nothing ever will. */
function execute(
  context: ProgramContext,
  state: ScriptState,
  instruction: Instruction & { op: 'run' },
): number | 'wait' {
  const words = instruction.words.flatMap((word) => expand(context, state, word));
  while (words.length > 0 && /^[A-Za-z_]\w*=/.test(words[0]!)) {
    const [name = '', ...value] = words.shift()!.split('=');
    state.variables[name] = value.join('=');
    state.status = 0;
  }
  if (words[0] === 'exec' || words[0] === 'time' || words[0] === 'export') {
    if (words.shift() === 'export') return 0;
  }
  const [path, ...args] = words;
  if (path === undefined) return 0;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stdin = state.piped;
  state.piped = '';
  state.status = 0;
  const wanted = stdin === '' && !(state.input?.ended && !context.tty) ? wantsInput(state, name, args) : null;
  if (wanted) {
    state.reading = wanted;
    wakeInput(context);
    return 'wait';
  }
  const trouble = openFiles(context, state, instruction);
  if (trouble !== null) {
    context.write('stderr', `sh: ${trouble}\n`);
    state.status = 1;
    return 0;
  }
  const special = executeSpecial(context, state, name, args);
  if (special !== null) return special;
  const client = clientNamed(name);
  if (client) {
    begin(context, state, client, args, stdin);
    return 'wait';
  }
  const command = smallCommand(name);
  if (command) give(context, state, command(context, args, stdin));
  else give(context, state, notFound(state, path));
  return 0;
}

/** Makes the files that a command's output goes to; or why one cannot be made. */
function openFiles(
  context: ProgramContext,
  state: ScriptState,
  { stdout, stderr }: Instruction & { op: 'run' },
): string | null {
  for (const to of new Set([stdout, stderr])) {
    if (typeof to !== 'object') continue;
    const name = fileName(context, state, to.file);
    const made = context.files.write(name, '', to.append);
    if (!made.ok) return `can't create ${name}: ${made.message}`;
  }
  return null;
}

function fileName(context: ProgramContext, state: ScriptState, word: Word): string {
  return expand(context, state, word).join(' ');
}

function notFound(state: ScriptState, path: string): Output {
  if (!state.direct) return { code: 127, out: '', err: `sh: ${path}: not found\n` };
  return {
    code: 127,
    out: '',
    err: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${path}": executable file not found in $PATH: unknown\n`,
  };
}

/** Commands of the shell itself, and those that take time without the network. */
function executeSpecial(
  context: ProgramContext,
  state: ScriptState,
  name: string,
  args: readonly string[],
): number | 'wait' | null {
  switch (name) {
    case 'trap':
      setTrap(state, args);
      return 0;
    case 'read':
      if (!state.input) {
        state.status = 1;
        return 0;
      }
      state.reading = { variable: args.find((word) => !word.startsWith('-')) ?? 'REPLY' };
      wakeInput(context);
      return 'wait';
    case 'exit':
      return leave(context, state, args[0] === undefined ? state.status : Number.parseInt(args[0], 10) & 255)
        ? 0
        : 'wait';
    case 'sleep':
      return current(state).background ? sendToBackground(context, state, sleepTime(args[0])) : sleepTime(args[0]);
    case 'tail':
      return args.includes('-f') || args.includes('-F') ? 'wait' : null;
    case 'wait':
      return awaitBackground(context, state);
    case 'top':
    case 'watch':
      return 'wait';
    case 'cat':
      return args.length === 0 && context.tty && !state.input ? 'wait' : null;
    case 'date':
      give(context, state, { code: 0, out: `${shellDate(context.now)}\n`, err: '' });
      return 0;
    case 'sh':
    case 'bash':
    case 'ash':
      // A script within the script goes in its place.
      if (args[0] === '-c') splice(state, compileScript(args[1] ?? ''));
      return 0;
    default:
      return null;
  }
}

/** Puts instructions in at the counter; jumps of those behind it move along. */
function splice(state: ScriptState, inner: Instruction[]): void {
  const begin = state.at;
  const moved = (instruction: Instruction, by: number, from: number): Instruction =>
    'to' in instruction && instruction.to >= from ? { ...instruction, to: instruction.to + by } : instruction;
  const outer = state.code.map((instruction) => moved(instruction, inner.length, begin + 1));
  state.code = [...outer.slice(0, begin), ...inner.map((one) => moved(one, begin, 0)), ...outer.slice(begin)];
}

function sendToBackground(context: ProgramContext, state: ScriptState, time: number | 'wait'): number {
  const end = time === 'wait' ? Number.MAX_SAFE_INTEGER : context.now + time;
  state.background = Math.max(state.background ?? 0, end);
  return 0;
}

function awaitBackground(context: ProgramContext, state: ScriptState): number | 'wait' {
  const left = (state.background ?? 0) - context.now;
  state.background = null;
  if (left <= 0) return 0;
  state.waiting = true;
  return left > FOREVER ? 'wait' : left;
}

/** Longer than any simulation. */
const FOREVER = seconds(1e9);

function sleepTime(argument: string | undefined): number | 'wait' {
  if (argument === 'infinity' || argument === 'inf') return 'wait';
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(argument ?? '');
  if (!match) return 0;
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[2]!] ?? 1;
  return Math.max(1, seconds(Number(match[1]) * unit));
}

// ---- output

/** The instruction that runs now: the counter already stands behind it. */
function current(state: ScriptState): Instruction & { op: 'run' } {
  const instruction = state.code[state.at - 1];
  if (instruction?.op !== 'run') throw new Error('script: no command runs');
  return instruction;
}

function give(context: ProgramContext, state: ScriptState, { code, out, err }: Output): void {
  state.status = code;
  if (out !== '') write(context, state, 'stdout', out);
  if (err !== '') write(context, state, 'stderr', err);
}

function write(context: ProgramContext, state: ScriptState, stream: 'stdout' | 'stderr', text: string): void {
  const { stdout, stderr, pipe } = current(state);
  const to = stream === 'stdout' ? stdout : stderr;
  if (to === 'none') return;
  if (typeof to === 'object') context.files.write(fileName(context, state, to.file), text, true);
  else if (to === 'out' && pipe) state.piped += text;
  else context.write(to === 'out' ? 'stdout' : 'stderr', text);
}

// ---- words

function expand(context: ProgramContext, state: ScriptState, word: Word): string[] {
  const out: string[] = [];
  let open = false;
  for (const { text, expand: isLive, split } of word) {
    const value = isLive ? substitute(context, state, text) : text;
    const pieces = isLive && split && value !== text ? value.split(/\s+/).filter((piece) => piece !== '') : [value];
    if (pieces.length === 0) continue;
    if (open) out[out.length - 1] += pieces.shift()!;
    out.push(...pieces);
    open = true;
  }
  return out;
}

function substitute(context: ProgramContext, state: ScriptState, text: string): string {
  const variable = (name: string): string => {
    if (name === '?') return String(state.status);
    if (name === '$') return '1';
    if (name === 'HOSTNAME') return context.hostname;
    const entry = context.config.env.find((one) => one.startsWith(`${name}=`));
    return state.variables[name] ?? entry?.slice(name.length + 1) ?? '';
  };
  return text
    .replace(/\$\(([^()]*)\)|`([^`]*)`/g, (_, inner?: string, old?: string) => captured(context, inner ?? old ?? ''))
    .replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => variable(name) || (fallback ?? ''))
    .replace(/\$(\w+|[?$])/g, (_, name: string) => variable(name));
}

/** Simplified: only commands that are done at once. */
function captured(context: ProgramContext, text: string): string {
  const [name = '', ...args] = text.trim().split(/\s+/);
  if (name === 'date') return shellDate(context.now);
  if (name === 'seq') {
    const [first, last] = args.length > 1 ? [Number(args[0]), Number(args[1])] : [1, Number(args[0])];
    return Array.from({ length: Math.min(10_000, Math.max(0, last! - first! + 1)) }, (_, i) => first! + i).join('\n');
  }
  return (smallCommand(name)?.(context, args, '').out ?? '').replace(/\n+$/, '');
}

// ---- clients of the network

function begin(
  context: ProgramContext,
  state: ScriptState,
  client: Client,
  args: readonly string[],
  stdin: string,
): void {
  state.client = { name: client.name, state: null, connections: {}, done: false };
  const own = state.client;
  own.state = client.start(clientIo(context, state, own, stdin), args);
}

/** Tells the running client something, and goes on when it has ended. */
function tell(
  context: ProgramContext,
  state: ScriptState,
  act: (client: Client, io: ClientIo, inner: unknown) => void,
): void {
  const own = state.client;
  if (!own || own.done) return;
  const client = clientNamed(own.name);
  if (client) act(client, clientIo(context, state, own, ''), own.state);
}

function clientIo(
  context: ProgramContext,
  state: ScriptState,
  own: NonNullable<ScriptState['client']>,
  stdin: string,
): ClientIo {
  const { interfaces, nameserver } = context.network;
  return {
    flavour: 'busybox',
    nowMs: context.now / 1000,
    hostname: context.hostname,
    facts: { interfaces, nameserver, listening: [] },
    stdin,
    isTerminal: false,
    env: Object.fromEntries(
      context.config.env.map((entry) => [entry.split('=')[0]!, entry.slice(entry.indexOf('=') + 1)]),
    ),
    write: (stream, text) => write(context, state, stream, text),
    readFile: () => null,
    writeFile: () => {},
    connect: (token, call) => {
      const { target, timeoutMs, hold = false, firstAddressOnly = false } = call;
      const options = { timeout: milliseconds(timeoutMs), hold, firstAddressOnly };
      own.connections[token] = context.sockets.connect(token, target, callRequestOf(call), options);
    },
    close: (token) => {
      const connection = own.connections[token];
      delete own.connections[token];
      if (connection !== undefined) context.sockets.hangUp(connection);
    },
    lookUp: (token, name) => context.sockets.resolve(token, name),
    wait: (ms, token) => context.schedule(milliseconds(ms), `${CLIENT}${token}`),
    exit: (code) => {
      if (own.done) return;
      own.done = true;
      state.status = code;
      // The script goes on in an event of its own: a client may end in its very first step.
      wakeAfter(context, state, 1);
    },
  };
}
