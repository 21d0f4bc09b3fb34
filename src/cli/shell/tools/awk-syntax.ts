/** Reads an awk program into a tree. The grammar is POSIX awk's without user functions, `getline`, and redirected output. */
import { posixRegex } from '../posix-regex.ts';

export type AwkExpression =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'regex'; regex: RegExp }
  | { kind: 'variable'; name: string }
  | { kind: 'field'; index: AwkExpression }
  | { kind: 'element'; array: string; subscripts: AwkExpression[] }
  | { kind: 'in'; array: string; subscript: AwkExpression }
  | { kind: 'assign'; operator: string; target: AwkExpression; value: AwkExpression }
  | { kind: 'increment'; by: 1 | -1; prefix: boolean; target: AwkExpression }
  | { kind: 'unary'; operator: string; operand: AwkExpression }
  | { kind: 'binary'; operator: string; left: AwkExpression; right: AwkExpression }
  | { kind: 'conditional'; test: AwkExpression; yes: AwkExpression; no: AwkExpression }
  | { kind: 'call'; name: string; args: AwkExpression[] };

export type AwkStatement =
  | { kind: 'expression'; expression: AwkExpression }
  | { kind: 'print' | 'printf'; args: AwkExpression[] }
  | { kind: 'block'; body: AwkStatement[] }
  | { kind: 'if'; test: AwkExpression; yes: AwkStatement; no: AwkStatement | null }
  | { kind: 'while'; test: AwkExpression; body: AwkStatement }
  | {
      kind: 'for';
      first: AwkStatement | null;
      test: AwkExpression | null;
      next: AwkStatement | null;
      body: AwkStatement;
    }
  | { kind: 'forIn'; variable: string; array: string; body: AwkStatement }
  | { kind: 'delete'; array: string; subscripts: AwkExpression[] | null }
  | { kind: 'next' | 'break' | 'continue' }
  | { kind: 'exit'; status: AwkExpression | null };

export interface AwkRule {
  pattern: 'BEGIN' | 'END' | { from: AwkExpression; to: AwkExpression | null } | null;
  /** Null: print the line. */
  action: AwkStatement[] | null;
}

export type AwkProgram = { ok: true; rules: AwkRule[] } | { ok: false; error: { kind: 'syntax'; message: string } };

interface Token {
  kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'keyword' | 'operator' | 'newline' | 'end';
  text: string;
}

class AwkSyntaxError extends Error {}

const keywords = new Set('BEGIN END if else while for in print printf next exit break continue delete'.split(' '));
export const awkFunctions = new Set('length substr index split sub gsub match tolower toupper sprintf int'.split(' '));
const tokenPattern =
  /[ \t]+|\\\n|#[^\n]*|(\n)|(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|"((?:\\[\s\S]|[^"\\])*)"|([A-Za-z_]\w*)|(&&|\|\||[-+*/%^]=|[=!<>]=|\+\+|--|!~|\*\*|[-+*/%^!<>~?:=,;(){}[\]$|])/y;

const stringEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Compiles a program. */
export function compileAwk(source: string): AwkProgram {
  try {
    return { ok: true, rules: new AwkParser(tokenize(source)).program() };
  } catch (error) {
    if (!(error instanceof AwkSyntaxError)) throw error;
    return { ok: false, error: { kind: 'syntax', message: error.message } };
  }
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const regex =
      source[at] === '/' && expectsOperand(tokens.at(-1)) ? /\/((?:\\[\s\S]|\[\^?\]?[^\]]*\]|[^/\\\n])*)\//y : null;
    if (regex) {
      regex.lastIndex = at;
      const match = regex.exec(source);
      if (!match) throw new AwkSyntaxError('unterminated regexp');
      tokens.push({ kind: 'regex', text: match[1]! });
      at = regex.lastIndex;
      continue;
    }
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (!match) throw new AwkSyntaxError(`syntax error near ${source.slice(at, at + 10)}`);
    at = tokenPattern.lastIndex;
    const token = tokenOf(match, source[at]);
    if (token) tokens.push(token);
  }
  return [...tokens, { kind: 'end', text: 'end of program' }];
}

