/**
 * `sed`: the commands `s p d q = a i c y n N D P g G h H x b t : { }`, addresses and ranges, as GNU sed reads them.
 * Simplified: no `w`, `r`, `e`, and no in-place editing of several files at once beyond `-i`.
 */
import type { Process, Program } from '../../process.ts';
import { splitLines } from '../line-reader.ts';
import { parseOptions } from '../options.ts';
import { resolvePath } from '../paths.ts';
import { compileSed, type SedAddress, type SedCommand } from './sed-script.ts';
import { fail, INTERRUPTED, openInputs } from './tool-input.ts';

/** A line and whether it is the last one, which `$` asks for. */
interface SedLine {
  text: string;
  terminated: boolean;
  last: boolean;
}

export const sed: Program = async (process) => {
  const parsed = parseOptions('sed', process.args, {
    short: 'nErie:sf:',
    long: { quiet: 'n', silent: 'n', 'regexp-extended': 'E', expression: 'e', 'in-place': 'i', file: 'f' },
  });
  if (!parsed.ok) return fail(process, 'sed', parsed.error.message);
  const { options } = parsed;
  const operands = [...options.operands];
  const expressions = options.values('e');
  if (expressions.length === 0) {
    const script = operands.shift();
    if (script === undefined) {
      process.stderr.write('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
      return 1;
    }
    expressions.push(script);
  }
  const compiled = compileSed(expressions.join('\n'), options.has('E') || options.has('r'));
  if (!compiled.ok) return fail(process, 'sed', `-e expression #1, ${compiled.error.message}`);
  if (options.has('i')) return editInPlace(process, compiled.commands, operands, options.has('n'));
  let status = 0;
  const inputs = openInputs(process, operands, (name, reason) => {
    status = fail(
      process,
      'sed',
      reason === 'Is a directory' ? `couldn't edit ${name}: not a regular file` : `can't read ${name}: ${reason}`,
      2,
    );
  });
  const machine = new SedMachine(compiled.commands, options.has('n'), (text) => process.stdout.write(text));
  const code = await machine.run(
    linesOf(
      inputs.map((input) => () => input.lines.next()),
      process,
    ),
  );
  return process.signal.aborted ? INTERRUPTED : code || status;
};

async function editInPlace(process: Process, commands: SedCommand[], names: string[], quiet: boolean): Promise<number> {
  let status = 0;
  for (const name of names) {
    const path = resolvePath(process.cwd, name);
    const text = process.host.files.read(path);
    if (text === null) {
      status = fail(process, 'sed', `can't read ${name}: No such file or directory`, 2);
      continue;
    }
    let output = '';
    const lines = splitLines(text).map((line) => ({ text: line, terminated: true }));
    let next = 0;
    const machine = new SedMachine(commands, quiet, (piece) => {
      output += piece;
    });
    await machine.run(linesOf([async () => lines[next++] ?? null], process));
    process.host.files.write(path, output);
  }
  return status;
}

/** One line ahead, to know which is the last. */
async function* linesOf(
  sources: (() => Promise<{ text: string; terminated: boolean } | null>)[],
  process: Process,
): AsyncGenerator<SedLine> {
  let held: { text: string; terminated: boolean } | null = null;
  for (const next of sources)
    for (let line = await next(); line; line = await next()) {
      if (held) yield { ...held, last: false };
      if (process.stdout.closed) return;
      held = line;
    }
  if (held) yield { ...held, last: true };
}

/** Pattern space, hold space and the program that works on them. */
class SedMachine {
  #commands: SedCommand[];
  #quiet: boolean;
  #write: (text: string) => void;
  #input: AsyncGenerator<SedLine> | null = null;
  #pattern = '';
  #hold = '';
  #line: SedLine = { text: '', terminated: true, last: false };
  #number = 0;
  #appended: string[] = [];
  #substituted = false;
  #activeRanges = new Map<SedCommand, number>();
  #exit: number | null = null;

  constructor(commands: SedCommand[], quiet: boolean, write: (text: string) => void) {
    this.#commands = commands;
    this.#quiet = quiet;
    this.#write = write;
  }

  async run(input: AsyncGenerator<SedLine>): Promise<number> {
    this.#input = input;
    let keep = false;
    while (this.#exit === null && (keep || (await this.#readNext()))) {
      const outcome = await this.#cycle();
      keep = outcome === 'restart';
      if (outcome === 'print' && !this.#quiet) this.#print(this.#pattern);
      this.#flushAppended();
    }
    return this.#exit ?? 0;
  }

  async #readNext(): Promise<boolean> {
    const line = await this.#advance();
    if (!line) return false;
    this.#pattern = line.text;
    return true;
  }

  async #advance(): Promise<SedLine | null> {
    const { value, done } = await this.#input!.next();
    if (done) return null;
    this.#line = value;
    this.#number++;
    this.#substituted = false;
    return value;
  }

  #print(text: string): void {
    this.#write(text + (this.#line.terminated ? '\n' : ''));
  }

  #flushAppended(): void {
    for (const text of this.#appended) this.#write(`${text}\n`);
    this.#appended = [];
  }

  /** Runs the script once over the pattern space. */
  async #cycle(): Promise<'print' | 'delete' | 'restart'> {
    for (let pc = 0; pc < this.#commands.length; pc++) {
      const command = this.#commands[pc]!;
      if (!this.#isSelected(command)) {
        if (command.name === '{') pc = command.target!;
        continue;
      }
      switch (command.name) {
        case 'd':
          return 'delete';
        case 'D':
          if (!this.#pattern.includes('\n')) return 'delete';
          this.#pattern = this.#pattern.slice(this.#pattern.indexOf('\n') + 1);
          return 'restart';
        case 'q':
        case 'Q':
          this.#exit = Number(command.text || 0);
          return command.name === 'q' ? 'print' : 'delete';
        case 'n':
        case 'N':
          if (!(await this.#takeNext(command.name))) {
            this.#exit = 0;
            return 'print';
          }
          break;
        case 'c':
          if (!command.to || !this.#activeRanges.has(command)) this.#write(`${command.text}\n`);
          return 'delete';
        case 'b':
          pc = command.target!;
          break;
        case 't':
          if (this.#substituted) pc = command.target!;
          this.#substituted = false;
          break;
        default:
          this.#apply(command);
      }
    }
    return 'print';
  }

  async #takeNext(name: 'n' | 'N'): Promise<boolean> {
    if (this.#line.last) return false;
    if (name === 'n' && !this.#quiet) this.#print(this.#pattern);
    const before = this.#pattern;
    const line = await this.#advance();
    if (!line) return false;
    this.#pattern = name === 'N' ? `${before}\n${line.text}` : line.text;
    return true;
  }

  #apply(command: SedCommand): void {
    switch (command.name) {
      case 's':
        return this.#substitute(command);
      case 'p':
        return this.#print(this.#pattern);
      case 'P':
        return this.#print(this.#pattern.split('\n')[0]!);
      case '=':
        return this.#write(`${this.#number}\n`);
      case 'a':
        this.#appended.push(command.text!);
        return;
      case 'i':
        return this.#write(`${command.text}\n`);
      case 'y':
        this.#pattern = [...this.#pattern].map((char) => command.map!.get(char) ?? char).join('');
        return;
      case 'g':
        this.#pattern = this.#hold;
        return;
      case 'G':
        this.#pattern += `\n${this.#hold}`;
        return;
      case 'h':
        this.#hold = this.#pattern;
        return;
      case 'H':
        this.#hold += `\n${this.#pattern}`;
        return;
      case 'x':
        [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
        return;
    }
  }

  #substitute(command: SedCommand): void {
    const { regex, replacement, flags } = command.substitution!;
    let count = 0;
    let changed = false;
    regex.lastIndex = 0;
    const result = this.#pattern.replace(regex, (match: string, ...rest: unknown[]) => {
      count++;
      const wanted =
        flags.occurrence === null
          ? flags.global || count === 1
          : count === flags.occurrence || (flags.global && count > flags.occurrence);
      if (!wanted) return match;
      changed = true;
      return replacement(
        match,
        rest.filter((group) => typeof group === 'string' || group === undefined).slice(0, -1) as string[],
      );
    });
    if (!changed) return;
    this.#pattern = result;
    this.#substituted = true;
    if (flags.print) this.#print(this.#pattern);
  }

  #isSelected(command: SedCommand): boolean {
    return this.#inAddress(command) !== command.negated;
  }

  #inAddress(command: SedCommand): boolean {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return this.#matches(from);
    const end = this.#activeRanges.get(command);
    if (end === undefined) {
      if (!this.#matches(from)) return false;
      const last =
        to.kind === 'line' ? to.number : to.kind === 'offset' ? this.#number + to.number : Number.POSITIVE_INFINITY;
      if (last > this.#number && !(to.kind === 'last' && this.#line.last)) this.#activeRanges.set(command, last);
      return true;
    }
    const ends = to.kind === 'regex' || to.kind === 'last' ? this.#matches(to) : this.#number >= end;
    if (ends) this.#activeRanges.delete(command);
    // A range whose last line has been skipped over (by `n`) holds only one line more.
    return to.kind !== 'line' || this.#number <= end;
  }

  #matches(address: SedAddress): boolean {
    switch (address.kind) {
      case 'line':
      case 'offset':
        return this.#number === address.number;
      case 'step':
        return this.#number >= address.first && (this.#number - address.first) % address.step === 0;
      case 'last':
        return this.#line.last;
      case 'regex':
        address.regex.lastIndex = 0;
        return address.regex.test(this.#pattern);
    }
  }
}
