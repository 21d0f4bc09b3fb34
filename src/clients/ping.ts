/** `ping`: one ICMP echo after the other. Busybox's words in containers, those of iputils on hosts. */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, isAddress, refuse } from './client.ts';
import { readOptions } from './options.ts';

interface PingState {
  host: string;
  address: string;
  /** null: without end. */
  count: number | null;
  size: number;
  intervalMs: number;
  waitMs: number;
  deadlineMs: number | null;
  quiet: boolean;
  sent: number;
  received: number;
  errors: number;
  times: number[];
  startedMs: number;
}

/** The way through the kernel of one host takes this long, and no time in the simulation. */
const LEAST_MS = 0.052;

export const ping: Client<PingState | null> = {
  name: 'ping',
  start(io, args) {
    const read = readOptions(args, { flags: 'qn4v6bADfO', valued: 'cisWwIMt' });
    if (!read.ok)
      return refuse(
        io,
        `ping: invalid option -- '${read.error.option.replace(/^-+/, '')}'`,
        io.flavour === 'busybox' ? 1 : 2,
      );
    const { options } = read;
    const [host] = options.operands;
    if (host === undefined) return refuse(io, 'ping: usage error: Destination address required', 2);
    const seconds = (name: string, otherwise: number): number => Number(options.value(name) ?? otherwise) * 1000;
    const state: PingState = {
      host,
      address: '',
      count: options.value('c') === null ? null : Number(options.value('c')),
      size: Number(options.value('s') ?? 56),
      intervalMs: seconds('i', 1),
      waitMs: seconds('W', 10),
      deadlineMs: options.value('w') === null ? null : io.nowMs + seconds('w', 0),
      quiet: options.has('q'),
      sent: 0,
      received: 0,
      errors: 0,
      times: [],
      startedMs: io.nowMs,
    };
    if (isAddress(host)) begin(io, state, host);
    else io.lookUp('host', host);
    return state;
  },
  resolved(io, state, _token, result) {
    if (!state) return;
    const address = result.ok ? result.addresses[0] : undefined;
    if (address !== undefined) return begin(io, state, address);
    const busybox = io.flavour === 'busybox';
    const problem =
      result.ok || result.reason === 'name not found'
        ? 'Name or service not known'
        : 'Temporary failure in name resolution';
    refuse(io, busybox ? `ping: bad address '${state.host}'` : `ping: ${state.host}: ${problem}`, busybox ? 1 : 2);
  },
  answered(io, state, token, result) {
    if (state) answered(io, state, Number(token), result);
  },
  woke(io, state) {
    if (state) sendOrEnd(io, state);
  },
  interrupted(io, state) {
    if (!state || state.address === '') return io.exit(130);
    io.write('stdout', '^C');
    statistics(io, state);
  },
};

function begin(io: ClientIo, state: PingState, address: string): void {
  state.address = address;
  const { host, size } = state;
  io.write(
    'stdout',
    io.flavour === 'busybox'
      ? `PING ${host} (${address}): ${size} data bytes\n`
      : `PING ${host} (${address}) ${size}(${size + 28}) bytes of data.\n`,
  );
  send(io, state);
}

function send(io: ClientIo, state: PingState): void {
  state.sent++;
  io.connect(String(state.sent), {
    kind: 'connect',
    target: { host: state.address, port: 0, protocol: 'icmp' },
    request: { protocol: 'text', method: '', path: '', host: '', headers: {}, body: '' },
    timeoutMs: state.waitMs,
  });
  const isLast = state.count !== null && state.sent >= state.count;
  if (!isLast) io.wait(state.intervalMs, `next-${state.sent}`);
}

function sendOrEnd(io: ClientIo, state: PingState): void {
  if (state.deadlineMs !== null && io.nowMs >= state.deadlineMs) statistics(io, state);
  else send(io, state);
}

function answered(io: ClientIo, state: PingState, sequence: number, result: CallResult): void {
  const { address, host, size } = state;
  const busybox = io.flavour === 'busybox';
  if (result.ok) {
    state.received++;
    const tookMs = Math.max(result.tookMs, LEAST_MS);
    state.times.push(tookMs);
    const time = `${tookMs.toFixed(3)} ms`;
    const from = busybox || isAddress(host) ? address : `${host} (${address})`;
    if (!state.quiet)
      io.write(
        'stdout',
        busybox
          ? `${size + 8} bytes from ${from}: seq=${sequence - 1} ttl=64 time=${time}\n`
          : `${size + 8} bytes from ${from}: icmp_seq=${sequence} ttl=64 time=${time}\n`,
      );
  } else if (result.reason === 'host unreachable' || result.reason === 'network unreachable') {
    state.errors++;
    const own = io.facts.interfaces[0]?.address.split('/')[0] ?? address;
    if (!busybox && !state.quiet) io.write('stdout', `From ${own} icmp_seq=${sequence} Destination Host Unreachable\n`);
  }
  if (state.count !== null && sequence >= state.count) statistics(io, state);
}

function statistics(io: ClientIo, { host, sent, received, errors, times, startedMs }: PingState): void {
  const loss = sent === 0 ? 0 : Math.floor(((sent - received) * 100) / sent);
  const least = Math.min(...times);
  const most = Math.max(...times);
  const mean = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length);
  const lines = ['', `--- ${host} ping statistics ---`];
  if (io.flavour === 'busybox') {
    lines.push(`${sent} packets transmitted, ${received} packets received, ${loss}% packet loss`);
    if (received > 0)
      lines.push(`round-trip min/avg/max = ${least.toFixed(3)}/${mean.toFixed(3)}/${most.toFixed(3)} ms`);
  } else {
    const took = Math.round(io.nowMs - startedMs);
    const trouble = errors > 0 ? `, +${errors} errors` : '';
    lines.push(`${sent} packets transmitted, ${received} received${trouble}, ${loss}% packet loss, time ${took}ms`);
    const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, times.length));
    if (received > 0)
      lines.push(`rtt min/avg/max/mdev = ${[least, mean, most, deviation].map((ms) => ms.toFixed(3)).join('/')} ms`);
    else lines.push('');
  }
  io.write('stdout', `${lines.join('\n')}\n`);
  io.exit(received > 0 ? 0 : 1);
}
