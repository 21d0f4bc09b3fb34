/**
 * `$(( ))`: whole numbers and C's operators over a parsed expression.
 * Simplified: 53 bits instead of 64, which nobody counts up to in a shell.
 */
import type { ArithmeticExpression, ParsedScript as Script, WordPart } from 'unbash';

/** What an expression may touch of the shell. */
export interface ArithmeticScope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** Text of a word with `$x` or `$( )` in it. */
  expand(parts: readonly WordPart[]): Promise<string>;
  /** What `$( )` prints. */
  substitute(script: Script): Promise<string>;
  /** Reports what is wrong with the expression, by throwing. */
  fail(message: string): never;
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '**': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  ',': (_a, b) => b,
};

/** Value of an expression. */
export async function evaluateArithmetic(node: ArithmeticExpression, scope: ArithmeticScope): Promise<number> {
  switch (node.type) {
    case 'ArithmeticWord':
      return numberOf(await wordText(node, scope), scope);
    case 'ArithmeticGroup':
      return evaluateArithmetic(node.expression, scope);
    case 'ArithmeticTernary':
      return evaluateArithmetic((await evaluateArithmetic(node.test, scope)) ? node.consequent : node.alternate, scope);
    case 'ArithmeticUnary':
      return unary(node.operator, node.operand, node.prefix, scope);
    case 'ArithmeticBinary':
      return binary(node.operator, node.left, node.right, scope);
    case 'ArithmeticCommandExpansion':
      if (!node.script) return 0;
      return numberOf((await scope.substitute(node.script)).trim(), scope);
  }
}

async function wordText(node: { value: string; parts?: readonly WordPart[] | undefined }, scope: ArithmeticScope) {
  if (node.parts) return scope.expand(node.parts);
  return /^\$\w+$/.test(node.value) ? (scope.get(node.value.slice(1)) ?? '') : node.value;
}

/** A number in any of C's bases, or a variable (whose value may again name one). */
function numberOf(text: string, scope: ArithmeticScope, depth = 0): number {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (/^-?0[0-7]+$/.test(trimmed)) return Number.parseInt(trimmed, 8);
  if (/^-?(\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return Number(trimmed);
  const based = /^(\d+)#([0-9A-Za-z]+)$/.exec(trimmed);
  if (based && !Number.isNaN(Number.parseInt(based[2]!, Number(based[1]))))
    return Number.parseInt(based[2]!, Number(based[1]));
  if (/^[A-Za-z_]\w*$/.test(trimmed) && depth < 8) return numberOf(scope.get(trimmed) ?? '', scope, depth + 1);
  return scope.fail(`${trimmed}: syntax error: operand expected (error token is "${trimmed}")`);
}

async function unary(operator: string, operand: ArithmeticExpression, prefix: boolean, scope: ArithmeticScope) {
  if (operator === '++' || operator === '--') {
    const name = variableName(operand, scope);
    const before = numberOf(scope.get(name) ?? '', scope);
    const after = before + (operator === '++' ? 1 : -1);
    scope.set(name, String(after));
    return prefix ? after : before;
  }
  const value = await evaluateArithmetic(operand, scope);
  if (operator === '-') return -value;
  if (operator === '!') return Number(value === 0);
  return operator === '~' ? ~value : value;
}

function variableName(node: ArithmeticExpression, scope: ArithmeticScope): string {
  if (node.type === 'ArithmeticWord' && /^[A-Za-z_]\w*$/.test(node.value)) return node.value;
  return scope.fail('attempted assignment to non-variable');
}

async function binary(
  operator: string,
  left: ArithmeticExpression,
  right: ArithmeticExpression,
  scope: ArithmeticScope,
): Promise<number> {
  const assignment = /^(|[-+*/%&|^]|<<|>>)=$/.exec(operator);
  if (assignment) {
    const name = variableName(left, scope);
    const operand = await evaluateArithmetic(right, scope);
    const old = numberOf(scope.get(name) ?? '', scope);
    const value = assignment[1] === '' ? operand : apply(assignment[1]!, old, operand, scope);
    scope.set(name, String(value));
    return value;
  }
  const a = await evaluateArithmetic(left, scope);
  if (operator === '&&') return a ? Number((await evaluateArithmetic(right, scope)) !== 0) : 0;
  if (operator === '||') return a ? 1 : Number((await evaluateArithmetic(right, scope)) !== 0);
  return apply(operator, a, await evaluateArithmetic(right, scope), scope);
}

function apply(operator: string, a: number, b: number, scope: ArithmeticScope): number {
  if (operator === '/' || operator === '%') {
    if (b === 0) return scope.fail('division by 0');
    return operator === '/' ? Math.trunc(a / b) : a % b;
  }
  const operation = operations[operator];
  return operation
    ? operation(a, b)
    : scope.fail(`syntax error: invalid arithmetic operator (error token is "${operator}")`);
}
