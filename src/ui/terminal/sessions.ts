/**
 * Terminals by host: opens a session in the worker when one is first needed, and keeps what it writes until an xterm is there
 * to show it (xterm is loaded after the first picture). Buttons type their commands here.
 */
import { onTerminalOutput, send } from '../store/worker-client.ts';

/** Where the bytes of a host go: an xterm. */
export interface TerminalSink {
  write(data: string): void;
}

interface Session {
  sink: TerminalSink | null;
  /** Written before there was a sink; the newest part of it. */
  backlog: string;
  columns: number;
  rows: number;
}

/** Most characters kept for a terminal that nobody looks at. */
const BACKLOG_CAP = 200_000;

const sessions = new Map<string, Session>();
/** Size of a terminal before its xterm has measured the panel. */
let usualSize = { columns: 118, rows: 11 };

/** Starts to listen; called once. */
export function startTerminals(): void {
  onTerminalOutput((host, data) => {
    const session = ensureSession(host);
    if (session.sink) session.sink.write(data);
    else session.backlog = (session.backlog + data).slice(-BACKLOG_CAP);
  });
}

/** Another world: its hosts have new terminals. */
export function forgetTerminals(): void {
  sessions.clear();
}

/** The host's session, opened in the worker when it is new. */
export function ensureSession(host: string): Session {
  let session = sessions.get(host);
  if (!session) {
    session = { sink: null, backlog: '', ...usualSize };
    sessions.set(host, session);
    send({ type: 'terminal-open', host, columns: session.columns, rows: session.rows });
  }
  return session;
}

/** Shows a host's terminal in an xterm from now on, beginning with what it has missed. */
export function attachSink(host: string, sink: TerminalSink): void {
  const session = ensureSession(host);
  session.sink = sink;
  if (session.backlog) sink.write(session.backlog);
  session.backlog = '';
}

export function sendInput(host: string, data: string): void {
  send({ type: 'terminal-input', host, data });
}

/** The panel has another size: the worker's line editor and tables need to know. */
export function resizeTerminal(host: string, columns: number, rows: number): void {
  const session = ensureSession(host);
  usualSize = { columns, rows };
  if (session.columns === columns && session.rows === rows) return;
  session.columns = columns;
  session.rows = rows;
  send({ type: 'terminal-resize', host, columns, rows });
}

/** Types a command at the host's prompt and presses Enter. */
export function typeCommand(host: string, command: string): void {
  ensureSession(host);
  send({ type: 'terminal-type', host, command });
}

/** Prints what a button stands for when it is no command. */
export function printNote(host: string, text: string): void {
  ensureSession(host);
  send({ type: 'terminal-note', host, text });
}
