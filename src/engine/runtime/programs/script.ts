/**
 * Shell one-liners such as `sh -c 'echo starting; sleep 5; exit 1'`: compiled to a few instructions and run by a counter, so
 * that a sleeping script is plain data. Commands: echo, sleep, exit, true, false, hostname, env, date, trap and endless ones
 * (`tail -f`, `ping`, `top`, `cat` at a terminal); `;`, `&&`, `||`, `while true; do ...; done`.
 *
 * Simplified: anything else is `not found` (127). The process has number 1 and no handlers: it ignores TERM, as in reality,
 * unless it was given `trap`.
 */
import { seconds } from '../../kernel/time.ts';
import type { Program, ProgramContext } from './program.ts';

type Instruction =
  | { op: 'run'; words: string[] }
  /** Goes on at `to` if the last status was good (`on: true`) or bad. */
  | { op: 'jump'; to: number; on: 'always' | 'success' | 'failure' };

interface ScriptState {
  code: Instruction[];
  at: number;
  status: number;
  handlesTerm: boolean;
}

/** Runs so many instructions without a pause at most: an endless loop without `sleep` must not stop the world. */
const BURST = 200;

export const script: Program<ScriptState> = {
  name: 'script',
  start(context, argv) {
    const state: ScriptState = { code: compile(argv), at: 0, status: 0, handlesTerm: false };
    run(context, state);
    return state;
  },
  timer(context, state) {
    run(context, state);
  },
  signal(context, state, signal) {
    if (!state.handlesTerm || (signal !== 'TERM' && signal !== 'INT')) return false;
    context.exit(0);
    return true;
  },
};

function run(context: ProgramContext, state: ScriptState): void {
  for (let i = 0; i < BURST; i++) {
    const instruction = state.code[state.at];
    if (!instruction) return context.exit(state.status);
    state.at++;
    if (instruction.op === 'jump') {
      const taken = instruction.on === 'always' || (instruction.on === 'success') === (state.status === 0);
      if (taken) state.at = instruction.to;
      continue;
    }
    const pause = execute(context, state, instruction.words);
    if (pause === 'end') return;
    if (pause > 0) return context.schedule(pause, 'wake');
  }
  context.schedule(1000, 'wake');
}

/** Runs one command; returns how long it takes, or `end` when the script is over or never goes on. */
function execute(context: ProgramContext, state: ScriptState, words: string[]): number | 'end' {
  const [name = '', ...args] = words;
  state.status = 0;
  switch (name) {
    case ':':
    case 'true':
    case 'set':
    case 'cd':
    case 'export':
      return 0;
    case 'false':
      state.status = 1;
      return 0;
    case 'echo':
      context.log('stdout', args.filter((word, i) => !(i === 0 && word === '-n')).join(' '));
      return 0;
    case 'hostname':
      context.log('stdout', context.hostname);
      return 0;
    case 'env':
    case 'printenv':
      for (const entry of context.config.env) context.log('stdout', entry);
      return 0;
    case 'trap':
      state.handlesTerm = true;
      return 0;
    case 'exit':
      context.exit(args[0] === undefined ? state.status : Number.parseInt(args[0], 10) & 255);
      return 'end';
    case 'exec':
      return execute(context, state, args);
    case 'sleep':
      return sleepTime(args[0]);
    case 'tail':
    case 'ping':
    case 'top':
    case 'wait':
      return 'end';
    default:
      context.log('stderr', `sh: ${name}: not found`);
      state.status = 127;
      return 0;
  }
}

function sleepTime(argument: string | undefined): number | 'end' {
  if (argument === 'infinity' || argument === 'inf') return 'end';
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(argument ?? '');
  if (!match) return 0;
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[2]!] ?? 1;
  return Math.max(1, seconds(Number(match[1]) * unit));
}

/** `['sh', '-c', TEXT]` is a script; anything else is one command. */
function compile(argv: readonly string[]): Instruction[] {
  const shell = /^(\/bin\/|\/usr\/bin\/)?(sh|bash|ash)$/.test(argv[0] ?? '');
  if (shell && argv[1] === '-c') return compileText(argv[2] ?? '');
  // A shell without a script reads from nowhere and ends.
  if (shell) return [];
  return [{ op: 'run', words: [baseName(argv[0] ?? ''), ...argv.slice(1)] }];
}

function compileText(text: string): Instruction[] {
  const code: Instruction[] = [];
  const loops: number[] = [];
  const forward: { instruction: Instruction & { op: 'jump' } }[] = [];
  for (const token of tokenize(text)) {
    if (token.words.length > 0) {
      let { words } = token;
      if (words[0] === 'while' || words[0] === 'until') {
        loops.push(code.length);
        continue;
      }
      if (words[0] === 'do') words = words.slice(1);
      if (words[0] === 'done') {
        code.push({ op: 'jump', to: loops.pop() ?? 0, on: 'always' });
        continue;
      }
      if (words.length > 0) code.push({ op: 'run', words: [baseName(words[0]!), ...words.slice(1)] });
    }
    for (const { instruction } of forward.splice(0)) instruction.to = code.length;
    if (token.end === '&&' || token.end === '||') {
      const instruction: Instruction & { op: 'jump' } = {
        op: 'jump',
        to: code.length,
        on: token.end === '&&' ? 'failure' : 'success',
      };
      code.push(instruction);
      forward.push({ instruction });
    }
  }
  return code;
}

function tokenize(text: string): { words: string[]; end: string }[] {
  const tokens: { words: string[]; end: string }[] = [];
  let words: string[] = [];
  let word: string | null = null;
  const finish = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"' || c === "'") {
      const close = text.indexOf(c, i + 1);
      const stop = close < 0 ? text.length : close;
      word = (word ?? '') + text.slice(i + 1, stop);
      i = stop;
    } else if (c === ' ' || c === '\t') finish();
    else if (c === ';' || c === '\n' || c === '&' || c === '|') {
      finish();
      const double = text[i + 1] === c && c !== ';' && c !== '\n';
      tokens.push({ words, end: double ? c + c : ';' });
      words = [];
      if (double) i++;
    } else word = (word ?? '') + c;
  }
  finish();
  tokens.push({ words, end: '' });
  return tokens;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
