/**
 * One moment of a session as text, to be handed on: where the world began, what was put into it, and where the playhead stands. As a file
 * it is JSON; as a link it is the same, deflated, in letters that a URL fragment may have: `1.` (the form) and base64url.
 * What comes from outside is read with mistrust: sizes are bounded, and whatever is not as expected is refused in words.
 */
import type { Micros } from '../protocol/events.ts';
import type { Start } from '../protocol/start.ts';
import type { Position, RecordedInput } from './recording.ts';

/** A session up to one moment. */
export interface SharedMoment {
  swarmscope: 1;
  start: Start;
  inputs: RecordedInput[];
  /** Where the playhead stands. */
  at: Micros;
  executed: number;
  /** Of everything that has happened until then: a replay that comes to another one is of another version. */
  hash: string;
  /** How the page looked at it. */
  lens?: string;
}

/** A text that holds no session, in words for whoever opened it. */
export class BadSession extends Error {}

const form = '1.';

/** Characters of a link or file, and bytes of what they hold. */
const MAX_TEXT = 20_000_000;
const MAX_UNPACKED = 40_000_000;
const MAX_INPUTS = 50_000;
/** Each makes up to 1000 requests a second. */
const MAX_LOADS = 50;
const MAX_HOSTS = 1000;
const MAX_REPLICAS = 20_000;
/** A week. */
const MAX_TIME: Micros = 7 * 24 * 3600 * 1_000_000;

/** What goes behind `#s=`. */
export async function encodeLink(moment: SharedMoment): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(moment));
  const packed = await allOf(streamOf(bytes).pipeThrough(new CompressionStream('deflate-raw')), MAX_UNPACKED);
  return form + base64url(packed);
}

/** Reads what stood behind `#s=`. Throws `BadSession`. */
export async function decodeLink(link: string): Promise<SharedMoment> {
  if (link.length > MAX_TEXT) throw new BadSession('This link is too long to be read.');
  if (!link.startsWith(form)) {
    const isOther = /^\d+\./.test(link);
    throw new BadSession(
      isOther
        ? 'This link was made by another version of Swarmscope, in a form that this one does not know.'
        : 'This link holds no session: it has been cut short or changed.',
    );
  }
  let text: string;
  try {
    const bytes = fromBase64url(link.slice(form.length));
    const unpacked = streamOf(bytes).pipeThrough(new DecompressionStream('deflate-raw'));
    text = new TextDecoder('utf-8', { fatal: true }).decode(await allOf(unpacked, MAX_UNPACKED));
  } catch (error) {
    if (error instanceof BadSession) throw error;
    // Whatever the decoders say, the reader is told the same: the letters are not those that were sent.
    throw new BadSession('This link is broken: it has been cut short or changed on its way.');
  }
  return readMoment(text);
}

/** Reads a session file. Throws `BadSession`. */
export function readMoment(text: string): SharedMoment {
  if (text.length > MAX_UNPACKED) throw new BadSession('This session is too long to be read.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadSession('This is no session: it cannot be read as JSON.');
  }
  if (!isRecord(value) || !('swarmscope' in value)) throw new BadSession('This is no session of Swarmscope.');
  if (value.swarmscope !== 1)
    throw new BadSession('This session is of another version of Swarmscope, in a form that this one does not know.');
  const isWhole =
    isStart(value.start) &&
    isNumber(value.at, MAX_TIME) &&
    isNumber(value.executed) &&
    typeof value.hash === 'string' &&
    Array.isArray(value.inputs);
  if (!isWhole) throw new BadSession('This session is incomplete: parts of it are missing.');
  const inputs = value.inputs as unknown[];
  if (inputs.length > MAX_INPUTS) throw new BadSession(`This session has more than ${MAX_INPUTS} inputs.`);
  if (inputs.filter((input) => isRecord(input) && input.kind === 'load-start').length > MAX_LOADS)
    throw new BadSession(`This session starts more than ${MAX_LOADS} load generators.`);
  let before = 0;
  for (const input of inputs) {
    if (!isInput(input) || input.at < before || input.at > (value.at as number))
      throw new BadSession('This session is broken: one of its inputs makes no sense.');
    before = input.at;
  }
  return value as unknown as SharedMoment;
}

/** The playhead of a moment. */
export function positionOf({ at, executed, inputs }: SharedMoment): Position {
  return { at, executed, inputs: inputs.length };
}

// --- mistrust ---------------------------------------------------------------------------------------------------------------

function isStart(value: unknown): value is Start {
  if (!isRecord(value)) return false;
  const { hosts, managers, workers, services, seed, profile, name, title, files } = value;
  if (!Array.isArray(hosts) || hosts.length < 1 || hosts.length > MAX_HOSTS) return false;
  if (!hosts.every((host) => isRecord(host) && isText(host.name, 63) && /^\d+(\.\d+){3}$/.test(String(host.address))))
    return false;
  if (!isNumber(managers, hosts.length) || !isNumber(workers, hosts.length)) return false;
  if (managers + workers > hosts.length || (managers === 0 && workers > 0)) return false;
  if (!Array.isArray(services) || services.length > 200) return false;
  if (files !== undefined && !(isRecord(files) && Object.values(files).every((text) => isText(text, 1_000_000))))
    return false;
  return (
    isText(name, 200) &&
    isText(title, 200) &&
    Number.isSafeInteger(seed) &&
    (profile === 'docker' || profile === 'paper') &&
    services.every(isService)
  );
}

function isService(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.name, 63) || !isText(value.image, 1000)) return false;
  const { replicas, publish } = value;
  return (
    (replicas === undefined || isNumber(replicas, MAX_REPLICAS)) &&
    (publish === undefined ||
      (Array.isArray(publish) &&
        publish.every((port) => isRecord(port) && isNumber(port.published, 65_535) && isNumber(port.target, 65_535))))
  );
}

/** Each kind of input, and whether it has what it needs; what is in a request's body the daemon judges. */
const inputForms: Readonly<Record<string, (input: Record<string, unknown>) => boolean>> = {
  request: ({ host, request }) =>
    isText(host, 63) && isRecord(request) && isText(request.method, 10) && isText(request.path, 10_000),
  cancel: ({ id }) => isNumber(id),
  input: ({ id, text }) => isNumber(id) && (text === null || isText(text, 1_000_000)),
  connect: ({ origin, call }) => (origin === 'outside' || isRecord(origin)) && isRecord(call),
  disconnect: ({ id }) => isNumber(id),
  fault: ({ fault }) => isRecord(fault) && isText(fault.kind, 40),
  'load-start': ({ order }) =>
    isRecord(order) &&
    isNumber(order.perSecond, 1000) &&
    order.perSecond >= 1 &&
    isNumber(order.timeoutMs, 3_600_000) &&
    Array.isArray(order.targets) &&
    order.targets.length > 0,
  'load-stop': ({ id }) => isNumber(id),
  abandon: () => true,
};

function isInput(value: unknown): value is RecordedInput {
  if (!isRecord(value) || !isNumber(value.at, MAX_TIME) || !isNumber(value.after)) return false;
  return inputForms[String(value.kind)]?.(value) ?? false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown, most = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

// --- bytes ------------------------------------------------------------------------------------------------------------------

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** All bytes of a stream; a small link could unpack to more than the memory there is. */
async function allOf(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new BadSession('This session is too long to be read.');
    }
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `String.fromCharCode` takes so many at a time. */
const CHUNK = 8192;

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
