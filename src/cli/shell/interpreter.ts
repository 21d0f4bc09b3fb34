/**
 * Runs syntax trees the way bash does: lists, pipelines whose stages run at the same time, conditions, loops, functions.
 * Everything waits in virtual time only; an interrupt (Ctrl-C) ends the whole line, a broken pipe ends its stage.
 * Source of the behaviour: bash(1), POSIX.1-2024 Shell Command Language.
 */
import type {
  AndOr,
  Assignment,
  Case,
  Command,
  CommandNode,
  CompoundList,
  For,
  If,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  TestExpression,
  While,
  Word,
} from 'unbash';
import type { HostContext, Program } from '../process.ts';
import type { Builtin } from './builtins/builtin.ts';
import { CancelSource, whenAborted } from './cancel.ts';
import {
  ExpansionError,
  type ExpansionScope,
  expandArithmetic,
  expandPattern,
  expandText,
  expandWords,
} from './expansion.ts';
import { patternRegex } from './glob.ts';
import type { Io } from './io.ts';
import type { JobTable } from './jobs.ts';
import { resolvePath } from './paths.ts';
import { posixRegex } from './posix-regex.ts';
import { openRedirections } from './redirection.ts';
import type { FunctionBody, ShellState, Variable } from './shell-state.ts';
import { Capture, GuardedOutput, Pipe, TextInput } from './streams.ts';
import { parseShell } from './syntax.ts';
import { testBinary, testUnary } from './test-expression.ts';

/** What all shells of a host share. */
export interface ShellServices {
  host: HostContext;
  programs: ReadonlyMap<string, Program>;
  builtins: ReadonlyMap<string, Builtin>;
  /** What runs in the background: one list for a shell and its subshells. */
  jobs: JobTable;
}

/** Why the commands that follow are skipped. */
export type Unwinding =
  | { kind: 'break' | 'continue'; levels: number }
  | { kind: 'return' }
  | { kind: 'exit' }
  | { kind: 'interrupt' };

/** Exit statuses of bash. */
const INTERRUPTED = 130;
const BROKEN_PIPE = 141;
const NOT_FOUND = 127;

const MAX_FUNCTION_DEPTH = 200;

/** A program has this many turns after an interrupt to say its last words; then it is no longer listened to. */
const LAST_WORDS_TURNS = 500;

/** A loop that never waits for anything lets a millisecond of virtual time pass every so many rounds. */
const ROUNDS_PER_MILLISECOND = 100;

export class Interpreter {
  readonly services: ShellServices;
  readonly state: ShellState;
  unwinding: Unwinding | null = null;
  /** The text that is being run: a job is called by its part of it. */
  #source = '';
  #functionDepth = 0;
  /** Inside a condition `set -e` does not apply. */
  #conditionDepth = 0;
  /** Status of the last `$(...)`, which is that of `A=$(...)`. */
  #substitutionStatus: number | null = null;

  constructor(services: ShellServices, state: ShellState) {
    this.services = services;
    this.state = state;
  }

  /** A subshell: sees everything, changes nothing here. */
  fork(): Interpreter {
    const child = new Interpreter(this.services, this.state.fork());
    child.#source = this.#source;
    child.#functionDepth = this.#functionDepth;
    child.#conditionDepth = this.#conditionDepth;
    return child;
  }

  /** Runs source text: a line of the terminal, a script, what `eval` is given. */
  async runSource(source: string, io: Io): Promise<number> {
    const parsed = parseShell(source);
    if (!parsed.ok) {
      io.stderr.write(`bash: ${parsed.error.message}\n`);
      return this.#setStatus(2);
    }
    const outer = this.#source;
    this.#source = source;
    try {
      return await this.runScript(parsed.script, io);
    } finally {
      this.#source = outer;
    }
  }

  async runScript(script: ParsedScript, io: Io): Promise<number> {
    await this.#runList(script.commands, io);
    return this.state.lastStatus;
  }

