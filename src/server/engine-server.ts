/**
 * One host's Engine API over HTTP, for the real docker client. Answers are the simulated daemon's, word for word; here they get their wire form:
 * streams are flushed chunk by chunk, `attach` and `exec` take over the connection (`101 UPGRADED`, then raw bytes both ways), and a client
 * that goes away cancels what it asked for. Source: `moby: daemon/server/router/container`, `docker: api/types/container`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiChunk, ApiClient, ApiRequest, ApiResponse } from '../protocol/api.ts';
import { ConnectionError, StreamError } from '../protocol/api.ts';
import { ARCHIVE_TYPE, isArchive } from '../protocol/archive.ts';
import type { Gate } from './gate.ts';
import { type ApiVersions, type RawRequest, readRequest } from './read-request.ts';
import { encodeChunk, encodeFailure, type Framing, framingOf } from './stream-frames.ts';
import { encodeTar } from './tar.ts';

/** A request's body may be so long: secrets and configs are at most 1 MB, build contexts are read and forgotten. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface EngineServerOptions {
  /** The daemon. */
  client: Pick<ApiClient, 'stream'>;
  versions: ApiVersions;
  gate: Gate;
}

/** The server of one host; not listening yet. */
export function createEngineServer(options: EngineServerOptions): Server {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 3_600_000 }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    hijack(options, request, socket, head).catch((error: unknown) => {
      console.error(error);
      socket.destroy();
    });
  });
  return server;
}

async function serve(options: EngineServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = options.gate.refusal(request.headers, request.url ?? '/');
  if (refusal) return answer(response, errorResponse(refusal.status, refusal.message));
  const body = await wholeBody(request);
  if (!body) return answer(response, errorResponse(413, 'request body is too large'));
  const reading = readRequest(request, body, options.versions);
  if (!reading.ok) return answer(response, errorResponse(reading.status, reading.message));
  const sink = new ChunkSink((bytes) => void response.write(bytes));
  const stream = options.client.stream(reading.request, (chunk) => sink.take(chunk));
  // A failure is told at the end of the stream, below.
  stream.done.catch(() => undefined);
  response.on('close', stream.cancel);
  try {
    const head = await stream.response;
    if (!head.streaming) return answer(response, head);
    response.writeHead(head.status, head.headers);
    response.flushHeaders();
    sink.open(framingOf(head.headers['Content-Type']));
    sink.fail(await endOf(stream.done));
    response.end();
  } catch (error) {
    // Nobody answers there: as when the daemon dies with the connection open.
    if (!(error instanceof ConnectionError)) throw error;
    response.destroy();
  }
}

/** Reads the body; null: it is too long. */
async function wholeBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= MAX_BODY_BYTES) pieces.push(piece);
  }
  return length > MAX_BODY_BYTES ? null : Buffer.concat(pieces);
}

/** Words of the daemon for the end of a stream; null: it ended well. */
async function endOf(done: Promise<void>): Promise<string | null> {
  try {
    await done;
    return null;
  } catch (error) {
    if (error instanceof StreamError) return error.message;
    throw error;
  }
}

function errorResponse(status: number, message: string): ApiResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: { message } };
}

function answer(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  const bytes = bodyBytes(body, status, headers);
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && status !== 304 && { 'Content-Length': bytes.length }),
  });
  response.end(bytes);
}

function bodyBytes(body: unknown, status: number, headers: Readonly<Record<string, string>>): Buffer {
  if (body === null || body === undefined || status === 204 || status === 304) return Buffer.alloc(0);
  if (isArchive(body) && headers['Content-Type'] === ARCHIVE_TYPE) return encodeTar(body);
  const isText = typeof body === 'string' && headers['Content-Type']?.startsWith('text/');
  return Buffer.from(isText ? body : `${JSON.stringify(body)}\n`);
}

/** Holds back what comes before the head of the answer has been written. */
class ChunkSink {
  readonly #write: (bytes: Buffer) => void;
  readonly #early: ApiChunk[] = [];
  #framing: Framing | null = null;

