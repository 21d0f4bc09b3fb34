/**
 * Deploys a stack: makes its networks, secrets, configs and services, or changes those that are there.
 * Source: `cli: cli/command/stack/swarm/deploy.go, deploy_composefile.go`.
 * Simplified: in the order of their names; the original walks Go maps, whose order is random.
 */
import type { Config, Info, Network, Secret, Service, ServiceSpec } from '../../../protocol/engine-api.ts';
import { convertConfigs, convertSecrets } from '../../compose/convert-file-objects.ts';
import { convertNetworks, type StackNetworks } from '../../compose/convert-networks.ts';
import { isUserDefined } from '../../compose/convert-service.ts';
import { descoped, imageLabel, scoped } from '../../compose/namespace.ts';
import type { StackFile } from '../../compose/stack-file.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { type DockerClient, describeError, isNotFound } from '../client.ts';
import type { CommandContext } from '../command.ts';
import { waitOnService } from '../progress/service-progress.ts';
import { createService, updateService } from '../service/send-service.ts';
import { deployFlags } from './deploy-flags.ts';
import { removableServices, removeObjects } from './remove-objects.ts';
import { serviceSpecs } from './service-specs.ts';
import { type DeployableStack, loadForDeployment } from './stack-files.ts';
import { complaintAboutStackName, stackNetworksOf, stackServicesOf } from './stack-objects.ts';

/** `docker stack deploy`. */
export async function deployStack(context: CommandContext): Promise<number> {
  const [stack = ''] = context.args;
  const complaint = complaintAboutStackName(stack);
  if (complaint !== null) return context.fail(complaint);
  const loaded = await loadForDeployment(context);
  if (!loaded.ok) return context.fail(loaded.message);
  const { flags } = context;
  const resolve = flags.get(deployFlags.resolveImage);
  if (!isResolveImage(resolve)) return context.fail(`Invalid option ${resolve} for flag --resolve-image`);
  if (flags.get(deployFlags.detach) && !flags.changed(deployFlags.detach)) context.err(detachNotice);
  const services = await deploy(context, stack, loaded.value, resolve);
  if (!services.ok) return context.fail(services.message);
  return flags.get(deployFlags.detach) ? 0 : waitOnServices(context, services.value);
}

type ResolveImage = 'always' | 'changed' | 'never';

function isResolveImage(text: string): text is ResolveImage {
  return text === 'always' || text === 'changed' || text === 'never';
}

const detachNotice = `Since --detach=false was not specified, tasks will be created in the background.
In a future release, --detach=false will become the default.
`;

/** The IDs of its services. */
async function deploy(
  context: CommandContext,
  stack: string,
  { file, context: place }: DeployableStack,
  resolve: ResolveImage,
): Promise<ParseResult<string[]>> {
  const { api } = context;
  const info = await api.get<Info>('/info');
  if (!info.Swarm?.ControlAvailable) return unparsable(notManager);
  if (context.flags.get(deployFlags.prune)) await pruneServices(context, stack, file);
  const networks = convertNetworks(stack, file);
  const missing = await complaintAboutExternal(api, networks.external);
  if (missing !== null) return unparsable(missing);
  const made = await createNetworks(context, stack, networks);
  if (!made.ok) return made;
  const secrets = convertSecrets(stack, file.secrets, place);
  if (!secrets.ok) return secrets;
  const secretsMade = await createFileObjects(context, 'secret', secrets.value);
  if (!secretsMade.ok) return secretsMade;
  const configs = convertConfigs(stack, file.configs, place);
  if (!configs.ok) return configs;
  const configsMade = await createFileObjects(context, 'config', configs.value);
  if (!configsMade.ok) return configsMade;
  const services = await serviceSpecs(api, stack, file);
  if (!services.ok) return services;
  return deployServices(context, stack, services.value, resolve);
}

const notManager =
  'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again';

/** Services of the stack that the files do not name any more. */
async function pruneServices(context: CommandContext, stack: string, { services }: StackFile): Promise<void> {
  const found = await attempt('Failed to list services', () => stackServicesOf(context.api, stack));
  if (!found.ok) {
    context.err(`${found.message}\n`);
    return;
  }
  const orphans = found.value.filter(({ Spec }) => !services.has(descoped(stack, Spec.Name ?? '')));
  await removeObjects(context, 'service', removableServices(orphans));
}

async function complaintAboutExternal(api: DockerClient, names: readonly string[]): Promise<string | null> {
  for (const name of names.filter(isUserDefined)) {
    const declared = `network "${name}" is declared as external, but`;
    try {
      const { Scope: scope } = await api.get<Network>(`/networks/${name}`);
      if (scope !== 'swarm') return `${declared} it is not in the right scope: "${scope}" instead of "swarm"`;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return `${declared} could not be found. You need to create a swarm-scoped network before the stack is deployed`;
    }
  }
  return null;
}

