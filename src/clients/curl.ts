/**
 * `curl`: asks by HTTP and prints the answer. Messages and exit codes: curl(1), `lib/strerror.c`, as of curl 8.5.
 * Simplified: no TLS, no cookie files, no globs in addresses.
 */
import type { CallResult, NetworkCall } from '../protocol/network-call.ts';
import { type Client, type ClientIo, isAddress, refuse } from './client.ts';
import { follow, parseUrl, statusText, type Url } from './http.ts';
import { type Options, readOptions } from './options.ts';

const VERSION = '8.5.0';

/** How long Linux tries to connect by itself: six repetitions of SYN. */
const CONNECT_LIMIT_MS = 130_000;
const NO_LIMIT_MS = 24 * 3600 * 1000;
const MOST_REDIRECTS = 50;

interface Settings {
  method: string | null;
  headers: Record<string, string>;
  body: string | null;
  head: boolean;
  include: boolean;
  verbose: boolean;
  silent: boolean;
  showError: boolean;
  fail: boolean;
  location: boolean;
  maxTimeMs: number | null;
  connectMs: number | null;
  retries: number;
  retryDelayMs: number | null;
  retryRefused: boolean;
  retryAll: boolean;
  output: string | null;
  remoteName: boolean;
  writeOut: string | null;
}

interface CurlState {
  settings: Settings;
  urls: string[];
  /** Which of the addresses is being asked. */
  at: number;
  url: Url;
  method: string;
  body: string;
  redirects: number;
  left: number;
  nextDelayMs: number;
  startedMs: number;
  /** Exit code of the last transfer that failed. */
  code: number;
  requests: number;
}

export const curl: Client<CurlState | null> = {
  name: 'curl',
  start(io, args) {
    const read = readOptions(args, OPTIONS);
    if (!read.ok) return usage(io, read.error.kind, read.error.option);
    const { options } = read;
    if (options.has('V')) return version(io);
    const settings = settingsOf(io, options);
    if (typeof settings === 'string') return refuse(io, settings, 2);
    const urls = [...options.values('url'), ...options.operands];
    if (urls.length === 0) {
      return refuse(
        io,
        "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information",
        2,
      );
    }
    const state: CurlState = {
      settings,
      urls,
      at: -1,
      url: { scheme: 'http', host: '', port: 80, path: '/', authority: '' },
      method: 'GET',
      body: '',
      redirects: 0,
      left: 0,
      nextDelayMs: 0,
      startedMs: 0,
      code: 0,
      requests: 0,
    };
    next(io, state);
    return state;
  },
  answered(io, state, _token, result) {
    if (!state) return;
    if (result.ok) answered(io, state, result);
    else failed(io, state, result);
  },
  woke(io, state) {
    if (state) ask(io, state);
  },
};

const OPTIONS = {
  flags: 'sSivILfkgN046OGV#',
  valued: 'mHXdowAebuUxcFTr',
  long: {
    silent: 's',
    'show-error': 'S',
    include: 'i',
    verbose: 'v',
    head: 'I',
    location: 'L',
    fail: 'f',
    'fail-with-body': 'f',
    insecure: 'k',
    globoff: 'g',
    'no-buffer': 'N',
    'http1.0': '0',
    'http1.1': '0',
    http2: '0',
    ipv4: '4',
    ipv6: '6',
    get: 'G',
    version: 'V',
    'remote-name': 'O',
    'no-progress-meter': 's',
    'retry-connrefused': 'retry-refused',
    'retry-all-errors': 'retry-all',
    compressed: 'g',
    'no-keepalive': 'g',
    'max-time=': 'm',
    'header=': 'H',
    'request=': 'X',
    'data=': 'd',
    'data-raw=': 'd',
    'data-ascii=': 'd',
    'data-binary=': 'd',
    'data-urlencode=': 'encode',
    'json=': 'json',
    'form=': 'F',
    'output=': 'o',
    'write-out=': 'w',
    'user-agent=': 'A',
    'referer=': 'e',
    'cookie=': 'b',
    'cookie-jar=': 'c',
    'user=': 'u',
    'url=': 'url',
    'retry=': 'retry',
    'retry-delay=': 'retry-delay',
    'retry-max-time=': 'retry-max',
    'connect-timeout=': 'connect',
    'max-redirs=': 'redirs',
    'resolve=': 'resolve',
    'interface=': 'interface',
  },
};

