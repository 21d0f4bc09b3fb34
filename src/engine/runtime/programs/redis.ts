/**
 * Redis: lists, strings and counters in memory. A request is one inline command, the answer RESP, as redis speaks them.
 * `BLPOP` and `BRPOP` wait until there is something. What is in memory is saved on the way out, as redis does on SIGTERM.
 */
import { seconds } from '../../kernel/time.ts';
import { imageParts } from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { textResponse } from './sockets.ts';

type Value = string | string[];

interface RedisState {
  values: Record<string, Value>;
  /** Who waits for an element, the longest first. */
  blocked: { connection: number; key: string; side: 'left' | 'right'; until: number }[];
}

const PORT = 6379;
/** Where the image keeps its data. */
const DATA = '/data';

export const redis: Program<RedisState> = {
  name: 'redis',
  start(context) {
    const version = /^\d+(\.\d+)*/.exec(imageParts(context).tag)?.[0] ?? '7.4.2';
    const saved = context.storage(DATA) as { values?: Record<string, Value> };
    context.log('stdout', `1:M # Redis version=${version}, bits=64, just started`);
    context.log('stdout', '1:M * Ready to accept connections tcp');
    context.sockets.listen(PORT);
    return { values: structuredCopy(saved.values ?? {}), blocked: [] };
  },
  request(context, state, { connection, request }) {
    const answer = run(context, state, wordsOf(request.body), connection);
    if (answer !== null) context.sockets.respond(connection, textResponse(answer));
    serveBlocked(context, state);
  },
  hungUp(_context, state, connection) {
    state.blocked = state.blocked.filter((one) => one.connection !== connection);
  },
  timer(context, state) {
    const over = state.blocked.filter(({ until }) => until <= context.now);
    state.blocked = state.blocked.filter(({ until }) => until > context.now);
    for (const { connection } of over) context.sockets.respond(connection, textResponse('*-1\r\n'));
  },
  signal(context, state, signal) {
    if (signal !== 'TERM' && signal !== 'INT') return false;
    context.log('stdout', '1:M # User requested shutdown...');
    (context.storage(DATA) as { values?: Record<string, Value> }).values = structuredCopy(state.values);
    context.log('stdout', '1:M # Redis is now ready to exit, bye bye...');
    context.exit(0);
    return true;
  },
};

function structuredCopy(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
  );
}

const OK = '+OK\r\n';
const NIL = '$-1\r\n';
const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
const integer = (value: number): string => `:${value}\r\n`;
const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const array = (items: readonly string[]): string => `*${items.length}\r\n${items.map(bulk).join('')}`;

/** Runs a command; null: the answer comes later. */
function run(context: ProgramContext, state: RedisState, words: readonly string[], connection: number): string | null {
  const [name = '', ...args] = words;
  const command = name.toUpperCase();
  const [key = ''] = args;
  const { values } = state;
  if (args.length < (LEAST_ARGUMENTS[command] ?? 0))
    return `-ERR wrong number of arguments for '${name.toLowerCase()}' command\r\n`;
  switch (command) {
    case 'PING':
      return args.length > 0 ? bulk(key) : '+PONG\r\n';
    case 'ECHO':
      return bulk(key);
    case 'SELECT':
    case 'AUTH':
      return OK;
    case 'SET':
      values[key] = args[1] ?? '';
      return OK;
    case 'GET': {
      const value = values[key];
      if (value === undefined) return NIL;
      return Array.isArray(value) ? WRONG_TYPE : bulk(value);
    }
    case 'INCR':
    case 'DECR': {
      const next = Number(values[key] ?? 0) + (command === 'INCR' ? 1 : -1);
      if (!Number.isInteger(next)) return '-ERR value is not an integer or out of range\r\n';
      values[key] = String(next);
      return integer(next);
    }
    case 'DEL': {
      const there = args.filter((one) => values[one] !== undefined);
      for (const one of there) delete values[one];
      return integer(there.length);
    }
    case 'EXISTS':
      return integer(args.filter((one) => values[one] !== undefined).length);
    case 'KEYS':
      return array(Object.keys(values).sort());
    case 'DBSIZE':
      return integer(Object.keys(values).length);
    case 'FLUSHALL':
    case 'FLUSHDB':
      state.values = {};
      return OK;
    case 'INFO':
      return bulk(`# Server\r\ntcp_port:${PORT}\r\n# Keyspace\r\ndb0:keys=${Object.keys(values).length},expires=0`);
    default:
      return listCommand(context, state, command, name, args, connection);
  }
}