  /** Runs one command given as its words: `xargs`, `env`, `command`. */
  async runArguments(argv: string[], io: Io, skipFunctions = false): Promise<number> {
    const [name, ...args] = argv;
    if (name === undefined) return 0;
    const body = skipFunctions ? undefined : this.state.functions.get(name);
    if (body) return this.#callFunction(name, body, args, io);
    const builtin = this.services.builtins.get(name);
    if (builtin) return builtin({ name, args, io, shell: this });
    const program = this.services.programs.get(name);
    if (program) return this.#runProgram(program, args, io);
    return this.#runFile(name, args, io);
  }

  /** Skips what follows; loops, functions and shells catch what is meant for them. */
  unwind(unwinding: Unwinding): void {
    this.unwinding = unwinding;
  }

  /** `exit` was called. */
  get isExiting(): boolean {
    return this.unwinding?.kind === 'exit';
  }

  get isInFunction(): boolean {
    return this.#functionDepth > 0;
  }

  #setStatus(status: number): number {
    this.state.lastStatus = status;
    return status;
  }

  #scope(io: Io): ExpansionScope {
    return {
      state: this.state,
      files: this.services.host.files,
      substitute: (script) => this.#substitute(script, io),
      fail: (message) => {
        throw new ExpansionError(message);
      },
    };
  }

  // --- lists --------------------------------------------------------------------------------------------------------

  async #runList(statements: readonly Statement[], io: Io): Promise<number> {
    let status = 0;
    for (const statement of statements) {
      status = await this.#runStatement(statement, io);
      this.#noticeInterrupt(io);
      if (this.unwinding) break;
    }
    return status;
  }

  /** Simplified: bash goes on with the line when the interrupted program chose to end normally. */
  #noticeInterrupt(io: Io): void {
    if (!io.signal.aborted || this.unwinding) return;
    this.unwind({ kind: 'interrupt' });
    this.#setStatus(INTERRUPTED);
  }

  async #runStatement(statement: Statement, io: Io): Promise<number> {
    if (statement.background) return this.#startJob(statement, io);
    return this.#run(statement.command, io);
  }

  /** A subshell of its own, which reads nothing and does not hear Ctrl-C. */
  #startJob({ command, pos, end }: Statement, io: Io): number {
    const { jobs } = this.services;
    const text = this.#source.slice(pos, end).replace(/\s*&\s*$/, '');
    const shell = this.fork();
    const job = jobs.start(text, (signal) => shell.#run(command, { ...io, stdin: new TextInput(''), signal }));
    this.state.lastJobPid = job.pid;
    if (jobs.isInteractive) io.stderr.write(`[${job.id}] ${job.pid}\n`);
    return this.#setStatus(0);
  }

  async #run(node: PipelineNode | AndOr, io: Io): Promise<number> {
    try {
      const status = this.#setStatus(await this.#runNode(node, io));
      const tested = node.type === 'AndOr' || (node.type === 'Pipeline' && isNegated(node));
      if (status !== 0 && this.state.options.errexit && this.#conditionDepth === 0 && !tested && !this.unwinding)
        this.unwind({ kind: 'exit' });
      return status;
    } catch (error) {
      if (!(error instanceof ExpansionError)) throw error;
      io.stderr.write(`bash: ${error.message}\n`);
      this.unwind({ kind: 'interrupt' });
      return this.#setStatus(1);
    }
  }

  #runNode(node: PipelineNode | AndOr, io: Io): Promise<number> {
    if (node.type === 'AndOr') return this.#runAndOr(node, io);
    return node.type === 'Pipeline' ? this.#runPipeline(node, io) : this.#runCommand(node, io);
  }

  async #runAndOr(node: AndOr, io: Io): Promise<number> {
    let status = 0;
    for (const [index, command] of node.commands.entries()) {
      const operator = node.operators[index - 1];
      if (operator === '&&' && status !== 0) continue;
      if (operator === '||' && status === 0) continue;
      const last = index === node.commands.length - 1;
      status = last ? await this.#run(command, io) : await this.#runCondition(() => this.#run(command, io));
      this.#noticeInterrupt(io);
      if (this.unwinding) return this.state.lastStatus;
    }
    return status;
  }

  async #runCondition(run: () => Promise<number>): Promise<number> {
    this.#conditionDepth++;
    try {
      return await run();
    } finally {
      this.#conditionDepth--;
    }
  }

  // --- pipelines ----------------------------------------------------------------------------------------------------

  async #runPipeline(node: Pipeline, io: Io): Promise<number> {
    const startedAt = this.services.host.clock.now();
    const run = (): Promise<number> =>
      node.commands.length === 1 ? this.#runCommand(node.commands[0]!, io) : this.#runStages(node, io);
    if (node.commands.length === 0) return isNegated(node) ? 1 : 0;
    const status = isNegated(node) ? Number((await this.#runCondition(run)) === 0) : await run();
    if (node.prefixes.some((prefix) => prefix.type === 'Time'))
      io.stderr.write(timeReport(this.services.host.clock.now() - startedAt));
    return status;
  }

  /** All stages run at once, each in a subshell; a stage's end closes its pipes on both sides. */
  async #runStages(node: Pipeline, io: Io): Promise<number> {
    const sources = node.commands.map(() => new CancelSource(io.signal));
    const pipes = node.operators.map((_, index) => new Pipe(() => sources[index]!.abort()));
    const statuses = await Promise.all(
      node.commands.map(async (command, index) => {
        const stdout = pipes[index] ?? io.stdout;
        const stageIo: Io = {
          stdin: pipes[index - 1] ?? io.stdin,
          stdout,
          stderr: node.operators[index] === '|&' ? stdout : io.stderr,
          signal: sources[index]!.signal,
        };
        const status = await this.fork().#run(command, stageIo);
        pipes[index]?.end();
        pipes[index - 1]?.closeReader();
        sources[index]!.release();
        return stageIo.signal.aborted && !io.signal.aborted ? BROKEN_PIPE : status;
      }),
    );
    const failed = statuses.findLast((status) => status !== 0) ?? 0;
    return this.state.options.pipefail ? failed : statuses.at(-1)!;
  }

  // --- commands -----------------------------------------------------------------------------------------------------

  async #runCommand(node: CommandNode, io: Io): Promise<number> {
    switch (node.type) {
      case 'Command':
        return this.#runSimple(node, io);
      case 'Redirected':
        return this.#redirected(node.redirects, io, (inner) => this.#runCommand(node.command, inner));
      case 'BraceGroup':
        return this.#runList(node.body.commands, io);
      case 'Subshell':
        return this.#runSubshell(node.body, io);
      case 'If':
        return this.#runIf(node, io);
      case 'While':
        return this.#runWhile(node, io);
      case 'For':
        return this.#runFor(node, io);
      case 'ArithmeticFor': {
        const scope = this.#scope(io);
        if (node.initialize) await expandArithmetic(node.initialize, scope);
        return this.#loop(io, {
          condition: async () => !node.test || (await expandArithmetic(node.test, scope)) !== 0,
          body: node.body,
          next: async () => void (node.update && (await expandArithmetic(node.update, scope))),
        });
      }
      case 'Case':
        return this.#runCase(node, io);
      case 'Function':
        this.state.functions.set(node.name.value, node.body);
        return 0;
      case 'ArithmeticCommand':
        return node.expression && (await expandArithmetic(node.expression, this.#scope(io))) !== 0 ? 0 : 1;
      case 'TestCommand':
        return (await this.#test(node.expression, io)) ? 0 : 1;
      case 'Select':
      case 'Coproc':
        io.stderr.write(`bash: ${node.type === 'Select' ? 'select' : 'coproc'} is not there yet\n`);
        return 2;
    }
  }

  async #redirected(redirects: readonly Redirection[], io: Io, run: (io: Io) => Promise<number>): Promise<number> {
    if (redirects.length === 0) return run(io);
    const opened = await openRedirections(redirects, io, this.#scope(io));
    if (opened.ok) return run(opened.io);
    io.stderr.write(`bash: ${opened.error.message}\n`);
    return 1;
  }

  async #runSubshell(body: CompoundList, io: Io): Promise<number> {
    const child = this.fork();
    await child.#runList(body.commands, io);
    return child.state.lastStatus;
  }

  async #runIf(node: If, io: Io): Promise<number> {
    for (const branch of [node, ...node.elif]) {
      const status = await this.#runCondition(() => this.#runList(branch.clause.commands, io));
      if (this.unwinding) return status;
      if (status === 0) return this.#runList(branch.then.commands, io);
    }
    return node.else ? this.#runList(node.else.commands, io) : 0;
  }

  #runWhile(node: While, io: Io): Promise<number> {
    return this.#loop(io, {
      condition: async () => {
        const status = await this.#runCondition(() => this.#runList(node.clause.commands, io));
        return (status === 0) === (node.kind === 'while');
      },
      body: node.body,
      next: async () => {},
    });
  }

  async #loop(
    io: Io,
    loop: { condition(): Promise<boolean>; body: CompoundList; next(): Promise<void> },
  ): Promise<number> {
    let status = 0;
    for (let round = 1; (await loop.condition()) && !this.unwinding; round++) {
      status = await this.#runList(loop.body.commands, io);
      if (this.#endsLoop()) break;
      if (round % ROUNDS_PER_MILLISECOND === 0) await this.services.host.clock.sleep(1, io.signal);
      this.#noticeInterrupt(io);
      await loop.next();
    }
    if (this.unwinding && this.unwinding.kind !== 'break' && this.unwinding.kind !== 'continue')
      return this.state.lastStatus;
    return status;
  }

  async #runFor(node: For, io: Io): Promise<number> {
    const words = node.wordlist ? await expandWords(node.wordlist, this.#scope(io)) : [...this.state.parameters];
    let status = 0;
    for (const word of words) {
      this.state.set(node.name.value, word);
      status = await this.#runList(node.body.commands, io);
      if (this.#endsLoop()) break;
    }
    return status;
  }

  /** Takes `break` and `continue` that are meant for the loop at hand; true if the loop ends. */
  #endsLoop(): boolean {
    const unwinding = this.unwinding;
    if (!unwinding) return false;
    if (unwinding.kind !== 'break' && unwinding.kind !== 'continue') return true;
    if (unwinding.levels > 1) {
      this.unwinding = { ...unwinding, levels: unwinding.levels - 1 };
      return true;
    }
    this.unwinding = null;
    return unwinding.kind === 'break';
  }

  async #runCase(node: Case, io: Io): Promise<number> {
    const scope = this.#scope(io);
    const text = await expandText(node.word, scope);
    let status = 0;
    let fallsThrough = false;
    for (const item of node.items) {
      if (!fallsThrough && !(await this.#matchesAny(item.pattern, text, scope))) continue;
      status = await this.#runList(item.body.commands, io);
      if (this.unwinding || (item.terminator ?? ';;') === ';;') return status;
      fallsThrough = item.terminator === ';&';
    }
    return status;
  }

  async #matchesAny(patterns: readonly Word[], text: string, scope: ExpansionScope): Promise<boolean> {
    for (const pattern of patterns) if (patternRegex(await expandPattern(pattern, scope)).test(text)) return true;
    return false;
  }

  async #test(node: TestExpression, io: Io): Promise<boolean> {
    const scope = this.#scope(io);
    switch (node.type) {
      case 'TestGroup':
        return this.#test(node.expression, io);
      case 'TestNot':
        return (await this.#test(node.operand, io)) !== (node.negations.length % 2 === 1);
      case 'TestLogical':
        for (const operand of node.operands)
          if ((await this.#test(operand, io)) === (node.operator === '||')) return node.operator === '||';
        return node.operator === '&&';
      case 'TestUnary':
        return testUnary(node.operator, await expandText(node.operand, scope), this.testScope(io));
      case 'TestBinary':
        return this.#testBinary(await expandText(node.left, scope), node.operator, node.right, io);
    }
  }

  async #testBinary(left: string, operator: string, right: Word, io: Io): Promise<boolean> {
    const scope = this.#scope(io);
    if (operator === '=~') {
      const regex = posixRegex(await expandText(right, scope), { extended: true });
      if (!regex.ok) throw new ExpansionError(regex.error.message);
      return regex.value.test(left);
    }
    if (operator === '=' || operator === '==' || operator === '!=')
      return patternRegex(await expandPattern(right, scope)).test(left) === (operator !== '!=');
    const answer = testBinary(left, operator, await expandText(right, scope), this.testScope(io));
    if (typeof answer === 'string') throw new ExpansionError(`[[: ${answer}`);
    return answer;
  }

  /** Where `test` finds its answers. */
  testScope(io: Io): Parameters<typeof testUnary>[2] {
    return {
      files: this.services.host.files,
      cwd: this.state.cwd,
      isSet: (name) => this.state.get(name) !== undefined,
      isTerminal: (descriptor) =>
        descriptor === 0 ? io.stdin.isTerminal : (descriptor === 2 ? io.stderr : io.stdout).terminal !== null,
    };
  }

  // --- simple commands ----------------------------------------------------------------------------------------------

  async #runSimple(node: Command, io: Io): Promise<number> {
    const scope = this.#scope(io);
    this.#substitutionStatus = null;
    const argv = node.name ? await expandWords([node.name], scope) : [];
    for (const argument of node.args) {
      if (argument.type === 'Word') argv.push(...(await expandWords([argument], scope)));
      else argv.push(`${argument.name}${argument.append ? '+' : ''}=${await this.#assignedText(argument, scope)}`);
    }
    const assignments = node.prefix.filter((part) => part.type === 'Assignment');
    if (argv.length > 0 && this.state.options.xtrace) io.stderr.write(`+ ${argv.map(quoteForTrace).join(' ')}\n`);
    return this.#redirected(node.redirects, io, (inner) =>
      argv.length === 0 ? this.#assign(assignments, inner) : this.#runWith(assignments, argv, inner),
    );
  }

  async #assignedText(assignment: Assignment, scope: ExpansionScope): Promise<string> {
    if (assignment.value.type === 'ArrayValue' || assignment.index) return scope.fail('arrays are not there yet');
    return expandText(assignment.value, scope);
  }

  /** `A=1 B=2` without a command changes the shell itself. */
  async #assign(assignments: Assignment[], io: Io): Promise<number> {
    for (const assignment of assignments) {
      const text = await this.#assignedText(assignment, this.#scope(io));
      if (!this.assign(assignment.name, text, assignment.append ?? false))
        throw new ExpansionError(`${assignment.name}: readonly variable`);
    }
    return this.#substitutionStatus ?? 0;
  }

  /** Sets a variable, or adds to it (`+=`); false if it is read-only. */
  assign(name: string, text: string, append = false): boolean {
    return this.state.set(name, append ? (this.state.get(name) ?? '') + text : text);
  }

  /** `A=1 command`: the assignments hold for this command only. */
  async #runWith(assignments: Assignment[], argv: string[], io: Io): Promise<number> {
    const hidden: [string, Variable | undefined][] = [];
    for (const assignment of assignments) {
      hidden.push([assignment.name, this.state.variables.get(assignment.name)]);
      this.state.set(assignment.name, await this.#assignedText(assignment, this.#scope(io)), true);
    }
    try {
      return await this.runArguments(argv, io);
    } finally {
      for (const [name, variable] of hidden.reverse()) this.state.restore(name, variable);
    }
  }

  async #callFunction(name: string, body: FunctionBody, args: string[], io: Io): Promise<number> {
    if (this.#functionDepth >= MAX_FUNCTION_DEPTH) {
      io.stderr.write(`bash: ${name}: maximum function nesting level exceeded (${MAX_FUNCTION_DEPTH})\n`);
      return 1;
    }
    const caller = this.state.parameters;
    this.state.parameters = args;
    this.state.locals.push(new Map());
    this.#functionDepth++;
    const status =
      body.type === 'CompoundList' ? await this.#runList(body.commands, io) : await this.#runCommand(body, io);
    this.#functionDepth--;
    for (const [hidden, variable] of this.state.locals.pop()!) this.state.restore(hidden, variable);
    this.state.parameters = caller;
    if (this.unwinding?.kind !== 'return') return status;
    this.unwinding = null;
    return this.state.lastStatus;
  }

  async #runProgram(program: Program, args: string[], io: Io): Promise<number> {
    const stdout = new GuardedOutput(io.stdout);
    const stderr = new GuardedOutput(io.stderr);
    const { host } = this.services;
    const env = this.state.environment();
    const ended = program({ args, env, cwd: this.state.cwd, stdin: io.stdin, stdout, stderr, signal: io.signal, host });
    const abort = whenAborted(io.signal);
    const givenUp = abort.promise.then(async () => {
      for (let turn = 0; turn < LAST_WORDS_TURNS; turn++) await null;
      stdout.cut();
      stderr.cut();
      return INTERRUPTED;
    });
    try {
      return await Promise.race([ended, givenUp]);
    } finally {
      abort.forget();
    }
  }

  /** A command that is neither built in nor installed: a script by its path, or nothing. */
  async #runFile(name: string, args: string[], io: Io): Promise<number> {
    if (!name.includes('/')) {
      io.stderr.write(`bash: ${name}: command not found\n`);
      return NOT_FOUND;
    }
    const path = resolvePath(this.state.cwd, name);
    const installed = /^\/(usr\/)?(local\/)?s?bin\/([^/]+)$/.exec(path)?.[3];
    if (installed && (this.services.programs.has(installed) || this.services.builtins.has(installed)))
      return this.runArguments([installed, ...args], io, true);
    const text = this.services.host.files.read(path);
    if (text === null) {
      const directory = this.services.host.files.isDirectory(path);
      io.stderr.write(`bash: ${name}: ${directory ? 'Is a directory' : 'No such file or directory'}\n`);
      return directory ? 126 : NOT_FOUND;
    }
    // Simplified: files have no permission bits, so every script may be run.
    return this.runFork(text, args, io);
  }

  /** Runs source in a subshell with parameters of its own: `sh -c`, scripts, `watch`. */
  async runFork(source: string, parameters: string[], io: Io): Promise<number> {
    const child = this.fork();
    child.state.parameters = parameters;
    await child.runSource(source, io);
    return child.state.lastStatus;
  }

  // --- substitution -------------------------------------------------------------------------------------------------

  async #substitute(script: ParsedScript, io: Io): Promise<string> {
    if (script.errors?.[0]) throw new ExpansionError(`command substitution: syntax error: ${script.errors[0].message}`);
    const stdout = new Capture();
    const child = this.fork();
    const only = script.commands.length === 1 ? script.commands[0]!.command : undefined;
    if (
      only?.type === 'Command' &&
      !only.name &&
      only.redirects[0]?.type === 'Redirect' &&
      only.redirects[0].operator === '<'
    ) {
      // `$(< file)` reads a file.
      const cat = (inner: Io): Promise<number> => child.runArguments(['cat'], inner);
      this.#substitutionStatus = await this.#redirected(only.redirects, { ...io, stdout }, cat);
    } else this.#substitutionStatus = await child.runScript(script, { ...io, stdout });
    this.#setStatus(this.#substitutionStatus);
    return stdout.text;
  }
}

function isNegated(node: Pipeline): boolean {
  return node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
}

/** What `time` reports. Simplified: commands here use no processor time. */
function timeReport(elapsedMs: number): string {
  const seconds = (elapsedMs % 60000) / 1000;
  return `\nreal\t${Math.floor(elapsedMs / 60000)}m${seconds.toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}

function quoteForTrace(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