function usage(io: ClientIo, kind: 'unknown' | 'value missing', option: string): null {
  const words = kind === 'unknown' ? 'is unknown' : 'requires parameter';
  return refuse(
    io,
    `curl: option ${option}: ${words}\ncurl: try 'curl --help' or 'curl --manual' for more information`,
    2,
  );
}

function version(io: ClientIo): null {
  io.write('stdout', `curl ${VERSION} (x86_64-pc-linux-gnu) libcurl/${VERSION}\n`);
  io.exit(0);
  return null;
}

function settingsOf(io: ClientIo, options: Options): Settings | string {
  const seconds = (name: string): number | null => {
    const text = options.value(name);
    return text === null ? null : Number(text) * 1000;
  };
  for (const name of ['m', 'connect', 'retry', 'retry-delay']) {
    if (options.has(name) && Number.isNaN(seconds(name)))
      return `curl: option ${LONG_NAMES[name]}: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information`;
  }
  const headers: Record<string, string> = { 'User-Agent': `curl/${VERSION}`, Accept: '*/*' };
  const set = (name: string, value: string): void => {
    const known = Object.keys(headers).find((own) => own.toLowerCase() === name.toLowerCase()) ?? name;
    if (value === '') delete headers[known];
    else headers[known] = value;
  };
  const agent = options.value('A');
  if (agent !== null) set('User-Agent', agent);
  if (options.value('e')) set('Referer', options.value('e')!);
  if (options.value('b')?.includes('=')) set('Cookie', options.value('b')!);
  const user = options.value('u');
  if (user !== null) set('Authorization', `Basic ${base64(user)}`);
  const data = [...options.values('d').map((text) => dataOf(io, text)), ...options.values('encode').map(encoded)];
  const json = options.value('json');
  if (json !== null) {
    data.push(dataOf(io, json));
    set('Content-Type', 'application/json');
    set('Accept', 'application/json');
  }
  const form = options.values('F');
  const body = form.length > 0 ? form.join('&') : data.length > 0 ? data.join('&') : null;
  if (body !== null && json === null && !options.has('G')) set('Content-Type', 'application/x-www-form-urlencoded');
  for (const header of options.values('H')) {
    const colon = header.indexOf(':');
    if (colon > 0) set(header.slice(0, colon), header.slice(colon + 1).trim());
  }
  return {
    method: options.value('X'),
    headers,
    body,
    head: options.has('I'),
    include: options.has('i') || options.has('I'),
    verbose: options.has('v'),
    silent: options.has('s'),
    showError: options.has('S'),
    fail: options.has('f'),
    location: options.has('L'),
    maxTimeMs: seconds('m'),
    connectMs: seconds('connect'),
    retries: Number(options.value('retry') ?? 0),
    retryDelayMs: seconds('retry-delay'),
    retryRefused: options.has('retry-refused'),
    retryAll: options.has('retry-all'),
    output: options.value('o'),
    remoteName: options.has('O'),
    writeOut: options.value('w'),
  };
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  m: '-m',
  connect: '--connect-timeout',
  retry: '--retry',
  'retry-delay': '--retry-delay',
};

/** `@file` and `@-` are read, without line ends. */
function dataOf(io: ClientIo, text: string): string {
  if (!text.startsWith('@')) return text;
  const given = text === '@-' ? io.stdin : (io.readFile(text.slice(1)) ?? '');
  return given.replace(/[\r\n]/g, '');
}

function encoded(text: string): string {
  const at = text.indexOf('=');
  const [name, value] = at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
  return name === '' ? encodeURIComponent(value) : `${name}=${encodeURIComponent(value)}`;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const [a = 0, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    out += DIGITS[(bits >> 18) & 63]! + DIGITS[(bits >> 12) & 63]!;
    out += (Number.isNaN(b) ? '=' : DIGITS[(bits >> 6) & 63]!) + (Number.isNaN(c) ? '=' : DIGITS[bits & 63]!);
  }
  return out;
}

