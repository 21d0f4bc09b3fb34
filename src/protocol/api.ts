/**
 * The one door for commands: Docker Engine API requests and their answers, as data.
 * The command line, the panels' buttons and scripts send `ApiRequest`s; a simulated daemon answers.
 * JSON spelling of bodies: `engine-api.ts`.
 */

/** HTTP methods the Engine API uses. */
export type ApiMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** One Engine API request. `path` has no version prefix and no query, e.g. `/services/create`. */
export interface ApiRequest {
  method: ApiMethod;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** JSON body, already parsed. */
  body?: unknown;
}

/**
 * The head (or, for plain requests, the whole) of an answer.
 * Errors have `status >= 400` and the body `{ message }`, in Docker's words.
 * For a streamed answer (`/events`, `logs?follow=1`, `attach`, `exec`) `body` is null and chunks follow.
 */
export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  streaming?: boolean;
}

/** A piece of a streamed answer: log output with its stream, or one JSON message. */
export type ApiChunk = { stream: 'stdout' | 'stderr'; text: string } | { json: unknown };

/** What comes back from a daemon, in order: `response` first; then `chunk`s and one `end` if it streams. */
export type ApiReply =
  | { type: 'response'; id: number; response: ApiResponse }
  | { type: 'chunk'; id: number; chunk: ApiChunk }
  | { type: 'end'; id: number; error?: string }
  /** No daemon answers on that host; nothing else comes. */
  | { type: 'refused'; id: number };

/** What a client (the command line) holds: a connection to one host's daemon, in virtual time. */
export interface ApiClient {
  /** Resolves with the answer; rejects with `ConnectionError` when the host has no power or the daemon is stopped. */
  request(request: ApiRequest): Promise<ApiResponse>;
  /**
   * Opens a streaming request. `onChunk` is called in order; `done` resolves at the end of the stream, and rejects with
   * `StreamError` if the daemon reports an error at that end, or `ConnectionError` if the connection breaks.
   * `cancel` closes the connection (Ctrl-C). `send` writes to it (`attach`, `exec`); null: nothing more will be written.
   */
  stream(
    request: ApiRequest,
    onChunk: (chunk: ApiChunk) => void,
  ): { response: Promise<ApiResponse>; done: Promise<void>; cancel(): void; send(text: string | null): void };
}

/** The daemon's socket does not answer: no power, or the daemon is stopped. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  /** Where the daemon was looked for, if not at its host's own socket: `tcp://192.168.99.102:2376`. */
  endpoint: string | undefined;

  constructor(message: string, endpoint?: string) {
    super(message);
    this.endpoint = endpoint;
  }
}

/** The daemon ended a stream and said why: what `done` of a stream rejects with when its `end` has an `error`. */
export class StreamError extends Error {
  override name = 'StreamError';
}

/** The clock that commands see: virtual time, never the wall's. */
export interface VirtualClock {
  /** Milliseconds since the Unix epoch, in the simulated world. */
  now(): number;
  /** Resolves after `ms` of virtual time, or at once when `signal` is (or gets) aborted: look at `signal.aborted` after it. */
  sleep(ms: number, signal?: CancelSignal): Promise<void>;
  /** Lets no virtual time pass until `work` of the wall (code that is fetched) is done. Absent where none passes by itself. */
  standStillFor?<T>(work: Promise<T>): Promise<T>;
}

/** The part of the platform's `AbortSignal` that commands use: Ctrl-C has been pressed. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
