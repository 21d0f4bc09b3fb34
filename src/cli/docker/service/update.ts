/**
 * `docker service update`: reads the service, changes its spec by the flags, sends it back with the version it was read at.
 * Source: `cli: cli/command/service/update.go` (`runUpdate`).
 */
import type {
  ConfigReference,
  ContainerSpec,
  NetworkAttachmentConfig,
  Service,
  ServiceSpec,
} from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { isNoCredentialSpec } from '../../opts/credential-spec.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { converge } from './create.ts';
import { byTarget, complaintAboutBlank, findConfigs, findNetworkId, findSecrets } from './named-object.ts';
import { updateService } from './send-service.ts';
import { updateOnly as only, shared, updateFlags } from './service-flags.ts';
import { privilegesWith, sentContainerSpec } from './spec-parts.ts';
import { updateSpec } from './update-spec.ts';

export const updateCommand: Command = {
  kind: 'command',
  name: 'update',
  usage: '[OPTIONS] SERVICE',
  description: 'Update a service',
  args: exactArgs(1),
  flags: updateFlags,
  run: runUpdate,
  complete: completeServices,
};

async function runUpdate(context: CommandContext): Promise<number> {
  const { flags, api } = context;
  const name = context.args[0]!;
  const blank = complaintAboutBlank('service', name);
  if (blank !== null) return context.fail(blank);
  const service = await api.get<Service>(`/services/${name}`, { insertDefaults: 'false' });
  const spec = await changedSpec(context, service.Spec);
  if (!spec.ok) return context.fail(spec.message);
  const registryAuth = flags.get(shared.registryAuth);
  const query = {
    ...(!registryAuth && { registryAuthFrom: 'spec' }),
    ...(flags.get(only.rollback) && { rollback: 'previous' }),
  };
  const queryRegistry = flags.changed(only.image) && !flags.get(shared.noResolveImage);
  const warnings = await updateService(api, service, spec.value, query, { queryRegistry, registryAuth });
  for (const warning of warnings) context.err(`${warning}\n`);
  context.out(`${name}\n`);
  return flags.get(shared.detach) ? 0 : converge(context, name);
}

async function changedSpec(context: CommandContext, before: ServiceSpec): Promise<ParseResult<ServiceSpec>> {
  const { flags, process } = context;
  if (flags.get(only.rollback) && isAnyOtherChanged(context)) {
    return unparsable('other flags may not be combined with --rollback');
  }
  const networks = await changedNetworks(context, before.TaskTemplate.Networks ?? []);
  if (!networks.ok) return networks;
  const spec = updateSpec(before, flags, process);
  if (!spec.ok) return spec;
  const container = await withFiles(context, spec.value.TaskTemplate.ContainerSpec ?? {});
  if (!container.ok) return container;
  const { Networks: _before, ...task } = spec.value.TaskTemplate;
  const attached = networks.value.length === 0 ? {} : { Networks: networks.value };
  return parsed({
    ...spec.value,
    TaskTemplate: { ...task, ...attached, ContainerSpec: sentContainerSpec(container.value) },
  });
}

function isAnyOtherChanged({ flags }: CommandContext): boolean {
  const allowed: readonly string[] = [only.rollback.name, shared.detach.name, shared.quiet.name];
  return updateFlags.some(({ name }) => !allowed.includes(name) && flags.changed(name));
}

async function changedNetworks(
  { flags, api }: CommandContext,
  before: NetworkAttachmentConfig[],
): Promise<ParseResult<NetworkAttachmentConfig[]>> {
  const removed = new Set<string>();
  for (const name of flags.get(only.networkRm)) {
    const id = await findNetworkId(api, name);
    if (!id.ok) return id;
    removed.add(id.value);
  }
  const networks = before.filter(({ Target }) => !removed.has(Target ?? ''));
  for (const attachment of flags.get(only.networkAdd)) {
    const id = await findNetworkId(api, attachment.Target ?? '');
    if (!id.ok) return id;
    if (networks.some(({ Target }) => Target === id.value)) {
      return unparsable(`service is already attached to network ${attachment.Target}`);
    }
    networks.push({ ...attachment, Target: id.value });
  }
  return parsed(flags.changed(only.networkRm) || flags.changed(only.networkAdd) ? byTarget(networks) : networks);
}

/** Secrets, configs and the credential spec, which may live in a config. */
async function withFiles({ flags, api }: CommandContext, spec: ContainerSpec): Promise<ParseResult<ContainerSpec>> {
  const addedSecrets = await findSecrets(api, flags.get(only.secretAdd));
  if (!addedSecrets.ok) return addedSecrets;
  const removedSecrets = flags.get(only.secretRm);
  const keptSecrets = (spec.Secrets ?? []).filter(({ SecretName }) => !removedSecrets.includes(SecretName));
  const credentials = flags.changed(shared.credentialSpec) ? flags.get(shared.credentialSpec) : null;
  const runtime = credentials?.Config || null;
  const addedConfigs = await findConfigs(api, flags.get(only.configAdd), runtime);
  if (!addedConfigs.ok) return addedConfigs;
  const configs = [
    ...keptConfigs(spec, flags.get(only.configRm), runtime, credentials !== null),
    ...addedConfigs.value,
  ];
  const next = { ...spec, Secrets: [...keptSecrets, ...addedSecrets.value], Configs: configs };
  if (credentials === null) return parsed(next);
  if (isNoCredentialSpec(credentials)) {
    return parsed(next.Privileges ? { ...next, Privileges: privilegesWith(null, next.Privileges) } : next);
  }
  const id = configs.find(({ ConfigName }) => ConfigName === runtime)?.ConfigID;
  const credentialSpec = id === undefined ? credentials : { ...credentials, Config: id };
  return parsed({ ...next, Privileges: privilegesWith(credentialSpec, next.Privileges) });
}

/** Configs that stay; one that the engine reads (no file) stays as long as the credential spec names it. */
function keptConfigs(
  spec: ContainerSpec,
  removed: readonly string[],
  newName: string | null,
  isReplaced: boolean,
): ConfigReference[] {
  const oldId = isReplaced ? '' : (spec.Privileges?.CredentialSpec?.Config ?? '');
  return (spec.Configs ?? []).filter((config) =>
    config.Runtime ? config.ConfigName === newName || config.ConfigID === oldId : !removed.includes(config.ConfigName),
  );
}
