/** Images of a host as Docker's JSON. `moby: api/types/image` */
import type * as api from '../../../protocol/engine-api.ts';
import type { Image } from '../../runtime/container.ts';
import type { RuntimeHost } from '../host.ts';
import { filled, list, struct } from './go-json.ts';
import { type EpochMs, rfc3339, unixSeconds } from './time.ts';

export function imageSummary(image: NamedImage, runtime: RuntimeHost, epochMs: EpochMs): api.ImageSummary {
  const users = [...runtime.state.containers.values()].filter(({ imageId }) => imageId === image.id);
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: list(image.isTagged ? image.tags : []),
    RepoDigests: digests(image),
    Created: unixSeconds(epochMs, image.createdAt),
    Size: image.sizeBytes,
    SharedSize: -1,
    Containers: users.length === 0 ? -1 : users.length,
    Labels: image.labels ? { ...image.labels } : null,
  };
}

export function imageInspect(image: NamedImage, epochMs: EpochMs): Record<string, unknown> {
  return {
    Id: image.id,
    RepoTags: list(image.isTagged ? image.tags : []),
    RepoDigests: digests(image),
    Parent: '',
    Comment: '',
    Created: rfc3339(epochMs, image.createdAt),
    DockerVersion: '',
    Author: '',
    Config: struct({
      ExposedPorts: filled(Object.fromEntries(image.exposed.map((port) => [port, {}]))),
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(image.env ?? [])],
      Cmd: image.command.length === 0 ? null : list(image.command),
      WorkingDir: image.workingDir || '/',
      Entrypoint: image.entrypoint.length === 0 ? null : list(image.entrypoint),
    }),
    Architecture: 'amd64',
    Os: 'linux',
    Size: image.sizeBytes,
    GraphDriver: { Data: null, Name: 'overlay2' },
    RootFS: { Type: 'layers', Layers: [image.id] },
    Metadata: { LastTagTime: rfc3339(epochMs, image.createdAt) },
  };
}

function digests({ tags, digest, localTags = [] }: NamedImage): string[] {
  const known = tags.filter((tag) => !localTags.includes(tag));
  return [...new Set(known.map((tag) => `${tag.slice(0, tag.lastIndexOf(':'))}@${digest}`))];
}

/** An image with all its names. */
export interface NamedImage extends Image {
  /** Names that no registry knows. */
  localTags?: readonly string[];
}

/** Images of a host, each once, with all names that it has there. */
export function namedImages({ state }: RuntimeHost): NamedImage[] {
  const byId = new Map<string, NamedImage>();
  for (const image of state.images.values()) {
    const known = byId.get(image.id);
    const localTags = [...(known?.localTags ?? []), ...(image.isLocal ? image.tags : [])];
    const tags = [...(known?.isTagged ? known.tags : []), ...(image.isTagged || !known ? image.tags : [])].sort();
    byId.set(image.id, { ...image, tags, isTagged: image.isTagged || Boolean(known?.isTagged), localTags });
  }
  return [...byId.values()];
}
