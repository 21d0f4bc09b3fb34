/** `nc`: does anybody listen on a port, or what does it answer to a line. Words of OpenBSD's nc on hosts, busybox's in containers. */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, isAddress, refuse } from './client.ts';
import { readOptions } from './options.ts';

interface NcState {
  host: string;
  ports: number[];
  at: number;
  scan: boolean;
  verbose: boolean;
  udp: boolean;
  waitMs: number;
  code: number;
}

const CONNECT_LIMIT_MS = 130_000;

export const nc: Client<NcState | null> = {
  name: 'nc',
  start(io, args) {
    const read = readOptions(args, { flags: 'zvun4lkN', valued: 'wpqi' });
    if (!read.ok) return refuse(io, `nc: invalid option -- '${read.error.option.replace(/^-+/, '')}'`, 1);
    const { options } = read;
    const [host, range = ''] = options.operands;
    const [first, last = first] = range.split('-').map(Number);
    if (host === undefined || !first || !last || last > 65_535)
      return refuse(
        io,
        host === undefined || range === ''
          ? 'usage: nc [-46vzu] [-w timeout] [destination] [port]'
          : `nc: port number invalid: ${range}`,
        1,
      );
    const state: NcState = {
      host,
      ports: Array.from({ length: Math.min(1000, last - first + 1) }, (_, i) => first + i),
      at: -1,
      scan: options.has('z'),
      verbose: options.has('v'),
      udp: options.has('u'),
      waitMs: options.value('w') === null ? CONNECT_LIMIT_MS : Number(options.value('w')) * 1000,
      code: 1,
    };
    next(io, state);
    return state;
  },
  answered(io, state, _token, result) {
    if (state) answered(io, state, result);
  },
};

function next(io: ClientIo, state: NcState): void {
  state.at++;
  const port = state.ports[state.at];
  if (port === undefined) return io.exit(state.code);
  io.connect(String(port), {
    kind: 'connect',
    target: { host: state.host, port, protocol: state.udp ? 'udp' : 'tcp' },
    request: {
      protocol: 'text',
      method: '',
      path: '',
      host: '',
      headers: {},
      body: state.scan ? '' : io.stdin.trimEnd(),
    },
    timeoutMs: state.waitMs,
    firstAddressOnly: io.flavour === 'busybox',
  });
}

function answered(io: ClientIo, state: NcState, result: CallResult): void {
  const port = state.ports[state.at]!;
  const protocol = state.udp ? 'udp' : 'tcp';
  const address = result.remote?.address ?? '';
  const place = isAddress(state.host) ? state.host : `${state.host} (${address})`;
  // A datagram that nobody refuses counts as received.
  const open = result.ok || (result.reason === 'timed out' && (result.connected || state.udp));
  if (open) {
    state.code = 0;
    if (state.verbose)
      io.write(
        'stderr',
        io.flavour === 'busybox'
          ? `${state.host} (${address}:${port}) open\n`
          : `Connection to ${place} ${port} port [${protocol}/*] succeeded!\n`,
      );
    if (!state.scan && result.ok) io.write('stdout', result.response.body.replace(/\n?$/, '\n'));
  } else if (!result.ok) complain(io, state, result.reason, place, port);
  next(io, state);
}

function complain(io: ClientIo, state: NcState, reason: string, place: string, port: number): void {
  const { host, verbose, scan } = state;
  const busybox = io.flavour === 'busybox';
  if (reason === 'name not found') {
    const text = busybox
      ? `nc: bad address '${host}'`
      : `nc: getaddrinfo for host "${host}" port ${port}: Name or service not known`;
    return io.write('stderr', `${text}\n`);
  }
  const problem = PROBLEMS[reason] ?? reason;
  if (busybox) {
    if (verbose || !scan) io.write('stderr', `nc: ${host} (${place.replace(/^.*\(|\)$/g, '')}:${port}): ${problem}\n`);
  } else if (verbose || reason === 'timed out')
    io.write(
      'stderr',
      `nc: connect to ${place} port ${port} (${state.udp ? 'udp' : 'tcp'}) ${reason === 'timed out' ? 'timed out: Operation now in progress' : `failed: ${problem}`}\n`,
    );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  'connection refused': 'Connection refused',
  'timed out': 'Operation timed out',
  'host unreachable': 'No route to host',
  'network unreachable': 'Network is unreachable',
  'connection reset': 'Connection reset by peer',
};
