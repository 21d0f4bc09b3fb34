/** `/images` and `/distribution`. `moby: daemon/server/router/image`, `daemon/server/router/distribution` */
import { authRequest } from '../../../go-types/requests.ts';
import { decodeBase64Text } from '../../../protocol/base64.ts';
import { milliseconds } from '../../kernel/time.ts';
import type { Filters } from '../../manager/controlapi/control-request.ts';
import { familiarString, parseImageReference } from '../../manager/controlapi/image-reference.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import { existsInRegistry, familiarName, findInRegistry, layersOf, parseReference } from '../../runtime/registry.ts';
import { imageInspect, imageSummary, type NamedImage, namedImages } from '../convert/image.ts';
import { unixSeconds } from '../convert/time.ts';
import type { Dockerd } from '../dockerd.ts';
import { isTrue, matches, parseFilters } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

const FILTERS = ['before', 'dangling', 'label', 'reference', 'since', 'until'];

export const listImages: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { filters } = parsed;
    const { runtime, epochMs } = daemon.host;
    const onlyDangling = filters.dangling?.length ? isTrue(filters.dangling[0]) : null;
    const newestFirst = namedImages(runtime)
      .filter(({ isTagged }) => onlyDangling === null || onlyDangling === !isTagged)
      .filter(({ labels = {} }) => hasLabels(filters, 'label', labels))
      .map((image) => ({ ...image, tags: image.tags.filter((tag) => isReferred(filters, tag)) }))
      .filter(({ tags }) => tags.length > 0)
      .sort((a, b) => b.createdAt - a.createdAt);
    daemon.reply(
      call,
      newestFirst.map((image) => imageSummary(image, runtime, epochMs)),
    );
  },
};

function isReferred(filters: Filters, tag: string): boolean {
  return matches(filters, 'reference', tag) || matches(filters, 'reference', tag.split(':')[0]!);
}

export const inspectImage: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call, `no such image: ${call.params.name}: `);
    if (image) daemon.reply(call, imageInspect(image, daemon.host.epochMs));
  },
};

/** By name, by id, or by a prefix of the id; refuses the call if there is none. */
function findImage(daemon: Dockerd, call: Call, prefix = ''): NamedImage | undefined {
  const ref = call.params.name!;
  const { runtime } = daemon.host;
  const found = runtime.image(ref);
  if (found) return namedImages(runtime).find(({ id }) => id === found.id);
  daemon.refuse(call, { status: 404, message: `${prefix}No such image: ${withTag(ref)}` });
  return undefined;
}

function withTag(ref: string): string {
  return /[:@][^/]*$/.test(ref) ? ref : `${ref}:latest`;
}

export const pullImage: Route = {
  start(daemon, call) {
    const { fromImage = '', tag = '' } = call.request.query ?? {};
    if (fromImage === '') return daemon.refuse(call, NOT_IMPORTED);
    const separator = tag.startsWith('sha256:') ? '@' : ':';
    const text = tag === '' ? fromImage : `${fromImage}${separator}${tag}`;
    const reference = parseImageReference(text);
    if (!reference) return daemon.refuse(call, { status: 400, message: 'invalid reference format' });
    const named = familiarString({ ...reference, tag: reference.tag || (reference.digest ? '' : 'latest') });
    const { runtime } = daemon.host;
    const wanted = parseReference(named);
    const image = wanted && findInRegistry(runtime.state.registry, wanted);
    const isPresent = Boolean(runtime.image(named));
    call.partial = { named, isPresent, layers: image && !isPresent ? layersOf(image) : [] };
    if (image) {
      const id = named.includes('@') ? named.slice(named.indexOf('@') + 1) : named.slice(named.lastIndexOf(':') + 1);
      daemon.stream(call);
      daemon.host.chunk(call.id, { json: { status: `Pulling from ${reference.path}`, id } });
      tellLayers(daemon, call, 'Pulling fs layer');
    }
    runtime.pull(named, daemon.token(call, 'pulled'));
  },
  stages: {
    pulled(daemon, call) {
      const { named, isPresent } = call.partial as Pulling;
      const image = daemon.host.runtime.image(named);
      tellLayers(daemon, call, 'Download complete');
      tellLayers(daemon, call, 'Pull complete');
      const say = (status: string) => daemon.host.chunk(call.id, { json: { status } });
      say(`Digest: ${image?.digest ?? ''}`);
      say(`Status: ${isPresent ? 'Image is up to date' : 'Downloaded newer image'} for ${named}`);
      daemon.endStream(call);
    },
  },
  failed: {
    pulled(daemon, call, { status, message }) {
      const { named } = call.partial as Pulling;
      // The disk, not the registry: that has already begun to answer.
      if (status === 500) return daemon.endStream(call, message);
      const reference = parseReference(named);
      daemon.refuse(call, { status, message: reference ? absent(reference) : 'invalid reference format' });
    },
  },
};

interface Pulling {
  readonly named: string;
  readonly isPresent: boolean;
  readonly layers: readonly string[];
}

