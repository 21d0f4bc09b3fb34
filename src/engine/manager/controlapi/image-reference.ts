/**
 * Image references: `[registry/]path[:tag][@digest]`. Grammar: `distribution/reference: reference.go`, with Docker Hub's
 * short forms. The familiar form leaves out `docker.io/` and `library/`.
 */
export interface ImageReference {
  /** `docker.io` unless named. */
  readonly domain: string;
  /** With `library/` for official images. */
  readonly path: string;
  readonly tag: string;
  readonly digest: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const DOMAIN =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const BARE_ID = /^[a-f0-9]{64}$/;

/** Reads a reference as users write it, or null if it is none. No tag and no digest stay empty. */
export function parseImageReference(text: string): ImageReference | null {
  if (BARE_ID.test(text)) return null;
  const at = text.indexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  if (at >= 0 && !DIGEST.test(digest)) return null;
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const domain = hasDomain ? first : 'docker.io';
  const rest = hasDomain ? named.slice(slash + 1) : named;
  const colon = rest.indexOf(':');
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  let path = colon < 0 ? rest : rest.slice(0, colon);
  if (domain === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  if (!DOMAIN.test(domain) || !PATH.test(path) || domain.length + path.length > 254) return null;
  if (colon >= 0 && !TAG.test(tag)) return null;
  return { domain: domain === 'index.docker.io' ? 'docker.io' : domain, path, tag, digest };
}

/** The short name that people read: `nginx`, `bitnami/redis`, `registry:5000/app`. */
export function familiarName({ domain, path }: ImageReference): string {
  if (domain !== 'docker.io') return `${domain}/${path}`;
  return path.startsWith('library/') ? path.slice('library/'.length) : path;
}

/** The familiar name with tag and digest, as far as there are any. */
export function familiarString(reference: ImageReference): string {
  const tag = reference.tag ? `:${reference.tag}` : '';
  const digest = reference.digest ? `@${reference.digest}` : '';
  return familiarName(reference) + tag + digest;
}