function tokenOf(match: RegExpExecArray, next: string | undefined): Token | null {
  const [, newline, number, string, name, operator] = match;
  if (newline !== undefined) return { kind: 'newline', text: '\n' };
  if (number !== undefined) return { kind: 'number', text: number };
  if (string !== undefined)
    return { kind: 'string', text: string.replace(/\\([\s\S])/g, (all, char: string) => stringEscapes[char] ?? all) };
  if (name !== undefined)
    return {
      kind: keywords.has(name) ? 'keyword' : awkFunctions.has(name) || next === '(' ? 'call' : 'name',
      text: name,
    };
  return operator === undefined ? null : { kind: 'operator', text: operator };
}

/** A slash begins a regular expression where an operand is expected. */
function expectsOperand(last: Token | undefined): boolean {
  if (!last) return true;
  if (last.kind === 'operator') return ![')', ']', '$', '++', '--'].includes(last.text);
  return last.kind === 'keyword' || last.kind === 'newline';
}

class AwkParser {
  #tokens: Token[];
  #at = 0;
  /** Inside `print a > b` and `for (x in a)`, some operators mean something else. */
  #noIn = false;
  #noGreater = false;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  program(): AwkRule[] {
    const rules: AwkRule[] = [];
    this.#skipTerminators();
    while (this.#peek().kind !== 'end') {
      rules.push(this.#rule());
      this.#skipTerminators();
    }
    return rules;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.text === text && (token.kind === 'operator' || token.kind === 'keyword');
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#fail();
  }

