/**
 * The voting app: `vote` takes votes by a form and puts them into redis' list `votes`; `worker` takes them from there into
 * postgres; `result` shows the counts and pushes changes to whoever holds a connection.
 * Source of what talks to whom, and of names and intervals: `dockersamples/example-voting-app`.
 *
 * Pages say what a browser may do with them by attributes: forms post; an element with `data-live` names an address to hold, whose
 * pushes are JSON objects, and `data-field="x"` is where field `x` goes (`data-width` takes it as a width in percent).
 */

import { parseResp } from '../../../clients/redis-cli.ts';
import type { Micros } from '../../../protocol/events.ts';
import { seconds } from '../../kernel/time.ts';
import { sqlAnswerOf, sqlRequest } from './database.ts';
import {
  cookieOf,
  endsOnSignal,
  escapeHtml,
  formFields,
  html,
  imageParts,
  jsonObject,
  pathOf,
  served,
  variable,
  withoutBody,
} from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppResponse, type FlowResult, type FlowTarget, httpResponse, textRequest } from './sockets.ts';
import { quote } from './sql.ts';

const REDIS: FlowTarget = { host: 'redis', port: 6379, protocol: 'tcp' };
const DATABASE: FlowTarget = { host: 'db', port: 5432, protocol: 'tcp' };
const QUERY_TIME: Micros = seconds(5);

