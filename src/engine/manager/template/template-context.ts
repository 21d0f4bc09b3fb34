/**
 * What a template in a service spec, secret or config sees: its service, its task, and the node that it runs on.
 * Source: `swarmkit: template/context.go, template.go`.
 */

import { executeTemplate } from '../../../go-template/execute.ts';
import { builtins, type TemplateFunctions } from '../../../go-template/functions.ts';
import { type GoStruct, type GoValue, goString, mapOf, pointerTo, stringValue } from '../../../go-template/go-value.ts';
import { type ParseResult, parsed, unparsable } from '../../../go-template/parse-result.ts';
import { parseTemplate } from '../../../go-template/parser.ts';
import type { NodeDescription, Task } from '../../store/objects.ts';
import { taskName } from '../controlapi/task-name.ts';

/** The part of a node's description that templates see; null where nothing is known of the node. */
export type NodeFacts = Pick<NodeDescription, 'hostname' | 'platform'> | null;

/** An anonymous struct: Go prints it as it is written. */
function anonymous(fields: readonly (readonly [string, GoStruct['fields'][number]['type'], string])[]): GoStruct {
  const text = fields.map(([name, , type]) => `${name} ${type}`).join('; ');
  return { kind: 'struct', name: `struct { ${text} }`, fields: fields.map(([name, type]) => ({ name, type })) };
}

const platform: GoStruct = {
  kind: 'struct',
  name: 'template.Platform',
  fields: [
    { name: 'Architecture', type: goString },
    { name: 'OS', type: goString },
  ],
};

const context: GoStruct = {
  kind: 'struct',
  name: 'template.Context',
  fields: [
    {
      name: 'Service',
      type: anonymous([
        ['ID', goString, 'string'],
        ['Name', goString, 'string'],
        ['Labels', mapOf(goString), 'map[string]string'],
      ]),
    },
    {
      name: 'Node',
      type: anonymous([
        ['ID', goString, 'string'],
        ['Hostname', goString, 'string'],
        ['Platform', platform, 'template.Platform'],
      ]),
    },
    {
      name: 'Task',
      type: anonymous([
        ['ID', goString, 'string'],
        ['Name', goString, 'string'],
        ['Slot', goString, 'string'],
      ]),
    },
  ],
};

/** As a template's dot. */
export function templateContext(task: Task, node: NodeFacts): GoValue {
  const { id, name, labels } = { id: task.serviceId, ...task.serviceAnnotations };
  const value = {
    Service: { ID: id, Name: name, Labels: labels },
    Node: {
      ID: task.nodeId,
      Hostname: node?.hostname ?? '',
      Platform: { Architecture: node?.platform.architecture ?? '', OS: node?.platform.os ?? '' },
    },
    // Node-bound tasks have the node's id for a slot.
    Task: { ID: task.id, Name: taskName(task), Slot: task.slot === 0 ? task.nodeId : String(task.slot) },
  };
  return { type: pointerTo(context), value };
}

/** A function of one text that may fail. */
export function textFunction(call: (argument: string) => ParseResult<string>): TemplateFunctions[string] {
  return {
    parameters: ['string'],
    call: ([argument]) => {
      const result = call(String(argument?.value ?? ''));
      return result.ok ? parsed(stringValue(result.value)) : result;
    },
  };
}

/** The first argument goes between the others. */
const join: TemplateFunctions[string] = {
  parameters: [],
  variadic: true,
  call: ([separator, ...parts]) =>
    separator
      ? parsed(stringValue(parts.map((part) => String(part?.value ?? '')).join(String(separator.value))))
      : unparsable('runtime error: index out of range [0] with length 0'),
};

/** The text with its actions carried out; errors in Go's words. */
export function expandTemplate(source: string, dot: GoValue, more: TemplateFunctions = {}): ParseResult<string> {
  if (!source.includes('{{')) return parsed(source);
  const functions: TemplateFunctions = { ...builtins, join, ...more };
  const name = 'expansion';
  const tree = parseTemplate(name, source, new Set(Object.keys(functions)));
  if (!tree.ok) return tree;
  const done = executeTemplate({ name, source, trees: tree.trees, functions, missingKeyIsError: true }, dot);
  return done.ok ? parsed(done.text) : unparsable(done.message);
}