  constructor(write: (bytes: Buffer) => void) {
    this.#write = write;
  }

  take(chunk: ApiChunk): void {
    if (this.#framing === null) this.#early.push(chunk);
    else this.#write(encodeChunk(chunk, this.#framing));
  }

  open(framing: Framing): void {
    this.#framing = framing;
    for (const chunk of this.#early.splice(0)) this.take(chunk);
  }

  fail(message: string | null): void {
    const bytes = message === null ? null : encodeFailure(message, this.#framing ?? 'json');
    if (bytes) this.#write(bytes);
  }
}

// ---- connections that are taken over

async function hijack(
  options: EngineServerOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  const refusal = options.gate.refusal(request.headers, request.url ?? '/');
  if (refusal) return endWith(socket, errorResponse(refusal.status, refusal.message));
  const input = new SocketInput(socket, head);
  // The parser stops at the head: the body comes on the socket, before what the client writes.
  const length = Number(request.headers['content-length'] ?? 0);
  const body = length <= MAX_BODY_BYTES ? await input.take(length) : null;
  if (!body) return endWith(socket, errorResponse(413, 'request body is too large'));
  const reading = readRequest(withJson(request), body, options.versions);
  if (!reading.ok) return endWith(socket, errorResponse(reading.status, reading.message));
  await attach(options, reading.request, socket, input);
}

/** `attach` has no body, and no content type. */
function withJson({ method, url, headers }: IncomingMessage): RawRequest {
  return { method, url, headers: { ...headers, 'content-type': headers['content-type'] ?? 'application/json' } };
}

async function attach(
  options: EngineServerOptions,
  request: ApiRequest,
  socket: Duplex,
  input: SocketInput,
): Promise<void> {
  const sink = new ChunkSink((bytes) => void socket.write(bytes));
  const stream = options.client.stream(request, (chunk) => sink.take(chunk));
  stream.done.catch(() => undefined);
  socket.on('close', stream.cancel);
  try {
    const head = await stream.response;
    if (!head.streaming) return endWith(socket, head);
    socket.write(headText('101 UPGRADED', { ...head.headers, Connection: 'Upgrade', Upgrade: 'tcp' }));
    sink.open(framingOf(head.headers['Content-Type']));
    input.follow((text) => stream.send(text));
    sink.fail(await endOf(stream.done));
    socket.end();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    socket.destroy();
  }
}

function headText(status: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`;
}

function endWith(socket: Duplex, { status, headers, body }: ApiResponse): void {
  const bytes = bodyBytes(body, status, headers);
  socket.write(headText(`${status} -`, { ...headers, 'Content-Length': String(bytes.length), Connection: 'close' }));
  socket.end(bytes);
}

/** What comes on a socket: so many bytes first, then text as it comes. */
class SocketInput {
  readonly #decoder = new TextDecoder();
  #bytes: Buffer;
  #ended = false;
  #changed: () => void = () => undefined;

  constructor(socket: Duplex, head: Buffer) {
    this.#bytes = head;
    const note = (): void => this.#changed();
    socket.on('data', (piece: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      note();
    });
    // The client will write nothing more; it still reads.
    socket.on('end', () => {
      this.#ended = true;
      note();
    });
    socket.resume();
  }

  /** The next bytes; null: there will be no so many. */
  async take(length: number): Promise<Buffer | null> {
    while (this.#bytes.length < length && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    if (this.#bytes.length < length) return null;
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** From now on everything goes there; null at the end. */
  follow(send: (text: string | null) => void): void {
    let toldEnd = false;
    this.#changed = () => {
      const text = this.#decoder.decode(this.#bytes, { stream: true });
      this.#bytes = Buffer.alloc(0);
      if (text !== '') send(text);
      if (this.#ended && !toldEnd) {
        toldEnd = true;
        send(null);
      }
    };
    this.#changed();
  }
}
