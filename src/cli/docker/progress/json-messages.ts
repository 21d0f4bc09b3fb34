/**
 * What the daemon tells while it pulls, pushes or builds: layers are lines that are drawn again, other messages stay.
 * Source: `moby: pkg/jsonmessage/jsonmessage.go` (`DisplayJSONMessagesStream`).
 */
import type { ApiChunk } from '../../../protocol/api.ts';
import type { OutputStream } from '../../process.ts';
import { createProgressLines } from './progress-lines.ts';

interface JsonMessage {
  stream?: string;
  status?: string;
  id?: string;
  progressDetail?: object;
  aux?: unknown;
}

/** Shows messages on a stream; `onAux` gets what is meant for the program. */
export function jsonMessages(stream: OutputStream, onAux: (aux: unknown) => void = () => undefined) {
  const lines = createProgressLines(stream);
  return (chunk: ApiChunk): void => {
    if (!('json' in chunk)) return;
    const message = chunk.json as JsonMessage;
    if (message.aux !== undefined) return onAux(message.aux);
    if (message.stream !== undefined) return void stream.write(message.stream);
    if (message.status === undefined) return;
    if (message.id && message.progressDetail) lines.line(message.id, message.status);
    else lines.message(message.status, message.id);
  };
}
