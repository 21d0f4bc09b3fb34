/**
 * From an HTTP request to a request of the Engine API: version prefix, query, JSON body. The daemon itself has one version and answers as it;
 * here clients that are too old or too new are turned away in docker's words. Source: `moby: daemon/server/middleware/version.go`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiMethod, ApiRequest } from '../protocol/api.ts';
import { decodeTar } from './tar.ts';

/** Oldest and newest version that the simulated engine speaks (`src/engine/dockerd/version.ts`). */
export interface ApiVersions {
  readonly least: string;
  readonly most: string;
}

export type Reading = { ok: true; request: ApiRequest } | { ok: false; status: number; message: string };

const METHODS: readonly ApiMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

/** Headers that mean something to the daemon; the others are HTTP's own. */
const PASSED_HEADERS: readonly string[] = ['X-Registry-Auth', 'X-Registry-Config', 'Version'];

export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Reads a request whose body has come whole. */
export function readRequest({ method, url, headers }: RawRequest, body: Buffer, versions: ApiVersions): Reading {
  const known = METHODS.find((one) => one === method);
  if (!known) return { ok: false, status: 405, message: `method ${method} is not allowed` };
  const address = new URL(url ?? '/', 'http://daemon');
  const [path, version] = withoutVersion(address.pathname);
  const complaint = version === null ? null : versionComplaint(version, versions);
  if (complaint !== null) return { ok: false, status: 400, message: complaint };
  const parsed = parseBody(path, headers['content-type'], body);
  if (!parsed.ok) return { ok: false, status: 400, message: parsed.message };
  const query = firstValues(address.searchParams);
  const passed = passedHeaders(headers);
  return {
    ok: true,
    request: {
      method: known,
      path,
      ...(Object.keys(query).length > 0 && { query }),
      ...(Object.keys(passed).length > 0 && { headers: passed }),
      ...(parsed.value !== undefined && { body: parsed.value }),
    },
  };
}

function withoutVersion(path: string): [path: string, version: string | null] {
  const match = /^\/v(\d+\.\d+)(\/.*)$/.exec(path);
  return match ? [match[2]!, match[1]!] : [path, null];
}

function versionComplaint(version: string, { least, most }: ApiVersions): string | null {
  if (compareVersions(version, least) < 0)
    return `client version ${version} is too old. Minimum supported API version is ${least}, please upgrade your client to a newer version`;
  if (compareVersions(version, most) > 0)
    return `client version ${version} is too new. Maximum supported API version is ${most}`;
  return null;
}

function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

type Parsed = { ok: true; value: unknown } | { ok: false; message: string };

/** Requests whose body is an archive, whatever their content type says. */
const ARCHIVE_PATHS = /^\/(build|images\/load|containers\/[^/]+\/archive)$/;

function parseBody(path: string, contentType: string | undefined, body: Buffer): Parsed {
  if (body.length === 0) return { ok: true, value: undefined };
  if (ARCHIVE_PATHS.test(path)) {
    const archive = decodeTar(body);
    return archive ? { ok: true, value: archive } : { ok: false, message: 'archive/tar: invalid tar header' };
  }
  if (!/^application\/json\b|^text\/plain\b/.test(contentType ?? 'application/json'))
    return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(body.toString('utf8')) };
  } catch {
    return { ok: false, message: 'invalid JSON in the request body' };
  }
}

/** Go's `FormValue` takes the first of several. */
function firstValues(parameters: URLSearchParams): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, value] of parameters) if (!Object.hasOwn(values, key)) values[key] = value;
  // An image may get several names.
  const names = parameters.getAll('t');
  if (names.length > 1) values.t = names.join(',');
  return values;
}

function passedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = headers[name.toLowerCase()];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}
