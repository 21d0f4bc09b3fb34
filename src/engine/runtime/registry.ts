/**
 * The registry: which images exist, what they expose and run. Digests are derived from the reference, so that every host and
 * every run sees the same ones.
 *
 * Simplified: there is one registry for all names; what was pushed comes back as it was. A repository that is not in the catalogue exists and is a plain web server,
 * unless its name says that it does not (`nosuch`, `doesnotexist`, `missing` ...); a tag exists if it looks like one.
 */
import type { Micros } from '../../protocol/events.ts';
import { seconds } from '../kernel/time.ts';
import type { Image } from './container.ts';

interface CatalogueEntry {
  exposed: string[];
  entrypoint: string[];
  command: string[];
  /** `VOLUME` of its Dockerfile. Simplified: redis keeps `/data` in its own layer, as the image of the recordings does. */
  volumes?: string[];
  sizeBytes: number;
}

const MB = 1_000_000;

/** What well-known images run. Facts of the images on Docker Hub. */
const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  nginx: {
    exposed: ['80/tcp'],
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['nginx', '-g', 'daemon off;'],
    sizeBytes: 192 * MB,
  },
  httpd: { exposed: ['80/tcp'], entrypoint: [], command: ['httpd-foreground'], sizeBytes: 148 * MB },
  redis: {
    exposed: ['6379/tcp'],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['redis-server'],
    sizeBytes: 117 * MB,
  },
  postgres: {
    exposed: ['5432/tcp'],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['postgres'],
    volumes: ['/var/lib/postgresql/data'],
    sizeBytes: 438 * MB,
  },
  mysql: {
    exposed: ['3306/tcp', '33060/tcp'],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['mysqld'],
    volumes: ['/var/lib/mysql'],
    sizeBytes: 586 * MB,
  },
  drupal: {
    exposed: ['80/tcp'],
    entrypoint: ['docker-php-entrypoint'],
    command: ['apache2-foreground'],
    sizeBytes: 467 * MB,
  },
  elasticsearch: {
    exposed: ['9200/tcp', '9300/tcp'],
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['elasticsearch'],
    sizeBytes: 486 * MB,
  },
  'traefik/whoami': { exposed: ['80/tcp'], entrypoint: ['/whoami'], command: [], sizeBytes: 7 * MB },
  mariadb: {
    exposed: ['3306/tcp'],
    entrypoint: ['docker-entrypoint.sh'],
    command: ['mariadbd'],
    volumes: ['/var/lib/mysql'],
    sizeBytes: 405 * MB,
  },
  'dockersamples/visualizer': {
    exposed: ['8080/tcp'],
    entrypoint: ['/sbin/tini', '--', 'node'],
    command: ['server.js'],
    sizeBytes: 118 * MB,
  },
  'bretfisher/examplevotingapp_vote': {
    exposed: ['80/tcp'],
    entrypoint: [],
    command: [
      'gunicorn',
      'app:app',
      '-b',
      '0.0.0.0:80',
      '--log-file',
      '-',
      '--access-logfile',
      '-',
      '--workers',
      '4',
      '--keep-alive',
      '0',
    ],
    sizeBytes: 137 * MB,
  },
  'bretfisher/examplevotingapp_worker': {
    exposed: [],
    entrypoint: [],
    command: ['java', '-XX:+UnlockExperimentalVMOptions', '-jar', '/worker-jar-with-dependencies.jar'],
    sizeBytes: 84 * MB,
  },
  'bretfisher/examplevotingapp_result': {
    exposed: ['80/tcp'],
    entrypoint: [],
    command: ['node', 'server.js'],
    sizeBytes: 250 * MB,
  },
  busybox: { exposed: [], entrypoint: [], command: ['sh'], sizeBytes: 4 * MB },
  alpine: { exposed: [], entrypoint: [], command: ['/bin/sh'], sizeBytes: 8 * MB },
  debian: { exposed: [], entrypoint: [], command: ['bash'], sizeBytes: 117 * MB },
  ubuntu: { exposed: [], entrypoint: [], command: ['/bin/bash'], sizeBytes: 78 * MB },
  'hello-world': { exposed: [], entrypoint: [], command: ['/hello'], sizeBytes: 13_256 },
};
const UNKNOWN: CatalogueEntry = { exposed: ['80/tcp'], entrypoint: [], command: ['serve'], sizeBytes: 60 * MB };

