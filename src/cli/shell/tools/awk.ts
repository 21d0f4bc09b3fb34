/**
 * `awk`: rules over lines and fields, with variables, associative arrays and the functions of POSIX awk.
 * Simplified: no user functions, no `getline`, no output into files or pipes; `for (k in a)` goes in order of insertion.
 */
import type { Process, Program } from '../../process.ts';
import { parseOptions } from '../options.ts';
import { resolvePath } from '../paths.ts';
import { posixRegex } from '../posix-regex.ts';
import { formatPrintf } from './awk-printf.ts';
import { type AwkExpression, type AwkRule, type AwkStatement, compileAwk } from './awk-syntax.ts';
import { fail, INTERRUPTED, openInputs } from './tool-input.ts';

/** A text from the input that looks like a number compares as one ("strnum"). */
type Value = string | number | { text: string; number: number };

/** An endless loop would stop the whole world, not only its command. */
const MAX_ROUNDS = 1_000_000;

class EndlessLoop extends Error {}

type Flow = 'next' | 'exit' | 'break' | 'continue' | null;

export const awk: Program = async (process) => {
  const parsed = parseOptions('awk', process.args, { short: 'F:v:f:', stopAtOperand: true });
  if (!parsed.ok) return fail(process, 'awk', parsed.error.message, 2);
  const { options } = parsed;
  const operands = [...options.operands];
  const file = options.value('f');
  const source = file === null ? operands.shift() : process.host.files.read(resolvePath(process.cwd, file));
  if (source === null) return fail(process, 'awk', `cannot open ${file} (No such file or directory)`, 2);
  if (source === undefined) {
    process.stderr.write('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n');
    return 2;
  }
  const compiled = compileAwk(source);
  if (!compiled.ok) return fail(process, 'awk', compiled.error.message, 2);
  const machine = new AwkMachine(process, compiled.rules);
  const separator = options.value('F');
  if (separator !== null) machine.setVariable('FS', separator === 't' ? '\t' : unescapeText(separator));
  for (const assignment of options.values('v')) {
    const at = assignment.indexOf('=');
    machine.setVariable(assignment.slice(0, at), unescapeText(assignment.slice(at + 1)));
  }
  try {
    const status = await machine.run(operands);
    return process.signal.aborted ? INTERRUPTED : status;
  } catch (error) {
    if (!(error instanceof EndlessLoop)) throw error;
    return fail(process, 'awk', `given up: a loop of more than ${MAX_ROUNDS} rounds`, 2);
  }
};

function unescapeText(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
}

