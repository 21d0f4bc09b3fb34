/**
 * Pins a service's image to the digest its tag has now, so that all nodes run the same image and a later update of the
 * tag changes nothing; and notes the platforms the image is made for, which the scheduler filters by.
 * Source: `moby: client/service_create.go` (`resolveContainerSpecImage`).
 */
import { ConnectionError } from '../../../protocol/api.ts';
import type { DistributionInspect, Platform, TaskSpec } from '../../../protocol/engine-api.ts';
import { withDefaultTag, withDigest } from '../../opts/image-reference.ts';
import { ApiError, type DockerClient } from '../client.ts';
import { withoutEmpty } from './without-empty.ts';

/** A task's spec ready to be sent, and what to tell the user about its image. */
export interface PinnedTask {
  task: TaskSpec;
  warning: string | null;
}

/** Adds `:latest` where there is no tag. */
export function tagImage(task: TaskSpec): TaskSpec {
  const image = task.ContainerSpec?.Image;
  if (!image) return task;
  return { ...task, ContainerSpec: { ...task.ContainerSpec, Image: withDefaultTag(image) } };
}

/** Asks the registry, through the daemon, for digest and platforms of the (tagged) image. */
export async function pinImage(
  api: DockerClient,
  task: TaskSpec,
  headers?: Record<string, string>,
): Promise<PinnedTask> {
  const image = task.ContainerSpec?.Image ?? '';
  const inspected = await inspectDistribution(api, image, headers);
  if (inspected === null) return { task, warning: independentWarning(image) };
  const pinned = {
    ...task,
    ContainerSpec: { ...task.ContainerSpec, Image: withDigest(image, inspected.Descriptor.digest) },
  };
  const platforms = (inspected.Platforms ?? []).map(toPlatform);
  if (platforms.length === 0) return { task: pinned, warning: null };
  return { task: { ...pinned, Placement: { ...task.Placement, Platforms: platforms } }, warning: null };
}

/** Nodes call ARM `armv7l` and the like, images `arm`: so the architecture of those is left open. */
function toPlatform({ architecture, os }: { architecture: string; os: string }): Platform {
  return withoutEmpty({ Architecture: architecture.toLowerCase() === 'arm' ? '' : architecture, OS: os });
}

async function inspectDistribution(
  api: DockerClient,
  image: string,
  headers?: Record<string, string>,
): Promise<DistributionInspect | null> {
  try {
    return (await api.request('GET', `/distribution/${image}/json`, { headers })).body as DistributionInspect;
  } catch (error) {
    // Whatever the reason: the service is created all the same, with a warning.
    if (error instanceof ApiError || error instanceof ConnectionError) return null;
    throw error;
  }
}

function independentWarning(image: string): string {
  return [
    `image ${image} could not be accessed on a registry to record`,
    `its digest. Each node will access ${image} independently,`,
    'possibly leading to different nodes running different',
    'versions of the image.\n',
  ].join('\n');
}
