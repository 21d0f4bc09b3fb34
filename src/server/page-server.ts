/**
 * The page over HTTP, and its line to the cluster: the files of `dist`, and a WebSocket that carries the messages which otherwise go between page
 * and worker (`src/protocol/worker-messages.ts`), so that everything in the page works with the served cluster.
 */

import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PageMessage } from '../protocol/worker-messages.ts';
import type { Session } from '../worker/session.ts';
import { type Gate, TOKEN_COOKIE } from './gate.ts';

/** Where the page's WebSocket is, below the page. */
export const SESSION_PATH = '/session';

/** More than this waits for a page only by ending its line: it has not read for a long time. */
const MAX_BEHIND_BYTES = 64 * 1024 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export interface PageServerOptions {
  session: Session;
  gate: Gate;
  /** Folder of the built page. */
  dist: string;
}

/** The page's server; not listening yet. */
export function createPageServer({ session, gate, dist }: PageServerOptions): Server {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    const { incoming } = context.env;
    const refusal = gate.refusal(incoming.headers, incoming.url ?? '/');
    if (refusal) return context.text(`${refusal.message}\n`, refusal.status as 401 | 403);
    await next();
  });
  app.get('/', async (context) => {
    const html = await fileIn(dist, 'index.html');
    if (!html) return context.text('the page has not been built\n', 404);
    const token = context.req.query('token');
    if (token !== undefined)
      context.header('Set-Cookie', `${TOKEN_COOKIE}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`);
    context.header('Cache-Control', 'no-store');
    return context.html(served(html.toString('utf8')));
  });
  app.get('*', async (context) => {
    const path = decodeURIComponent(context.req.path);
    const bytes = await fileIn(dist, path.slice(1));
    if (!bytes) return context.notFound();
    return context.body(new Uint8Array(bytes), 200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'X-Content-Type-Options': 'nosniff',
    });
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://server');
    const refusal = gate.refusal(request.headers, request.url ?? '/');
    if (refusal || url.pathname !== SESSION_PATH) {
      socket.end(`HTTP/1.1 ${refusal?.status ?? 404} -\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => connectPage(session, page));
  });
  return server;
}

/** Marks the page as served: it connects here instead of starting a worker. */
function served(html: string): string {
  return html.replace('<head>', `<head>\n    <meta name="swarmscope-session" content=".${SESSION_PATH}" />`);
}

/** A file below the folder; null: there is none. */
async function fileIn(folder: string, path: string): Promise<Buffer | null> {
  const inside = normalize(path);
  if (inside.startsWith('..') || inside.includes('\0')) return null;
  try {
    return await readFile(join(folder, inside));
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function connectPage(session: Session, socket: WebSocket): void {
  const page = session.attach((message) => {
    if (socket.bufferedAmount > MAX_BEHIND_BYTES) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  });
  socket.on('message', (data) => {
    const message = parseMessage(String(data));
    if (message) page.receive(message);
    else socket.close(1003, 'not a message of the page');
  });
  socket.on('close', page.close);
  socket.on('error', () => socket.terminate());
}

/** What is no JSON object with a type was not sent by the page. */
function parseMessage(text: string): PageMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    const isMessage = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return isMessage ? (value as PageMessage) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