  #fail(): never {
    throw new AwkSyntaxError(`syntax error near ${this.#peek().text.trim() || 'end of line'}`);
  }

  #skipNewlines(): void {
    while (this.#peek().kind === 'newline') this.#at++;
  }

  #skipTerminators(): void {
    while (this.#peek().kind === 'newline' || this.#is(';')) this.#at++;
  }

  #rule(): AwkRule {
    let pattern: AwkRule['pattern'] = null;
    if (this.#take('BEGIN')) pattern = 'BEGIN';
    else if (this.#take('END')) pattern = 'END';
    else if (!this.#is('{')) {
      const from = this.#expression();
      this.#skipNewlinesAfterComma();
      const to = this.#take(',') ? this.#expression() : null;
      pattern = { from, to };
    }
    if (!this.#is('{')) {
      if (typeof pattern === 'string') this.#fail();
      return { pattern, action: null };
    }
    return { pattern, action: this.#block() };
  }

  #skipNewlinesAfterComma(): void {
    if (this.#is(',') && this.#peek(1).kind === 'newline') this.#fail();
  }

  #block(): AwkStatement[] {
    this.#expect('{');
    const body: AwkStatement[] = [];
    this.#skipTerminators();
    while (!this.#take('}')) {
      if (this.#peek().kind === 'end') this.#fail();
      body.push(this.#statement());
      this.#skipTerminators();
    }
    return body;
  }

  #statement(): AwkStatement {
    this.#skipNewlines();
    if (this.#is('{')) return { kind: 'block', body: this.#block() };
    if (this.#take('if')) return this.#if();
    if (this.#take('while')) {
      this.#expect('(');
      const test = this.#expression();
      this.#expect(')');
      return { kind: 'while', test, body: this.#body() };
    }
    if (this.#take('for')) return this.#for();
    const simple = this.#simpleStatement();
    if (!this.#is(';') && !this.#is('}') && this.#peek().kind !== 'newline' && this.#peek().kind !== 'end')
      this.#fail();
    return simple;
  }

  #body(): AwkStatement {
    if (this.#take(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #if(): AwkStatement {
    this.#expect('(');
    const test = this.#expression();
    this.#expect(')');
    const yes = this.#body();
    const mark = this.#at;
    this.#skipTerminators();
    if (this.#take('else')) return { kind: 'if', test, yes, no: this.#body() };
    this.#at = mark;
    return { kind: 'if', test, yes, no: null };
  }

  #for(): AwkStatement {
    this.#expect('(');
    if (this.#peek().kind === 'name' && this.#peek(1).text === 'in' && this.#peek(3).text === ')') {
      const variable = this.#peek().text;
      const array = this.#peek(2).text;
      this.#at += 4;
      return { kind: 'forIn', variable, array, body: this.#body() };
    }
    const first = this.#is(';') ? null : this.#simpleStatement();
    this.#expect(';');
    const test = this.#is(';') ? null : this.#expression();
    this.#expect(';');
    const next = this.#is(')') ? null : this.#simpleStatement();
    this.#expect(')');
    return { kind: 'for', first, test, next, body: this.#body() };
  }

  #simpleStatement(): AwkStatement {
    for (const kind of ['next', 'break', 'continue'] as const) if (this.#take(kind)) return { kind };
    if (this.#take('print')) return { kind: 'print', args: this.#printArguments() };
    if (this.#take('printf')) return { kind: 'printf', args: this.#printArguments() };
    if (this.#take('exit')) return { kind: 'exit', status: this.#atEndOfStatement() ? null : this.#expression() };
    if (this.#take('delete')) {
      const array = this.#peek().text;
      this.#at++;
      return { kind: 'delete', array, subscripts: this.#take('[') ? this.#list(']') : null };
    }
    return { kind: 'expression', expression: this.#expression() };
  }

  #atEndOfStatement(): boolean {
    return this.#is(';') || this.#is('}') || this.#peek().kind === 'newline' || this.#peek().kind === 'end';
  }

  #printArguments(): AwkExpression[] {
    if (this.#atEndOfStatement()) return [];
    this.#noGreater = true;
    let args: AwkExpression[];
    if (this.#is('(') && this.#parenthesesSpanStatement()) {
      this.#at++;
      this.#noGreater = false;
      args = this.#list(')');
    } else args = this.#expressions();
    this.#noGreater = false;
    if (this.#is('>') || this.#is('|')) throw new AwkSyntaxError('output redirection is not supported');
    return args;
  }

  /** `print (a, b)`, but not `print (a) b`. */
  #parenthesesSpanStatement(): boolean {
    let depth = 0;
    for (let i = 0; ; i++) {
      const token = this.#peek(i);
      if (token.kind === 'end') return false;
      if (token.kind !== 'operator') continue;
      if (token.text === '(') depth++;
      if (token.text === ')' && --depth === 0) {
        const after = this.#peek(i + 1);
        return after.kind === 'newline' || after.kind === 'end' || after.text === ';' || after.text === '}';
      }
    }
  }

  #expressions(): AwkExpression[] {
    const list = [this.#expression()];
    while (this.#take(',')) {
      this.#skipNewlines();
      list.push(this.#expression());
    }
    return list;
  }

  #list(closer: string): AwkExpression[] {
    if (this.#take(closer)) return [];
    const list = this.#expressions();
    this.#expect(closer);
    return list;
  }

  // Precedence, lowest first: assignment, ?:, ||, &&, in, ~, comparison, concatenation, sum, product, unary, power, ++, $, group.

  #expression(): AwkExpression {
    const target = this.#conditional();
    const operator = this.#peek();
    if (operator.kind === 'operator' && /^([-+*/%^])?=$/.test(operator.text) && isAssignable(target)) {
      this.#at++;
      this.#skipNewlines();
      return { kind: 'assign', operator: operator.text, target, value: this.#expression() };
    }
    return target;
  }

  #conditional(): AwkExpression {
    const test = this.#or();
    if (!this.#take('?')) return test;
    const yes = this.#expression();
    this.#expect(':');
    return { kind: 'conditional', test, yes, no: this.#expression() };
  }

  #leftAssociative(operators: string[], operand: () => AwkExpression): AwkExpression {
    let left = operand();
    for (;;) {
      const operator = operators.find((text) => this.#is(text));
      if (operator === undefined) return left;
      this.#at++;
      this.#skipNewlines();
      left = { kind: 'binary', operator, left, right: operand() };
    }
  }

  #or(): AwkExpression {
    return this.#leftAssociative(['||'], () => this.#leftAssociative(['&&'], () => this.#in()));
  }

  #in(): AwkExpression {
    let left = this.#match();
    while (!this.#noIn && this.#is('in')) {
      this.#at++;
      const array = this.#peek().text;
      this.#at++;
      left = { kind: 'in', array, subscript: left };
    }
    return left;
  }

  #match(): AwkExpression {
    return this.#leftAssociative(['~', '!~'], () => this.#comparison());
  }

  #comparison(): AwkExpression {
    const left = this.#concatenation();
    const operator = ['<=', '>=', '==', '!=', '<', '>'].find(
      (text) => this.#is(text) && !(text === '>' && this.#noGreater),
    );
    if (operator === undefined) return left;
    this.#at++;
    return { kind: 'binary', operator, left, right: this.#concatenation() };
  }

  #concatenation(): AwkExpression {
    let left = this.#sum();
    while (this.#startsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#sum() };
    return left;
  }

  #startsOperand(): boolean {
    const token = this.#peek();
    if (['number', 'string', 'name', 'call'].includes(token.kind)) return true;
    return token.kind === 'operator' && ['$', '(', '!', '++', '--'].includes(token.text) && token.text !== '!';
  }

  #sum(): AwkExpression {
    return this.#leftAssociative(['+', '-'], () => this.#leftAssociative(['*', '/', '%'], () => this.#unary()));
  }

  #unary(): AwkExpression {
    for (const operator of ['!', '-', '+'])
      if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    return this.#power();
  }

  #power(): AwkExpression {
    const left = this.#postfix();
    if (!this.#take('^') && !this.#take('**')) return left;
    return { kind: 'binary', operator: '^', left, right: this.#unary() };
  }

  #postfix(): AwkExpression {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#take(text)) return { kind: 'increment', by, prefix: true, target: this.#primary() };
    const target = this.#primary();
    if (isAssignable(target))
      for (const [text, by] of [
        ['++', 1],
        ['--', -1],
      ] as const)
        if (this.#take(text)) return { kind: 'increment', by, prefix: false, target };
    return target;
  }

  #primary(): AwkExpression {
    const token = this.#peek();
    this.#at++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'string') return { kind: 'string', value: token.text };
    if (token.kind === 'regex') return { kind: 'regex', regex: compileRegex(token.text) };
    if (token.kind === 'call') return this.#call(token.text);
    if (token.kind === 'name')
      return this.#take('[')
        ? { kind: 'element', array: token.text, subscripts: this.#list(']') }
        : { kind: 'variable', name: token.text };
    if (token.kind === 'operator' && token.text === '$') return { kind: 'field', index: this.#fieldIndex() };
    if (token.kind === 'operator' && token.text === '(') return this.#group();
    this.#at--;
    return this.#fail();
  }

  #fieldIndex(): AwkExpression {
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#take(text)) return { kind: 'increment', by, prefix: true, target: this.#primary() };
    if (this.#take('-')) return { kind: 'unary', operator: '-', operand: this.#primary() };
    return this.#primary();
  }

  #group(): AwkExpression {
    const outer = this.#noGreater;
    this.#noGreater = false;
    const list = this.#expressions();
    this.#noGreater = outer;
    this.#expect(')');
    if (list.length === 1) return list[0]!;
    // `(i, j) in array`
    return list.reduce((left, right) => ({ kind: 'binary', operator: 'SUBSEP', left, right }));
  }

  #call(name: string): AwkExpression {
    if (!awkFunctions.has(name)) throw new AwkSyntaxError(`function ${name} not defined`);
    if (!this.#take('(')) {
      if (name === 'length') return { kind: 'call', name, args: [] };
      return this.#fail();
    }
    return { kind: 'call', name, args: this.#list(')') };
  }
}

function isAssignable(expression: AwkExpression): boolean {
  return expression.kind === 'variable' || expression.kind === 'field' || expression.kind === 'element';
}

function compileRegex(source: string): RegExp {
  const result = posixRegex(source, { extended: true });
  if (!result.ok) throw new AwkSyntaxError(result.error.message);
  return result.value;
}
