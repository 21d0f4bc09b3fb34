/** The questions of `test`, `[ ]` and `[[ ]]` about texts, numbers and files. */
import type { FileSystem } from '../process.ts';
import { resolvePath } from './paths.ts';

/** Where questions about files and variables are answered. */
export interface TestScope {
  files: FileSystem;
  cwd: string;
  isSet(name: string): boolean;
  isTerminal(descriptor: number): boolean;
}

export const unaryOperators = new Set(['-a', '-d', '-e', '-f', '-n', '-r', '-s', '-t', '-v', '-w', '-x', '-z']);
export const binaryOperators = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
]);

/** `-f x` and its like. */
export function testUnary(operator: string, operand: string, scope: TestScope): boolean {
  const path = resolvePath(scope.cwd, operand);
  const text = scope.files.read(path);
  const directory = scope.files.isDirectory(path);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-v':
      return scope.isSet(operand);
    case '-t':
      return scope.isTerminal(Number(operand));
    case '-d':
      return directory;
    case '-f':
      return text !== null;
    case '-s':
      return directory || (text ?? '') !== '';
    default:
      return operand !== '' && (directory || text !== null);
  }
}

/** `a = b`, `3 -lt 4`; a text is the reason why the question makes no sense. */
export function testBinary(left: string, operator: string, right: string, scope: TestScope): boolean | string {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
    case '-ot':
      return compareAges(left, operator, right, scope);
    default:
      return compareNumbers(left, operator, right);
  }
}

function compareAges(left: string, operator: string, right: string, scope: TestScope): boolean {
  const age = (path: string): number => scope.files.modifiedAt?.(resolvePath(scope.cwd, path)) ?? -1;
  return operator === '-nt' ? age(left) > age(right) : age(left) < age(right);
}

function compareNumbers(left: string, operator: string, right: string): boolean | string {
  for (const text of [left, right]) if (!/^\s*[-+]?\d+\s*$/.test(text)) return `${text}: integer expression expected`;
  const a = Number(left);
  const b = Number(right);
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}