// ---- one address after the other

function next(io: ClientIo, state: CurlState): void {
  const { settings } = state;
  state.at++;
  const text = state.urls[state.at];
  if (text === undefined) return io.exit(state.code);
  const url = parseUrl(text);
  if (!url || url.port === 0 || url.port > 65_535)
    return transferFailed(io, state, 3, 'URL rejected: Malformed input to a URL function');
  if (url.scheme !== 'http' && url.scheme !== 'https')
    return transferFailed(io, state, 1, `Protocol "${url.scheme}" not supported`);
  state.url = url;
  state.redirects = 0;
  state.left = settings.retries;
  state.nextDelayMs = 1000;
  state.startedMs = io.nowMs;
  const asQuery = settings.body !== null && settings.method === null && isGet(settings);
  state.method = settings.method ?? (settings.head ? 'HEAD' : settings.body !== null && !asQuery ? 'POST' : 'GET');
  state.body = settings.body ?? '';
  ask(io, state);
}

/** `-G` is no part of the settings: with it no content type was set. */
function isGet({ headers }: Settings): boolean {
  return headers['Content-Type'] === undefined;
}

function ask(io: ClientIo, state: CurlState): void {
  const { settings, url } = state;
  const asQuery = state.body !== '' && state.method === 'GET' && isGet(settings);
  const path = asQuery ? `${url.path}${url.path.includes('?') ? '&' : '?'}${state.body}` : url.path;
  const headers = { ...settings.headers };
  if (state.body !== '' && !asQuery) headers['Content-Length'] = String(state.body.length);
  const host = headers.Host ?? url.authority;
  delete headers.Host;
  const call: Extract<NetworkCall, { kind: 'connect' }> = {
    kind: 'connect',
    target: { host: url.host, port: url.port, protocol: 'tcp' },
    request: { protocol: 'http', method: state.method, path, host, headers, body: asQuery ? '' : state.body },
    timeoutMs: Math.min(
      settings.maxTimeMs ?? NO_LIMIT_MS,
      settings.connectMs ?? NO_LIMIT_MS,
      settings.maxTimeMs === null && settings.connectMs === null ? CONNECT_LIMIT_MS : NO_LIMIT_MS,
    ),
  };
  state.requests++;
  io.connect(`request-${state.requests}`, call);
}

// ---- what came of it

type Answer = Extract<CallResult, { ok: true }>;
type Failure = Extract<CallResult, { ok: false }>;

function answered(io: ClientIo, state: CurlState, result: Answer): void {
  const { settings, url } = state;
  const { status, body } = result.response;
  if (url.scheme === 'https')
    return transferFailed(io, state, 35, 'OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number');
  if (settings.verbose) trace(io, state, result);
  const location = headerOf(result.response.headers, 'location');
  const isRedirect = settings.location && status >= 300 && status < 400 && location !== undefined;
  if (RETRIED.has(status) && retry(io, state, 'HTTP error')) return;
  if (settings.include) output(io, settings, headText(result), 'head');
  if (settings.fail && status >= 400 && !isRedirect) {
    writeOut(io, state, result, 22);
    return transferFailed(io, state, 22, `The requested URL returned error: ${status}`);
  }
  if (isRedirect) {
    const target = parseUrl(follow(url, location));
    if (++state.redirects > MOST_REDIRECTS || !target)
      return transferFailed(io, state, 47, `Maximum (${MOST_REDIRECTS}) redirects followed`);
    if (status <= 303 && state.method === 'POST') {
      state.method = 'GET';
      state.body = '';
    }
    state.url = target;
    return ask(io, state);
  }
  const shown = settings.head ? '' : body;
  if (!settings.silent && (settings.output !== null || settings.remoteName || !io.isTerminal)) meter(io, shown.length);
  output(io, settings, shown, 'body', url);
  writeOut(io, state, result, 0);
  next(io, state);
}

/** Statuses that a `--retry` tries again. */
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);

