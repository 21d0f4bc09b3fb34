/**
 * `mysql -e`: a query to a MySQL or MariaDB, its rows as a table. Source of the layout: mysql 8.0.
 * What is said to the server is as with `psql`. Simplified: only `-e` and standard input, one statement after the other.
 */
import type { CallResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, refuse } from './client.ts';
import type { SqlAnswer } from './psql.ts';

interface MysqlState {
  host: string;
  port: number;
  user: string;
  /** Tab-separated, as when the output is no terminal. */
  batch: boolean;
  /** `-N`: no heads. */
  headless: boolean;
}

/** `-uroot`, `-u root`, `-psecret` (glued only), `--host=db`, `-e QUERY`. */
function readArguments(args: readonly string[]): { values: Record<string, string>; operands: string[] } {
  const values: Record<string, string> = {};
  const operands: string[] = [];
  const long: Readonly<Record<string, string>> = {
    host: 'h',
    user: 'u',
    password: 'p',
    port: 'P',
    execute: 'e',
    batch: 'B',
    table: 't',
    'skip-column-names': 'N',
    database: 'D',
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s);
      const key = long[name] ?? name;
      values[key] = value ?? ('BtNp'.includes(key) ? '' : (args[++i] ?? ''));
    } else if (/^-[BtNsv]+$/.test(word)) for (const flag of word.slice(1)) values[flag] = '';
    else if (/^-p/.test(word)) values.p = word.slice(2);
    else if (/^-[huPeD]/.test(word)) values[word[1]!] = word.length > 2 ? word.slice(2) : (args[++i] ?? '');
    else operands.push(word);
  }
  return { values, operands };
}

export const mysql: Client<MysqlState | null> = {
  name: 'mysql',
  start(io, args) {
    const { values, operands } = readArguments(args);
    const query = values.e ?? io.stdin.trim();
    const state: MysqlState = {
      host: values.h ?? 'localhost',
      port: Number(values.P ?? 3306),
      user: values.u ?? 'root',
      batch: values.t === undefined && (values.B !== undefined || !io.isTerminal),
      headless: values.N !== undefined,
    };
    if (values.p !== undefined && values.p !== '')
      io.write('stderr', 'mysql: [Warning] Using a password on the command line interface can be insecure.\n');
    if (query === '') {
      io.exit(0);
      return null;
    }
    const database = values.D ?? operands[0] ?? '';
    const password = values.p || (io.env.MYSQL_PWD ?? '');
    io.connect('query', {
      kind: 'connect',
      target: { host: state.host, port: state.port, protocol: 'tcp' },
      request: {
        protocol: 'text',
        method: '',
        path: '',
        host: '',
        headers: {},
        body: `startup user=${state.user} database=${database} password=${password}\n${query}`,
      },
      timeoutMs: 130_000,
    });
    return state;
  },
  answered(io, state, _token, result) {
    if (state) print(io, state, result);
  },
};

function print(io: ClientIo, state: MysqlState, result: CallResult): void {
  const { host, port, user } = state;
  if (!result.ok) return void refuse(io, connectionError(state, result.reason), 1);
  const { body } = result.response;
  if (!body.startsWith('{"ok":'))
    return void refuse(io, `ERROR 2013 (HY000): Lost connection to MySQL server at '${host}:${port}'`, 1);
  const answer = JSON.parse(body) as SqlAnswer;
  if (!answer.ok) {
    const from = result.local.address;
    const text =
      answer.severity === 'FATAL'
        ? `ERROR 1045 (28000): Access denied for user '${user}'@'${from}' (using password: YES)`
        : `ERROR 1064 (42000) at line 1: ${answer.message}`;
    return void refuse(io, text, 1);
  }
  if (answer.columns.length > 0) io.write('stdout', state.batch ? batchText(answer, state) : tableText(answer, state));
  io.exit(0);
}

function connectionError({ host, port }: MysqlState, reason: Extract<CallResult, { ok: false }>['reason']): string {
  switch (reason) {
    case 'name not found':
      return `ERROR 2005 (HY000): Unknown MySQL server host '${host}' (-2)`;
    case 'connection refused':
      return host === 'localhost'
        ? "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)"
        : `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (111)`;
    case 'host unreachable':
    case 'network unreachable':
      return `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (113)`;
    default:
      return `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${port}' (110)`;
  }
}

type Rows = Extract<SqlAnswer, { ok: true }>;

function cellsOf({ rows }: Rows): string[][] {
  return rows.map((row) => row.map((cell) => (cell === null ? 'NULL' : String(cell))));
}

function batchText(answer: Rows, { headless }: MysqlState): string {
  const lines = [...(headless ? [] : [answer.columns]), ...cellsOf(answer)];
  return lines.map((line) => `${line.join('\t')}\n`).join('');
}

function tableText(answer: Rows, { headless }: MysqlState): string {
  const cells = cellsOf(answer);
  const { columns, rows } = answer;
  const widths = columns.map((name, i) => Math.max(headless ? 0 : name.length, ...cells.map((row) => row[i]!.length)));
  const isNumber = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[], isHead: boolean): string =>
    `|${row.map((cell, i) => ` ${isNumber[i] && !isHead ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)} `).join('|')}|`;
  const head = headless ? [] : [line(columns, true), rule];
  return `${[rule, ...head, ...cells.map((row) => line(row, false)), ...(cells.length > 0 ? [rule] : [])].join('\n')}\n`;
}
