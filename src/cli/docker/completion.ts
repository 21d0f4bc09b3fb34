/**
 * Names of objects for Tab completion, asked of the daemon. A daemon that refuses or does not answer offers nothing.
 */
import type {
  Config,
  ContainerSummary,
  ImageSummary,
  Network,
  Node,
  Secret,
  Service,
  VolumeList,
} from '../../protocol/engine-api.ts';
import { describeError } from './client.ts';
import type { CompleteWord, CompletionContext } from './command.ts';

/** Names of nodes, and `self`. */
export const completeNodes: CompleteWord = ({ api }) =>
  quietly(async () => {
    const nodes = await api.get<Node[]>('/nodes');
    return [...nodes.map((node) => node.Description.Hostname ?? node.ID), 'self'];
  });

/** Names of services. */
export const completeServices: CompleteWord = ({ api }) =>
  quietly(async () => (await api.get<Service[]>('/services')).map((service) => service.Spec.Name ?? service.ID));

/** Names of secrets. */
export const completeSecrets: CompleteWord = ({ api }) =>
  quietly(async () => (await api.get<Secret[]>('/secrets')).map((secret) => secret.Spec.Name ?? secret.ID));

/** Names of configs. */
export const completeConfigs: CompleteWord = ({ api }) =>
  quietly(async () => (await api.get<Config[]>('/configs')).map((config) => config.Spec.Name ?? config.ID));

/** Names of networks. */
export const completeNetworks: CompleteWord = ({ api }) =>
  quietly(async () => (await api.get<Network[]>('/networks')).map((network) => network.Name));

/** Names of running containers. */
export const completeContainers: CompleteWord = (context) => containerNames(context, {});

/** Names of all containers. */
export const completeAllContainers: CompleteWord = (context) => containerNames(context, { all: '1' });

/** Names of volumes. */
export const completeVolumes: CompleteWord = ({ api }) =>
  quietly(async () => ((await api.get<VolumeList>('/volumes')).Volumes ?? []).map((volume) => volume.Name));

/** Several kinds at once. */
export function completeAnyOf(...kinds: CompleteWord[]): CompleteWord {
  return async (context) => (await Promise.all(kinds.map((kind) => kind(context)))).flat();
}

function containerNames({ api }: CompletionContext, query: Record<string, string>): Promise<string[]> {
  return quietly(async () => {
    const containers = await api.get<ContainerSummary[]>('/containers/json', query);
    return containers.map((container) => (container.Names[0] ?? container.Id).replace(/^\//, ''));
  });
}

async function quietly(ask: () => Promise<string[]>): Promise<string[]> {
  try {
    return await ask();
  } catch (error) {
    if (describeError(error) === null) throw error;
    return [];
  }
}

/** Names of the images that the host has. */
export const completeImages: CompleteWord = ({ api }) =>
  quietly(async () => (await api.get<ImageSummary[]>('/images/json')).flatMap((image) => image.RepoTags ?? []));
