/**
 * The tree of a parsed template, and each node's source text as error lines show it (`<.Spec.Name>`).
 * `at` is the offset that error lines count columns from.
 * Source: Go `text/template/parse: node.go`.
 */
import { quote } from './go-strconv.ts';

export type Operand =
  | { kind: 'field'; at: number; names: string[] }
  | { kind: 'variable'; at: number; name: string; names: string[] }
  | { kind: 'chain'; at: number; base: Operand; names: string[] }
  | { kind: 'identifier'; at: number; name: string }
  | { kind: 'dot'; at: number }
  | { kind: 'nil'; at: number }
  | { kind: 'bool'; at: number; value: boolean }
  | { kind: 'number'; at: number; text: string; value: number; isInt: boolean }
  | { kind: 'string'; at: number; source: string; value: string }
  | Pipeline;

/** `a b c`: a function, method or value with arguments. */
export interface Command {
  kind: 'command';
  at: number;
  words: Operand[];
}

/** `$x := a | b`. */
export interface Pipeline {
  kind: 'pipeline';
  at: number;
  variables: string[];
  /** `=` instead of `:=`. */
  assigns: boolean;
  commands: Command[];
}

export type TemplateNode =
  | { kind: 'text'; at: number; text: string }
  | { kind: 'action'; at: number; pipeline: Pipeline }
  | {
      kind: 'if' | 'with' | 'range';
      at: number;
      pipeline: Pipeline;
      body: TemplateNode[];
      otherwise: TemplateNode[] | null;
    }
  | { kind: 'template'; at: number; name: string; pipeline: Pipeline | null }
  | { kind: 'break' | 'continue'; at: number };

/** Source text of a node, as error lines show it. */
export function nodeText(node: Operand | Command | TemplateNode): string {
  switch (node.kind) {
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return [node.name, ...node.names].join('.');
    case 'chain':
      return [argumentText(node.base), ...node.names].join('.');
    case 'identifier':
      return node.name;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return node.source;
    case 'command':
      return node.words.map(argumentText).join(' ');
    case 'pipeline':
      return declarationText(node) + node.commands.map(nodeText).join(' | ');
    case 'text':
      return node.text;
    case 'action':
      return `{{${nodeText(node.pipeline)}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipeline ? ` ${nodeText(node.pipeline)}` : ''}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    default:
      return controlText(node);
  }
}

function argumentText(node: Operand): string {
  return node.kind === 'pipeline' ? `(${nodeText(node)})` : nodeText(node);
}

function declarationText({ variables, assigns }: Pipeline): string {
  return variables.length === 0 ? '' : `${variables.join(', ')} ${assigns ? '=' : ':='} `;
}

function controlText(node: Extract<TemplateNode, { body: TemplateNode[] }>): string {
  const otherwise = node.otherwise ? `{{else}}${node.otherwise.map(nodeText).join('')}` : '';
  return `{{${node.kind} ${nodeText(node.pipeline)}}}${node.body.map(nodeText).join('')}${otherwise}{{end}}`;
}
