/** An Engine API over real sockets, in front of a daemon that the test plays. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiChunk, ApiRequest, ApiResponse } from '../protocol/api.ts';
import { ConnectionError, StreamError } from '../protocol/api.ts';
import { createEngineServer } from './engine-server.ts';
import { createGate } from './gate.ts';

const HEADERS = { 'Content-Type': 'application/json', 'Api-Version': '1.50' };
const STREAMS = { 'Content-Type': 'application/vnd.docker.multiplexed-stream' };

/** What a client has asked, and how to answer it. */
interface Asked {
  request: ApiRequest;
  answer(response: ApiResponse): void;
  refuse(): void;
  chunk(chunk: ApiChunk): void;
  end(error?: string): void;
  cancelled: Promise<void>;
  input: (string | null)[];
}

let server: Server;
let port = 0;
let waiting: ((asked: Asked) => void)[] = [];
let arrived: Asked[] = [];

/** The next request that reaches the daemon. */
function asked(): Promise<Asked> {
  const first = arrived.shift();
  return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
}

beforeEach(async () => {
  waiting = [];
  arrived = [];
  server = createEngineServer({
    client: {
      stream: (request, onChunk) => {
        const input: (string | null)[] = [];
        let cancel: () => void = () => undefined;
        const cancelled = new Promise<void>((resolve) => {
          cancel = resolve;
        });
        let respond!: (response: ApiResponse) => void;
        let fail!: (error: Error) => void;
        const response = new Promise<ApiResponse>((resolve, reject) => {
          [respond, fail] = [resolve, reject];
        });
        let end!: () => void;
        let failEnd!: (error: Error) => void;
        const done = new Promise<void>((resolve, reject) => {
          [end, failEnd] = [resolve, reject];
        });
        const one: Asked = {
          request,
          answer: respond,
          refuse: () => fail(new ConnectionError('nobody')),
          chunk: onChunk,
          end: (error) => (error === undefined ? end() : failEnd(new StreamError(error))),
          cancelled,
          input,
        };
        const next = waiting.shift();
        if (next) next(one);
        else arrived.push(one);
        return { response, done, cancel, send: (text) => void input.push(text) };
      },
    },
    versions: { least: '1.24', most: '1.50' },
    gate: createGate(null),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const url = (path: string): string => `http://127.0.0.1:${port}${path}`;

describe('a plain request', () => {
  test('reaches the daemon without version prefix, with query and body', async () => {
    const answer = fetch(url('/v1.47/services/create?x=1&x=2&y=%2F'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Registry-Auth': 'e30=', 'User-Agent': 'docker' },
      body: '{"Name":"web"}',
    });
    const one = await asked();
    expect(one.request).toEqual({
      method: 'POST',
      path: '/services/create',
      query: { x: '1', y: '/' },
      headers: { 'X-Registry-Auth': 'e30=' },
      body: { Name: 'web' },
    });
    one.answer({ status: 201, headers: HEADERS, body: { ID: 'abc' } });
    const response = await answer;
    expect([response.status, response.headers.get('api-version'), await response.text()]).toEqual([
      201,
      '1.50',
      '{"ID":"abc"}\n',
    ]);
  });

  test('an id alone is JSON, too; a ping is text', async () => {
    const id = fetch(url('/swarm/init'), { method: 'POST' });
    (await asked()).answer({ status: 200, headers: HEADERS, body: 'abc' });
    expect(await (await id).json()).toBe('abc');
    const ping = fetch(url('/_ping'));
    (await asked()).answer({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'OK' });
    expect(await (await ping).text()).toBe('OK');
  });

  test.each([
    [
      '/v1.23/info',
      400,
      'client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version',
    ],
    ['/v1.51/info', 400, 'client version 1.51 is too new. Maximum supported API version is 1.50'],
    ['/v2.0/info', 400, 'client version 2.0 is too new. Maximum supported API version is 1.50'],
  ])('%s is turned away', async (path, status, message) => {
    const response = await fetch(url(path));
    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  test('a body that is no JSON is refused', async () => {
    const response = await fetch(url('/secrets/create'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{',
    });
    expect(response.status).toBe(400);
  });

  test('of a daemon that dies breaks off', async () => {
    const answer = fetch(url('/info'));
    (await asked()).refuse();
    await expect(answer).rejects.toThrow();
  });

  test('that the client gives up is cancelled', async () => {
    const control = new AbortController();
    const answer = fetch(url('/containers/x/stop'), { method: 'POST', signal: control.signal });
    const one = await asked();
    control.abort();
    await expect(answer).rejects.toThrow();
    await one.cancelled;
  });
});

describe('a stream', () => {
  test('is flushed as it comes, its head first', async () => {
    const answer = fetch(url('/events'));
    const one = await asked();
    one.answer({ status: 200, headers: HEADERS, body: null, streaming: true });
    const reader = (await answer).body!.getReader();
    const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    one.chunk({ json: { n: 1 } });
    expect(await read()).toBe('{"n":1}\r\n');
    one.chunk({ json: { n: 2 } });
    expect(await read()).toBe('{"n":2}\r\n');
    one.end();
    expect((await reader.read()).done).toBe(true);
  });

  test('keeps what came before its head, and says how it failed', async () => {
    const answer = fetch(url('/services/web/logs'));
    const one = await asked();
    one.chunk({ stream: 'stdout', text: 'a' });
    one.answer({ status: 200, headers: STREAMS, body: null, streaming: true });
    one.end('trouble');
    const bytes = Buffer.from(await (await answer).arrayBuffer());
    expect(bytes.toString('latin1')).toBe('\x01\0\0\0\0\0\0\x01a\x03\0\0\0\0\0\0\x07trouble');
  });

  test('ends for the daemon when its client goes', async () => {
    const control = new AbortController();
    const answer = fetch(url('/events'), { signal: control.signal });
    const one = await asked();
    one.answer({ status: 200, headers: HEADERS, body: null, streaming: true });
    await answer;
    control.abort();
    await one.cancelled;
  });
});

describe('a connection that is taken over', () => {
  /** A client as docker is one: a body, then bytes both ways. */
  async function upgrade(
    path: string,
    body: string,
  ): Promise<{ socket: Socket; text: () => string; until: (end: string) => Promise<void> }> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const until = async (end: string): Promise<void> => {
      while (!text.endsWith(end)) await once(socket, 'data');
    };
    return { socket, text: () => text, until };
  }

  test('goes both ways, to the end of either', async () => {
    const client = await upgrade('/v1.50/exec/e1/start', '{"Tty":true}');
    const one = await asked();
    expect(one.request).toMatchObject({ method: 'POST', path: '/exec/e1/start', body: { Tty: true } });
    const raw = { 'Content-Type': 'application/vnd.docker.raw-stream' };
    one.answer({ status: 200, headers: raw, body: null, streaming: true });
    await client.until('\r\n\r\n');
    expect(client.text()).toMatch(/^HTTP\/1.1 101 UPGRADED\r\n/);
    client.socket.write('ls\r');
    one.chunk({ stream: 'stdout', text: '# ' });
    await client.until('# ');
    client.socket.end();
    while (!one.input.includes(null)) await new Promise((resolve) => void setImmediate(resolve));
    expect(one.input.filter((text) => text !== null).join('')).toBe('ls\r');
    // The client has said all it has to say, and still reads.
    one.chunk({ stream: 'stdout', text: 'bye' });
    one.end();
    await once(client.socket, 'end');
    expect(client.text()).toMatch(/bye$/);
  });

  test('is refused with an answer like any other', async () => {
    const client = await upgrade('/v1.50/exec/nosuch/start', '{}');
    (await asked()).answer({ status: 404, headers: HEADERS, body: { message: 'No such exec instance: nosuch' } });
    await once(client.socket, 'end');
    expect(client.text()).toMatch(/^HTTP\/1.1 404 [\s\S]*No such exec instance: nosuch"}\n$/);
  });

  test('that breaks is cancelled', async () => {
    const client = await upgrade('/v1.50/containers/c/attach?stream=1', '');
    const one = await asked();
    one.answer({ status: 200, headers: STREAMS, body: null, streaming: true });
    await client.until('\r\n\r\n');
    client.socket.resetAndDestroy();
    await one.cancelled;
  });
});
