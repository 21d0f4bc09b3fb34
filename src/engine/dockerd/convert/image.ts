/** Images of a host as Docker's JSON. `moby: api/types/image` */
import type * as api from '../../../protocol/engine-api.ts';
import type { Image } from '../../runtime/container.ts';
import type { RuntimeHost } from '../host.ts';
import { filled, list, struct } from './go-json.ts';
import { type EpochMs, rfc3339, unixSeconds } from './time.ts';

export function imageSummary(image: Image, runtime: RuntimeHost, epochMs: EpochMs): api.ImageSummary {
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
    Labels: null,
  };
}

export function imageInspect(image: Image, epochMs: EpochMs): Record<string, unknown> {
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
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: image.command.length === 0 ? null : list(image.command),
      WorkingDir: '/',
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

function digests({ tags, digest }: Image): string[] {
  return tags.map((tag) => `${tag.slice(0, tag.lastIndexOf(':'))}@${digest}`);
}
