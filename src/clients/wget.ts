/**
 * `wget`: fetches a file by HTTP. Two versions: GNU's on hosts, busybox's in containers.
 * Source of the words: wget 1.21, `busybox: networking/wget.c`. Simplified: one address at a time, no repetition.
 */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, isAddress, refuse } from './client.ts';
import { follow, parseUrl, statusText, type Url } from './http.ts';
import { readOptions } from './options.ts';

interface WgetState {
  url: Url;
  text: string;
  quiet: boolean;
  /** `-` for standard output. */
  output: string;
  spider: boolean;
  showHead: boolean;
  headers: Record<string, string>;
  body: string | null;
  timeoutMs: number;
  redirects: number;
}

const MOST_REDIRECTS = 20;
const READ_LIMIT_MS = 900_000;

export const wget: Client<WgetState | null> = {
  name: 'wget',
  start(io, args) {
    const read = readOptions(args, {
      flags: 'qScv46',
      valued: 'OTtUPo',
      long: {
        quiet: 'q',
        spider: 'spider',
        'server-response': 'S',
        'no-verbose': 'q',
        'no-check-certificate': 'c',
        'output-document=': 'O',
        'timeout=': 'T',
        'tries=': 't',
        'header=': 'header',
        'post-data=': 'post',
        'user-agent=': 'U',
      },
    });
    if (!read.ok)
      return refuse(
        io,
        `wget: unrecognized option '${read.error.option.replace(/^-+/, '')}'`,
        io.flavour === 'busybox' ? 1 : 2,
      );
    const { options } = read;
    const [text] = options.operands;
    if (text === undefined) return refuse(io, 'wget: missing URL\nUsage: wget [OPTION]... [URL]...', 1);
    const url = parseUrl(text);
    if (!url || url.scheme === '' || url.port === 0) return refuse(io, `wget: bad address '${text}'`, 1);
    const headers: Record<string, string> = {
      'User-Agent': options.value('U') ?? (io.flavour === 'busybox' ? 'Wget' : 'Wget/1.21.3'),
    };
    for (const header of options.values('header'))
      headers[header.split(':')[0]!] = header.slice(header.indexOf(':') + 1).trim();
    const body = options.value('post');
    if (body !== null) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    const state: WgetState = {
      url,
      text,
      quiet: options.has('q'),
      output: options.value('O') ?? fileName(url),
      spider: options.has('spider'),
      showHead: options.has('S'),
      headers,
      body,
      timeoutMs: options.value('T') === null ? READ_LIMIT_MS : Number(options.value('T')) * 1000,
      redirects: 0,
    };
    if (io.flavour === 'debian') say(io, state, `--${stamp(io.nowMs)}--  ${addressOf(url)}\n`);
    ask(io, state);
    return state;
  },
  answered(io, state, _token, result) {
    if (!state) return;
    if (result.ok) answered(io, state, result);
    else failed(io, state, result);
  },
};

function ask(io: ClientIo, { url, spider, body, headers, timeoutMs, redirects }: WgetState): void {
  const method = spider && io.flavour === 'debian' ? 'HEAD' : body === null ? 'GET' : 'POST';
  io.connect(`request-${redirects}`, {
    kind: 'connect',
    target: { host: url.host, port: url.port, protocol: 'tcp' },
    request: { protocol: 'http', method, path: url.path, host: url.authority, headers, body: body ?? '' },
    timeoutMs,
    firstAddressOnly: io.flavour === 'busybox',
  });
}

function answered(io: ClientIo, state: WgetState, result: Extract<CallResult, { ok: true }>): void {
  const { response, remote } = result;
  const { url } = state;
  const isBusybox = io.flavour === 'busybox';
  if (isBusybox) say(io, state, `Connecting to ${url.authority} (${remote.address}:${remote.port})\n`);
  else {
    resolving(io, state, remote.address);
    say(io, state, `HTTP request sent, awaiting response... ${statusText(response.status)}\n`);
  }
  if (state.showHead) {
    const lines = [
      `HTTP/1.1 ${statusText(response.status)}`,
      ...Object.entries(response.headers).map(([n, v]) => `${n}: ${v}`),
    ];
    io.write('stderr', lines.map((line) => `  ${line}\n`).join(''));
  }
  const location = response.headers.Location;
  if (response.status >= 300 && response.status < 400 && location !== undefined) {
    const target = parseUrl(follow(url, location));
    if (!target || ++state.redirects > MOST_REDIRECTS)
      return fail(io, 'wget: too many redirections', isBusybox ? 1 : 8);
    state.url = target;
    if (state.body !== null) state.body = null;
    if (!isBusybox) say(io, state, `Location: ${location} [following]\n`);
    return ask(io, state);
  }
  if (response.status >= 400) {
    if (isBusybox) return fail(io, `wget: server returned error: HTTP/1.1 ${statusText(response.status)}`, 1);
    say(io, state, `${stamp(io.nowMs)} ERROR ${response.status}: ${statusText(response.status).slice(4)}.\n\n`);
    return io.exit(8);
  }
  save(io, state, response.body, response.headers['Content-Type'] ?? 'text/html');
  io.exit(0);
}

