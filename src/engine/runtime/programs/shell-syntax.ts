/**
 * The part of the POSIX shell's language that one-liners in containers use, compiled to a few instructions with a counter, so that
 * a sleeping script is plain data: `;`, `&&`, `||`, `|`, `if`, `for`, `while`, `until`, `>`, `2>&1`, quotes and `$NAME`.
 *
 * Simplified: no functions, `case`, here-documents or arithmetic; in the background only `sleep` goes on by itself.
 */

/** A piece of a word; `expand`: `$` is meant. `split`: blanks in what it expands to separate words. */
export interface WordPart {
  text: string;
  expand: boolean;
  split: boolean;
}

export type Word = WordPart[];

/** The container's own streams, nowhere, or a file. */
export type OutputTarget = 'out' | 'err' | 'none' | { file: Word; append: boolean };

export type Instruction =
  | {
      op: 'run';
      words: Word[];
      /** Where output goes: to the container's own, nowhere, to the other stream, or into the next command. */
      stdout: OutputTarget;
      stderr: OutputTarget;
      pipe: boolean;
      /** Ends with `&`. */
      background?: boolean;
    }
  /** Goes on at `to` always, or if the last status was good or bad. A condition that leads out leaves a good status. */
  | { op: 'jump'; to: number; on: 'always' | 'success' | 'failure'; isCondition?: boolean }
  /** Begins a loop over words; `next` gives the variable its next value or goes on at `to`. */
  | { op: 'for'; name: string; words: Word[] }
  | { op: 'next'; name: string; to: number };

type Token = { kind: 'word'; word: Word } | { kind: 'operator'; text: string };

/** Compiles a script; throws nothing: what it does not know, it takes as words. */
export function compileScript(text: string): Instruction[] {
  return new Compiler(tokenize(text)).compile();
}

class Compiler {
  private readonly tokens: Token[];
  private at = 0;
  private readonly code: Instruction[] = [];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  compile(): Instruction[] {
    while (this.at < this.tokens.length) {
      const before = this.at;
      this.list([]);
      // A stray `done` or `)`.
      if (this.at === before) this.at++;
    }
    return this.code;
  }

  /** Commands up to one of these words. */
  private list(ends: readonly string[]): void {
    while (this.at < this.tokens.length) {
      if (this.operator('&')) this.sendBack();
      else if (this.operator(';')) this.at++;
      else if (ends.includes(this.plain())) return;
      else if (!this.andOr()) return;
    }
  }

  /** The last command goes to the background. */
  private sendBack(): void {
    this.at++;
    const last = this.code.at(-1);
    if (last?.op === 'run') last.background = true;
  }

  private andOr(): boolean {
    if (!this.pipeline()) return false;
    while (this.operator('&&', '||')) {
      const jump = this.jump((this.tokens[this.at++] as { text: string }).text === '&&' ? 'failure' : 'success');
      while (this.operator(';')) this.at++;
      this.pipeline();
      jump.to = this.code.length;
    }
    return true;
  }

  private pipeline(): boolean {
    if (!this.command()) return false;
    while (this.operator('|')) {
      this.at++;
      const last = this.code.at(-1);
      if (last?.op === 'run') last.pipe = true;
      this.command();
    }
    return true;
  }

  private command(): boolean {
    switch (this.plain()) {
      case 'if':
        return this.condition();
      case 'while':
      case 'until':
        return this.loop();
      case 'for':
        return this.forLoop();
      case '{':
        this.at++;
        this.list(['}']);
        this.at++;
        return true;
      default:
        return this.simple();
    }
  }

  private condition(): boolean {
    const ends: (Instruction & { op: 'jump' })[] = [];
    while (this.plain() === 'if' || this.plain() === 'elif') {
      this.at++;
      this.list(['then']);
      this.at++;
      const otherwise = this.jump('failure');
      otherwise.isCondition = true;
      this.list(['elif', 'else', 'fi']);
      ends.push(this.jump('always'));
      otherwise.to = this.code.length;
    }
    if (this.plain() === 'else') {
      this.at++;
      this.list(['fi']);
    }
    this.at++;
    for (const end of ends) end.to = this.code.length;
    return true;
  }

  private loop(): boolean {
    const leave = this.plain() === 'while' ? 'failure' : 'success';
    this.at++;
    const begin = this.code.length;
    this.list(['do']);
    this.at++;
    const out = this.jump(leave);
    out.isCondition = true;
    this.list(['done']);
    this.at++;
    this.jump('always').to = begin;
    out.to = this.code.length;
    return true;
  }

