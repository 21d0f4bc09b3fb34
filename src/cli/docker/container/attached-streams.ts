/**
 * A container's or a command's streams at this terminal: what it writes is shown, what is typed is sent. With a terminal on the other
 * side keys go over as they are, Ctrl-C too; without one Ctrl-C is the caller's affair. Source: `cli: cli/command/container/hijack.go`.
 * Simplified: there are no detach keys but the default ones, Ctrl-P Ctrl-Q.
 */
import type { ApiChunk } from '../../../protocol/api.ts';
import { describeError, type RequestParts } from '../client.ts';
import type { CommandContext } from '../command.ts';

export interface AttachedStreams {
  /** The other side has ended; or the user has let go of it. Rejects if the connection breaks. */
  ended: Promise<'ended' | 'detached'>;
  cancel(): void;
}

const DETACH_KEYS = '\x10\x11';

export async function attachStreams(
  context: CommandContext,
  path: string,
  parts: RequestParts,
  { tty, stdin }: { tty: boolean; stdin: boolean },
): Promise<AttachedStreams> {
  const { process, api } = context;
  const show = (chunk: ApiChunk): void => {
    if (!('stream' in chunk)) return;
    (chunk.stream === 'stdout' || tty ? process.stdout : process.stderr).write(chunk.text);
  };
  const stream = await api.stream('POST', path, parts, show);
  let detach: () => void = () => undefined;
  const detached = new Promise<'detached'>((resolve) => {
    detach = () => {
      stream.cancel();
      resolve('detached');
    };
  });
  const isRaw = tty && stdin && process.stdin.isTerminal;
  if (isRaw) process.stdin.setRaw?.(true);
  if (stdin) void pump(context, isRaw, stream.send, detach);
  const ended = stream.done.finally(() => {
    if (isRaw) process.stdin.setRaw?.(false);
  });
  return { ended: Promise.race([ended.then((): 'ended' => 'ended'), detached]), cancel: stream.cancel };
}

/** Tells the other side how large this terminal is. `path`: `/containers/{id}` or `/exec/{id}`. */
export async function resizeTerminal({ api, process }: CommandContext, path: string): Promise<void> {
  const { terminal } = process.stdout;
  if (!terminal) return;
  try {
    await api.post(`${path}/resize`, { query: { h: String(terminal.rows), w: String(terminal.columns) } });
  } catch (error) {
    // It has ended already; what it wrote is shown all the same.
    if (describeError(error) === null) throw error;
  }
}

/** Sends what is typed or piped, to its end. */
async function pump(
  { process }: CommandContext,
  isRaw: boolean,
  send: (text: string | null) => void,
  detach: () => void,
): Promise<void> {
  for (;;) {
    const text = await process.stdin.read(process.signal);
    if (process.signal.aborted) return;
    if (isRaw && text?.includes(DETACH_KEYS)) {
      process.stdout.write('read escape sequence\n');
      return detach();
    }
    send(text);
    if (text === null) return;
  }
}
