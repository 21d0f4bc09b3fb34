/** Reads a sed script into commands. Errors in GNU sed's words, without the `-e expression #1, ` in front. */
import { posixRegex } from '../posix-regex.ts';

export type SedAddress =
  | { kind: 'line' | 'offset'; number: number }
  | { kind: 'step'; first: number; step: number }
  | { kind: 'last' }
  | { kind: 'regex'; regex: RegExp };

export interface SedSubstitution {
  regex: RegExp;
  replacement: (match: string, groups: (string | undefined)[]) => string;
  flags: { global: boolean; print: boolean; occurrence: number | null };
}

export interface SedCommand {
  name: string;
  from: SedAddress | null;
  to: SedAddress | null;
  negated: boolean;
  /** Text of `a i c`, label of `b t :`, exit code of `q`. */
  text?: string;
  substitution?: SedSubstitution;
  /** `y/abc/xyz/`. */
  map?: Map<string, string>;
  /** Where `b`, `t` and an unselected `{` go on: the index of the command before. */
  target?: number;
}

export type SedScript =
  | { ok: true; commands: SedCommand[] }
  | { ok: false; error: { kind: 'script'; message: string } };

class ScriptError extends Error {}

/** Compiles a script. */
export function compileSed(source: string, extended: boolean): SedScript {
  try {
    return { ok: true, commands: new SedParser(source, extended).parse() };
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return { ok: false, error: { kind: 'script', message: error.message } };
  }
}

class SedParser {
  #source: string;
  #extended: boolean;
  #at = 0;
  #lastRegex: RegExp | null = null;

  constructor(source: string, extended: boolean) {
    this.#source = source;
    this.#extended = extended;
  }