class AwkMachine {
  #process: Process;
  #rules: AwkRule[];
  #variables = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['SUBSEP', '\x1c'],
    ['NR', 0],
    ['NF', 0],
  ]);
  #arrays = new Map<string, Map<string, Value>>();
  #line = '';
  #fields: string[] = [];
  #activeRanges = new Set<AwkRule>();
  #status = 0;

  constructor(process: Process, rules: AwkRule[]) {
    this.#process = process;
    this.#rules = rules;
  }

  setVariable(name: string, text: string): void {
    this.#variables.set(name, fromInput(text));
  }

  async run(operands: string[]): Promise<number> {
    let flow = this.#runSpecial('BEGIN');
    const readsInput = this.#rules.some((rule) => rule.pattern !== 'BEGIN');
    if (flow !== 'exit' && readsInput) flow = await this.#runLines(operands);
    if (flow !== 'exit' && !this.#process.signal.aborted) this.#runSpecial('END');
    return this.#status;
  }

  #runSpecial(kind: 'BEGIN' | 'END'): Flow {
    for (const rule of this.#rules) {
      if (rule.pattern !== kind) continue;
      const flow = this.#block(rule.action ?? []);
      if (flow === 'exit') return flow;
    }
    return null;
  }

  async #runLines(operands: string[]): Promise<Flow> {
    const inputs = openInputs(this.#process, operands, (name, reason) => {
      this.#status = fail(this.#process, 'awk', `cannot open "${name}" (${reason})`, 2);
    });
    let number = 0;
    for (const input of inputs) {
      this.#variables.set('FILENAME', input.name === '-' ? '' : input.name);
      this.#variables.set('FNR', 0);
      for (let line = await input.lines.next(); line; line = await input.lines.next()) {
        this.#variables.set('NR', ++number);
        this.#variables.set('FNR', this.#number({ kind: 'variable', name: 'FNR' }) + 1);
        this.#setLine(line.text);
        if (this.#runRules() === 'exit') return 'exit';
        if (this.#process.stdout.closed) return 'exit';
      }
    }
    return null;
  }

  #runRules(): Flow {
    for (const rule of this.#rules) {
      if (typeof rule.pattern === 'string' || !this.#selects(rule)) continue;
      const flow = rule.action ? this.#block(rule.action) : this.#print([]);
      if (flow === 'next') return null;
      if (flow === 'exit') return flow;
    }
    return null;
  }

  #selects(rule: AwkRule): boolean {
    const { pattern } = rule;
    if (!pattern || typeof pattern === 'string') return true;
    if (!pattern.to) return this.#truth(pattern.from);
    if (!this.#activeRanges.has(rule)) {
      if (!this.#truth(pattern.from)) return false;
      this.#activeRanges.add(rule);
    }
    if (this.#truth(pattern.to)) this.#activeRanges.delete(rule);
    return true;
  }

  // --- the line and its fields ------------------------------------------------------------------------------------------

  #setLine(text: string): void {
    this.#line = text;
    this.#fields = this.#split(text, this.#textOf(this.#variables.get('FS')!));
    this.#variables.set('NF', this.#fields.length);
  }

  #split(text: string, separator: string): string[] {
    if (separator === ' ') return text.match(/[^ \t\n]+/g) ?? [];
    if (text === '') return [];
    if (separator.length === 1 && separator !== '\\') return text.split(separator);
    const regex = posixRegex(separator, { extended: true });
    return regex.ok ? text.split(new RegExp(regex.value.source.replace(/\((?!\?)/g, '(?:'))) : text.split(separator);
  }

  #setField(index: number, text: string): void {
    if (index === 0) return this.#setLine(text);
    while (this.#fields.length < index) this.#fields.push('');
    this.#fields[index - 1] = text;
    this.#variables.set('NF', this.#fields.length);
    this.#line = this.#fields.join(this.#textOf(this.#variables.get('OFS')!));
  }

  // --- statements -------------------------------------------------------------------------------------------------------

  #block(statements: AwkStatement[]): Flow {
    for (const statement of statements) {
      const flow = this.#execute(statement);
      if (flow) return flow;
    }
    return null;
  }

  #execute(statement: AwkStatement): Flow {
    switch (statement.kind) {
      case 'expression':
        this.#evaluate(statement.expression);
        return null;
      case 'print':
        return this.#print(statement.args);
      case 'printf':
        return this.#write(this.#format(statement.args));
      case 'block':
        return this.#block(statement.body);
      case 'if':
        if (this.#truth(statement.test)) return this.#execute(statement.yes);
        return statement.no ? this.#execute(statement.no) : null;
      case 'while':
        return this.#loop(() => this.#truth(statement.test), statement.body, null);
      case 'for': {
        if (statement.first) this.#execute(statement.first);
        return this.#loop(() => !statement.test || this.#truth(statement.test), statement.body, statement.next);
      }
      case 'forIn':
        return this.#forIn(statement.variable, statement.array, statement.body);
      case 'delete':
        if (statement.subscripts) this.#array(statement.array).delete(this.#subscript(statement.subscripts));
        else this.#array(statement.array).clear();
        return null;
      case 'exit':
        if (statement.status) this.#status = this.#number(statement.status);
        return 'exit';
      default:
        return statement.kind;
    }
  }

  #loop(test: () => boolean, body: AwkStatement, next: AwkStatement | null): Flow {
    for (let round = 0; test(); round++) {
      if (round > MAX_ROUNDS) throw new EndlessLoop();
      const flow = this.#execute(body);
      if (flow === 'break') return null;
      if (flow && flow !== 'continue') return flow;
      if (next) this.#execute(next);
    }
    return null;
  }

  #forIn(variable: string, array: string, body: AwkStatement): Flow {
    for (const key of [...this.#array(array).keys()]) {
      this.#variables.set(variable, fromInput(key));
      const flow = this.#execute(body);
      if (flow === 'break') return null;
      if (flow && flow !== 'continue') return flow;
    }
    return null;
  }

  #print(args: AwkExpression[]): Flow {
    const separator = this.#textOf(this.#variables.get('OFS')!);
    const text = args.length === 0 ? this.#line : args.map((arg) => this.#text(arg)).join(separator);
    return this.#write(text + this.#textOf(this.#variables.get('ORS')!));
  }

  #write(text: string): Flow {
    this.#process.stdout.write(text);
    return null;
  }

  #format(args: AwkExpression[]): string {
    const [format, ...values] = args;
    const evaluated = values.map((value) => this.#evaluate(value));
    return formatPrintf(
      format ? this.#text(format) : '',
      evaluated.map((value) => ({ text: this.#textOf(value), number: numberOf(value) })),
    );
  }

  // --- values -----------------------------------------------------------------------------------------------------------

  #text(expression: AwkExpression): string {
    return this.#textOf(this.#evaluate(expression));
  }

  #textOf(value: Value): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'object') return value.text;
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  }

  #number(expression: AwkExpression): number {
    return numberOf(this.#evaluate(expression));
  }

  #truth(expression: AwkExpression): boolean {
    if (expression.kind === 'regex') return expression.regex.test(this.#line);
    const value = this.#evaluate(expression);
    return typeof value === 'string'
      ? value !== ''
      : numberOf(value) !== 0 || (typeof value === 'object' && value.text === '');
  }

  #array(name: string): Map<string, Value> {
    const array = this.#arrays.get(name) ?? new Map<string, Value>();
    this.#arrays.set(name, array);
    return array;
  }

  #subscript(subscripts: AwkExpression[]): string {
    return subscripts.map((part) => this.#text(part)).join(this.#textOf(this.#variables.get('SUBSEP')!));
  }

  #evaluate(expression: AwkExpression): Value {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return Number(expression.regex.test(this.#line));
      case 'variable':
        return this.#variables.get(expression.name) ?? { text: '', number: 0 };
      case 'field': {
        const index = this.#number(expression.index);
        return fromInput(index === 0 ? this.#line : (this.#fields[index - 1] ?? ''));
      }
      case 'element':
        return this.#array(expression.array).get(this.#subscript(expression.subscripts)) ?? { text: '', number: 0 };
      case 'in':
        return Number(this.#array(expression.array).has(this.#text(expression.subscript)));
      case 'assign':
        return this.#assign(expression.target, this.#assigned(expression));
      case 'increment': {
        const before = this.#number(expression.target);
        this.#assign(expression.target, before + expression.by);
        return expression.prefix ? before + expression.by : before;
      }
      case 'unary':
        if (expression.operator === '!') return Number(!this.#truth(expression.operand));
        return this.#number(expression.operand) * (expression.operator === '-' ? -1 : 1);
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
      case 'conditional':
        return this.#evaluate(this.#truth(expression.test) ? expression.yes : expression.no);
      case 'call':
        return this.#call(expression.name, expression.args);
    }
  }

  #assigned(expression: { operator: string; target: AwkExpression; value: AwkExpression }): Value {
    if (expression.operator === '=') return this.#evaluate(expression.value);
    return calculate(expression.operator[0]!, this.#number(expression.target), this.#number(expression.value));
  }

  #assign(target: AwkExpression, value: Value): Value {
    if (target.kind === 'field') this.#setField(this.#number(target.index), this.#textOf(value));
    else if (target.kind === 'element') this.#array(target.array).set(this.#subscript(target.subscripts), value);
    else if (target.kind === 'variable') {
      this.#variables.set(target.name, value);
      if (target.name === 'NF') {
        this.#fields.length = numberOf(value);
        this.#setField(this.#fields.length, this.#fields.at(-1) ?? '');
      }
    }
    return value;
  }

  #binary(operator: string, left: AwkExpression, right: AwkExpression): Value {
    switch (operator) {
      case '||':
        return Number(this.#truth(left) || this.#truth(right));
      case '&&':
        return Number(this.#truth(left) && this.#truth(right));
      case ' ':
        return this.#text(left) + this.#text(right);
      case 'SUBSEP':
        return this.#text(left) + this.#textOf(this.#variables.get('SUBSEP')!) + this.#text(right);
      case '~':
      case '!~':
        return Number(this.#regexOf(right).test(this.#text(left)) === (operator === '~'));
      case '<':
      case '<=':
      case '==':
      case '!=':
      case '>':
      case '>=':
        return Number(this.#compare(operator, this.#evaluate(left), this.#evaluate(right)));
      default:
        return calculate(operator, this.#number(left), this.#number(right));
    }
  }

  #compare(operator: string, left: Value, right: Value): boolean {
    const numeric = typeof left !== 'string' && typeof right !== 'string';
    const a = numeric ? numberOf(left) : this.#textOf(left);
    const b = numeric ? numberOf(right) : this.#textOf(right);
    if (operator === '==') return a === b;
    if (operator === '!=') return a !== b;
    if (operator.startsWith('<')) return a < b || (operator === '<=' && a === b);
    return a > b || (operator === '>=' && a === b);
  }

  #regexOf(expression: AwkExpression, global = false): RegExp {
    const source = expression.kind === 'regex' ? expression.regex.source : null;
    if (source !== null) return new RegExp(source, global ? 'g' : '');
    const result = posixRegex(this.#text(expression), { extended: true, global });
    return result.ok ? result.value : /(?!)/;
  }

  #call(name: string, args: AwkExpression[]): Value {
    const [first, second, third] = args;
    switch (name) {
      case 'length':
        if (first?.kind === 'variable' && this.#arrays.has(first.name)) return this.#array(first.name).size;
        return [...(first ? this.#text(first) : this.#line)].length;
      case 'int':
        return Math.trunc(first ? this.#number(first) : 0);
      case 'tolower':
        return first ? this.#text(first).toLowerCase() : '';
      case 'toupper':
        return first ? this.#text(first).toUpperCase() : '';
      case 'index':
        return first && second ? this.#text(first).indexOf(this.#text(second)) + 1 : 0;
      case 'sprintf':
        return this.#format(args);
      case 'substr':
        return first && second
          ? this.#substr(
              this.#text(first),
              this.#number(second),
              third ? this.#number(third) : Number.POSITIVE_INFINITY,
            )
          : '';
      case 'match':
        return first && second ? this.#match(this.#text(first), this.#regexOf(second)) : 0;
      case 'split':
        return first && second?.kind === 'variable' ? this.#splitInto(this.#text(first), second.name, third) : 0;
      default:
        return first && second
          ? this.#replace(
              name === 'gsub',
              this.#regexOf(first, true),
              this.#text(second),
              third ?? { kind: 'field', index: { kind: 'number', value: 0 } },
            )
          : 0;
    }
  }

  #substr(text: string, from: number, length: number): string {
    const start = Math.round(from);
    return text.slice(
      Math.max(0, start - 1),
      Math.max(0, start - 1 + Math.round(Math.min(length, text.length + Math.abs(start)))),
    );
  }

  #match(text: string, regex: RegExp): number {
    const match = regex.exec(text);
    this.#variables.set('RSTART', match ? match.index + 1 : 0);
    this.#variables.set('RLENGTH', match ? match[0].length : -1);
    return match ? match.index + 1 : 0;
  }

  #splitInto(text: string, array: string, separator: AwkExpression | undefined): number {
    const by = !separator
      ? this.#textOf(this.#variables.get('FS')!)
      : separator.kind === 'regex'
        ? separator.regex.source
        : this.#text(separator);
    const parts = this.#split(text, by);
    this.#arrays.set(array, new Map(parts.map((part, i) => [String(i + 1), fromInput(part)])));
    return parts.length;
  }

  #replace(all: boolean, regex: RegExp, replacement: string, target: AwkExpression): number {
    let count = 0;
    const result = this.#text(target).replace(regex, (match) => {
      if (!all && count > 0) return match;
      count++;
      return replacement.replace(/\\\\&|\\&|&/g, (token) => (token === '&' ? match : '&'));
    });
    if (count > 0) this.#assign(target, result);
    return count;
  }
}

function fromInput(text: string): Value {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(text) ? { text, number: Number(text) } : text;
}

function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'object') return value.number;
  return Number(/^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)/.exec(value)?.[0] ?? 0);
}

function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}
