/**
 * `psql -c` and `pg_isready`: a query to a postgres, its rows as a table. Source of the layout: psql 15.
 * What is said to the server: a line `startup user=U database=D password=P`, then the query; the answer is JSON (`SqlAnswer`).
 * Simplified: one exchange instead of PostgreSQL's messages, only `-c` and standard input.
 */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, refuse } from './client.ts';
import { readOptions } from './options.ts';

/** What a simulated SQL server answers. */
export type SqlAnswer =
  | { ok: true; tag: string; columns: string[]; rows: (string | number | null)[][] }
  | { ok: false; severity: 'FATAL' | 'ERROR'; message: string };

interface PsqlState {
  host: string;
  port: number;
  tuplesOnly: boolean;
}

const OPTIONS = {
  flags: 'tAqwWx',
  valued: 'hpUdcf',
  long: {
    'host=': 'h',
    'port=': 'p',
    'username=': 'U',
    'dbname=': 'd',
    'command=': 'c',
    'tuples-only': 't',
    quiet: 'q',
  },
};

export const psql: Client<PsqlState | null> = {
  name: 'psql',
  start(io, args) {
    const read = readOptions(args, OPTIONS);
    if (!read.ok) return refuse(io, `psql: unrecognized option '${read.error.option}'`, 1);
    const { options } = read;
    const user = options.value('U') ?? options.operands[1] ?? io.env.POSTGRES_USER ?? 'root';
    const database = options.value('d') ?? options.operands[0] ?? user;
    const query = options.values('c').join(';') || io.stdin.trim();
    if (query === '') return refuse(io, 'psql: no query given', 1);
    const state: PsqlState = {
      host: options.value('h') ?? 'localhost',
      port: Number(options.value('p') ?? 5432),
      tuplesOnly: options.has('t'),
    };
    const password = io.env.PGPASSWORD ?? '';
    ask(io, state, `startup user=${user} database=${database} password=${password}\n${query}`);
    return state;
  },
  answered(io, state, _token, result) {
    if (state) print(io, state, result);
  },
};

function ask(io: ClientIo, { host, port }: { host: string; port: number }, body: string): void {
  io.connect('query', {
    kind: 'connect',
    target: { host, port, protocol: 'tcp' },
    request: { protocol: 'text', method: '', path: '', host: '', headers: {}, body },
    timeoutMs: 130_000,
  });
}

function print(io: ClientIo, { host, port, tuplesOnly }: PsqlState, result: CallResult): void {
  if (!result.ok) {
    if (result.reason === 'name not found')
      return void refuse(
        io,
        `psql: error: could not translate host name "${host}" to address: Name or service not known`,
        2,
      );
    const problem = result.reason === 'connection refused' ? 'Connection refused' : 'Connection timed out';
    const hint = '\tIs the server running on that host and accepting TCP/IP connections?';
    const place = `"${host}"${result.remote ? ` (${result.remote.address})` : ''}, port ${port}`;
    return void refuse(io, `psql: error: connection to server at ${place} failed: ${problem}\n${hint}`, 2);
  }
  const { body } = result.response;
  if (!body.startsWith('{"ok":'))
    return void refuse(io, `psql: error: received invalid response to SSL negotiation: ${body.slice(0, 1)}`, 2);
  const answer = JSON.parse(body) as SqlAnswer;
  if (!answer.ok) {
    const isFatal = answer.severity === 'FATAL';
    const place = `connection to server at "${host}" (${result.remote.address}), port ${port} failed: `;
    return void refuse(
      io,
      `${isFatal ? `psql: error: ${place}` : ''}${answer.severity}:  ${answer.message}`,
      isFatal ? 2 : 1,
    );
  }
  if (answer.columns.length > 0) io.write('stdout', tableText(answer, tuplesOnly));
  else io.write('stdout', `${answer.tag}\n`);
  io.exit(0);
}

function tableText({ columns, rows }: Extract<SqlAnswer, { ok: true }>, tuplesOnly: boolean): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  const widths = columns.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)));
  const isNumber = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    ` ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')}`;
  if (tuplesOnly) return `${cells.map((row) => `${line(row)}\n`).join('')}\n`;
  const head = ` ${columns.map((name, i) => centred(name, widths[i]!)).join(' | ')} `;
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const count = `(${rows.length} row${rows.length === 1 ? '' : 's'})`;
  return `${[head, rule, ...cells.map(line), count, ''].join('\n')}\n`;
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + left).padEnd(width);
}

/** `pg_isready`: does a postgres take connections. */
export const pgIsReady: Client<PsqlState | null> = {
  name: 'pg_isready',
  start(io, args) {
    const read = readOptions(args, OPTIONS);
    if (!read.ok) return refuse(io, `pg_isready: unrecognized option '${read.error.option}'`, 3);
    const { options } = read;
    const state: PsqlState = {
      host: options.value('h') ?? '127.0.0.1',
      port: Number(options.value('p') ?? 5432),
      tuplesOnly: options.has('q'),
    };
    ask(io, state, 'startup user=postgres database=postgres password=\n');
    return state;
  },
  answered(io, state, _token, result) {
    if (!state) return;
    const place = state.host === '127.0.0.1' ? '/var/run/postgresql' : state.host;
    const words = result.ok ? 'accepting connections' : 'no response';
    if (!state.tuplesOnly) io.write('stdout', `${place}:${state.port} - ${words}\n`);
    io.exit(result.ok ? 0 : 2);
  },
};
