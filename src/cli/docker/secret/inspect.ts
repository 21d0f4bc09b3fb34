/** `docker secret inspect`. Source: `cli: cli/command/secret/inspect.go, formatter.go`. */

import { printTime } from '../../../go-types/struct.ts';
import { secretType } from '../../../go-types/swarm.ts';
import type { Secret } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { capitalize } from '../capitalize.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeSecrets } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { prettyLabels } from './pretty-labels.ts';

const pretty = boolFlag({ name: 'pretty', description: 'Print for reading instead of as JSON' });

export const secretInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] SECRET [SECRET...]',
  description: 'Show secrets in detail, all but what they hide',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, pretty],
  run: inspectSecrets,
  complete: completeSecrets,
};

async function inspectSecrets(context: CommandContext): Promise<number> {
  const { api, flags, args } = context;
  const format = flags.get(pretty) ? 'pretty' : flags.get(inspectFormatFlag);
  if (format === 'pretty') return printPretty(context);
  if (format.startsWith('pretty')) return context.fail('cannot supply extra formatting options to the pretty template');
  const find = async (name: string) => ({ raw: await api.get(`/secrets/${name}`), type: secretType });
  return inspectObjects(context, args, format, find, { badTemplateStatus: 1 });
}

/** All secrets or, if one cannot be found, none. */
async function printPretty(context: CommandContext): Promise<number> {
  let text = '';
  for (const name of context.args) text += prettySecret(await context.api.get<Secret>(`/secrets/${name}`));
  context.out(text);
  return 0;
}

function prettySecret({ ID: id, Spec: spec, CreatedAt: created, UpdatedAt: updated }: Secret): string {
  const lines = [
    `ID:              ${id}`,
    `Name:              ${spec.Name ?? ''}`,
    ...prettyLabels(spec.Labels),
    `Driver:            ${spec.Driver?.Name ?? ''}`,
    `Created at:        ${capitalize(printTime(created))}`,
    `Updated at:        ${capitalize(printTime(updated))}`,
  ];
  return `${lines.join('\n')}\n`;
}
