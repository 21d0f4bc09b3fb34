/** `redis-cli`: one command to a redis, its answer (RESP) in words. Source: `redis: src/redis-cli.c`. */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, refuse } from './client.ts';
import { readOptions } from './options.ts';

interface RedisState {
  host: string;
  port: number;
  raw: boolean;
}

export const redisCli: Client<RedisState | null> = {
  name: 'redis-cli',
  start(io, args) {
    // Options end where the command begins.
    const begin = commandAt(args);
    const read = readOptions(args.slice(0, begin), {
      flags: '',
      valued: 'hpnau',
      long: { raw: 'raw', 'no-raw': 'no-raw' },
    });
    if (!read.ok) return refuse(io, `Unrecognized option or bad number of args for: '${read.error.option}'`, 1);
    const { options } = read;
    const words = args.slice(begin);
    const line = words.length > 0 ? words.map(quoted).join(' ') : io.stdin.trim();
    if (line === '') return refuse(io, 'redis-cli: no command given', 1);
    const state: RedisState = {
      host: options.value('h') ?? '127.0.0.1',
      port: Number(options.value('p') ?? 6379),
      raw: options.has('raw') || (!io.isTerminal && !options.has('no-raw')),
    };
    io.connect('command', {
      kind: 'connect',
      target: { host: state.host, port: state.port, protocol: 'tcp' },
      request: { protocol: 'text', method: '', path: '', host: '', headers: {}, body: line },
      timeoutMs: 130_000,
    });
    return state;
  },
  answered(io, state, _token, result) {
    if (state) print(io, state, result);
  },
};

function commandAt(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at]!.startsWith('-')) at += /^-[hpnau]$/.test(args[at]!) ? 2 : 1;
  return at;
}

function quoted(word: string): string {
  return /[\s"']/.test(word) || word === '' ? JSON.stringify(word) : word;
}

function print(io: ClientIo, { host, port, raw }: RedisState, result: CallResult): void {
  if (!result.ok) {
    const problem =
      result.reason === 'name not found'
        ? 'Name or service not known'
        : result.reason === 'connection refused'
          ? 'Connection refused'
          : result.reason === 'timed out'
            ? 'Connection timed out'
            : 'No route to host';
    return void refuse(io, `Could not connect to Redis at ${host}:${port}: ${problem}`, 1);
  }
  const value = parseResp(result.response.body);
  io.write('stdout', `${raw ? rawText(value) : wordedText(value)}\n`);
  io.exit(value.kind === 'error' ? 1 : 0);
}

export type RespValue =
  | { kind: 'status' | 'error' | 'text'; text: string }
  | { kind: 'integer'; text: string }
  | { kind: 'nil' }
  | { kind: 'list'; items: RespValue[] };

/** Reads one value of redis' protocol. */
export function parseResp(text: string): RespValue {
  const lines = text.split('\r\n');
  let at = 0;
  const read = (): RespValue => {
    const line = lines[at++] ?? '';
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return { kind: 'status', text: rest };
      case '-':
        return { kind: 'error', text: rest };
      case ':':
        return { kind: 'integer', text: rest };
      case '$':
        return rest === '-1' ? { kind: 'nil' } : { kind: 'text', text: lines[at++] ?? '' };
      case '*':
        return rest === '-1' ? { kind: 'nil' } : { kind: 'list', items: Array.from({ length: Number(rest) }, read) };
      default:
        return { kind: 'text', text: line };
    }
  };
  return read();
}

function rawText(value: RespValue): string {
  if (value.kind === 'nil') return '';
  return value.kind === 'list' ? value.items.map(rawText).join('\n') : value.text;
}

function wordedText(value: RespValue): string {
  switch (value.kind) {
    case 'nil':
      return '(nil)';
    case 'integer':
      return `(integer) ${value.text}`;
    case 'error':
      return `(error) ${value.text}`;
    case 'text':
      return JSON.stringify(value.text);
    case 'status':
      return value.text;
    case 'list':
      return value.items.length === 0
        ? '(empty array)'
        : value.items.map((item, i) => `${i + 1}) ${wordedText(item)}`).join('\n');
  }
}
