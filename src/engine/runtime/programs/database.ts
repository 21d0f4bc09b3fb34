/**
 * Postgres and MySQL: they prepare their files when these are empty, then take queries. Files lie on the volume, so tables outlive
 * the container on the same machine and are not there on another.
 * A request is a line `startup user=U database=D password=P` and SQL; the answer is JSON (`SqlAnswer`).
 */
import type { SqlAnswer } from '../../../clients/psql.ts';
import type { Micros } from '../../../protocol/events.ts';
import { milliseconds } from '../../kernel/time.ts';
import { endsOnSignal, imageParts, jsonObject, secretVariable, variable } from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppRequest, textRequest, textResponse } from './sockets.ts';
import { runSql, type Tables } from './sql.ts';

/** What a database keeps on its disk. */
interface Files {
  initialised?: boolean;
  user?: string;
  password?: string;
  /** Anybody may come in. */
  trust?: boolean;
  tables?: Tables;
}

interface DatabaseState {
  ready: boolean;
}

const INITIALISE_TIME: Micros = milliseconds(1400);
const START_TIME: Micros = milliseconds(250);

interface Kind {
  name: string;
  port: number;
  path: string;
  /** First user; null and `problem` where the image wants to be told more. */
  setUp(context: ProgramContext): { user: string; password: string; trust: boolean } | { problem: string[] };
  begins(context: ProgramContext, isNew: boolean): string[];
  ready(context: ProgramContext): string;
  stopped: string;
}

function database(kind: Kind): Program<DatabaseState> {
  return {
    name: kind.name,
    start(context) {
      const files = context.storage(kind.path) as Files;
      const isNew = files.initialised !== true;
      if (isNew) {
        const access = kind.setUp(context);
        if ('problem' in access) {
          for (const line of access.problem) context.log('stderr', line);
          context.exit(1);
          return { ready: false };
        }
        Object.assign(files, { ...access, tables: {} });
      }
      for (const line of kind.begins(context, isNew)) context.log('stdout', line);
      context.schedule(isNew ? INITIALISE_TIME : START_TIME, 'ready');
      return { ready: false };
    },
    timer(context, state) {
      const files = context.storage(kind.path) as Files;
      files.initialised = true;
      state.ready = true;
      context.log('stderr', kind.ready(context));
      context.sockets.listen(kind.port);
    },
    request(context, _state, { connection, request, peer }) {
      const files = context.storage(kind.path) as Files;
      // The images let anybody in who is inside already.
      const answer = answerTo(files, request.body, peer.address.startsWith('127.'));
      if (!answer.ok) context.log('stderr', `${answer.severity}:  ${answer.message}`);
      context.sockets.respond(connection, textResponse(JSON.stringify(answer)));
    },
    signal(context, state, signal) {
      if (signal === 'TERM' || signal === 'INT') context.log('stderr', kind.stopped);
      return endsOnSignal(context, state, signal);
    },
  };
}

function answerTo(files: Files, text: string, isLocal: boolean): SqlAnswer {
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  const startup = /^startup user=(\S*) database=(\S*) password=(.*)$/.exec(first);
  if (!startup) return { ok: false, severity: 'FATAL', message: 'invalid length of startup packet' };
  const [, user = '', , password = ''] = startup;
  const isKnown = user === files.user && (password === files.password || files.password === '');
  if (isLocal && user !== files.user) return { ok: false, severity: 'FATAL', message: `role "${user}" does not exist` };
  if (!files.trust && !isLocal && !isKnown)
    return { ok: false, severity: 'FATAL', message: `password authentication failed for user "${user}"` };
  return runSql((files.tables ??= {}), text.slice(first.length + 1));
}

/** A query with what a client must say of itself. */
export function sqlRequest(user: string, password: string, database: string, query: string): AppRequest {
  return textRequest(`startup user=${user} database=${database} password=${password}\n${query}`);
}

/** What a database has answered; null if it was none. */
export function sqlAnswerOf(body: string): SqlAnswer | null {
  const answer = jsonObject(body);
  return typeof answer?.ok === 'boolean' ? (answer as SqlAnswer) : null;
}

export const postgres = database({
  name: 'postgres',
  port: 5432,
  path: '/var/lib/postgresql/data',
  setUp(context) {
    const user = variable(context, 'POSTGRES_USER') ?? 'postgres';
    const password = secretVariable(context, 'POSTGRES_PASSWORD') ?? '';
    const trust = variable(context, 'POSTGRES_HOST_AUTH_METHOD') === 'trust';
    if (password !== '' || trust) return { user, password, trust };
    return {
      problem: [
        'Error: Database is uninitialized and superuser password is not specified.',
        '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
        '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
      ],
    };
  },
  begins: (_context, isNew) =>
    isNew
      ? [
          'initdb: creating database files in /var/lib/postgresql/data',
          'PostgreSQL init process complete; ready for start up.',
        ]
      : ['PostgreSQL Database directory appears to contain a database; Skipping initialization'],
  ready: () => 'LOG:  database system is ready to accept connections',
  stopped: 'LOG:  received smart shutdown request',
});

export const mysql = database({
  name: 'mysql',
  port: 3306,
  path: '/var/lib/mysql',
  setUp(context) {
    const prefix = imageParts(context).repository.includes('mariadb') ? 'MARIADB' : 'MYSQL';
    const given = (name: string): string | undefined =>
      secretVariable(context, `${prefix}_${name}`) ?? secretVariable(context, `MYSQL_${name}`);
    const password = given('ROOT_PASSWORD');
    if (password !== undefined) return { user: 'root', password, trust: false };
    if (given('ALLOW_EMPTY_PASSWORD')) return { user: 'root', password: '', trust: true };
    if (given('RANDOM_ROOT_PASSWORD')) {
      const dice = context.random('passwords');
      const random = Array.from({ length: 4 }, () => dice.next().toString(36))
        .join('')
        .slice(0, 24);
      context.log('stdout', `[Note] [Entrypoint]: GENERATED ROOT PASSWORD: ${random}`);
      return { user: 'root', password: random, trust: false };
    }
    return {
      problem: [
        '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
        '    You need to specify one of the following as an environment variable:',
        `    - ${prefix}_ROOT_PASSWORD`,
        `    - ${prefix}_ALLOW_EMPTY_PASSWORD`,
        `    - ${prefix}_RANDOM_ROOT_PASSWORD`,
      ],
    };
  },
  begins: (_context, isNew) =>
    isNew ? ['[Note] [Entrypoint]: Initializing database files'] : ['[Note] [Entrypoint]: Starting server'],
  ready: () => '[System] [Server] /usr/sbin/mysqld: ready for connections. port: 3306',
  stopped: '[System] [Server] Received SHUTDOWN from user <via user signal>.',
});
