/**
 * Cuts a template into tokens: text between actions, and what stands inside `{{ }}`.
 * Trimming (`{{- -}}`) and comments are settled here. An error is a token, the last one.
 * Source: Go `text/template/parse: lex.go`.
 */
import { quote } from './go-strconv.ts';

export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'char-constant'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'left-delim'
  | 'right-delim'
  | 'left-paren'
  | 'right-paren'
  | 'number'
  | 'pipe'
  | 'raw-string'
  | 'string'
  | 'space'
  | 'text'
  | 'variable'
  | 'dot'
  | 'nil'
  | Keyword;

/** Words that steer: `{{if}}`, `{{end}}`. */
export type Keyword = 'block' | 'break' | 'continue' | 'define' | 'else' | 'end' | 'if' | 'range' | 'template' | 'with';

const keywords: readonly string[] = [
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
];

export interface Token {
  kind: TokenKind;
  /** Source text; of an error its message. */
  text: string;
  /** Offset in the template. */
  at: number;
  line: number;
}

/** A token as error lines show it. */
export function describeToken({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF';
  if (kind === 'error') return text;
  if (kind === 'dot' || kind === 'nil' || keywords.includes(kind)) return `<${text}>`;
  return text.length > 10 ? `${quote(text.slice(0, 10))}...` : quote(text);
}

/** All tokens, ending with `eof` or `error`. */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #parenDepth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    for (;;) {
      const open = this.#source.indexOf('{{', this.#at);
      if (open < 0) {
        this.#emitText(this.#source.length, false);
        this.#emit('eof', this.#source.length);
        return this.#tokens;
      }
      const trim = /^\{\{-[ \t\r\n]/.test(this.#source.slice(open, open + 4));
      this.#emitText(open, trim);
      const start = open + 2 + (trim ? 2 : 0);
      const failed = this.#source.startsWith('/*', start) ? this.#comment(start) : this.#action(open, start);
      if (failed) return this.#tokens;
    }
  }

  /** Emits the text up to `end`, without the blanks before it if they are trimmed. */
  #emitText(end: number, trim: boolean): void {
    const text = this.#source.slice(this.#at, end);
    const kept = trim ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept !== '') this.#push('text', kept, this.#at);
    this.#at = end;
  }

  #comment(start: number): boolean {
    const close = this.#source.indexOf('*/', start);
    if (close < 0) return this.#fail('unclosed comment');
    this.#at = close + 2;
    const right = this.#rightDelim();
    if (!right) return this.#fail('comment ends before closing delimiter');
    this.#passRightDelim(right);
    return false;
  }

  #action(open: number, start: number): boolean {
    this.#push('left-delim', '{{', open);
    this.#at = start;
    this.#parenDepth = 0;
    for (;;) {
      const right = this.#rightDelim();
      if (right) {
        if (this.#parenDepth > 0) return this.#fail('unclosed left paren');
        this.#push('right-delim', '}}', this.#at + right.length - 2);
        this.#passRightDelim(right);
        return false;
      }
      if (this.#insideAction()) return true;
    }
  }

  /** The closing delimiter if it stands here, with the trim mark. */
  #rightDelim(): string | null {
    return /^(?:[ \t\r\n]-)?\}\}/.exec(this.#source.slice(this.#at, this.#at + 4))?.[0] ?? null;
  }

  #passRightDelim(right: string): void {
    this.#at += right.length;
    if (right.length > 2) this.#at += /^[ \t\r\n]*/.exec(this.#source.slice(this.#at))![0].length;
  }

  /** One token inside an action; true after an error. */
  #insideAction(): boolean {
    const rest = this.#source.slice(this.#at);
    const first = rest[0];
    if (first === undefined) return this.#fail('unclosed action');
    if (/[ \t\r\n]/.test(first)) return this.#blanks(rest);
    if (rest.startsWith(':=')) return this.#take('declare', 2);
    if (first === ':') return this.#fail('expected :=');
    if (first === '=') return this.#take('assign', 1);
    if (first === '|') return this.#take('pipe', 1);
    if (first === '"') return this.#quoted(rest, /^"(?:[^"\\\n]|\\[^\n])*"/, 'string', 'unterminated quoted string');
    if (first === '`') return this.#quoted(rest, /^`[^`]*`/, 'raw-string', 'unterminated raw quoted string');
    if (first === "'")
      return this.#quoted(rest, /^'(?:[^'\\\n]|\\[^\n])*'/, 'char-constant', 'unterminated character constant');
    if (first === '$' || (first === '.' && !/^\.[0-9]/.test(rest))) return this.#name(rest);
    if (/^[-+.0-9]/.test(first)) return this.#number(rest);
    if (/[\p{L}\p{Nd}_]/u.test(firstCharacter(rest))) return this.#word(rest);
    return this.#sign(first);
  }

  #blanks(rest: string): boolean {
    const run = /^[ \t\r\n]+/.exec(rest)![0];
    // The last blank may belong to ` -}}`.
    const trims = rest.startsWith('-}}', run.length);
    return this.#take('space', trims && run.length > 1 ? run.length - 1 : run.length);
  }

  #quoted(rest: string, pattern: RegExp, kind: TokenKind, complaint: string): boolean {
    const text = pattern.exec(rest)?.[0];
    return text === undefined ? this.#fail(complaint) : this.#take(kind, text.length);
  }

  /** `.Field`, `.`, `$variable`, `$`. */
  #name(rest: string): boolean {
    const text = /^[.$][\p{L}\p{Nd}_]*/u.exec(rest)![0];
    if (!this.#atTerminator(text.length)) return this.#badCharacter(text.length);
    return this.#take(rest[0] === '$' ? 'variable' : text === '.' ? 'dot' : 'field', text.length);
  }

  #number(rest: string): boolean {
    const text =
      /^[-+]?(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?i?/.exec(
        rest,
      )![0];
    const next = firstCharacter(rest.slice(text.length));
    if (/[\p{L}\p{Nd}_]/u.test(next)) return this.#fail(`bad number syntax: ${quote(text + next)}`);
    return this.#take('number', text.length);
  }

  #word(rest: string): boolean {
    const text = /^[\p{L}\p{Nd}_]+/u.exec(rest)![0];
    if (!this.#atTerminator(text.length)) return this.#badCharacter(text.length);
    if (keywords.includes(text)) return this.#take(text as Keyword, text.length);
    if (text === 'nil') return this.#take('nil', text.length);
    return this.#take(text === 'true' || text === 'false' ? 'bool' : 'identifier', text.length);
  }

  #sign(sign: string): boolean {
    if (sign === '(') this.#parenDepth++;
    if (sign === '(') return this.#take('left-paren', 1);
    if (sign === ')' && --this.#parenDepth < 0) return this.#fail('unexpected right paren');
    if (sign === ')') return this.#take('right-paren', 1);
    if (/[\x21-\x7e]/.test(sign)) return this.#take('char', 1);
    return this.#fail(`unrecognized character in action: ${unicode(firstCharacter(this.#source.slice(this.#at)))}`);
  }

  /** Names must be followed by a blank, a sign of the grammar or the end. */
  #atTerminator(length: number): boolean {
    const next = this.#source[this.#at + length];
    return next === undefined || /[ \t\r\n.,|:)(]/.test(next) || this.#source.startsWith('}}', this.#at + length);
  }

  #badCharacter(length: number): boolean {
    return this.#fail(`bad character ${unicode(firstCharacter(this.#source.slice(this.#at + length)))}`);
  }

  #take(kind: TokenKind, length: number): boolean {
    this.#emit(kind, this.#at + length);
    return false;
  }

  #emit(kind: TokenKind, end: number): void {
    this.#push(kind, this.#source.slice(this.#at, end), this.#at);
    this.#at = end;
  }

  #push(kind: TokenKind, text: string, at: number): void {
    this.#tokens.push({ kind, text, at, line: this.#lineAt(at) });
  }

  #fail(message: string): boolean {
    this.#push('error', message, this.#at);
    return true;
  }

  #lineAt(at: number): number {
    return this.#source.slice(0, at).split('\n').length;
  }
}

function firstCharacter(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Go's `%#U`: `U+0040 '@'`. */
function unicode(character: string): string {
  const code = character.codePointAt(0);
  return code === undefined
    ? 'U+FFFFFFFFFFFFFFFF'
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`;
}
