/** `test` and `[`: POSIX's rules by number of arguments, plus `!`, `-a`, `-o` and parentheses. */
import { binaryOperators, testBinary, testUnary, unaryOperators } from '../test-expression.ts';
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

type Answer = boolean | { message: string };

export const test: Builtin = (call) => {
  const args = [...call.args];
  if (call.name === '[' && args.pop() !== ']') return complain(call, "missing `]'", 2);
  const answer = ask(args, call);
  if (typeof answer === 'boolean') return answer ? 0 : 1;
  return complain(call, answer.message, 2);
};

function ask(args: string[], call: BuiltinCall): Answer {
  const scope = call.shell.testScope(call.io);
  const [first, second, third] = args as [string, string, string];
  if (args.length === 0) return false;
  if (args.length === 1) return first !== '';
  if (args.length === 2) {
    if (first === '!') return second === '';
    return unaryOperators.has(first)
      ? testUnary(first, second, scope)
      : { message: `${first}: unary operator expected` };
  }
  if (args.length === 3 && binaryOperators.has(second)) return binaryAnswer(first, second, third, scope);
  if (first === '!') return negate(ask(args.slice(1), call));
  const or = args.lastIndexOf('-o');
  if (or > 0 && or < args.length - 1)
    return combine(ask(args.slice(0, or), call), ask(args.slice(or + 1), call), false);
  const and = args.lastIndexOf('-a');
  if (and > 0 && and < args.length - 1)
    return combine(ask(args.slice(0, and), call), ask(args.slice(and + 1), call), true);
  if (first === '(' && args.at(-1) === ')') return ask(args.slice(1, -1), call);
  return { message: args.length === 3 ? `${second}: binary operator expected` : 'too many arguments' };
}

function binaryAnswer(left: string, operator: string, right: string, scope: Parameters<typeof testBinary>[3]): Answer {
  const answer = testBinary(left, operator, right, scope);
  return typeof answer === 'string' ? { message: answer } : answer;
}

function negate(answer: Answer): Answer {
  return typeof answer === 'boolean' ? !answer : answer;
}

function combine(left: Answer, right: Answer, both: boolean): Answer {
  if (typeof left !== 'boolean') return left;
  if (typeof right !== 'boolean') return right;
  return both ? left && right : left || right;
}