const LEAST_ARGUMENTS: Readonly<Record<string, number>> = {
  ECHO: 1,
  SET: 2,
  GET: 1,
  INCR: 1,
  DECR: 1,
  DEL: 1,
  EXISTS: 1,
  KEYS: 1,
  LPUSH: 2,
  RPUSH: 2,
  LPOP: 1,
  RPOP: 1,
  BLPOP: 2,
  BRPOP: 2,
  LLEN: 1,
  LRANGE: 3,
};

function listCommand(
  context: ProgramContext,
  state: RedisState,
  command: string,
  name: string,
  args: readonly string[],
  connection: number,
): string | null {
  const [key = '', ...rest] = args;
  const value = state.values[key];
  if (typeof value === 'string' && command in LEAST_ARGUMENTS) return WRONG_TYPE;
  const items = Array.isArray(value) ? value : [];
  switch (command) {
    case 'LPUSH':
      state.values[key] = [...rest.toReversed(), ...items];
      return integer(items.length + rest.length);
    case 'RPUSH':
      state.values[key] = [...items, ...rest];
      return integer(items.length + rest.length);
    case 'LPOP':
    case 'RPOP': {
      const popped = pop(state, key, command === 'LPOP' ? 'left' : 'right');
      return popped === null ? NIL : bulk(popped);
    }
    case 'BLPOP':
    case 'BRPOP': {
      const side = command === 'BLPOP' ? 'left' : 'right';
      const popped = pop(state, key, side);
      if (popped !== null) return array([key, popped]);
      const limit = Number(rest.at(-1) ?? 0);
      const until = limit > 0 ? context.now + seconds(limit) : Number.MAX_SAFE_INTEGER;
      state.blocked.push({ connection, key, side, until });
      if (limit > 0) context.schedule(seconds(limit), 'blocked');
      return null;
    }
    case 'LLEN':
      return integer(items.length);
    case 'LRANGE': {
      const [from = 0, to = -1] = rest.map(Number);
      const place = (index: number): number => (index < 0 ? items.length + index : index);
      return array(items.slice(Math.max(0, place(from)), place(to) + 1));
    }
    default:
      return `-ERR unknown command '${name}', with args beginning with: ${args.map((one) => `'${one}' `).join('')}\r\n`;
  }
}

function pop(state: RedisState, key: string, side: 'left' | 'right'): string | null {
  const items = state.values[key];
  if (!Array.isArray(items) || items.length === 0) return null;
  const taken = side === 'left' ? items[0]! : items.at(-1)!;
  const left = side === 'left' ? items.slice(1) : items.slice(0, -1);
  if (left.length > 0) state.values[key] = left;
  else delete state.values[key];
  return taken;
}

function serveBlocked(context: ProgramContext, state: RedisState): void {
  for (const waiting of [...state.blocked]) {
    const popped = pop(state, waiting.key, waiting.side);
    if (popped === null) continue;
    state.blocked = state.blocked.filter((one) => one !== waiting);
    context.sockets.respond(waiting.connection, textResponse(array([waiting.key, popped])));
  }
}

/** Words of an inline command, with quotes. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, double, single, plain] of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g))
    words.push(
      double === undefined ? (single ?? plain!) : double.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
    );
  return words;
}