function output(io: ClientIo, settings: Settings, text: string, part: 'head' | 'body', url?: Url): void {
  const name =
    settings.output ?? (settings.remoteName && url ? (url.path.split('?')[0]!.split('/').at(-1) ?? '') : null);
  if (name === null || name === '-' || name === '') io.write('stdout', text);
  else if (name !== '/dev/null')
    io.writeFile(name, part === 'body' && settings.include ? (io.readFile(name) ?? '') + text : text);
}

function headText({ response }: Answer): string {
  const lines = [`HTTP/1.1 ${statusText(response.status)}`, ...headerLines(response.headers), '', ''];
  return lines.join('\r\n');
}

function headerLines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([own]) => own.toLowerCase() === name)?.[1];
}

function trace(io: ClientIo, state: CurlState, { response, remote, tried }: Answer): void {
  const { url, settings } = state;
  const lines: string[] = [];
  if (!isAddress(url.host)) {
    lines.push(`* Host ${url.host}:${url.port} was resolved.`);
    const addresses = [...(tried ?? []).map(({ address }) => address), remote.address].join(', ');
    lines.push(`* IPv6: ${url.host === 'localhost' ? '::1' : '(none)'}`, `* IPv4: ${addresses}`);
  }
  lines.push(...triedLines(tried, url.port));
  lines.push(`*   Trying ${remote.address}:${remote.port}...`);
  lines.push(`* Connected to ${url.host} (${remote.address}) port ${remote.port}`);
  const { Host: host = url.authority, ...headers } = settings.headers;
  if (state.body !== '' && state.method !== 'GET') headers['Content-Length'] = String(state.body.length);
  lines.push(`> ${state.method} ${url.path} HTTP/1.1`, `> Host: ${host}`);
  lines.push(...headerLines(headers).map((line) => `> ${line}`), '> ');
  lines.push(
    `< HTTP/1.1 ${statusText(response.status)}`,
    ...headerLines(response.headers).map((line) => `< ${line}`),
    '< ',
  );
  io.write('stderr', lines.map((line) => `${line}\n`).join(''));
  state.settings = { ...settings };
  io.write('stderr', `* Connection #0 to host ${url.host} left intact\n`);
}

/** The meter of a transfer that went somewhere else than to the terminal. */
function meter(io: ClientIo, size: number): void {
  const total = String(size).padStart(5);
  io.write(
    'stderr',
    `${METER_HEAD}100 ${total}  100 ${total}    0     0   ${size > 9999 ? `${Math.round(size / 1024)}k` : String(size)}      0 --:--:-- --:--:-- --:--:-- ${total}\n`,
  );
}

const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n';

function failed(io: ClientIo, state: CurlState, result: Failure): void {
  const { url, settings } = state;
  const { code, text } = reasonOf(state, result);
  if (settings.verbose) traceFailure(io, state, result, text);
  const transient = code === 28 || code === 6 || (code === 7 && settings.retryRefused) || settings.retryAll;
  if (transient && retry(io, state, code === 28 ? 'timeout' : code === 7 ? 'connection refused' : `(${code})`)) return;
  if (!settings.silent && !io.isTerminal && url.host !== '') io.write('stderr', `${METER_HEAD}${NOTHING}`);
  writeOut(io, state, null, code, text);
  transferFailed(io, state, code, text);
}

const NOTHING = '  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n';

function reasonOf(
  { url, settings }: CurlState,
  { reason, connected, tookMs }: Failure,
): { code: number; text: string } {
  const ms = Math.round(tookMs);
  const to = `Failed to connect to ${url.host} port ${url.port} after ${ms} ms`;
  switch (reason) {
    case 'name not found':
      return { code: 6, text: `Could not resolve host: ${url.host}` };
    case 'connection refused':
    case 'host unreachable':
    case 'network unreachable':
      return { code: 7, text: `${to}: Couldn't connect to server` };
    case 'connection reset':
      return connected
        ? { code: 56, text: 'Recv failure: Connection reset by peer' }
        : { code: 52, text: 'Empty reply from server' };
    case 'timed out':
      if (connected) return { code: 28, text: `Operation timed out after ${ms} milliseconds with 0 bytes received` };
      if (settings.maxTimeMs === null && settings.connectMs === null)
        return { code: 28, text: `${to}: Couldn't connect to server` };
      return settings.connectMs !== null && (settings.maxTimeMs === null || settings.connectMs < settings.maxTimeMs)
        ? { code: 28, text: `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Timeout was reached` }
        : { code: 28, text: `Connection timed out after ${ms} milliseconds` };
  }
}

