/**
 * Executes a parsed template on a value. Errors name the place and the part of the template, in Go's words:
 * `template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *service.serviceContext`.
 * Source: Go `text/template: exec.go`.
 */

import type { TemplateFunction, TemplateFunctions } from './functions.ts';
import { printValue } from './go-print.ts';
import { quote } from './go-strconv.ts';
import {
  boolValue,
  elementsOf,
  entriesOf,
  findField,
  type GoMethod,
  type GoValue,
  goFloat64,
  indirect,
  intValue,
  invalid,
  isTrue,
  type MaybeValue,
  stringValue,
  typeName,
  unwrapInterface,
} from './go-value.ts';
import { type Command, nodeText, type Operand, type Pipeline, type TemplateNode } from './nodes.ts';
import type { Trees } from './parser.ts';

/** What was written, also before an error. */
export type Execution = { ok: true; text: string } | { ok: false; text: string; message: string };

/** What a template runs with. */
export interface ExecuteOptions {
  name: string;
  source: string;
  trees: Trees;
  functions: TemplateFunctions;
  /** `missingkey=error`: a key that a map has not is an error, not `<no value>`. */
  missingKeyIsError?: boolean;
}

/** Runs the template named `options.name` with `dot`. */
export function executeTemplate(options: ExecuteOptions, dot: MaybeValue): Execution {
  const executor = new Executor(options, options.name);
  try {
    executor.run(dot);
    return { ok: true, text: executor.output };
  } catch (error) {
    if (error instanceof ExecutionFault) return { ok: false, text: executor.output, message: error.message };
    throw error;
  }
}

/** Leaves the execution from any depth; never leaves this file. */
class ExecutionFault extends Error {}

/** `{{break}}` and `{{continue}}` on their way to the loop. */
type Jump = 'break' | 'continue' | null;

/** Nested calls end here, as in Go built for small machines. */
const deepest = 1000;

interface Variable {
  name: string;
  value: MaybeValue;
}

class Executor {
  output = '';
  readonly #options: ExecuteOptions;
  #name: string;
  #variables: Variable[] = [];
  #depth = 0;
  #node: Operand | Command | TemplateNode | null = null;

  constructor(options: ExecuteOptions, name: string) {
    this.#options = options;
    this.#name = name;
  }

  run(dot: MaybeValue): void {
    const tree = this.#options.trees.get(this.#name);
    if (!tree) this.#fail(`${quote(this.#name)} is an incomplete or empty template`);
    this.#variables = [{ name: '$', value: dot }];
    this.#walkList(dot, tree);
  }

