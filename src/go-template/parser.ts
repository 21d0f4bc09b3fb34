/**
 * Parses a template's tokens into its tree and the templates it defines. The first error ends it, in Go's words,
 * with the line of the token last read: `template: :1: unclosed action`.
 * Source: Go `text/template/parse: parse.go`.
 */
import { quote } from './go-strconv.ts';
import { describeToken, type Token, type TokenKind, tokenize } from './lexer.ts';
import { parseNumber, unquote } from './literals.ts';
import { type Command, nodeText, type Operand, type Pipeline, type TemplateNode } from './nodes.ts';

/** Trees by name; the template itself has the name it was parsed with. */
export type Trees = ReadonlyMap<string, TemplateNode[]>;

export type ParsedTemplate = { ok: true; trees: Trees } | { ok: false; message: string };

/** Parses `source`; `functions` are the names that may be called. */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>): ParsedTemplate {
  const parser = new Parser(name, tokenize(source), functions);
  try {
    return { ok: true, trees: parser.parse() };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, message: error.message };
    throw error;
  }
}

/** Leaves the parser from any depth; never leaves this file. */
class SyntaxFault extends Error {}

/** What ends a list of nodes: `{{end}}` or `{{else}}`, the latter with what follows the word. */
type Ending = { kind: 'end' } | { kind: 'else'; chained: 'if' | 'with' | null };

class Parser {
  readonly #name: string;
  readonly #tokens: Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #trees = new Map<string, TemplateNode[]>();
  #next = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;

  constructor(name: string, tokens: Token[], functions: ReadonlySet<string>) {
    this.#name = name;
    this.#tokens = tokens;
    this.#functions = functions;
  }

  parse(): Trees {
    const nodes: TemplateNode[] = [];
    while (this.#peek().kind !== 'eof') {
      if (this.#atDefinition()) {
        this.#definition();
        continue;
      }
      const node = this.#textOrAction();
      if ('ending' in node) this.#fail(`unexpected ${endingText(node.ending)}`);
      else nodes.push(node);
    }
    this.#add(this.#name, nodes);
    return this.#trees;
  }

