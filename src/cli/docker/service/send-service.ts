/**
 * Sends a service's spec to the daemon, for creation or update, the way the real client does: image tagged and pinned first.
 * Source: `moby: client/service_create.go`, `service_update.go`.
 */
import type {
  Service,
  ServiceCreateResponse,
  ServiceSpec,
  ServiceUpdateResponse,
} from '../../../protocol/engine-api.ts';
import type { DockerClient } from '../client.ts';
import { pinImage, tagImage } from './pin-image.ts';

/** How to send. */
export interface SendOptions {
  /** Ask the registry for the image's digest. */
  queryRegistry?: boolean;
  /** Hand on the user's credentials for the registry. */
  registryAuth?: boolean;
}

/** Credentials of one who has never logged in, as the real client encodes them. */
const noCredentials = { 'X-Registry-Auth': 'e30=' };

/** Creates a service; returns its ID and what to warn of. */
export async function createService(
  api: DockerClient,
  spec: ServiceSpec,
  options: SendOptions,
): Promise<{ id: string; warnings: string[] }> {
  const { body, headers, warning } = await prepare(api, spec, options);
  const answer = await api.post<ServiceCreateResponse>('/services/create', { body, headers });
  return { id: answer.ID, warnings: [...(answer.Warnings ?? []), ...(warning === null ? [] : [warning])] };
}

/** Replaces the spec of `service`; the version says of which one. Returns what to warn of. */
export async function updateService(
  api: DockerClient,
  service: Service,
  spec: ServiceSpec,
  query: Record<string, string>,
  options: SendOptions = {},
): Promise<string[]> {
  const { body, headers, warning } = await prepare(api, spec, options);
  const answer = await api.post<ServiceUpdateResponse>(`/services/${service.ID}/update`, {
    query: { ...query, version: String(service.Version.Index) },
    headers,
    body,
  });
  return [...(answer.Warnings ?? []), ...(warning === null ? [] : [warning])];
}

async function prepare(api: DockerClient, spec: ServiceSpec, options: SendOptions) {
  const headers = options.registryAuth ? noCredentials : undefined;
  const task = tagImage(spec.TaskTemplate);
  const pinned = options.queryRegistry ? await pinImage(api, task, headers) : { task, warning: null };
  return { body: { ...spec, TaskTemplate: pinned.task }, headers, warning: pinned.warning };
}
