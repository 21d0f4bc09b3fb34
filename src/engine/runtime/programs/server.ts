/**
 * Programs that wait for clients: web servers, redis, databases. They run until they are told to stop, and then end well.
 */
import type { Program, ProgramContext } from './program.ts';
import { type AppRequest, type AppResponse, httpResponse, textResponse } from './sockets.ts';

/** Signals on which servers shut down in good order. */
const STOP_SIGNALS = new Set(['TERM', 'INT', 'QUIT']);

/** A server that says `lines` when it is ready, and answers on the ports that its image exposes. */
export function server(
  name: string,
  lines: (context: ProgramContext) => string[],
  answer: (context: ProgramContext, request: AppRequest) => AppResponse,
): Program<Record<string, never>> {
  return {
    name,
    start(context) {
      for (const line of lines(context)) context.log('stdout', line);
      for (const port of context.image?.exposed ?? []) context.sockets.listen(Number.parseInt(port, 10));
      return {};
    },
    request(context, _state, { connection, request }) {
      context.sockets.respond(connection, answer(context, request));
    },
    signal(context, _state, signal) {
      if (!STOP_SIGNALS.has(signal)) return false;
      context.exit(0);
      return true;
    },
  };
}

export const webServer = server(
  'web-server',
  () => ['start worker processes'],
  ({ hostname }) => httpResponse(200, `${hostname}\n`),
);
export const redis = server(
  'redis',
  () => ['Ready to accept connections tcp'],
  (_context, { body }) => textResponse(/^ping\b/i.test(body) ? '+PONG' : '+OK'),
);
export const postgres = server(
  'postgres',
  () => ['database system is ready to accept connections'],
  ({ hostname }) => textResponse(hostname),
);
export const mysql = server(
  'mysql',
  () => ['ready for connections. port: 3306'],
  ({ hostname }) => textResponse(hostname),
);