const TAG =
  /^(latest|stable|mainline|edge|alpine|slim|bookworm|bullseye|jammy|noble|focal|java|dotnet|python|before|after|[a-z]*v?\d[\w.-]*|[0-9a-f]{7,40})$/i;
const ABSENT = /nosuch|no-such|doesnotexist|does-not-exist|nonexist|missing|notfound|not-found|nowhere/i;

/** A reference taken apart. `nginx` means `nginx:latest`. */
export interface ImageReference {
  /** As users write it, without `docker.io/library/`. */
  repository: string;
  tag: string;
  digest: string | null;
}

/** Takes a reference apart; null if it is none. `distribution/reference` */
export function parseReference(text: string): ImageReference | null {
  const match =
    /^((?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      text,
    );
  if (!match) return null;
  const repository = match[1]!.replace(/^docker\.io\//, '').replace(/^library\//, '');
  return { repository, tag: match[2] ?? 'latest', digest: match[3] ?? null };
}

/** `name:tag` of a reference. */
export function familiarName(reference: ImageReference): string {
  return `${reference.repository}:${reference.tag}`;
}

/** What has been pushed in this world, by `name:tag`. */
export interface Registry {
  pushed: Record<string, Image>;
}

export function initialRegistry(): Registry {
  return { pushed: {} };
}

/** What a pull of this reference gets; null if there is nothing. */
export function findInRegistry(registry: Registry, reference: ImageReference): Image | null {
  const name = familiarName(reference);
  const pushed = Object.hasOwn(registry.pushed, name) ? registry.pushed[name]! : null;
  if (pushed && (reference.digest === null || reference.digest === pushed.digest))
    return { ...pushed, isTagged: reference.digest === null };
  return existsInRegistry(reference) ? imageOf(reference) : null;
}

/** Short ids of the layers that an image is sent in. */
export function layersOf({ id, sizeBytes }: Image): string[] {
  const count = sizeBytes < 20_000_000 ? 1 : 3 + (Number.parseInt(id.slice(7, 9), 16) % 4);
  return Array.from({ length: count }, (_, i) => hash64(`layer ${i} of ${id}`).slice(0, 12));
}

/** Does the registry have it. */
export function existsInRegistry(reference: ImageReference): boolean {
  return TAG.test(reference.tag) && !ABSENT.test(reference.tag) && !ABSENT.test(reference.repository);
}

/** The digest that the registry has for a reference: stable, derived from the name. */
export function digestOf(reference: ImageReference): string {
  return `sha256:${hash64(familiarName(reference))}`;
}

/** What a host holds after a pull. */
export function imageOf(reference: ImageReference): Image {
  const entry = CATALOGUE[reference.repository] ?? UNKNOWN;
  return {
    id: `sha256:${hash64(`config of ${familiarName(reference)}`)}`,
    tags: [familiarName(reference)],
    isTagged: reference.digest === null,
    digest: reference.digest ?? digestOf(reference),
    sizeBytes: entry.sizeBytes,
    createdAt: -builtBefore(familiarName(reference)),
    exposed: [...entry.exposed],
    entrypoint: [...entry.entrypoint],
    command: [...entry.command],
    volumes: [...(entry.volumes ?? [])],
  };
}

/** When it was built: some weeks before this world began. */
function builtBefore(name: string): Micros {
  const days = 9 + (Number.parseInt(hash64(name).slice(0, 4), 16) % 80);
  return seconds(days * 86_400);
}

/** 64 hex digits that depend on all of `text` (FNV-1a, eight lanes). Not a cryptographic hash; nothing here needs one. */
export function hash64(text: string): string {
  let out = '';
  for (let lane = 0; lane < 8; lane++) {
    let h = (0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b9)) >>> 0;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
    out += ((h ^ (h >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}