async function createNetworks(
  { api, out }: CommandContext,
  stack: string,
  { create }: StackNetworks,
): Promise<ParseResult<null>> {
  const there = new Set((await stackNetworksOf(api, stack)).map(({ Name }) => Name));
  for (const body of create.filter(({ Name }) => !there.has(Name))) {
    out(`Creating network ${body.Name}\n`);
    const made = await attempt(`failed to create network ${body.Name}`, () => api.post('/networks/create', { body }));
    if (!made.ok) return made;
  }
  return parsed(null);
}

/** Those that are there are updated: what they hold cannot change, their labels can. */
async function createFileObjects(
  { api, out }: CommandContext,
  kind: 'secret' | 'config',
  specs: readonly { Name?: string }[],
): Promise<ParseResult<null>> {
  for (const body of specs) {
    const name = body.Name ?? '';
    const there = await find(api, kind, name);
    if (there === null) out(`Creating ${kind} ${name}\n`);
    const done =
      there === null
        ? await attempt(`failed to create ${kind} ${name}`, () => api.post(`/${kind}s/create`, { body }))
        : await attempt(`failed to update ${kind} ${name}`, () => {
            const query = { version: String(there.Version.Index) };
            return api.post(`/${kind}s/${there.ID}/update`, { query, body });
          });
    if (!done.ok) return done;
  }
  return parsed(null);
}

async function find(api: DockerClient, kind: 'secret' | 'config', name: string): Promise<Secret | Config | null> {
  try {
    return await api.get(`/${kind}s/${name}`);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function deployServices(
  context: CommandContext,
  stack: string,
  specs: ReadonlyMap<string, ServiceSpec>,
  resolve: ResolveImage,
): Promise<ParseResult<string[]>> {
  const there = new Map((await stackServicesOf(context.api, stack)).map((service) => [service.Spec.Name, service]));
  const ids: string[] = [];
  for (const [name, spec] of specs) {
    const service = there.get(scoped(stack, name));
    const id = service
      ? await changeService(context, service, spec, resolve)
      : await makeService(context, spec, resolve);
    if (!id.ok) return id;
    ids.push(id.value);
  }
  return parsed(ids);
}

async function makeService(
  { api, out, flags }: CommandContext,
  spec: ServiceSpec,
  resolve: ResolveImage,
): Promise<ParseResult<string>> {
  out(`Creating service ${spec.Name}\n`);
  const made = await attempt(`failed to create service ${spec.Name}`, () =>
    createService(api, spec, {
      queryRegistry: resolve !== 'never',
      registryAuth: flags.get(deployFlags.registryAuth),
    }),
  );
  return made.ok ? parsed(made.value.id) : made;
}

/** An image that the file names as before stays pinned as it is, unless the registry is always asked. */
async function changeService(
  { api, out, err, flags }: CommandContext,
  service: Service,
  spec: ServiceSpec,
  resolve: ResolveImage,
): Promise<ParseResult<string>> {
  out(`Updating service ${spec.Name} (id: ${service.ID})\n`);
  const image = spec.TaskTemplate.ContainerSpec?.Image;
  const isSameImage = image === service.Spec.Labels?.[imageLabel];
  const keepsImage = isSameImage && resolve !== 'always';
  const { ContainerSpec: container, ForceUpdate } = service.Spec.TaskTemplate;
  const task = {
    ...spec.TaskTemplate,
    ...(keepsImage && { ContainerSpec: { ...spec.TaskTemplate.ContainerSpec, Image: container?.Image } }),
    // A deployment forces nothing: what was forced before stays so.
    ForceUpdate,
  };
  const options = {
    queryRegistry: resolve === 'always' || (resolve === 'changed' && !isSameImage),
    registryAuth: flags.get(deployFlags.registryAuth),
  };
  const changed = await attempt(`failed to update service ${spec.Name}`, () =>
    updateService(api, service, { ...spec, TaskTemplate: task }, {}, options),
  );
  if (!changed.ok) return changed;
  for (const warning of changed.value) err(`${warning}\n`);
  return parsed(service.ID);
}

/** Waits for one after the other. */
async function waitOnServices(context: CommandContext, ids: readonly string[]): Promise<number> {
  const errors: string[] = [];
  for (const id of ids) {
    const error = await waitOnService(context, id, context.flags.get(deployFlags.quiet));
    if (error !== null) errors.push(`${id}: ${error}`);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

/** What was asked for, or the daemon's refusal after what was tried. */
async function attempt<T>(what: string, act: () => Promise<T>): Promise<ParseResult<T>> {
  try {
    return parsed(await act());
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return unparsable(`${what}: ${line}`);
  }
}
