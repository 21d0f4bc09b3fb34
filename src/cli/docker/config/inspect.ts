/** `docker config inspect`. Source: `cli: cli/command/config/inspect.go, formatter.go`. */

import { printTime } from '../../../go-types/struct.ts';
import { configType } from '../../../go-types/swarm.ts';
import { decodeBase64Text } from '../../../protocol/base64.ts';
import type { Config } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { capitalize } from '../capitalize.ts';
import { type DockerClient, EmptyReference } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeConfigs } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { prettyLabels } from '../secret/pretty-labels.ts';

const pretty = boolFlag({ name: 'pretty', description: 'Print for reading instead of as JSON' });

export const configInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] CONFIG [CONFIG...]',
  description: 'Show configs in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, pretty],
  run: inspectConfigs,
  complete: completeConfigs,
};

async function inspectConfigs(context: CommandContext): Promise<number> {
  const { api, flags, args } = context;
  const format = flags.get(pretty) ? 'pretty' : flags.get(inspectFormatFlag);
  if (format === 'pretty') return printPretty(context);
  if (format.startsWith('pretty')) return context.fail('cannot supply extra formatting options to the pretty template');
  const find = async (name: string) => ({ raw: await getConfig(api, name), type: configType });
  return inspectObjects(context, args, format, find, { badTemplateStatus: 1 });
}

async function getConfig(api: DockerClient, name: string): Promise<Config> {
  // The word is the original's own (`moby: client/config_inspect.go`).
  if (name.trim() === '') throw new EmptyReference('invalid contig name or ID: value is empty');
  return api.get(`/configs/${name}`);
}

/** All configs or, if one cannot be found, none. */
async function printPretty(context: CommandContext): Promise<number> {
  let text = '';
  for (const name of context.args) text += prettyConfig(await getConfig(context.api, name));
  context.out(text);
  return 0;
}

/** Tabs are docker's own. */
function prettyConfig({ ID: id, Spec: spec, CreatedAt: created, UpdatedAt: updated }: Config): string {
  const lines = [
    `ID:\t\t\t${id}`,
    `Name:\t\t\t${spec.Name ?? ''}`,
    ...prettyLabels(spec.Labels),
    `Created at:            \t${capitalize(printTime(created))}`,
    `Updated at:            \t${capitalize(printTime(updated))}`,
    'Data:',
    decodeBase64Text(spec.Data ?? ''),
  ];
  return `${lines.join('\n')}\n`;
}
