/**
 * Reads a command line against the flags of a command, to the letter of GNU style as pflag does it:
 * `--flag=value`, `--flag value`, `-f value`, `-fvalue`, `-f=value`, `-abc`, `--`, flags and arguments mixed.
 * The first error ends it, in pflag's words.
 * Source: `spf13/pflag: flag.go` (`parseArgs`, `parseLongArg`, `parseSingleShortArg`).
 */

import { quote } from '../../go-template/go-strconv.ts';
import type { Flag } from './flag.ts';

/** What one command line said. */
export interface ParsedFlags {
  /** The flag's value: given, or its default. */
  get<T>(flag: Flag<T>): T;
  /** Was the flag given? By its name without dashes, or by the flag itself. */
  changed(flag: string | Flag<unknown>): boolean;
  /** How many different flags were given. */
  readonly count: number;
}

/** A command line read, or the error line. */
export type ParsedCommandLine = CommandLine | { ok: false; message: string };

export interface CommandLine {
  ok: true;
  /** `--help` was among the flags. */
  help: boolean;
  flags: ParsedFlags;
  args: string[];
  /** A line to print first, about a flag that is going out of use. */
  notice?: string;
}

/** How to read. */
export interface ParseOptions {
  /** False: everything from the first argument on is arguments, as after the image of `service create`. */
  interspersed?: boolean;
}

/** Reads `args`; `--help` is known to every command. */
export function parseCommandLine(
  flags: readonly Flag<unknown>[],
  args: readonly string[],
  options: ParseOptions = {},
): ParsedCommandLine {
  const reader = new CommandLineReader(flags, args, options.interspersed ?? true);
  const message = reader.read();
  if (message !== null) return { ok: false, message };
  return { ok: true, help: reader.help, flags: reader.values(), args: reader.args, notice: reader.notice };
}

class Values implements ParsedFlags {
  readonly #given: ReadonlyMap<string, unknown>;

  constructor(given: ReadonlyMap<string, unknown>) {
    this.#given = given;
  }

  get<T>(flag: Flag<T>): T {
    // The map holds, under a flag's name, only what that flag's `accept` returned.
    return this.#given.has(flag.name) ? (this.#given.get(flag.name) as T) : flag.default;
  }

  changed(flag: string | Flag<unknown>): boolean {
    return this.#given.has(typeof flag === 'string' ? flag : flag.name);
  }

  get count(): number {
    return this.#given.size;
  }
}

class CommandLineReader {
  readonly args: string[] = [];
  help = false;
  notice: string | undefined;
  readonly #flags: readonly Flag<unknown>[];
  readonly #rest: string[];
  readonly #interspersed: boolean;
  readonly #given = new Map<string, unknown>();

  constructor(flags: readonly Flag<unknown>[], args: readonly string[], interspersed: boolean) {
    this.#flags = flags;
    this.#rest = [...args];
    this.#interspersed = interspersed;
  }

  values(): ParsedFlags {
    return new Values(this.#given);
  }

  /** Reads everything; returns the error line, or null. */
  read(): string | null {
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') {
        this.args.push(...this.#rest);
        return null;
      }
      if (!word.startsWith('-') || word === '-') {
        this.args.push(word);
        if (this.#interspersed) continue;
        this.args.push(...this.#rest);
        return null;
      }
      const error = word.startsWith('--') ? this.#long(word) : this.#shorts(word.slice(1));
      if (error !== null) return error;
    }
    return null;
  }

  #long(word: string): string | null {
    const body = word.slice(2);
    if (body.startsWith('-') || body.startsWith('=')) return `bad flag syntax: ${word}`;
    const at = body.indexOf('=');
    const name = at < 0 ? body : body.slice(0, at);
    if (name === 'help') {
      this.help = true;
      return null;
    }
    const flag = this.#flags.find((candidate) => candidate.name === name);
    if (!flag) return `unknown flag: --${name}`;
    const text = at >= 0 ? body.slice(at + 1) : (flag.noValueText ?? this.#rest.shift());
    return text === undefined ? `flag needs an argument: --${name}` : this.#set(flag, text);
  }

  /** Letters behind one dash: switches one after another, the last may take a value. */
  #shorts(letters: string): string | null {
    for (let rest = letters; rest !== ''; ) {
      const letter = rest[0]!;
      const flag = this.#flags.find((candidate) => candidate.shorthand === letter);
      if (!flag) {
        if (letter !== 'h') return `unknown shorthand flag: '${letter}' in -${rest}`;
        this.help = true;
        this.notice = 'Flag shorthand -h has been deprecated, use --help';
        rest = rest.slice(1);
        continue;
      }
      const { text, after } = this.#shortValue(flag, rest);
      if (text === undefined) return `flag needs an argument: '${letter}' in -${rest}`;
      const error = this.#set(flag, text);
      if (error !== null) return error;
      rest = after;
    }
    return null;
  }

  #shortValue(flag: Flag<unknown>, rest: string): { text: string | undefined; after: string } {
    if (rest.length > 2 && rest[1] === '=') return { text: rest.slice(2), after: '' };
    if (flag.noValueText !== undefined) return { text: flag.noValueText, after: rest.slice(1) };
    if (rest.length > 1) return { text: rest.slice(1), after: '' };
    return { text: this.#rest.shift(), after: '' };
  }

  #set(flag: Flag<unknown>, text: string): string | null {
    const result = flag.accept(text, this.#given.get(flag.name));
    if (!result.ok) {
      const spelling = flag.shorthand ? `-${flag.shorthand}, --${flag.name}` : `--${flag.name}`;
      return `invalid argument ${quote(text)} for "${spelling}" flag: ${result.message}`;
    }
    this.#given.set(flag.name, result.value);
    return null;
  }
}
