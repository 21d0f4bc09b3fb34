/**
 * Objects that a service refers to by name: networks, secrets, configs are looked up, for the manager wants their IDs.
 * Source: `cli: cli/command/service/parse.go`, `opts.go` (`resolveNetworkID`), `moby: client/utils.go` (`trimID`).
 */
import type {
  ConfigReference,
  Network,
  NetworkAttachmentConfig,
  SecretReference,
} from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import type { FileReference } from '../../opts/file-reference.ts';
import { type DockerClient, filtersQuery } from '../client.ts';

/** The complaint of the real client about a blank name, before it asks the daemon; null if there is none. */
export function complaintAboutBlank(kind: 'service' | 'network' | 'container' | 'task', name: string): string | null {
  return name.trim() === '' ? `invalid ${kind} name or ID: value is empty` : null;
}

/** The ID of a swarm network. */
export async function findNetworkId(api: DockerClient, name: string): Promise<ParseResult<string>> {
  const complaint = complaintAboutBlank('network', name);
  if (complaint !== null) return unparsable(complaint);
  return parsed((await api.get<Network>(`/networks/${name}`, { scope: 'swarm' })).Id);
}

/** The attachments with IDs for targets, in the order of the IDs. */
export async function findNetworks(
  api: DockerClient,
  attachments: readonly NetworkAttachmentConfig[],
): Promise<ParseResult<NetworkAttachmentConfig[]>> {
  const found: NetworkAttachmentConfig[] = [];
  for (const attachment of attachments) {
    const id = await findNetworkId(api, attachment.Target ?? '');
    if (!id.ok) return id;
    found.push({ ...attachment, Target: id.value });
  }
  return parsed(byTarget(found));
}

/** Sorted as the manager gets them, so that the same networks make the same spec. */
export function byTarget(attachments: NetworkAttachmentConfig[]): NetworkAttachmentConfig[] {
  return attachments.toSorted((a, b) => ((a.Target ?? '') < (b.Target ?? '') ? -1 : 1));
}

/**
 * The secrets with their IDs.
 * Simplified: in the order given; the original walks a Go map, whose order is random.
 */
export async function findSecrets(
  api: DockerClient,
  requested: readonly FileReference[],
): Promise<ParseResult<SecretReference[]>> {
  if (requested.length === 0) return parsed([]);
  const ids = await findIds(api, 'secret', requested);
  if (!ids.ok) return ids;
  return parsed(
    requested.map(({ source, file }) => ({ File: file, SecretID: ids.value.get(source)!, SecretName: source })),
  );
}

/** The configs with their IDs; `runtime` is one that the engine itself reads (a credential spec), null if there is none. */
export async function findConfigs(
  api: DockerClient,
  requested: readonly FileReference[],
  runtime: string | null = null,
): Promise<ParseResult<ConfigReference[]>> {
  if (requested.length === 0 && runtime === null) return parsed([]);
  const ids = await findIds(api, 'config', requested, runtime);
  if (!ids.ok) return ids;
  const files = requested.map(({ source, file }) => ({
    File: file,
    ConfigID: ids.value.get(source)!,
    ConfigName: source,
  }));
  if (runtime === null) return parsed(files);
  return parsed([...files, { Runtime: {}, ConfigID: ids.value.get(runtime)!, ConfigName: runtime }]);
}

async function findIds(
  api: DockerClient,
  kind: 'secret' | 'config',
  requested: readonly FileReference[],
  runtime: string | null = null,
): Promise<ParseResult<Map<string, string>>> {
  const targets = new Set<string>();
  for (const { source, file } of requested) {
    if (targets.has(file.Name)) return unparsable(`duplicate ${kind} target for ${source} not allowed`);
    targets.add(file.Name);
  }
  const names = [...requested.map(({ source }) => source), ...(runtime === null ? [] : [runtime])];
  const filters = filtersQuery({ name: [...new Set(names)] });
  const objects = await api.get<{ ID: string; Spec: { Name: string } }[]>(`/${kind}s`, { filters });
  const ids = new Map(objects.map(({ ID, Spec }) => [Spec.Name, ID]));
  const missing = names.find((name) => !ids.has(name));
  return missing === undefined ? parsed(ids) : unparsable(`${kind} not found: ${missing}`);
}