function tellLayers(daemon: Dockerd, call: Call, status: string): void {
  for (const id of (call.partial as Pulling).layers)
    daemon.host.chunk(call.id, { json: { status, progressDetail: {}, id } });
}

/** Docker Hub's answer for a repository that is not there, and for a tag. */
function absent({ repository, tag }: { repository: string; tag: string }): string {
  if (!existsInRegistry({ repository, tag: 'latest', digest: null }))
    return `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
  return `manifest for ${repository}:${tag} not found: manifest unknown: manifest unknown`;
}

/** `moby: daemon/images/image_delete.go`: by a name that is not its only one, an image loses the name alone. */
export const removeImage: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call);
    if (!image) return;
    const { runtime } = daemon.host;
    const isForced = isTrue(call.request.query?.force);
    const ref = parseReference(call.params.name!);
    const name = ref && image.tags.includes(familiarName(ref)) ? familiarName(ref) : null;
    if (name !== null && image.tags.length > 1) {
      runtime.untagImage(name);
      daemon.event({ type: 'image', action: 'untag', id: image.id, attributes: { name } });
      return daemon.reply(call, [{ Untagged: name }]);
    }
    const short = image.id.slice(7, 19);
    if (name === null && image.tags.length > 1 && !isForced)
      return daemon.refuse(call, {
        status: 409,
        message: `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
      });
    for (const container of runtime.state.containers.values()) {
      if (container.imageId !== image.id || (isForced && container.state !== 'running')) continue;
      const what = name === null || isForced ? `delete ${short}` : `remove repository reference "${call.params.name}"`;
      const how = isForced ? 'cannot be forced' : name === null ? 'must be forced' : 'must force';
      const why =
        name === null || isForced
          ? `image is being used by ${container.state === 'running' ? 'running' : 'stopped'} container ${container.id.slice(0, 12)}`
          : `container ${container.id.slice(0, 12)} is using its referenced image ${short}`;
      return daemon.refuse(call, { status: 409, message: `conflict: unable to ${what} (${how}) - ${why}` });
    }
    daemon.reply(call, deleteImage(daemon, image));
  },
};

/** Removes an image with all its names; returns what clients are told. */
function deleteImage(daemon: Dockerd, image: NamedImage): Removed[] {
  const removed: Removed[] = [];
  for (const name of image.tags) {
    if (image.isTagged) removed.push({ Untagged: name });
    if (!image.localTags?.includes(name))
      removed.push({ Untagged: `${name.slice(0, name.lastIndexOf(':'))}@${image.digest}` });
    daemon.event({ type: 'image', action: 'untag', id: image.id, attributes: { name } });
  }
  daemon.host.runtime.removeImage(image.id);
  daemon.event({ type: 'image', action: 'delete', id: image.id, attributes: { name: image.id } });
  return [...removed, { Deleted: image.id }];
}

type Removed = { Untagged: string } | { Deleted: string };

export const tagImage: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call);
    if (!image) return;
    const { repo = '', tag = '' } = call.request.query ?? {};
    const reference = parseImageReference(tag === '' ? repo : `${repo}:${tag}`);
    if (!reference) return daemon.refuse(call, { status: 400, message: 'invalid reference format' });
    const name = familiarString({ ...reference, tag: reference.tag || 'latest' });
    daemon.host.runtime.tagImage(image, name);
    daemon.event({ type: 'image', action: 'tag', id: image.id, attributes: { name } });
    daemon.reply(call, null, 201);
  },
};

/** Steps of what was built here; of others what their configuration tells. */
export const imageHistory: Route = {
  start(daemon, call) {
    const image = findImage(daemon, call);
    if (!image) return;
    const words = (list: readonly string[]): string => `[${list.map((word) => JSON.stringify(word)).join(' ')}]`;
    const at = image.createdAt;
    const known = [
      ...(image.command.length > 0 ? [`CMD ${words(image.command)}`] : []),
      ...image.exposed.map((port) => `EXPOSE ${port}`),
      ...(image.entrypoint.length > 0 ? [`ENTRYPOINT ${words(image.entrypoint)}`] : []),
    ].map((createdBy) => ({ createdBy, sizeBytes: 0, createdAt: at }));
    const base = { createdBy: 'ADD rootfs.tar.gz / # buildkit', sizeBytes: image.sizeBytes, createdAt: at };
    const steps = image.history ?? [...known, base];
    daemon.reply(
      call,
      steps.map(({ createdBy, sizeBytes, createdAt }, i) => ({
        Id: i === 0 ? image.id : '<missing>',
        Created: unixSeconds(daemon.host.epochMs, createdAt),
        CreatedBy: createdBy,
        Tags: i === 0 && image.isTagged ? image.tags : null,
        Size: sizeBytes,
        Comment: image.history ? '' : 'buildkit.dockerfile.v0',
      })),
    );
  },
};

