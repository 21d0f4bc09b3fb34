/**
 * Names of images: `nginx` is `docker.io/library/nginx:latest`, shown and sent in the short, familiar form.
 * Source: `distribution/reference: normalize.go, regexp.go`; `moby: client/service_create.go`.
 */

/** Parts of a reference, `domain` and `path` in full. */
export interface ImageReference {
  domain: string;
  path: string;
  tag: string | null;
  digest: string | null;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Reads a name as people write it; null if it is none (the daemon then says what is wrong). */
export function parseImageReference(text: string): ImageReference | null {
  if (/^[a-f0-9]{64}$/.test(text)) return null;
  const [named, digest = null] = splitOnce(text, '@');
  const { domain, remainder } = splitDomain(named);
  const [path, tag = null] = splitOnce(remainder, ':');
  if (!PATH.test(path) || !DOMAIN.test(domain)) return null;
  if ((tag !== null && !TAG.test(tag)) || (digest !== null && !DIGEST.test(digest))) return null;
  return { domain, path, tag, digest };
}

/** What is wrong with a name, as `reference.ParseAnyReference` says it; null if nothing is. IDs are names too. */
export function complaintAboutImage(text: string): string | null {
  if (/^[a-f0-9]{64}$/.test(text) || /^sha256:[a-f0-9]{64}$/.test(text)) return null;
  const [path] = splitOnce(splitDomain(text).remainder, ':');
  if (path !== path.toLowerCase()) return `invalid reference format: repository name (${path}) must be lowercase`;
  return parseImageReference(text) === null ? 'invalid reference format' : null;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function splitDomain(text: string): { domain: string; remainder: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const domain = isDomain ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const remainder = isDomain ? text.slice(slash + 1) : text;
  return { domain, remainder: domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

/** The short form: `nginx:1.26`, `registry.local:5000/app`. */
export function familiarString(reference: ImageReference): string {
  const path = reference.domain === 'docker.io' ? reference.path.replace(/^library\/([^/]*)$/, '$1') : reference.path;
  const name = reference.domain === 'docker.io' ? path : `${reference.domain}/${path}`;
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  return `${name}${tag}${reference.digest === null ? '' : `@${reference.digest}`}`;
}

/** The name with `:latest` if it has neither tag nor digest; unchanged if it is no name. */
export function withDefaultTag(image: string): string {
  const reference = parseImageReference(image);
  if (reference === null) return image;
  const bare = reference.tag === null && reference.digest === null;
  return familiarString(bare ? { ...reference, tag: 'latest' } : reference);
}

/** The name pinned to a digest, unless it has one. */
export function withDigest(image: string, digest: string): string {
  const reference = parseImageReference(image);
  return reference === null || reference.digest !== null ? image : familiarString({ ...reference, digest });
}

/** The name for a listing: with a tag, its digest is left out. */
export function withoutDigest(image: string): string {
  const reference = parseImageReference(image);
  return reference === null || reference.tag === null ? image : familiarString({ ...reference, digest: null });
}
