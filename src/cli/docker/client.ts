/**
 * The thin client between the commands and the daemon's socket: sends requests, turns refusals into `ApiError`.
 * Errors travel as exceptions here, as with any HTTP client; the root of the command tree puts them into words.
 * Source: `moby: client/request.go, client/errors.go`.
 */
import type { ApiChunk, ApiClient, ApiMethod, ApiResponse, CancelSignal } from '../../protocol/api.ts';
import { ConnectionError } from '../../protocol/api.ts';
import type { Filters } from '../flags/flag-types.ts';

/** The daemon answered with a status of 400 or more. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Ctrl-C while waiting for the daemon. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** A name on the command line is empty: nothing is sent. */
export class EmptyReference extends Error {
  override name = 'EmptyReference';
}

/** Parts of a request beside method and path. Entries of `query` that are undefined are left out. */
export interface RequestParts {
  query?: Readonly<Record<string, string | undefined>>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A streamed answer that has begun well. */
export interface OpenStream {
  headers: Record<string, string>;
  /** Resolves at the end of the stream; rejects if the connection breaks. */
  done: Promise<void>;
  cancel(): void;
  /** Writes to it; null: nothing more will be written. */
  send(text: string | null): void;
}

/** A connection to one host's daemon. Answers are typed by the caller, as the Engine API promises them. */
export class DockerClient {
  readonly #api: ApiClient;
  readonly #signal: CancelSignal | undefined;

  constructor(api: ApiClient, signal?: CancelSignal) {
    this.#api = api;
    this.#signal = signal;
  }

  async get<Body>(path: string, query?: RequestParts['query']): Promise<Body> {
    return (await this.request('GET', path, { query })).body as Body;
  }

  async post<Body = unknown>(path: string, parts: RequestParts = {}): Promise<Body> {
    return (await this.request('POST', path, parts)).body as Body;
  }

  async delete<Body = unknown>(path: string, query?: RequestParts['query']): Promise<Body> {
    return (await this.request('DELETE', path, { query })).body as Body;
  }

  /** The whole answer. Throws `ApiError`, `ConnectionError` or, after Ctrl-C, `Interrupted`. */
  async request(method: ApiMethod, path: string, parts: RequestParts = {}): Promise<ApiResponse> {
    checkReference(path);
    return refuse(await this.#orInterrupt(this.#api.request({ method, path, ...compact(parts) })));
  }

  /** Opens a stream. Ctrl-C is the caller's to handle once it is open: `cancel`. */
  async stream(
    method: ApiMethod,
    path: string,
    parts: RequestParts,
    onChunk: (chunk: ApiChunk) => void,
  ): Promise<OpenStream> {
    checkReference(path);
    const stream = this.#api.stream({ method, path, ...compact(parts) }, onChunk);
    // Who reads `done` learns of its failure; if the head already failed, nobody reads it.
    stream.done.catch(() => undefined);
    const response = refuse(await this.#orInterrupt(stream.response, () => stream.cancel()));
    return { headers: response.headers, done: stream.done, cancel: stream.cancel, send: stream.send };
  }

  #orInterrupt<T>(answer: Promise<T>, onInterrupt: () => void = () => undefined): Promise<T> {
    const signal = this.#signal;
    if (!signal) return answer;
    return new Promise((resolve, reject) => {
      const interrupt = () => {
        onInterrupt();
        reject(new Interrupted('interrupted'));
      };
      if (signal.aborted) return interrupt();
      signal.addEventListener('abort', interrupt);
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', interrupt));
    });
  }
}

/** Conditions as the API takes them, `{"role":{"manager":true}}`; nothing when there are none. */
export function filtersQuery(filters: Filters): string | undefined {
  const keys = Object.keys(filters).sort();
  if (keys.length === 0) return undefined;
  const sets = keys.map((key) => [key, Object.fromEntries([...filters[key]!].sort().map((value) => [value, true]))]);
  return JSON.stringify(Object.fromEntries(sets));
}

/** The line for a failed request, as docker prints it; null for anything else (our own mistake). */
export function describeError(error: unknown): string | null {
  if (error instanceof ApiError) return `Error response from daemon: ${error.message}`;
  if (error instanceof EmptyReference) return error.message;
  if (error instanceof ConnectionError) {
    const endpoint = error.endpoint ?? 'unix:///var/run/docker.sock';
    return `Cannot connect to the Docker daemon at ${endpoint}. Is the docker daemon running?`;
  }
  return null;
}

/** Is it the daemon's `404`? */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** `/nodes/` or `/containers//json` name no object. Source: `moby: client/utils.go` (`trimID`). */
function checkReference(path: string): void {
  if (!path.endsWith('/') && !path.includes('//')) return;
  const kind = path.split('/')[1]!.replace(/s$/, '');
  throw new EmptyReference(`invalid ${kind} name or ID: value is empty`);
}

function refuse(response: ApiResponse): ApiResponse {
  if (response.status < 400) return response;
  const body = response.body as { message?: string } | null;
  throw new ApiError(response.status, body?.message ?? `request returned status ${response.status}`);
}

function compact(parts: RequestParts): {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
} {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries(parts.query ?? {})) if (value !== undefined) query[key] = value;
  return {
    ...(Object.keys(query).length > 0 && { query }),
    ...(parts.headers && { headers: parts.headers }),
    // As over a socket: plain JSON, which nobody else holds.
    ...(parts.body !== undefined && { body: JSON.parse(JSON.stringify(parts.body)) }),
  };
}