  #add(name: string, nodes: TemplateNode[]): void {
    const before = this.#trees.get(name);
    if (before === undefined || isBlank(before)) this.#trees.set(name, nodes);
    else if (!isBlank(nodes)) this.#fail(`template: multiple definition of template ${quote(name)}`);
  }

  #atDefinition(): boolean {
    if (this.#peek().kind !== 'left-delim') return false;
    const after = this.#tokens.slice(this.#next + 1).find((token) => token.kind !== 'space');
    return after?.kind === 'define';
  }

  #definition(): void {
    this.#take();
    this.#takeNonSpace();
    const { name } = this.#templateName('define clause');
    this.#expect('right-delim', 'define clause');
    this.#add(
      name,
      this.#ownScope(() => this.#bodyUntilEnd('define clause')),
    );
  }

  /** Definitions see none of the variables around them. */
  #ownScope<T>(read: () => T): T {
    const [variables, rangeDepth] = [this.#variables, this.#rangeDepth];
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const result = read();
    this.#variables = variables;
    this.#rangeDepth = rangeDepth;
    return result;
  }

  #bodyUntilEnd(context: string): TemplateNode[] {
    const { nodes, ending } = this.#list();
    if (ending.kind !== 'end') this.#fail(`unexpected ${endingText(ending)} in ${context}`);
    return nodes;
  }

  #list(): { nodes: TemplateNode[]; ending: Ending } {
    const nodes: TemplateNode[] = [];
    while (this.#peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction();
      if ('ending' in node) return { nodes, ending: node.ending };
      nodes.push(node);
    }
    return this.#fail('unexpected EOF');
  }

  #textOrAction(): TemplateNode | { ending: Ending } {
    const token = this.#takeNonSpace();
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text };
    if (token.kind === 'left-delim') return this.#action();
    return this.#unexpected(token, 'input');
  }

  #action(): TemplateNode | { ending: Ending } {
    const token = this.#takeNonSpace();
    switch (token.kind) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopControl(token.kind, token);
      case 'else':
        return { ending: this.#else() };
      case 'end':
        this.#expect('right-delim', 'end');
        return { ending: { kind: 'end' } };
      case 'if':
      case 'range':
      case 'with':
        return this.#control(token.kind, token);
      case 'template':
        return this.#call();
      default: {
        this.#next--;
        const { at } = this.#peek();
        return { kind: 'action', at, pipeline: this.#pipeline('command', 'right-delim') };
      }
    }
  }

  #loopControl(kind: 'break' | 'continue', token: Token): TemplateNode {
    const end = this.#takeNonSpace();
    if (end.kind !== 'right-delim') this.#unexpected(end, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at: token.at };
  }

  #else(): Ending {
    const next = this.#peekNonSpace();
    if (next.kind === 'if' || next.kind === 'with') return { kind: 'else', chained: next.kind };
    this.#expect('right-delim', 'else');
    return { kind: 'else', chained: null };
  }

  #control(kind: 'if' | 'range' | 'with', token: Token): TemplateNode {
    const variables = this.#variables.length;
    const pipeline = this.#pipeline(kind, 'right-delim');
    if (kind === 'range') this.#rangeDepth++;
    const { nodes: body, ending } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = ending.kind === 'else' ? this.#otherwise(kind, ending) : null;
    this.#variables.length = variables;
    // Error lines count from the pipeline, as Go's control nodes have its position.
    return { kind, at: pipeline.at ?? token.at, pipeline, body, otherwise };
  }

  /** What follows `{{else}}`. `{{else if}}` is an `if` inside, which shares the `{{end}}`. */
  #otherwise(kind: 'if' | 'range' | 'with', ending: Extract<Ending, { kind: 'else' }>): TemplateNode[] {
    if (ending.chained !== null) {
      const token = this.#takeNonSpace();
      if (ending.chained !== kind) this.#unexpected(token, 'else');
      return [this.#control(ending.chained, token)];
    }
    const rest = this.#list();
    if (rest.ending.kind !== 'end') this.#fail(`expected end; found ${endingText(rest.ending)}`);
    return rest.nodes;
  }

  /** Like a `define` and a `template` in one. Error lines count from the name. */
  #block(): TemplateNode {
    const { name, at } = this.#templateName('block clause');
    const pipeline = this.#pipeline('block clause', 'right-delim');
    this.#add(
      name,
      this.#ownScope(() => this.#bodyUntilEnd('block clause')),
    );
    return { kind: 'template', at, name, pipeline };
  }

  #call(): TemplateNode {
    const { name, at } = this.#templateName('template clause');
    if (this.#peekNonSpace().kind === 'right-delim') {
      this.#takeNonSpace();
      return { kind: 'template', at, name, pipeline: null };
    }
    return { kind: 'template', at, name, pipeline: this.#pipeline('template clause', 'right-delim') };
  }

  #templateName(context: string): { name: string; at: number } {
    const token = this.#takeNonSpace();
    if (token.kind !== 'string' && token.kind !== 'raw-string') return this.#unexpected(token, context);
    return { name: this.#unquote(token), at: token.at };
  }

  #pipeline(context: string, end: TokenKind): Pipeline {
    const pipeline: Pipeline = {
      kind: 'pipeline',
      at: this.#peekNonSpace().at,
      variables: [],
      assigns: false,
      commands: [],
    };
    this.#declarations(pipeline, context);
    for (;;) {
      const token = this.#takeNonSpace();
      if (token.kind === end) {
        this.#checkPipeline(pipeline, context);
        return pipeline;
      }
      if (!startsOperand(token.kind)) this.#unexpected(token, context);
      this.#next--;
      pipeline.commands.push(this.#command());
    }
  }

  #declarations(pipeline: Pipeline, context: string): void {
    for (;;) {
      const variable = this.#peekNonSpace();
      if (variable.kind !== 'variable') return;
      const start = this.#next;
      this.#takeNonSpace();
      const sign = this.#takeNonSpace();
      if (sign.kind === 'assign' || sign.kind === 'declare') {
        pipeline.assigns = sign.kind === 'assign';
        this.#declare(pipeline, variable.text);
        return;
      }
      if (sign.kind !== 'char' || sign.text !== ',') {
        this.#next = start;
        return;
      }
      this.#declare(pipeline, variable.text);
      if (context !== 'range' || pipeline.variables.length >= 2) this.#fail(`too many declarations in ${context}`);
      const next = this.#peekNonSpace().kind;
      if (next !== 'variable' && next !== 'right-delim' && next !== 'right-paren') {
        this.#fail('range can only initialize variables');
      }
    }
  }

  #declare(pipeline: Pipeline, name: string): void {
    pipeline.variables.push(name);
    this.#variables.push(name);
  }

  #checkPipeline(pipeline: Pipeline, context: string): void {
    if (pipeline.commands.length === 0) this.#fail(`missing value for ${context}`);
    pipeline.commands.slice(1).forEach((command, index) => {
      const first = command.words[0]!.kind;
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(first)) {
        this.#fail(`non executable command in pipeline stage ${index + 2}`);
      }
    });
  }

  #command(): Command {
    const command: Command = { kind: 'command', at: this.#peekNonSpace().at, words: [] };
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand) command.words.push(operand);
      const token = this.#take();
      if (token.kind === 'space') continue;
      if (token.kind === 'right-delim' || token.kind === 'right-paren') this.#next--;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (command.words.length === 0) this.#fail('empty command');
    return command;
  }

  /** A term with fields behind it. */
  #operand(): Operand | null {
    const term = this.#term();
    if (!term || this.#peek().kind !== 'field') return term;
    const at = this.#peek().at;
    const names: string[] = [];
    while (this.#peek().kind === 'field') names.push(this.#take().text.slice(1));
    switch (term.kind) {
      // Go moves the position of a chain of fields to its second field; error lines show that column.
      case 'field':
        return { ...term, at, names: [...term.names, ...names] };
      case 'variable':
        return { ...term, at, names: [...term.names, ...names] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${quote(nodeText(term))}`);
      default:
        return { kind: 'chain', at, base: term, names };
    }
  }

  #term(): Operand | null {
    const token = this.#takeNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'dot':
        return { kind: 'dot', at };
      case 'nil':
        return { kind: 'nil', at };
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', at, name: text, names: [] };
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'char-constant':
      case 'number':
        return this.#number(token);
      case 'left-paren':
        return this.#pipeline('parenthesized pipeline', 'right-paren');
      case 'string':
      case 'raw-string':
        return { kind: 'string', at, source: text, value: this.#unquote(token) };
      default:
        this.#next--;
        return null;
    }
  }

  #number({ text, at }: Token): Operand {
    const number = parseNumber(text);
    if (!number.ok) return this.#fail(number.message);
    return { kind: 'number', at, text, ...number.value };
  }

  #unquote({ text }: Token): string {
    const value = unquote(text);
    return value ?? this.#fail('invalid syntax');
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#takeNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind === 'error') return this.#fail(describeToken(token));
    return this.#fail(`unexpected ${describeToken(token)} in ${context}`);
  }

  #fail(message: string): never {
    const line = this.#tokens[Math.max(0, Math.min(this.#next, this.#tokens.length) - 1)]!.line;
    throw new SyntaxFault(`template: ${this.#name}:${line}: ${message}`);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#next++;
    return this.#peek();
  }

  #takeNonSpace(): Token {
    this.#peekNonSpace();
    return this.#take();
  }
}

function startsOperand(kind: TokenKind): boolean {
  const kinds: TokenKind[] = [
    'bool',
    'char-constant',
    'dot',
    'field',
    'identifier',
    'number',
    'nil',
    'raw-string',
    'string',
    'variable',
    'left-paren',
  ];
  return kinds.includes(kind);
}

function endingText(ending: Ending): string {
  return ending.kind === 'end' ? '{{end}}' : '{{else}}';
}

function isBlank(nodes: readonly TemplateNode[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
