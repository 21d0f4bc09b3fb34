/**
 * Programs that wait for clients: web servers, redis, databases. They run until they are told to stop, and then end well.
 * Simplified: they take no requests yet; traffic comes with the network.
 */
import type { Program, ProgramContext } from './program.ts';

/** Signals on which servers shut down in good order. */
const STOP_SIGNALS = new Set(['TERM', 'INT', 'QUIT']);

/** A server that says `lines` when it is ready. */
export function server(name: string, lines: (context: ProgramContext) => string[]): Program<Record<string, never>> {
  return {
    name,
    start(context) {
      for (const line of lines(context)) context.log('stdout', line);
      return {};
    },
    signal(context, _state, signal) {
      if (!STOP_SIGNALS.has(signal)) return false;
      context.exit(0);
      return true;
    },
  };
}

export const webServer = server('web-server', () => ['start worker processes']);
export const redis = server('redis', () => ['Ready to accept connections tcp']);
export const postgres = server('postgres', () => ['database system is ready to accept connections']);
export const mysql = server('mysql', () => ['ready for connections. port: 3306']);
