/** What the web servers in containers have in common: how they stop, the image they tell of, dates and headers of their answers. */
import type { Micros } from '../../../protocol/events.ts';
import { parseReference } from '../registry.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppResponse, httpResponse, type IncomingRequest } from './sockets.ts';

/** Signals on which servers shut down in good order. */
const STOP_SIGNALS = new Set(['TERM', 'INT', 'QUIT', 'WINCH']);

/** `signal` of a program that ends well when it is told to stop. */
export function endsOnSignal(context: ProgramContext, _state: unknown, signal: string): boolean {
  if (!STOP_SIGNALS.has(signal)) return false;
  context.exit(0);
  return true;
}

/** A server without memory that answers at once. */
export function answering(
  name: string,
  begin: (context: ProgramContext) => void,
  answer: (context: ProgramContext, incoming: IncomingRequest) => AppResponse,
): Program<Record<string, never>> {
  return {
    name,
    start(context) {
      begin(context);
      return {};
    },
    request(context, _state, incoming) {
      context.sockets.respond(incoming.connection, withoutBody(incoming, answer(context, incoming)));
    },
    signal: endsOnSignal,
  };
}

/** The answer to HEAD has the headers alone. */
export function withoutBody({ request }: IncomingRequest, response: AppResponse): AppResponse {
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}

/** `traefik/whoami:v1.10` of a container, without its digest. */
export function imageName({ config }: ProgramContext): string {
  return config.image.split('@')[0]!;
}

/** Repository and tag of a container's image. */
export function imageParts(context: ProgramContext): { repository: string; tag: string } {
  return parseReference(context.config.image) ?? { repository: imageName(context), tag: 'latest' };
}

/** A page. */
export function html(status: number, text: string, headers: Readonly<Record<string, string>> = {}): AppResponse {
  return httpResponse(status, text, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): AppResponse {
  return httpResponse(status, `${JSON.stringify(value)}\n`, { 'Content-Type': 'application/json', ...headers });
}

/** Puts the headers that every server sends before the others. */
export function served(context: ProgramContext, server: string, response: AppResponse): AppResponse {
  const headers = {
    Server: server,
    Date: httpDate(context.now),
    ...response.headers,
    'Content-Length': String(response.body.length),
  };
  return { ...response, headers };
}

/** Text in a page. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}

/** Path without its query. */
export function pathOf({ request }: IncomingRequest): string {
  return request.path.split('?')[0]!;
}

/** Fields of a form. */
export function formFields(body: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const part of body.split('&')) {
    const [name = '', value = ''] = part.split('=');
    if (name !== '') fields[unescapeField(name)] = unescapeField(value);
  }
  return fields;
}

function unescapeField(text: string): string {
  const spaced = text.replace(/\+/g, ' ');
  return /%(?![0-9A-Fa-f]{2})/.test(spaced) ? spaced : decodeURIComponent(spaced);
}

/** What somebody else has sent as JSON; null if it is no object after all. */
export function jsonObject(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Anybody may send anything: that it is no JSON is an answer too.
    return null;
  }
}

/** Cookies of a request. */
export function cookieOf({ request }: IncomingRequest, name: string): string | null {
  const header = Object.entries(request.headers).find(([own]) => own.toLowerCase() === 'cookie')?.[1] ?? '';
  const pair = header.split(/; */).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? null;
}

/** A variable of the container's environment. */
export function variable({ config }: ProgramContext, name: string): string | undefined {
  return config.env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** A variable, or the content of the file that `NAME_FILE` names: how official images take secrets (`docker-entrypoint.sh`, `file_env`). */
export function secretVariable(context: ProgramContext, name: string): string | undefined {
  const file = variable(context, `${name}_FILE`);
  return variable(context, name) ?? (file === undefined ? undefined : context.files.read(file)?.replace(/\n+$/, ''));
}

/** Port numbers that the image exposes, tcp; 80 if it says nothing. */
export function exposedPorts({ image }: ProgramContext): number[] {
  const ports = (image?.exposed ?? [])
    .filter((port) => !port.endsWith('/udp'))
    .map((port) => Number.parseInt(port, 10));
  return ports.length > 0 ? ports : [80];
}

// ---- dates

/** A moment as `ls -l` shows it: `Jan  1 00:00`. */
export function listingDate(at: Micros): string {
  const { day, month, clock } = civilTime(at);
  return `${month} ${day.replace(/^0/, ' ')} ${clock.slice(0, 5)}`;
}

/** Days from the Unix epoch to the beginning of the world, 2026-01-01. */
const WORLD_BEGINS_DAY = 20_454;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];

interface CivilTime {
  weekday: string;
  day: string;
  month: string;
  year: number;
  clock: string;
}

function civilTime(now: Micros): CivilTime {
  const seconds = Math.floor(now / 1_000_000);
  const days = WORLD_BEGINS_DAY + Math.floor(seconds / 86_400);
  let year = 2026;
  let rest = days - WORLD_BEGINS_DAY;
  const lengthOf = (y: number): number => (y % 4 === 0 ? 366 : 365);
  while (rest >= lengthOf(year)) rest -= lengthOf(year++);
  const lengths = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  let month = 0;
  while (rest >= lengths[month]!) rest -= lengths[month++]!;
  const two = (n: number): string => String(n).padStart(2, '0');
  return {
    weekday: DAYS[days % 7]!,
    day: two(rest + 1),
    month: MONTHS[month]!,
    year,
    clock: `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`,
  };
}

/** `Thu, 01 Jan 2026 00:00:00 GMT` */
export function httpDate(now: Micros): string {
  const { weekday, day, month, year, clock } = civilTime(now);
  return `${weekday}, ${day} ${month} ${year} ${clock} GMT`;
}

/** `01/Jan/2026:00:00:00 +0000` */
export function logDate(now: Micros): string {
  const { day, month, year, clock } = civilTime(now);
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** `Thu Jan  1 00:00:00 UTC 2026` */
export function shellDate(now: Micros): string {
  const { weekday, day, month, year, clock } = civilTime(now);
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${clock} UTC ${year}`;
}
