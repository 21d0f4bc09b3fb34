/**
 * Drupal before and after its installation: the installer wants a database and goes on only when it has reached one. What it has
 * learned lies in `sites`; where that is no volume, the next container begins anew.
 */
import { seconds } from '../../kernel/time.ts';
import { sqlAnswerOf, sqlRequest } from './database.ts';
import { endsOnSignal, escapeHtml, formFields, html, imageParts, pathOf, served, withoutBody } from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppResponse, httpResponse } from './sockets.ts';

interface Site {
  database?: { host: string; name: string };
  name?: string;
}

interface DrupalState {
  pending: Record<string, { connection: number; fields: Record<string, string> }>;
  next: number;
}

const SITES = '/var/www/html/sites';
const INSTALLER = '/core/install.php';
const PORTS: Readonly<Record<string, number>> = { pgsql: 5432, mysql: 3306 };

export const drupal: Program<DrupalState> = {
  name: 'drupal',
  start(context) {
    context.log('stderr', 'AH00163: Apache/2.4.38 (Debian) PHP/7.3 configured -- resuming normal operations');
    context.sockets.listen(80);
    return { pending: {}, next: 1 };
  },
  request(context, state, incoming) {
    const { connection, request } = incoming;
    const site = context.storage(SITES) as Site;
    const path = pathOf(incoming);
    const answer = (response: AppResponse): void =>
      context.sockets.respond(connection, withoutBody(incoming, served(context, 'Apache/2.4.38 (Debian)', response)));
    if (site.database) return answer(path === INSTALLER ? redirect('/') : html(200, homePage(context, site)));
    if (path !== INSTALLER) return answer(redirect(INSTALLER));
    if (request.method !== 'POST') return answer(html(200, installerPage(context, {}, null)));
    const fields = formFields(request.body);
    const token = String(state.next++);
    state.pending[token] = { connection, fields };
    const port = Number(fields.port || (PORTS[fields.driver ?? 'pgsql'] ?? 5432));
    const query = sqlRequest(fields.username ?? '', fields.password ?? '', fields.database ?? '', 'SELECT 1');
    context.sockets.connect(token, { host: fields.host || 'localhost', port, protocol: 'tcp' }, query, {
      timeout: seconds(30),
    });
  },
  answer(context, state, token, result) {
    const waiting = state.pending[token];
    delete state.pending[token];
    if (!waiting) return;
    const { fields, connection } = waiting;
    const reply = (response: AppResponse): void =>
      context.sockets.respond(connection, served(context, 'Apache/2.4.38 (Debian)', response));
    const answer = result.ok ? sqlAnswerOf(result.response.body) : null;
    if (answer?.ok) {
      const site = context.storage(SITES) as Site;
      site.database = { host: fields.host ?? '', name: fields.database ?? '' };
      site.name = fields.site_name || 'Drupal';
      return reply(redirect('/'));
    }
    const problem = !result.ok
      ? (PROBLEMS[result.reason] ?? result.reason)
      : answer && !answer.ok
        ? `${answer.severity}: ${answer.message}`
        : 'the server does not speak this protocol';
    reply(html(200, installerPage(context, fields, problem)));
  },
  signal: endsOnSignal,
};

/** What the driver says. */
const PROBLEMS: Readonly<Record<string, string>> = {
  'name not found': 'could not translate host name to address: Name or service not known',
  'connection refused': 'Connection refused',
  'timed out': 'Connection timed out',
  'host unreachable': 'No route to host',
};

function redirect(path: string): AppResponse {
  return httpResponse(302, '', { Location: path });
}

function version(context: ProgramContext): string {
  return /^\d+(\.\d+)*/.exec(imageParts(context).tag)?.[0] ?? '8.9.20';
}

function installerPage(
  context: ProgramContext,
  fields: Readonly<Record<string, string>>,
  problem: string | null,
): string {
  const value = (name: string, otherwise: string): string => escapeHtml(fields[name] ?? otherwise);
  const input = (name: string, label: string, otherwise: string, type = 'text'): string =>
    `<label>${label} <input type="${type}" name="${name}" value="${type === 'password' ? '' : value(name, otherwise)}"></label>`;
  const driver = fields.driver ?? 'pgsql';
  const option = (name: string, label: string): string =>
    `<label><input type="radio" name="driver" value="${name}"${driver === name ? ' checked' : ''}> ${label}</label>`;
  return [
    '<!DOCTYPE html>',
    '<html>',
    '<head><title>Set up database | Drupal</title></head>',
    '<body>',
    `<h1>Drupal <small>${version(context)}</small></h1>`,
    '<h2>Database configuration</h2>',
    ...(problem === null
      ? []
      : [`<p class="error">Failed to connect to your database server: ${escapeHtml(problem)}</p>`]),
    `<form method="POST" action="${INSTALLER}">`,
    option('mysql', 'MySQL'),
    option('pgsql', 'PostgreSQL'),
    input('site_name', 'Site name', 'Drupal'),
    input('database', 'Database name', 'postgres'),
    input('username', 'Database username', 'postgres'),
    input('password', 'Database password', '', 'password'),
    input('host', 'Host', 'localhost'),
    input('port', 'Port number', ''),
    '<button type="submit">Save and continue</button>',
    '</form>',
    `<footer>container ${context.hostname}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function homePage(context: ProgramContext, { name = 'Drupal', database }: Site): string {
  return `<!DOCTYPE html>\n<html>\n<head><title>Welcome to ${escapeHtml(name)} | ${escapeHtml(name)}</title></head>\n<body>\n<h1>Welcome to ${escapeHtml(name)}</h1>\n<p>No front page content has been created yet.</p>\n<footer>container ${context.hostname}, database ${escapeHtml(`${database?.name ?? ''} on ${database?.host ?? ''}`)}</footer>\n</body>\n</html>\n`;
}
