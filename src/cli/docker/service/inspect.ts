/** `docker service inspect`. Source: `cli: cli/command/service/inspect.go`. */

import { serviceType } from '../../../go-types/swarm.ts';
import type { Network, Service } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { ApiError, type DockerClient, describeError, isNotFound } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { complaintAboutBlank } from './named-object.ts';
import { prettyService } from './pretty.ts';

const pretty = boolFlag({ name: 'pretty', description: 'Print for reading instead of as JSON' });

export const inspectCommand: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] SERVICE [SERVICE...]',
  description: 'Display detailed information on one or more services',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, pretty],
  run: runInspect,
  complete: completeServices,
};

async function runInspect(context: CommandContext): Promise<number> {
  const { flags, args, api } = context;
  const format = flags.get(inspectFormatFlag);
  if (flags.get(pretty) && format !== '') return context.fail('--format is incompatible with human friendly format');
  if (flags.get(pretty) || format === 'pretty') return printPretty(context);
  if (format.startsWith('pretty')) {
    return context.fail('Cannot supply extra formatting options to the pretty template');
  }
  const find = async (name: string) => {
    const service = await findService(api, name);
    return 'error' in service ? service : { raw: service.service, type: serviceType, typedOnly: true };
  };
  return inspectObjects(context, args, format, find, { badTemplateStatus: 1 });
}

/** The service, its empty fields filled with the manager's defaults; or the line that says why not. */
async function findService(api: DockerClient, name: string): Promise<{ service: Service } | { error: string }> {
  const blank = complaintAboutBlank('service', name);
  if (blank !== null) return { error: blank };
  try {
    return { service: await api.get<Service>(`/services/${name}`, { insertDefaults: 'true' }) };
  } catch (error) {
    if (isNotFound(error)) return { error: `Error: no such service: ${name}` };
    const line = describeError(error);
    if (line === null) throw error;
    return { error: line };
  }
}

/** All services or, if one cannot be found, none. */
async function printPretty(context: CommandContext): Promise<number> {
  const now = context.process.host.clock.now();
  let text = '';
  for (const name of context.args) {
    const found = await findService(context.api, name);
    if ('error' in found) return context.fail(found.error);
    text += prettyService(found.service, await networkNames(context.api, found.service), now);
  }
  context.out(text);
  return 0;
}

async function networkNames(api: DockerClient, { Spec }: Service): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { Target = '' } of Spec.TaskTemplate.Networks ?? []) {
    const network = await api.get<Network>(`/networks/${Target}`, { scope: 'swarm' }).catch((error: unknown) => {
      if (error instanceof ApiError) return null;
      throw error;
    });
    if (network) names.set(network.Id, network.Name);
  }
  return names;
}
