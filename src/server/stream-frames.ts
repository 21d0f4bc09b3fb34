/**
 * A daemon's chunks as bytes on the wire. Source: `moby: api/types/container (attach)`, `pkg/stdcopy`: output of two streams is sent in frames
 * with a header of eight bytes (stream, three zeros, length), that of a terminal as it is, messages as lines of JSON.
 */
import type { ApiChunk } from '../protocol/api.ts';

/** How a stream's chunks are written. */
export type Framing = 'json' | 'multiplexed' | 'raw';

const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream';
const RAW = 'application/vnd.docker.raw-stream';

/** The framing that an answer's content type names. */
export function framingOf(contentType: string | undefined): Framing {
  if (contentType === MULTIPLEXED) return 'multiplexed';
  return contentType === RAW ? 'raw' : 'json';
}

const STREAM_NUMBERS = { stdout: 1, stderr: 2 } as const;

/** Number of the stream by which a daemon tells that a stream has failed. */
const SYSTEM_ERROR = 3;

export function encodeChunk(chunk: ApiChunk, framing: Framing): Buffer {
  if ('json' in chunk) return Buffer.from(`${exactNanos(JSON.stringify(chunk.json))}\r\n`);
  const text = Buffer.from(chunk.text);
  return framing === 'multiplexed' ? frame(STREAM_NUMBERS[chunk.stream], text) : text;
}

/** The world's clock counts microseconds; a double holds the nanoseconds of our century only roughly. */
function exactNanos(json: string): string {
  return json.replace(/"timeNano":(\d+)/, (_, nanos: string) => `"timeNano":${(BigInt(nanos) + 500n) / 1000n}000`);
}

/** What a client is sent when a stream ends because something went wrong; null: nothing, it just ends. */
export function encodeFailure(message: string, framing: Framing): Buffer | null {
  if (framing === 'multiplexed') return frame(SYSTEM_ERROR, Buffer.from(message));
  return framing === 'json' ? Buffer.from(`${JSON.stringify({ errorDetail: { message }, error: message })}\r\n`) : null;
}

function frame(stream: number, text: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
}
