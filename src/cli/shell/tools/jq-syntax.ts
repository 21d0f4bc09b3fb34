/** Reads jq's filters into a tree. Simplified: no `def`, `reduce`, `foreach`, `import`, `label` or formats but `@csv`, `@tsv`, `@json`, `@text`, `@base64`. Source: jq(1). */

export type Filter =
  | { kind: 'identity' | 'recurse' }
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'text'; parts: (string | Filter)[] }
  | { kind: 'variable' | 'format'; name: string }
  | { kind: 'index'; of: Filter; key: Filter }
  | { kind: 'slice'; of: Filter; from: Filter | null; to: Filter | null }
  | { kind: 'each' | 'try' | 'negate' | 'array'; of: Filter | null }
  | { kind: 'object'; entries: { key: Filter; value: Filter }[] }
  | { kind: 'binary'; operator: string; left: Filter; right: Filter }
  | { kind: 'if'; test: Filter; then: Filter; otherwise: Filter }
  | { kind: 'bind'; of: Filter; name: string; body: Filter }
  | { kind: 'call'; name: string; args: Filter[] };

/** The filter cannot be read. */
export class JqSyntaxError extends Error {
  override name = 'JqSyntaxError';
}

interface Token {
  kind: 'op' | 'name' | 'field' | 'variable' | 'format' | 'number' | 'string' | 'end';
  text: string;
  parts?: (string | Filter)[];
}

/** Loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['//'],
  ['=', '|=', '+=', '-=', '*=', '/=', '//='],
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const MAX_DEPTH = 200;

export function parseJq(source: string): Filter {
  const parser = new Parser(source);
  const filter = parser.peek.kind === 'end' ? ({ kind: 'identity' } as const) : parser.pipe();
  if (parser.peek.kind !== 'end') parser.fail();
  return filter;
}

class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  peek: Token;

  constructor(source: string, at = 0) {
    this.#source = source;
    this.#at = at;
    this.peek = this.#read();
  }

  fail(): never {
    const { kind, text } = this.peek;
    throw new JqSyntaxError(
      kind === 'end' ? 'syntax error, unexpected end of file' : `syntax error, unexpected ${text}`,
    );
  }

  pipe(): Filter {
    if (++this.#depth > MAX_DEPTH) throw new JqSyntaxError('too deeply nested');
    let left = this.#comma();
    if (this.#takeName('as')) {
      const name = this.#expect('variable');
      this.#expect('op', '|');
      left = { kind: 'bind', of: left, name, body: this.pipe() };
    } else if (this.#take('|')) left = { kind: 'binary', operator: '|', left, right: this.pipe() };
    this.#depth--;
    return left;
  }

  #comma(): Filter {
    let left = this.#binary(0);
    while (this.#take(',')) left = { kind: 'binary', operator: ',', left, right: this.#binary(0) };
    return left;
  }

  #binary(level: number): Filter {
    const operators = LEVELS[level];
    if (!operators) return this.#postfix();
    let left = this.#binary(level + 1);
    while ((this.peek.kind === 'op' || this.peek.kind === 'name') && operators.includes(this.peek.text)) {
      const operator = this.#next().text;
      // `//` and assignments lean to the right.
      left = { kind: 'binary', operator, left, right: this.#binary(level < 2 ? level : level + 1) };
    }
    return left;
  }

  #postfix(): Filter {
    let left = this.#primary();
    for (;;) {
      if (this.#take('?')) left = { kind: 'try', of: left };
      else if (this.peek.kind === 'field') left = { kind: 'index', of: left, key: literal(this.#next().text) };
      else if (this.peek.text === '.' && this.peek.kind === 'op' && /^\s*["[]/.test(this.#source.slice(this.#at))) {
        this.#next();
        if (this.#isString()) left = { kind: 'index', of: left, key: this.#string() };
      } else if (this.#take('[')) left = this.#bracket(left);
      else return left;
    }
  }

  #isString(): boolean {
    return this.peek.kind === 'string';
  }

  #bracket(of: Filter): Filter {
    if (this.#take(']')) return { kind: 'each', of };
    if (this.#take(':')) return this.#endSlice(of, null);
    const key = this.pipe();
    if (this.#take(':')) return this.#endSlice(of, key);
    this.#expect('op', ']');
    return { kind: 'index', of, key };
  }

  #endSlice(of: Filter, from: Filter | null): Filter {
    const to = this.#take(']') ? null : this.pipe();
    if (to) this.#expect('op', ']');
    return { kind: 'slice', of, from, to };
  }

  #primary(): Filter {
    const { kind, text } = this.peek;
    if (kind === 'number') return literal(Number(this.#next().text));
    if (kind === 'string') return this.#string();
    if (kind === 'field') return { kind: 'index', of: { kind: 'identity' }, key: literal(this.#next().text) };
    if (kind === 'variable' || kind === 'format') return { kind, name: this.#next().text };
    if (kind === 'name') return this.#word(this.#next().text);
    if (this.#take('..')) return { kind: 'recurse' };
    if (this.#take('.'))
      return this.peek.kind === 'string'
        ? { kind: 'index', of: { kind: 'identity' }, key: this.#string() }
        : { kind: 'identity' };
    if (this.#take('-')) return { kind: 'negate', of: this.#postfix() };
    if (text === '(' && this.#take('(')) {
      const inner = this.pipe();
      this.#expect('op', ')');
      return inner;
    }
    if (this.#take('[')) {
      if (this.#take(']')) return { kind: 'array', of: null };
      const of = this.pipe();
      this.#expect('op', ']');
      return { kind: 'array', of };
    }
    return this.#take('{') ? this.#object() : this.fail();
  }

  #word(name: string): Filter {
    if (name === 'true' || name === 'false') return literal(name === 'true');
    if (name === 'null') return literal(null);
    if (name === 'if') return this.#condition();
    if (name === 'try') return { kind: 'try', of: this.#postfix() };
    if (['then', 'else', 'elif', 'end', 'as', 'and', 'or', 'def', 'reduce', 'foreach'].includes(name))
      throw new JqSyntaxError(`syntax error, unexpected ${name}`);
    const args: Filter[] = [];
    if (this.#take('(')) {
      do args.push(this.pipe());
      while (this.#take(';'));
      this.#expect('op', ')');
    }
    return { kind: 'call', name, args };
  }

  #condition(): Filter {
    const test = this.pipe();
    this.#expect('name', 'then');
    const then = this.pipe();
    if (this.#takeName('elif')) return { kind: 'if', test, then, otherwise: this.#condition() };
    const otherwise = this.#takeName('else') ? this.pipe() : ({ kind: 'identity' } as const);
    this.#expect('name', 'end');
    return { kind: 'if', test, then, otherwise };
  }

  #object(): Filter {
    const entries: { key: Filter; value: Filter }[] = [];
    while (!this.#take('}')) {
      entries.push(this.#entry());
      if (!this.#take(',') && this.peek.text !== '}') this.fail();
    }
    return { kind: 'object', entries };
  }

  #entry(): { key: Filter; value: Filter } {
    const isVariable = this.peek.kind === 'variable';
    let key: Filter;
    if (this.#take('(')) {
      key = this.pipe();
      this.#expect('op', ')');
    } else if (this.peek.kind === 'string') key = this.#string();
    else if (this.peek.kind === 'name' || this.peek.kind === 'number' || isVariable) key = literal(this.#next().text);
    else this.fail();
    if (this.#take(':')) {
      let value = this.#binary(1);
      while (this.#take('|')) value = { kind: 'binary', operator: '|', left: value, right: this.#binary(1) };
      return { key, value };
    }
    if (isVariable && key.kind === 'literal') return { key, value: { kind: 'variable', name: String(key.value) } };
    return { key, value: { kind: 'index', of: { kind: 'identity' }, key } };
  }

  #string(): Filter {
    const { parts = [] } = this.#next();
    return parts.every((part) => typeof part === 'string') ? literal(parts.join('')) : { kind: 'text', parts };
  }

  #next(): Token {
    const token = this.peek;
    this.peek = this.#read();
    return token;
  }

  #take(operator: string): boolean {
    if (this.peek.kind !== 'op' || this.peek.text !== operator) return false;
    this.#next();
    return true;
  }

  #takeName(name: string): boolean {
    if (this.peek.kind !== 'name' || this.peek.text !== name) return false;
    this.#next();
    return true;
  }

  #expect(kind: Token['kind'], text?: string): string {
    if (this.peek.kind !== kind || (text !== undefined && this.peek.text !== text)) this.fail();
    return this.#next().text;
  }

  #read(): Token {
    const rest = this.#source.slice(this.#at);
    const match =
      /^(?:\s|#[^\n]*)*(?:(?<string>")|(?<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|\.(?<field>[A-Za-z_]\w*)|\$(?<variable>[A-Za-z_]\w*)|@(?<format>\w+)|(?<name>[A-Za-z_]\w*)|(?<op>\/\/=|\.\.|\/\/|\?|[|+\-*/=!<>]=|[-+*/%|,:;.=<>()[\]{}]))/.exec(
        rest,
      );
    if (!match) {
      if (/^(?:\s|#[^\n]*)*$/.test(rest)) return { kind: 'end', text: '' };
      throw new JqSyntaxError(`syntax error, unexpected INVALID_CHARACTER`);
    }
    this.#at += match[0].length;
    const [kind, text] = Object.entries(match.groups!).find(([, value]) => value !== undefined) as [
      Token['kind'],
      string,
    ];
    return kind === 'string' ? { kind, text, parts: this.#stringParts() } : { kind, text };
  }

  #stringParts(): (string | Filter)[] {
    const parts: (string | Filter)[] = [];
    let text = '';
    for (;;) {
      const char = this.#source[this.#at++];
      if (char === undefined) throw new JqSyntaxError('syntax error, unexpected end of file in string');
      if (char === '"') break;
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escaped = this.#source[this.#at++] ?? '';
      if (escaped === '(') {
        if (++this.#depth > MAX_DEPTH) throw new JqSyntaxError('too deeply nested');
        const inner = new Parser(this.#source, this.#at);
        parts.push(text, inner.pipe());
        if (inner.peek.text !== ')') inner.fail();
        this.#at = inner.#at;
        this.#depth--;
        text = '';
      } else if (escaped === 'u') {
        text += String.fromCharCode(Number.parseInt(this.#source.slice(this.#at, this.#at + 4), 16));
        this.#at += 4;
      } else text += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[escaped] ?? escaped;
    }
    return [...parts, text];
  }
}

function literal(value: string | number | boolean | null): Filter {
  return { kind: 'literal', value };
}
