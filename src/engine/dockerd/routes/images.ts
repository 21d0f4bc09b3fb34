/** `/images` and `/distribution`. `moby: daemon/server/router/image`, `daemon/server/router/distribution` */
import { familiarString, parseImageReference } from '../../manager/controlapi/image-reference.ts';
import type { Image } from '../../runtime/container.ts';
import { digestOf, existsInRegistry, parseReference } from '../../runtime/registry.ts';
import { imageInspect, imageSummary } from '../convert/image.ts';
import type { Dockerd } from '../dockerd.ts';
import { isTrue, matches, parseFilters } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

const FILTERS = ['before', 'dangling', 'label', 'reference', 'since', 'until'];

export const listImages: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { runtime, epochMs } = daemon.host;
    const images = [...runtime.state.images.values()].filter((image) =>
      image.tags.some(
        (tag) => matches(parsed.filters, 'reference', tag) || matches(parsed.filters, 'reference', tag.split(':')[0]!),
      ),
    );
    const newestFirst = images.sort((a, b) => b.createdAt - a.createdAt);
    daemon.reply(
      call,
      newestFirst.map((image) => imageSummary(image, runtime, epochMs)),
    );
  },
};

export const inspectImage: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call, `no such image: ${call.params.name}: `);
    if (image) daemon.reply(call, imageInspect(image, daemon.host.epochMs));
  },
};

/** By name, by id, or by a prefix of the id; refuses the call if there is none. */
function findImage(daemon: Dockerd, call: Call, prefix = ''): Image | undefined {
  const ref = call.params.name!;
  const { runtime } = daemon.host;
  const named = runtime.image(ref);
  if (named) return named;
  for (const image of runtime.state.images.values()) {
    if (image.id === ref || image.id.startsWith(`sha256:${ref.replace(/^sha256:/, '')}`)) return image;
  }
  daemon.refuse(call, {
    status: 404,
    message: `${prefix}No such image: ${/[:@][^/]*$/.test(ref) ? ref : `${ref}:latest`}`,
  });
  return undefined;
}

export const pullImage: Route = {
  start(daemon, call) {
    const { fromImage = '', tag = '' } = call.request.query ?? {};
    const separator = tag.startsWith('sha256:') ? '@' : ':';
    const text = tag === '' ? fromImage : `${fromImage}${separator}${tag}`;
    const reference = parseImageReference(text);
    if (!reference) return daemon.refuse(call, { status: 400, message: 'invalid reference format' });
    const named = familiarString({ ...reference, tag: reference.tag || (reference.digest ? '' : 'latest') });
    call.partial = { named, present: Boolean(daemon.host.runtime.image(named)) };
    daemon.host.runtime.pull(named, daemon.token(call, 'pulled'));
  },
  stages: {
    pulled(daemon, call) {
      const { named, present } = call.partial as { named: string; present: boolean };
      const image = daemon.host.runtime.image(named);
      const tag = named.split(':').at(-1)!;
      daemon.stream(call);
      const say = (json: unknown) => daemon.host.chunk(call.id, { json });
      say({ status: `Pulling from ${parseImageReference(named)?.path ?? named}`, id: tag });
      say({ status: `Digest: ${image?.digest ?? ''}` });
      say({
        status: present ? `Status: Image is up to date for ${named}` : `Status: Downloaded newer image for ${named}`,
      });
      daemon.endStream(call);
    },
  },
  failed: {
    pulled(daemon, call, { status, message }) {
      // The disk, not the registry.
      if (status === 500) return daemon.refuse(call, { status, message });
      const { named } = call.partial as { named: string };
      const reference = parseReference(named);
      daemon.refuse(call, { status, message: reference ? absent(reference) : 'invalid reference format' });
    },
  },
};

/** Docker Hub's answer for a repository that is not there, and for a tag. */
function absent({ repository, tag }: { repository: string; tag: string }): string {
  if (!existsInRegistry({ repository, tag: 'latest', digest: null }))
    return `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
  return `manifest for ${repository}:${tag} not found: manifest unknown: manifest unknown`;
}

export const removeImage: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call);
    if (!image) return;
    const { runtime } = daemon.host;
    const name = image.tags[0]!;
    for (const container of runtime.state.containers.values()) {
      if (container.imageId !== image.id || isTrue(call.request.query?.force)) continue;
      return daemon.refuse(call, {
        status: 409,
        message: `conflict: unable to remove repository reference "${call.params.name}" (must force) - container ${container.id.slice(0, 12)} is using its referenced image ${image.id.slice(7, 19)}`,
      });
    }
    const deleted = [{ Untagged: name }, { Untagged: `${name.split(':')[0]}@${image.digest}` }, { Deleted: image.id }];
    runtime.removeImage(image.id);
    daemon.event({ type: 'image', action: 'untag', id: image.id, attributes: { name } });
    daemon.event({ type: 'image', action: 'delete', id: image.id, attributes: { name: image.id } });
    daemon.reply(call, deleted);
  },
};

/** Which digest the registry has for a name: the command line pins services to it. */
export const distribution: Route = {
  start(daemon, call) {
    const text = call.params.name!;
    if (!parseImageReference(text))
      return daemon.refuse(call, {
        status: 400,
        message: /[A-Z]/.test(text)
          ? 'invalid reference format: repository name must be lowercase'
          : 'invalid reference format',
      });
    const reference = parseReference(text);
    if (!reference || !existsInRegistry(reference))
      return daemon.refuse(call, { status: 404, message: reference ? absent(reference) : 'invalid reference format' });
    daemon.reply(call, {
      Descriptor: {
        mediaType: 'application/vnd.oci.image.index.v1+json',
        digest: reference.digest ?? digestOf(reference),
        size: 10_229,
      },
      Platforms: [{ architecture: 'amd64', os: 'linux' }],
    });
  },
};