function save(io: ClientIo, state: WgetState, body: string, type: string): void {
  const { output, spider } = state;
  const isBusybox = io.flavour === 'busybox';
  if (spider) return say(io, state, isBusybox ? 'remote file exists\n' : 'Remote file exists.\n\n');
  if (isBusybox) {
    say(io, state, output === '-' ? 'writing to stdout\n' : `saving to '${output}'\n`);
  } else {
    say(
      io,
      state,
      `Length: ${body.length} [${type.split(';')[0]}]\nSaving to: ${output === '-' ? '‘STDOUT’' : `‘${output}’`}\n\n`,
    );
  }
  if (output === '-') io.write('stdout', body);
  else if (output !== '/dev/null') io.writeFile(output, body);
  if (isBusybox) {
    say(
      io,
      state,
      `${(output === '-' ? '-' : output).padEnd(20).slice(0, 20)} 100% |${'*'.repeat(32)}|${String(body.length).padStart(6)}  0:00:00 ETA\n`,
    );
    say(io, state, output === '-' ? 'written to stdout\n' : `'${output}' saved\n`);
  } else
    say(
      io,
      state,
      `\n${stamp(io.nowMs)} - ${output === '-' ? 'written to stdout' : `‘${output}’ saved`} [${body.length}/${body.length}]\n\n`,
    );
}

function failed(io: ClientIo, state: WgetState, { reason, remote }: Extract<CallResult, { ok: false }>): void {
  const { url } = state;
  if (io.flavour === 'busybox') {
    if (reason === 'name not found') return fail(io, `wget: bad address '${url.authority}'`, 1);
    say(io, state, `Connecting to ${url.authority} (${remote?.address ?? url.host}:${url.port})\n`);
    if (reason === 'timed out' && state.timeoutMs < READ_LIMIT_MS) return fail(io, 'wget: download timed out', 1);
    if (reason === 'connection reset') return fail(io, 'wget: error getting response: Connection reset by peer', 1);
    return fail(
      io,
      `wget: can't connect to remote host (${remote?.address ?? url.host}): ${PROBLEMS[reason] ?? reason}`,
      1,
    );
  }
  if (reason === 'name not found') {
    say(io, state, `Resolving ${url.host} (${url.host})... failed: Name or service not known.\n`);
    if (!state.quiet) io.write('stderr', `wget: unable to resolve host address ‘${url.host}’\n`);
    return io.exit(4);
  }
  const place = isAddress(url.host)
    ? `${url.host}:${url.port}`
    : `${url.host} (${url.host})|${remote?.address ?? ''}|:${url.port}`;
  say(io, state, `Connecting to ${place}... failed: ${PROBLEMS[reason] ?? reason}.\n`);
  io.exit(4);
}

const PROBLEMS: Readonly<Record<string, string>> = {
  'connection refused': 'Connection refused',
  'timed out': 'Connection timed out',
  'host unreachable': 'No route to host',
  'network unreachable': 'Network is unreachable',
  'connection reset': 'Connection reset by peer',
};

function resolving(io: ClientIo, state: WgetState, address: string): void {
  const { host, port } = state.url;
  const place = isAddress(host) ? `${host}:${port}` : `${host} (${host})|${address}|:${port}`;
  if (!isAddress(host)) say(io, state, `Resolving ${host} (${host})... ${address}\n`);
  say(io, state, `Connecting to ${place}... connected.\n`);
}

function fail(io: ClientIo, text: string, code: number): void {
  io.write('stderr', `${text}\n`);
  io.exit(code);
}

function say(io: ClientIo, { quiet }: WgetState, text: string): void {
  if (!quiet) io.write('stderr', text);
}

function fileName({ path }: Url): string {
  return path.split('?')[0]!.split('/').at(-1) || 'index.html';
}

function addressOf({ scheme, authority, path }: Url): string {
  return `${scheme}://${authority}${path}`;
}

/** `2026-01-02 03:04:05` */
export function stamp(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  // Days to a date: Howard Hinnant's civil_from_days.
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number): string => String(n).padStart(2, '0');
  const seconds = Math.floor(ms / 1000) % 86_400;
  return `${year}-${two(month)}-${two(day)} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
