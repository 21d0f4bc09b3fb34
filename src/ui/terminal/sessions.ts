/**
 * Terminals by host: opens a session in the worker when one is first needed, and keeps what it writes until an xterm is there
 * to show it (xterm is loaded after the first picture). Buttons type their commands here.
 */
import { usePanels } from '../store/panels.ts';
import { onTerminalOutput, send } from '../store/worker-client.ts';

/** Where the bytes of a host go: an xterm. */
export interface TerminalSink {
  write(data: string): void;
}

interface Session {
  sink: TerminalSink | null;
  /** All that was written (the newest part of it): a new xterm begins with it. */
  history: string;
  columns: number;
  rows: number;
}

/** Most characters kept of a terminal: its xterm may come late, or go and come again when the page changes its shape. */
const HISTORY_CAP = 200_000;

const sessions = new Map<string, Session>();
/** Size of a terminal before its xterm has measured the panel. */
let usualSize = { columns: 118, rows: 11 };

/** Starts to listen; called once. */
export function startTerminals(): void {
  onTerminalOutput((host, data) => {
    const session = ensureSession(host);
    session.sink?.write(data);
    session.history = withinCap(session.history + data);
  });
  document.addEventListener('swarmscope:focus-terminal', () => {
    focusWanted = true;
  });
}

/** Somebody asked for the terminal, which may still have to come, or to take the place of another host's. */
let focusWanted = false;

/** Whether the host's terminal, which is on screen now, is to have the focus. Asked once per wish. */
export function takeFocusWish(host: string): boolean {
  const chosen = usePanels.getState().terminalHost;
  if (!focusWanted || (chosen !== null && chosen !== host)) return false;
  focusWanted = false;
  return true;
}

/** Another world: its hosts have new terminals. */
export function forgetTerminals(): void {
  sessions.clear();
}

/** The host's session, opened in the worker when it is new. */
export function ensureSession(host: string): Session {
  let session = sessions.get(host);
  if (!session) {
    session = { sink: null, history: '', ...usualSize };
    sessions.set(host, session);
    send({ type: 'terminal-open', host, columns: session.columns, rows: session.rows });
  }
  return session;
}

/** Shows a host's terminal in an xterm from now on, beginning with what was written before. Returns the way to stop. */
export function attachSink(host: string, sink: TerminalSink): () => void {
  const session = ensureSession(host);
  session.sink = sink;
  if (session.history) sink.write(session.history);
  return () => {
    if (session.sink === sink) session.sink = null;
  };
}

/** Cut at a line, and only when a good part can go: cutting at every byte would copy it all each time. */
function withinCap(history: string): string {
  if (history.length <= HISTORY_CAP * 1.25) return history;
  const newest = history.slice(-HISTORY_CAP);
  return newest.slice(newest.indexOf('\n') + 1);
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
