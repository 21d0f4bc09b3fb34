/** `docker service create`. Source: `cli: cli/command/service/create.go`. */
import type { ServiceSpec } from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed } from '../../flags/flag.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { waitOnService } from '../progress/service-progress.ts';
import { createSpec } from './create-spec.ts';
import { findConfigs, findSecrets } from './named-object.ts';
import { createService } from './send-service.ts';
import { createFlags, createOnly, shared } from './service-flags.ts';
import { privilegesWith } from './spec-parts.ts';

export const createCommand: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  description: 'Create a new service',
  args: requiresMinArgs(1),
  flags: createFlags,
  interspersed: false,
  run: runCreate,
};

async function runCreate(context: CommandContext): Promise<number> {
  const { flags, api } = context;
  const bare = await createSpec(context);
  if (!bare.ok) return context.fail(bare.message);
  const spec = await withFiles(context, bare.value);
  if (!spec.ok) return context.fail(spec.message);
  const { id, warnings } = await createService(api, spec.value, {
    queryRegistry: !flags.get(shared.noResolveImage),
    registryAuth: flags.get(shared.registryAuth),
  });
  for (const warning of warnings) context.err(`${warning}\n`);
  context.out(`${id}\n`);
  return flags.get(shared.detach) ? 0 : converge(context, id);
}

/** Waits for `service` and returns the command's exit status. */
export async function converge(context: CommandContext, service: string): Promise<number> {
  const error = await waitOnService(context, service, context.flags.get(shared.quiet));
  return error === null ? 0 : context.fail(error);
}

/** The spec with its secrets and configs; a credential spec in a config needs that config's ID. */
async function withFiles({ api, flags }: CommandContext, spec: ServiceSpec): Promise<ParseResult<ServiceSpec>> {
  const secrets = await findSecrets(api, flags.get(createOnly.secrets));
  if (!secrets.ok) return secrets;
  const credentials = flags.get(shared.credentialSpec);
  const runtime = credentials.Config || null;
  const configs = await findConfigs(api, flags.get(createOnly.configs), runtime);
  if (!configs.ok) return configs;
  const container = { ...spec.TaskTemplate.ContainerSpec };
  if (secrets.value.length > 0) container.Secrets = secrets.value;
  if (configs.value.length > 0) container.Configs = configs.value;
  const config = configs.value.find(({ ConfigName }) => ConfigName === runtime);
  if (config) container.Privileges = privilegesWith({ ...credentials, Config: config.ConfigID });
  return parsed({ ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: container } });
}