  private forLoop(): boolean {
    const name = textOf(this.wordAt(this.at + 1));
    this.at += 2;
    const words: Word[] = [];
    if (this.plain() === 'in') {
      this.at++;
      for (let word = this.wordAt(this.at); word; word = this.wordAt(this.at)) {
        words.push(word);
        this.at++;
      }
    }
    while (this.operator(';')) this.at++;
    this.at++;
    this.code.push({ op: 'for', name, words });
    const begin = this.code.length;
    const next: Instruction & { op: 'next' } = { op: 'next', name, to: 0 };
    this.code.push(next);
    this.list(['done']);
    this.at++;
    this.jump('always').to = begin;
    next.to = this.code.length;
    return true;
  }

  private simple(): boolean {
    const instruction: Instruction = { op: 'run', words: [], stdout: 'out', stderr: 'err', pipe: false };
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at]!;
      if (token.kind === 'word') instruction.words.push(token.word);
      else if (/^\d?>/.test(token.text)) this.redirect(instruction, token.text);
      else break;
    }
    if (instruction.words.length === 0) return false;
    this.code.push(instruction);
    return true;
  }

  private redirect(instruction: Instruction & { op: 'run' }, operator: string): void {
    const joined = /^(\d?)>>?&([12])$/.exec(operator);
    const stream = operator.startsWith('2') ? 'stderr' : 'stdout';
    if (joined) {
      if (stream === 'stderr' && joined[2] === '1') instruction.stderr = instruction.stdout;
      if (stream === 'stdout' && joined[2] === '2') instruction.stdout = 'err';
      return;
    }
    this.at++;
    const word = this.wordAt(this.at) ?? [];
    const kept = DEVICES[textOf(word)] ?? { file: word, append: operator.includes('>>') };
    if (stream === 'stdout') instruction.stdout = kept;
    else instruction.stderr = kept;
  }

  private jump(on: 'always' | 'success' | 'failure'): Instruction & { op: 'jump' } {
    const jump: Instruction & { op: 'jump' } = { op: 'jump', to: 0, on };
    this.code.push(jump);
    return jump;
  }

  private operator(...texts: string[]): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'operator' && texts.includes(token.text);
  }

  private wordAt(index: number): Word | null {
    const token = this.tokens[index];
    return token?.kind === 'word' ? token.word : null;
  }

  /** The word here, if nothing in it is quoted. */
  private plain(): string {
    const word = this.wordAt(this.at);
    return word?.length === 1 && word[0]!.split ? word[0]!.text : '';
  }
}

const DEVICES: Readonly<Record<string, OutputTarget>> = {
  '/dev/stderr': 'err',
  '/proc/1/fd/2': 'err',
  '/dev/stdout': 'out',
  '/proc/1/fd/1': 'out',
  '/dev/null': 'none',
};

function textOf(word: Word | null): string {
  return (word ?? []).map(({ text }) => text).join('');
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let word: Word | null = null;
  const finish = (): void => {
    if (word) tokens.push({ kind: 'word', word });
    word = null;
  };
  const add = (piece: string, expand: boolean, split: boolean): void => {
    word ??= [];
    const last = word.at(-1);
    if (last && last.expand === expand && last.split === split) last.text += piece;
    else word.push({ text: piece, expand, split });
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const operator = /^(?:\d?>>?&[12]|\d?>>?|&&|\|\||[;|&\n])/.exec(text.slice(i, i + 5))?.[0];
    if (c === "'") {
      const close = closing(text, i, "'");
      add(text.slice(i + 1, close), false, false);
      i = close;
    } else if (c === '"') {
      const close = closing(text, i, '"');
      add(text.slice(i + 1, close).replace(/\\(["\\$`])/g, '$1'), true, false);
      i = close;
    } else if (c === '\\' && i + 1 < text.length) {
      i++;
      if (text[i] !== '\n') add(text[i]!, false, true);
    } else if (c === '$' && text[i + 1] === '(') {
      const close = closing(text, i + 1, ')');
      add(text.slice(i, close + 1), true, true);
      i = close;
    } else if (c === ' ' || c === '\t') finish();
    else if (c === '#' && !word) i = Math.max(i, closing(text, i, '\n') - 1);
    else if (operator && !(word && /^\d/.test(operator))) {
      finish();
      tokens.push({ kind: 'operator', text: operator === '\n' ? ';' : operator });
      i += operator.length - 1;
    } else add(c, true, true);
  }
  finish();
  return tokens;
}

/** Where what begins at `from` ends. */
function closing(text: string, from: number, close: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\' && close === '"') i++;
    else if (text[i] === close) return i;
  }
  return text.length;
}