/** Unused images: those without a name, or with `dangling=false` all. `moby: daemon/images/image_prune.go` */
export const pruneImages: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, ['dangling', 'label', 'label!', 'until']);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { runtime } = daemon.host;
    const isAll = parsed.filters.dangling?.length ? !isTrue(parsed.filters.dangling[0]) : false;
    const used = new Set([...runtime.state.containers.values()].map(({ imageId }) => imageId));
    const unused = namedImages(runtime).filter(
      (image) =>
        !used.has(image.id) && (isAll || !image.isTagged) && hasLabels(parsed.filters, 'label', image.labels ?? {}),
    );
    const deleted = unused.flatMap((image) => deleteImage(daemon, image));
    const reclaimed = unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    daemon.reply(call, { ImagesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed });
  },
};

/** Time that sending an image takes. */
const PUSH_TIME = milliseconds(600);

export const pushImage: Route = {
  start(daemon, call) {
    const reference = parseImageReference(`${call.params.name}:${call.request.query?.tag || 'latest'}`);
    if (!reference) return daemon.refuse(call, { status: 400, message: 'invalid reference format' });
    daemon.stream(call);
    const say = (status: string) => daemon.host.chunk(call.id, { json: { status } });
    say(`The push refers to repository [${reference.domain}/${reference.path}]`);
    const named = familiarString(reference);
    const image = daemon.host.runtime.image(named);
    if (!image)
      return daemon.endStream(
        call,
        `An image does not exist locally with the tag: ${named.slice(0, named.lastIndexOf(':'))}`,
      );
    call.partial = { named, isPresent: false, layers: layersOf(image) };
    tellLayers(daemon, call, 'Preparing');
    daemon.later(call, mayPush(call, reference) ? 'sent' : 'denied', PUSH_TIME);
  },
  stages: {
    sent(daemon, call) {
      const { named } = call.partial as Pulling;
      const { runtime } = daemon.host;
      const image = runtime.image(named);
      if (!image) return daemon.endStream(call, `tag does not exist: ${named}`);
      runtime.pushImage(named);
      tellLayers(daemon, call, 'Pushed');
      const tag = named.slice(named.lastIndexOf(':') + 1);
      const size = 500 + (call.partial as Pulling).layers.length * 222;
      daemon.host.chunk(call.id, { json: { status: `${tag}: digest: ${image.digest} size: ${size}` } });
      daemon.host.chunk(call.id, { json: { progressDetail: {}, aux: { Tag: tag, Digest: image.digest, Size: size } } });
      daemon.event({ type: 'image', action: 'push', id: named, attributes: { name: named.split(':')[0]! } });
      daemon.endStream(call);
    },
    denied: (daemon, call) => daemon.endStream(call, 'denied: requested access to the resource is denied'),
  },
};

/** Docker Hub takes images from whoever is logged in under the name they begin with; other registries take all. */
function mayPush(call: Call, { domain, path }: { domain: string; path: string }): boolean {
  if (domain !== 'docker.io') return true;
  const auth = readAuth(call.request.headers?.['X-Registry-Auth']);
  return !path.startsWith('library/') && auth?.username === path.split('/')[0];
}

/** The header is JSON in URL-safe base64; a client that is not logged in sends an empty object. */
function readAuth(header: string | undefined): { username?: string } | null {
  try {
    return header ? JSON.parse(decodeBase64Text(header.replaceAll('-', '+').replaceAll('_', '/'))) : null;
  } catch {
    return null; // The client's mistake: it counts as nobody.
  }
}

/** `docker login`. Simplified: any name and password are right. */
export const login: Route = {
  body: authRequest,
  start(daemon, call) {
    const { username = '', password = '', serveraddress = '' } = daemon.body<LoginRequest>(call);
    if (username === '' || password === '')
      return daemon.refuse(call, {
        status: 401,
        message: `Get "https://${serveraddress.includes('docker.io') || serveraddress === '' ? 'registry-1.docker.io' : serveraddress}/v2/": unauthorized: incorrect username or password`,
      });
    daemon.reply(call, { IdentityToken: '', Status: 'Login Succeeded' });
  },
};

interface LoginRequest {
  username: string;
  password: string;
  serveraddress: string;
}

const NOT_IMPORTED = { status: 501, message: 'docker import is not modelled here: images have no files' };

/** What needs the files of images. */
export function notModelled(what: string): Route {
  return {
    start: (daemon, call) =>
      daemon.refuse(call, { status: 501, message: `docker ${what} is not modelled here: images have no files` }),
  };
}

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
    const image = reference && findInRegistry(daemon.host.runtime.state.registry, reference);
    if (!reference || !image)
      return daemon.refuse(call, { status: 404, message: reference ? absent(reference) : 'invalid reference format' });
    daemon.reply(call, {
      Descriptor: {
        mediaType: 'application/vnd.oci.image.index.v1+json',
        digest: image.digest,
        size: 10_229,
      },
      Platforms: [{ architecture: 'amd64', os: 'linux' }],
    });
  },
};