  #walkList(dot: MaybeValue, nodes: readonly TemplateNode[]): Jump {
    for (const node of nodes) {
      const jump = this.#walk(dot, node);
      if (jump) return jump;
    }
    return null;
  }

  #walk(dot: MaybeValue, node: TemplateNode): Jump {
    this.#node = node;
    switch (node.kind) {
      case 'text':
        this.output += node.text;
        return null;
      case 'action': {
        const value = this.#pipeline(dot, node.pipeline);
        if (node.pipeline.variables.length === 0) this.#print(value);
        return null;
      }
      case 'template':
        this.#call(dot, node);
        return null;
      case 'range':
        return this.#range(dot, node);
      case 'if':
      case 'with':
        return this.#branch(dot, node);
      default:
        return node.kind;
    }
  }

  #print(value: MaybeValue): void {
    const printable = value?.type.kind === 'pointer' ? indirect(value) : value;
    if (value && !printable) this.output += '<nil>';
    else this.output += printable ? printValue(printable) : '<no value>';
  }

  #branch(dot: MaybeValue, node: Extract<TemplateNode, { body: TemplateNode[] }>): Jump {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipeline);
    const jump = isTrue(unwrapInterface(value))
      ? this.#walkList(node.kind === 'with' ? value : dot, node.body)
      : this.#walkList(dot, node.otherwise ?? []);
    this.#variables.length = mark;
    return jump;
  }

  #range(dot: MaybeValue, node: Extract<TemplateNode, { body: TemplateNode[] }>): Jump {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipeline);
    const target = indirect(value);
    if (value && !target) this.#fail("range can't iterate over <nil>");
    const items = this.#iterate(target);
    const declared = this.#variables.length;
    for (const item of items) {
      this.#bindLoopVariables(node.pipeline, item);
      const jump = this.#walkList(item.value, node.body);
      this.#variables.length = declared;
      if (jump === 'break') break;
    }
    const jump = items.length === 0 ? this.#walkList(dot, node.otherwise ?? []) : null;
    this.#variables.length = mark;
    return jump;
  }

  #bindLoopVariables({ variables, assigns }: Pipeline, item: { key: MaybeValue; value: MaybeValue }): void {
    const values = variables.length > 1 ? [item.key, item.value] : [item.value];
    variables.forEach((name, index) => {
      const variable = assigns
        ? this.#findVariable(name)
        : this.#variables[this.#variables.length - variables.length + index];
      if (variable) variable.value = values[index] ?? invalid;
    });
  }

  #iterate(value: MaybeValue): { key: MaybeValue; value: MaybeValue }[] {
    if (!value) return [];
    switch (value.type.kind) {
      case 'slice':
        return elementsOf(value).map((element, index) => ({ key: intValue(index), value: element }));
      case 'map':
        return entriesOf(value).map((entry) => ({ key: stringValue(entry.key), value: entry.value }));
      case 'int':
      case 'uint':
        return Array.from({ length: Math.max(0, Number(value.value)) }, (_, index) => ({
          key: intValue(index),
          value: intValue(index),
        }));
      default:
        return this.#fail(`range can't iterate over ${printValue(value)}`);
    }
  }

  #call(dot: MaybeValue, node: Extract<TemplateNode, { kind: 'template' }>): void {
    const tree = this.#options.trees.get(node.name);
    if (!tree) this.#fail(`template ${quote(node.name)} not defined`);
    if (this.#depth === deepest) this.#fail(`exceeded maximum template depth (${deepest})`);
    const inner = node.pipeline ? this.#pipeline(dot, node.pipeline) : invalid;
    const [name, variables] = [this.#name, this.#variables];
    this.#name = node.name;
    this.#variables = [{ name: '$', value: inner }];
    this.#depth++;
    this.#walkList(inner, tree);
    this.#depth--;
    this.#name = name;
    this.#variables = variables;
  }

  #pipeline(dot: MaybeValue, pipeline: Pipeline): MaybeValue {
    this.#node = pipeline;
    let value: MaybeValue | undefined;
    for (const command of pipeline.commands) value = unwrapInterface(this.#command(dot, command, value));
    for (const name of pipeline.variables) {
      if (pipeline.assigns) this.#assign(name, value ?? invalid);
      else this.#variables.push({ name, value: value ?? invalid });
    }
    return value ?? invalid;
  }

  #assign(name: string, value: MaybeValue): void {
    const variable = this.#findVariable(name);
    if (!variable) this.#fail(`undefined variable: ${name}`);
    variable.value = value;
  }

  #findVariable(name: string): Variable | undefined {
    return this.#variables.findLast((variable) => variable.name === name);
  }

  /** `final` is what the command before it in the pipeline made; undefined if there is none. */
  #command(dot: MaybeValue, command: Command, final: MaybeValue | undefined): MaybeValue {
    const [first, ...args] = command.words;
    const word = first!;
    switch (word.kind) {
      case 'field':
      case 'chain':
      case 'variable':
        return this.#path(dot, word, args, final);
      case 'identifier':
        return this.#function(dot, word, command, args, final);
      case 'pipeline':
        this.#notAFunction(word, args, final);
        return this.#pipeline(dot, word);
      case 'nil':
        this.#node = word;
        return this.#fail('nil is not a command');
      default:
        this.#node = word;
        this.#notAFunction(word, args, final);
        return this.#argument(dot, word);
    }
  }

  #notAFunction(word: Operand, args: readonly Operand[], final: MaybeValue | undefined): void {
    if (args.length > 0 || final !== undefined) this.#fail(`can't give argument to non-function ${nodeText(word)}`);
  }

  /** The value of one word of a command. */
  #argument(dot: MaybeValue, word: Operand): MaybeValue {
    this.#node = word;
    switch (word.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return invalid;
      case 'bool':
        return boolValue(word.value);
      case 'string':
        return stringValue(word.value);
      case 'number':
        return word.isInt ? intValue(word.value) : { type: goFloat64, value: word.value };
      case 'identifier':
        return this.#function(dot, word, word, [], undefined);
      case 'pipeline':
        return this.#pipeline(dot, word);
      default:
        return this.#path(dot, word, [], undefined);
    }
  }

  /** `.A.B`, `$x.A`, `(pipeline).A`: the last name may be a method with arguments. */
  #path(
    dot: MaybeValue,
    word: Extract<Operand, { names: string[] }>,
    args: readonly Operand[],
    final: MaybeValue | undefined,
  ): MaybeValue {
    this.#node = word;
    let receiver =
      word.kind === 'field'
        ? dot
        : word.kind === 'variable'
          ? this.#variable(word.name)
          : this.#argument(dot, word.base);
    // Errors of a chain name what was evaluated last: Go does not return to the chain after its base.
    if (word.names.length === 0) this.#notAFunction(word, args, final);
    word.names.forEach((name, index) => {
      const isLast = index === word.names.length - 1;
      receiver = this.#field(dot, word, name, receiver, isLast ? args : [], isLast ? final : undefined);
    });
    return receiver;
  }

  #variable(name: string): MaybeValue {
    const variable = this.#findVariable(name);
    return variable ? variable.value : this.#fail(`undefined variable: ${name}`);
  }

  #field(
    dot: MaybeValue,
    word: Operand,
    name: string,
    receiver: MaybeValue,
    args: readonly Operand[],
    final: MaybeValue | undefined,
  ): MaybeValue {
    if (!receiver) {
      if (this.#options.missingKeyIsError) this.#fail(`nil data; no entry for key ${quote(name)}`);
      return invalid;
    }
    const outer = typeName(receiver.type);
    const value = indirect(receiver);
    if (!value) return this.#nilField(receiver, outer, name);
    const method = 'methods' in value.type ? value.type.methods?.[name] : undefined;
    if (method) return this.#method(dot, word, name, method, value, args, final);
    const hasArguments = args.length > 0 || final !== undefined;
    if (value.type.kind === 'struct') {
      const found = findField(value, name);
      if (found && hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
      if (found) return found;
    }
    if (value.type.kind === 'map') {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
      return this.#mapEntry(value, name);
    }
    return this.#fail(`can't evaluate field ${name} in type ${outer}`);
  }

  #nilField(receiver: GoValue, outer: string, name: string): never {
    const target = receiver.type.kind === 'pointer' ? receiver.type.to : receiver.type;
    const known = target.kind !== 'struct' || findField({ type: target, value: {} }, name) !== undefined;
    return this.#fail(
      known ? `nil pointer evaluating ${outer}.${name}` : `can't evaluate field ${name} in type ${outer}`,
    );
  }

  #mapEntry(map: GoValue, name: string): MaybeValue {
    const entry = entriesOf(map).find(({ key }) => key === name);
    if (entry) return entry.value;
    if (this.#options.missingKeyIsError) this.#fail(`map has no entry for key ${quote(name)}`);
    return invalid;
  }

  #method(
    dot: MaybeValue,
    word: Operand,
    name: string,
    method: GoMethod,
    receiver: GoValue,
    args: readonly Operand[],
    final: MaybeValue | undefined,
  ): MaybeValue {
    const count = args.length + (final === undefined ? 0 : 1);
    if (count !== method.parameters) {
      this.#fail(`wrong number of args for ${name}: want ${method.parameters} got ${count}`);
    }
    const values = args.map((arg) => this.#string(this.#argument(dot, arg)));
    if (final !== undefined) values.push(this.#string(final));
    this.#node = word;
    return method.call(receiver.value, values);
  }

  #string(value: MaybeValue): string {
    const plain = unwrapInterface(value);
    if (plain?.type.kind === 'string') return String(plain.value);
    return this.#fail(
      plain ? `wrong type for value; expected string; got ${typeName(plain.type)}` : 'invalid value; expected string',
    );
  }

  #function(
    dot: MaybeValue,
    word: Extract<Operand, { kind: 'identifier' }>,
    node: Operand | Command,
    args: readonly Operand[],
    final: MaybeValue | undefined,
  ): MaybeValue {
    this.#node = word;
    const { name } = word;
    const definition = this.#options.functions[name];
    if (!definition) return this.#fail(`${quote(name)} is not a defined function`);
    this.#checkCount(name, definition, args.length + (final === undefined ? 0 : 1), args.length);
    if (name === 'and' || name === 'or') return this.#shortCircuit(dot, name, args, final);
    const values = args.map((arg, index) => this.#typed(definition, index, this.#argument(dot, arg), arg));
    if (final !== undefined) values.push(this.#typed(definition, values.length, final, word));
    const result = definition.call(values, args.map(nodeText));
    if (result.ok) return result.value;
    this.#node = node;
    return this.#fail(`error calling ${name}: ${result.message}`);
  }

  #checkCount(name: string, definition: TemplateFunction, count: number, written: number): void {
    const { parameters, variadic } = definition;
    if (variadic && count < parameters.length) {
      this.#fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${written}`);
    }
    if (!variadic && count !== parameters.length) {
      this.#fail(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    }
  }

  /** Checks an argument against the parameter's type; functions take their arguments without the interface around them. */
  #typed(definition: TemplateFunction, index: number, given: MaybeValue, word: Operand): MaybeValue {
    const wanted = definition.parameters[index] ?? 'any';
    const value = unwrapInterface(given);
    if (wanted === 'any') return value;
    this.#node = word;
    if (!value && wanted === '[]string') return value;
    if (!value)
      return this.#fail(word.kind === 'nil' ? `cannot assign nil to ${wanted}` : `invalid value; expected ${wanted}`);
    if (typeName(value.type) === wanted) return value;
    const target = value.type.kind === 'pointer' ? indirect(value) : null;
    if (target && typeName(target.type) === wanted) return target;
    if (wanted === 'string' && word.kind === 'number') return this.#fail(`expected string; found ${nodeText(word)}`);
    if (wanted === 'int' && word.kind === 'string') return this.#fail(`expected integer; found ${nodeText(word)}`);
    return this.#fail(`wrong type for value; expected ${wanted}; got ${typeName(value.type)}`);
  }

  /** `and` and `or` evaluate no more arguments than they need. */
  #shortCircuit(
    dot: MaybeValue,
    name: 'and' | 'or',
    args: readonly Operand[],
    final: MaybeValue | undefined,
  ): MaybeValue {
    let value: MaybeValue = invalid;
    for (const arg of args) {
      value = unwrapInterface(this.#argument(dot, arg));
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === undefined ? value : final;
  }

  #fail(message: string): never {
    const node = this.#node;
    if (!node) throw new ExecutionFault(`template: ${this.#name}: ${message}`);
    const before = this.#options.source.slice(0, node.at).split('\n');
    const place = `${this.#options.name}:${before.length}:${before.at(-1)!.length}`;
    throw new ExecutionFault(`template: ${place}: executing ${quote(this.#name)} at <${nodeText(node)}>: ${message}`);
  }
}