  parse(): SedCommand[] {
    const commands: SedCommand[] = [];
    const open: number[] = [];
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#at >= this.#source.length) break;
      if (this.#peek() === '#') {
        this.#skip(/[^\n]*/y);
        continue;
      }
      const command = this.#command();
      if (command.name === '{') open.push(commands.length);
      if (command.name === '}') {
        const start = open.pop();
        if (start === undefined) this.#fail("unexpected `}'");
        else commands[start]!.target = commands.length;
      }
      commands.push(command);
    }
    if (open.length > 0) throw new ScriptError("char 0: unmatched `{'");
    this.#resolveLabels(commands);
    return commands;
  }

  #resolveLabels(commands: SedCommand[]): void {
    for (const command of commands) {
      if (command.name !== 'b' && command.name !== 't') continue;
      const index = commands.findIndex((other) => other.name === ':' && other.text === command.text);
      if (index < 0 && command.text !== '') throw new ScriptError(`can't find label for jump to \`${command.text}'`);
      command.target = index < 0 ? commands.length : index;
    }
  }

  #fail(message: string): never {
    throw new ScriptError(`char ${this.#at}: ${message}`);
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #command(): SedCommand {
    const from = this.#address(false);
    let to: SedAddress | null = null;
    this.#skip(/\s*/y);
    if (from && this.#peek() === ',') {
      this.#at++;
      this.#skip(/\s*/y);
      to = this.#address(true);
      if (!to) this.#fail("unexpected `,'");
    }
    this.#skip(/\s*/y);
    const negated = this.#skip(/!\s*/y) !== '';
    const name = this.#source[this.#at++];
    if (name === undefined) {
      this.#at--;
      this.#fail('missing command');
    }
    const command: SedCommand = { name, from, to, negated };
    this.#arguments(command);
    return command;
  }

  #arguments(command: SedCommand): void {
    switch (command.name) {
      case 's':
        command.substitution = this.#substitution();
        return this.#endOfCommand();
      case 'y':
        command.map = this.#transliteration();
        return this.#endOfCommand();
      case 'a':
      case 'i':
      case 'c':
        command.text = this.#skip(/[ \t]*\\?\n?[\s\S]*/y)
          .replace(/^[ \t]*(\\\n?)?/, '')
          .replace(/\\(.)/gs, '$1');
        if (command.text === '') this.#fail("expected \\ after `a', `c' or `i'");
        return;
      case 'b':
      case 't':
      case ':':
        command.text = this.#skip(/[ \t]*[^\s;}]*/y).trim();
        return;
      case 'q':
      case 'Q':
        command.text = this.#skip(/\s*\d*/y).trim();
        return this.#endOfCommand();
      case '{':
        return;
      case '}':
      case 'd':
      case 'D':
      case 'p':
      case 'P':
      case 'n':
      case 'N':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'x':
      case '=':
        return this.#endOfCommand();
      default:
        return this.#fail(`unknown command: \`${command.name}'`);
    }
  }

  #endOfCommand(): void {
    this.#skip(/[ \t]*/y);
    const next = this.#peek();
    if (next === undefined || next === ';' || next === '\n' || next === '}' || next === '#') return;
    this.#at++;
    this.#fail('extra characters after command');
  }

  #address(second: boolean): SedAddress | null {
    const number = this.#skip(/\d+/y);
    if (number !== '') {
      const step = /^~(\d+)/.exec(this.#source.slice(this.#at));
      if (!step) return { kind: 'line', number: Number(number) };
      this.#at += step[0].length;
      return { kind: 'step', first: Number(number), step: Math.max(1, Number(step[1])) };
    }
    const char = this.#peek();
    if (char === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (second && char === '+') {
      this.#at++;
      return { kind: 'offset', number: Number(this.#skip(/\d+/y)) };
    }
    if (char !== '/' && char !== '\\') return null;
    this.#at += char === '\\' ? 2 : 1;
    const pattern = this.#until(this.#source[this.#at - 1]!, 'unterminated address regex');
    const ignoreCase = this.#skip(/I/y) !== '';
    return { kind: 'regex', regex: this.#regex(pattern, ignoreCase, false) };
  }

  /** Text up to an unescaped delimiter; an escaped delimiter loses its backslash. */
  #until(delimiter: string, problem: string): string {
    let text = '';
    let inSet = false;
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]!;
      if (char === delimiter && !inSet) {
        this.#at++;
        return text;
      }
      if (char === '\\' && this.#at + 1 < this.#source.length && !inSet) {
        const next = this.#source[++this.#at]!;
        text += next === delimiter && delimiter !== '\\' ? next : `\\${next}`;
        continue;
      }
      if (char === '[' && !inSet && problem !== '') inSet = /^\[\^?\]?[^\]]*\]/.test(this.#source.slice(this.#at));
      else if (char === ']' && inSet && !/\[\^?$/.test(text)) inSet = false;
      text += char;
    }
    this.#at = this.#source.length;
    return this.#fail(problem);
  }

  #regex(pattern: string, ignoreCase: boolean, global: boolean): RegExp {
    if (pattern === '') {
      if (!this.#lastRegex) return this.#fail('no previous regular expression');
      return new RegExp(this.#lastRegex.source, `${global ? 'g' : ''}${this.#lastRegex.ignoreCase ? 'i' : ''}`);
    }
    const result = posixRegex(pattern, { extended: this.#extended, ignoreCase, global });
    if (!result.ok) return this.#fail(result.error.message);
    this.#lastRegex = result.value;
    return result.value;
  }

  #substitution(): SedSubstitution {
    const delimiter = this.#source[this.#at++];
    if (delimiter === undefined || delimiter === '\n') return this.#fail("unterminated `s' command");
    const pattern = this.#until(delimiter, "unterminated `s' command");
    const replacement = this.#replacementText(delimiter);
    const letters = this.#skip(/[gpiI\d]*/y);
    const unknown = this.#peek();
    if (unknown !== undefined && /[a-zA-Z]/.test(unknown)) {
      this.#at++;
      this.#fail("unknown option to `s'");
    }
    const occurrence = /\d+/.exec(letters)?.[0];
    if (occurrence === '0') this.#fail("number option to `s' command may not be zero");
    return {
      regex: this.#regex(pattern, /i/i.test(letters), true),
      replacement: compileReplacement(replacement),
      flags: {
        global: letters.includes('g'),
        print: letters.includes('p'),
        occurrence: occurrence ? Number(occurrence) : null,
      },
    };
  }

  #replacementText(delimiter: string): string {
    let text = '';
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]!;
      if (char === delimiter) {
        this.#at++;
        return text;
      }
      if (char === '\\') {
        const next = this.#source[++this.#at] ?? '';
        text += next === delimiter && !/[&\d]/.test(next) ? next : `\\${next}`;
      } else text += char;
    }
    return this.#fail("unterminated `s' command");
  }

  #transliteration(): Map<string, string> {
    const delimiter = this.#source[this.#at++] ?? '';
    const plain = (text: string): string[] => [...text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))];
    const from = plain(this.#until(delimiter, "unterminated `y' command"));
    const to = plain(this.#until(delimiter, "unterminated `y' command"));
    if (from.length !== to.length) this.#fail("strings for `y' command are different lengths");
    return new Map(from.map((char, index) => [char, to[index]!]));
  }
}

/** `&`, `\1`, `\n`, and GNU's case changes `\U \L \E \u \l`. */
function compileReplacement(text: string): SedSubstitution['replacement'] {
  const tokens = text.match(/\\[\s\S]|&|[^\\&]+|\\/g) ?? [];
  return (match, groups) => {
    let result = '';
    let mode = '';
    let once = '';
    const add = (piece: string): void => {
      if (piece === '') return;
      let changed = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
      if (once !== '')
        changed = (once === 'u' ? changed[0]!.toUpperCase() : changed[0]!.toLowerCase()) + changed.slice(1);
      once = '';
      result += changed;
    };
    for (const token of tokens) {
      const escaped = token.startsWith('\\') ? token[1] : undefined;
      if (token === '&') add(match);
      else if (escaped === undefined) add(token);
      else if (/\d/.test(escaped)) add(escaped === '0' ? match : (groups[Number(escaped) - 1] ?? ''));
      else if (escaped === 'n') add('\n');
      else if (escaped === 't') add('\t');
      else if (/[UL]/.test(escaped)) mode = escaped;
      else if (escaped === 'E') mode = '';
      else if (/[ul]/.test(escaped)) once = escaped;
      else add(escaped);
    }
    return result;
  };
}