function choices(context: ProgramContext): { a: string; b: string } {
  return { a: variable(context, 'OPTION_A') ?? 'Cats', b: variable(context, 'OPTION_B') ?? 'Dogs' };
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>\n<html>\n<head><title>${escapeHtml(title)}</title></head>\n<body>\n${body}\n</body>\n</html>\n`;
}

// ---- vote

interface VoteState {
  /** Requests whose vote is on its way to redis. */
  pending: Record<string, { connection: number; voter: string; vote: string }>;
  next: number;
}

export const vote: Program<VoteState> = {
  name: 'vote',
  start(context) {
    context.log('stderr', '[INFO] Starting gunicorn 20.1.0');
    context.log('stderr', '[INFO] Listening at: http://0.0.0.0:80 (1)');
    context.sockets.listen(80);
    return { pending: {}, next: 1 };
  },
  request(context, state, incoming) {
    const { connection, request } = incoming;
    const voter = cookieOf(incoming, 'voter_id') ?? voterId(context);
    const { vote: chosen } = request.method === 'POST' ? formFields(request.body) : {};
    if (pathOf(incoming) !== '/')
      return context.sockets.respond(
        connection,
        served(context, SERVER, html(404, page('404 Not Found', '<h1>Not Found</h1>'))),
      );
    if (chosen !== 'a' && chosen !== 'b') {
      return context.sockets.respond(connection, withoutBody(incoming, votePage(context, voter, null)));
    }
    context.log('stdout', `[INFO] Received vote for ${chosen}`);
    const token = String(state.next++);
    state.pending[token] = { connection, voter, vote: chosen };
    const data = JSON.stringify({ voter_id: voter, vote: chosen });
    context.sockets.connect(token, REDIS, textRequest(`RPUSH votes ${JSON.stringify(data)}`), { timeout: QUERY_TIME });
  },
  answer(context, state, token, result) {
    const waiting = state.pending[token];
    delete state.pending[token];
    if (!waiting) return;
    if (result.ok) return context.sockets.respond(waiting.connection, votePage(context, waiting.voter, waiting.vote));
    context.log('stderr', `redis.exceptions.ConnectionError: ${redisProblem(result)}`);
    const body = page(
      '500 Internal Server Error',
      '<h1>Internal Server Error</h1>\n<p>The server encountered an internal error.</p>',
    );
    context.sockets.respond(waiting.connection, served(context, SERVER, html(500, body)));
  },
  signal: endsOnSignal,
};

const SERVER = 'gunicorn';

function voterId(context: ProgramContext): string {
  const dice = context.random('voters');
  return (dice.next().toString(16) + dice.next().toString(16)).slice(0, 16);
}

/** Words of redis-py. */
function redisProblem({ reason }: Extract<FlowResult, { ok: false }>): string {
  if (reason === 'name not found') return 'Error -2 connecting to redis:6379. Name or service not known.';
  if (reason === 'connection refused') return 'Error 111 connecting to redis:6379. Connection refused.';
  return 'Error 110 connecting to redis:6379. Connection timed out.';
}

function votePage(context: ProgramContext, voter: string, chosen: string | null): AppResponse {
  const { a, b } = choices(context);
  const button = (value: string, label: string): string =>
    `<button type="submit" name="vote" value="${value}"${chosen === value ? ' aria-pressed="true" disabled' : ''}>${escapeHtml(label)}${chosen === value ? ' ✓' : ''}</button>`;
  const body = [
    `<h1>${escapeHtml(a)} vs ${escapeHtml(b)}!</h1>`,
    '<form method="POST" action="/">',
    button('a', a),
    button('b', b),
    '</form>',
    `<footer>Processed by container ID ${context.hostname}${tagNote(context)}</footer>`,
  ].join('\n');
  const headers = { 'Set-Cookie': `voter_id=${voter}; Path=/` };
  return served(context, SERVER, html(200, page(`${a} vs ${b}!`, body), headers));
}

function tagNote(context: ProgramContext): string {
  const { tag } = imageParts(context);
  return tag === 'latest' ? '' : `, image tag ${tag}`;
}

// ---- worker

interface WorkerState {
  redis: number;
  database: number;
  /** When it gives up waiting and crashes. */
  patience: Micros;
  /** The vote being written. */
  writing: { voter: string; vote: string } | null;
}

/** The Java worker tries again every second; after so long the driver's own limit ends it. The .NET one gives up at once. */
const PATIENCE: Micros = seconds(15);
const RETRY: Micros = seconds(1);
/** How long redis may let it wait for a vote before it asks again. */
const POP_SECONDS = 30;
const POP_TIME: Micros = seconds(POP_SECONDS + 10);

export const worker: Program<WorkerState> = {
  name: 'vote-worker',
  start(context) {
    const isPatient = imageParts(context).tag.includes('java');
    const state: WorkerState = {
      redis: 0,
      database: 0,
      patience: context.now + (isPatient ? PATIENCE : 0),
      writing: null,
    };
    connectRedis(context, state);
    return state;
  },
  timer(context, state, kind) {
    if (kind === 'redis') connectRedis(context, state);
    else connectDatabase(context, state);
  },
  answer(context, state, token, result) {
    if (token === 'redis') {
      if (!result.ok) return unreachable(context, state, 'redis', result);
      context.log('stdout', 'Connected to redis');
      connectDatabase(context, state);
    } else if (token === 'database') {
      if (!result.ok) return unreachable(context, state, 'db', result);
      const answer = sqlAnswerOf(result.response.body);
      if (!answer?.ok) return unreachable(context, state, 'db', null);
      context.log('stdout', 'Connected to db');
      context.log('stdout', 'Watching vote queue');
      pop(context, state);
    } else if (token === 'vote') popped(context, state, result);
    else written(context, state, token, result);
  },
  closed(context, _state, token) {
    crash(
      context,
      token === 'redis'
        ? 'redis.clients.jedis.exceptions.JedisConnectionException: Unexpected end of stream.'
        : 'org.postgresql.util.PSQLException: This connection has been closed.',
    );
  },
  signal: endsOnSignal,
};

function connectRedis(context: ProgramContext, state: WorkerState): void {
  state.redis = context.sockets.connect('redis', REDIS, textRequest('PING'), { timeout: POP_TIME, hold: true });
}

function connectDatabase(context: ProgramContext, state: WorkerState): void {
  const create = 'CREATE TABLE IF NOT EXISTS votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)';
  state.database = context.sockets.connect(
    'database',
    DATABASE,
    sqlRequest('postgres', 'postgres', 'postgres', create),
    { timeout: QUERY_TIME, hold: true },
  );
}

/** Waits and tries again, or crashes when it has no patience left. */
function unreachable(
  context: ProgramContext,
  state: WorkerState,
  host: 'redis' | 'db',
  result: FlowResult | null,
): void {
  context.log('stderr', `Waiting for ${host}`);
  if (context.now < state.patience) return context.schedule(RETRY, host === 'redis' ? 'redis' : 'database');
  const problem = result && !result.ok ? result.reason : 'authentication failed';
  crash(context, `Unhandled exception: could not connect to ${host}: ${problem}`);
}

function crash(context: ProgramContext, words: string): void {
  context.log('stderr', words);
  context.exit(1);
}

function pop(context: ProgramContext, state: WorkerState): void {
  context.sockets.send(state.redis, 'vote', textRequest(`BLPOP votes ${POP_SECONDS}`));
}

function popped(context: ProgramContext, state: WorkerState, result: FlowResult): void {
  if (!result.ok) return crash(context, `redis.clients.jedis.exceptions.JedisConnectionException: ${result.reason}`);
  const value = parseResp(result.response.body);
  const item = value.kind === 'list' ? value.items[1] : undefined;
  if (item?.kind !== 'text') return pop(context, state);
  const given = jsonObject(item.text);
  if (!given) return crash(context, "org.json.JSONException: A JSONObject text must begin with '{'");
  const [voter, chosen] = [String(given.voter_id), String(given.vote)];
  context.log('stderr', `Processing vote for '${chosen}' by '${voter}'`);
  state.writing = { voter, vote: chosen };
  const insert = `INSERT INTO votes (id, vote) VALUES (${quote(voter)}, ${quote(chosen)})`;
  context.sockets.send(state.database, 'insert', sqlRequest('postgres', 'postgres', 'postgres', insert));
}

function written(context: ProgramContext, state: WorkerState, token: string, result: FlowResult): void {
  if (!result.ok) return crash(context, `org.postgresql.util.PSQLException: ${result.reason}`);
  const answer = sqlAnswerOf(result.response.body);
  const { writing } = state;
  if (token === 'insert' && answer && !answer.ok && writing) {
    // The voter has voted before: the vote is changed.
    const update = `UPDATE votes SET vote = ${quote(writing.vote)} WHERE id = ${quote(writing.voter)}`;
    return context.sockets.send(state.database, 'update', sqlRequest('postgres', 'postgres', 'postgres', update));
  }
  state.writing = null;
  if (answer && !answer.ok) return crash(context, `org.postgresql.util.PSQLException: ERROR: ${answer.message}`);
  pop(context, state);
}

// ---- result

interface ResultState {
  database: number;
  connected: boolean;
  counts: { a: number; b: number };
  /** Held connections of browsers. */
  watchers: number[];
  /** Number of the next step: timers of earlier ones are void. */
  turn: number;
}

const POLL: Micros = seconds(1);

export const result: Program<ResultState> = {
  name: 'vote-result',
  start(context) {
    context.log('stdout', 'App running on port 80');
    context.sockets.listen(80);
    const state: ResultState = { database: 0, connected: false, counts: { a: 0, b: 0 }, watchers: [], turn: 0 };
    connectResult(context, state);
    return state;
  },
  timer(context, state, kind) {
    if (kind !== `turn/${state.turn}`) return;
    if (state.connected) query(context, state);
    else connectResult(context, state);
  },
  answer(context, state, token, answer) {
    if (!answer.ok) return lost(context, state, answer.reason);
    const rows = sqlAnswerOf(answer.response.body);
    if (token === 'connect') {
      if (!rows?.ok) return lost(context, state, 'authentication failed');
      context.log('stdout', 'Connected to db');
      state.connected = true;
      return query(context, state);
    }
    if (rows?.ok) count(context, state, rows.rows);
    else context.log('stderr', 'Error performing query: error: relation "votes" does not exist');
    later(context, state);
  },
  closed(context, state) {
    lost(context, state, 'Connection terminated unexpectedly');
  },
  request(context, state, incoming) {
    const { connection, hold } = incoming;
    if (pathOf(incoming) === LIVE) {
      if (hold) state.watchers.push(connection);
      return context.sockets.respond(
        connection,
        httpResponse(200, scores(state), { 'Content-Type': 'application/json' }),
      );
    }
    context.sockets.respond(connection, withoutBody(incoming, resultPage(context, state)));
  },
  hungUp(_context, state, connection) {
    state.watchers = state.watchers.filter((one) => one !== connection);
  },
  signal: endsOnSignal,
};

/** Simplified: JSON on a held connection instead of socket.io's framing. */
const LIVE = '/socket.io/';

function connectResult(context: ProgramContext, state: ResultState): void {
  state.database = context.sockets.connect(
    'connect',
    DATABASE,
    sqlRequest('postgres', 'postgres', 'postgres', 'SELECT 1'),
    { timeout: QUERY_TIME, hold: true },
  );
}

function query(context: ProgramContext, state: ResultState): void {
  const select = 'SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote';
  context.sockets.send(state.database, 'votes', sqlRequest('postgres', 'postgres', 'postgres', select));
}

function lost(context: ProgramContext, state: ResultState, problem: string): void {
  if (state.connected) context.log('stderr', `Error performing query: ${problem}`);
  else context.log('stderr', 'Waiting for db');
  state.connected = false;
  later(context, state);
}

function later(context: ProgramContext, state: ResultState): void {
  state.turn++;
  context.schedule(POLL, `turn/${state.turn}`);
}

function count(
  context: ProgramContext,
  state: ResultState,
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const of = (name: string): number => Number(rows.find(([vote]) => vote === name)?.[1] ?? 0);
  const counts = { a: of('a'), b: of('b') };
  if (counts.a === state.counts.a && counts.b === state.counts.b) return;
  state.counts = counts;
  for (const watcher of state.watchers) context.sockets.push(watcher, scores(state));
}

function scores({ counts: { a, b } }: ResultState): string {
  const total = a + b;
  const share = total === 0 ? 50 : (a / total) * 100;
  return JSON.stringify({
    a,
    b,
    total,
    aPercent: `${share.toFixed(1)}%`,
    bPercent: `${(100 - share).toFixed(1)}%`,
    votes: total === 1 ? '1 vote' : total === 0 ? 'No votes yet' : `${total} votes`,
  });
}

function resultPage(context: ProgramContext, state: ResultState): AppResponse {
  const { a, b } = choices(context);
  const fields = JSON.parse(scores(state)) as Record<string, string | number>;
  const side = (name: 'a' | 'b', label: string): string =>
    `<section><div class="bar ${name}" data-width="${name}Percent" style="width: ${fields[`${name}Percent`]}"></div><h2>${escapeHtml(label)}</h2><p data-field="${name}Percent">${fields[`${name}Percent`]}</p></section>`;
  const body = [
    `<main data-live="${LIVE}">`,
    side('a', a),
    side('b', b),
    `<p data-field="votes">${fields.votes}</p>`,
    '</main>',
    `<footer>container ${context.hostname}${tagNote(context)}</footer>`,
  ].join('\n');
  return served(context, 'Express', html(200, page(`${a} vs ${b} -- Result`, body)));
}
