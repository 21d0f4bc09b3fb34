/** `docker node inspect`. Source: `docker/cli: cli/command/node/inspect.go`. */

import { nodeType } from '../../../go-types/swarm.ts';
import type { Node } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeNodes } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { resolveNodeReference } from './node-reference.ts';
import { prettyNode } from './pretty.ts';

const pretty = boolFlag({ name: 'pretty', description: 'Print for reading instead of as JSON' });

export const nodeInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] self|NODE [NODE...]',
  description: 'Show nodes in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, pretty],
  run: inspectNodes,
  complete: completeNodes,
};

async function inspectNodes(context: CommandContext): Promise<number> {
  const { api, flags, args } = context;
  const format = flags.get(pretty) ? 'pretty' : flags.get(inspectFormatFlag);
  if (format === 'pretty') return printPretty(context);
  if (format.startsWith('pretty')) return context.fail('cannot supply extra formatting options to the pretty template');
  const find = async (reference: string) => {
    const node = await resolveNodeReference(api, reference);
    return node.ok
      ? { raw: await api.get(`/nodes/${node.id}`), type: nodeType, typedOnly: true }
      : { error: node.line };
  };
  return inspectObjects(context, args, format, find, { badTemplateStatus: 1 });
}

/** All nodes or, if one cannot be found, none. */
async function printPretty(context: CommandContext): Promise<number> {
  let text = '';
  for (const reference of context.args) {
    const node = await resolveNodeReference(context.api, reference);
    if (!node.ok) return context.fail(node.line);
    text += prettyNode(await context.api.get<Node>(`/nodes/${node.id}`));
  }
  context.out(text);
  return 0;
}