function traceFailure(io: ClientIo, { url }: CurlState, { reason, remote, tried }: Failure, text: string): void {
  const lines: string[] = [];
  if (reason === 'name not found') lines.push(`* Could not resolve host: ${url.host}`);
  else {
    lines.push(...triedLines(tried, url.port));
    if (remote) lines.push(`*   Trying ${remote.address}:${remote.port}...`);
    if (reason === 'connection refused' && remote)
      lines.push(`* connect to ${remote.address} port ${remote.port} failed: Connection refused`);
    lines.push(`* ${text}`);
  }
  lines.push('* Closing connection');
  io.write('stderr', lines.map((line) => `${line}\n`).join(''));
}

/** Addresses of the name that were tried before. */
function triedLines(tried: CallResult['tried'], port: number): string[] {
  return (tried ?? []).flatMap(({ address, reason, tookMs }) => [
    `*   Trying ${address}:${port}...`,
    reason === 'timed out'
      ? `* ipv4 connect timeout after ${tookMs}ms, move on!`
      : `* connect to ${address} port ${port} failed: ${TRY_WORDS[reason] ?? reason}`,
  ]);
}

const TRY_WORDS: Readonly<Record<string, string>> = {
  'connection refused': 'Connection refused',
  'host unreachable': 'No route to host',
  'network unreachable': 'Network is unreachable',
};

/** Tries once more after a pause, if there are tries left. */
function retry(io: ClientIo, state: CurlState, problem: string): boolean {
  const { settings } = state;
  if (state.left <= 0) return false;
  const delayMs = settings.retryDelayMs ?? state.nextDelayMs;
  if (!settings.silent || settings.showError) {
    const seconds = Math.round(delayMs / 1000);
    io.write(
      'stderr',
      `Warning: Problem: ${problem}. Will retry in ${seconds} second${seconds === 1 ? '' : 's'}. ${state.left} ${state.left === 1 ? 'retry' : 'retries'} left.\n`,
    );
  }
  state.left--;
  state.nextDelayMs = Math.min(state.nextDelayMs * 2, 600_000);
  io.wait(delayMs, `retry-${state.left}`);
  return true;
}

function transferFailed(io: ClientIo, state: CurlState, code: number, text: string): void {
  const { silent, showError } = state.settings;
  if (!silent || showError) io.write('stderr', `curl: (${code}) ${text}\n`);
  state.code = code;
  next(io, state);
}

/** `-w` */
function writeOut(io: ClientIo, state: CurlState, result: Answer | null, code: number, problem = ''): void {
  const { writeOut: format } = state.settings;
  if (format === null) return;
  const { url } = state;
  const totalMs = io.nowMs - state.startedMs;
  const values: Readonly<Record<string, string>> = {
    http_code: String(result?.response.status ?? 0).padStart(3, '0'),
    response_code: String(result?.response.status ?? 0).padStart(3, '0'),
    time_total: (totalMs / 1000).toFixed(6),
    time_connect: (totalMs / 3000).toFixed(6),
    size_download: String(result?.response.body.length ?? 0),
    remote_ip: result?.remote.address ?? '',
    remote_port: String(result?.remote.port ?? 0),
    local_ip: result?.local.address ?? '',
    local_port: String(result?.local.port ?? 0),
    url: state.urls[state.at] ?? '',
    url_effective: `${url.scheme}://${url.authority}${url.path}`,
    num_redirects: String(state.redirects),
    num_retries: String(state.settings.retries - state.left),
    content_type: result ? (headerOf(result.response.headers, 'content-type') ?? '') : '',
    method: state.method,
    scheme: url.scheme.toUpperCase(),
    exitcode: String(code),
    errormsg: problem,
  };
  const text = format
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\r/g, '\r')
    .replace(/%\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  io.write('stdout', text);
}
