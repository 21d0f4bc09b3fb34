/**
 * A small shop of four services: customers and products know their records, invoices checks each new invoice against both, the
 * gateway routes by path and shows a page for all. They find each other by name.
 */
import { seconds } from '../../kernel/time.ts';
import {
  answering,
  endsOnSignal,
  escapeHtml,
  formFields,
  html,
  imageParts,
  json,
  jsonObject,
  pathOf,
  served,
  withoutBody,
} from './http-server.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppRequest, type AppResponse, type FlowResult, httpGet, type IncomingRequest } from './sockets.ts';

const PORT = 80;
const UPSTREAM_TIME = seconds(5);

/** Who answered, in every answer. */
function by(context: ProgramContext): Record<string, string> {
  const { tag } = imageParts(context);
  return { 'X-Served-By': tag === 'latest' ? context.hostname : `${context.hostname} (${tag})` };
}

// ---- customers and products

function records(name: string, all: readonly { id: number; name: string; [field: string]: unknown }[]) {
  return answering(
    name,
    (context) => {
      context.log('stdout', `${name} listening on port ${PORT}`);
      context.sockets.listen(PORT);
    },
    (context, incoming) => {
      const [first = '', id] = pathOf(incoming).split('/').slice(1);
      if (first === 'health') return json(200, { status: 'ok', container: context.hostname }, by(context));
      if (first !== '' && first !== name) return json(404, { error: `no ${first} here` }, by(context));
      if (id === undefined || id === '') return json(200, { container: context.hostname, [name]: all }, by(context));
      const found = all.find((one) => String(one.id) === id);
      return found ? json(200, found, by(context)) : json(404, { error: `no ${name.slice(0, -1)} ${id}` }, by(context));
    },
  );
}

export const customers = records('customers', [
  { id: 1, name: 'Ada Lovelace', city: 'London' },
  { id: 2, name: 'Alan Turing', city: 'Wilmslow' },
  { id: 3, name: 'Grace Hopper', city: 'Arlington' },
  { id: 4, name: 'Leslie Lamport', city: 'Palo Alto' },
]);

export const products = records('products', [
  { id: 1, name: 'Abacus', price: 25 },
  { id: 2, name: 'Slide rule', price: 40 },
  { id: 3, name: 'Punched cards', price: 5 },
  { id: 4, name: 'Magnetic tape', price: 60 },
]);

// ---- invoices

interface Invoice {
  id: number;
  customer: string;
  product: string;
  quantity: number;
  total: number;
}

interface Checking {
  connection: number;
  customer: string;
  product: string;
  quantity: number;
  /** What is known by now; undefined: not yet. */
  found: { customers?: Reply; products?: Reply };
}

type Reply = { ok: true; record: { name: string; price?: number } } | { ok: false; status: number; problem: string };

interface InvoicesState {
  checks: Record<string, Checking>;
  next: number;
}

/** Invoices lie here: on a volume, if there is one. */
const DATA = '/data';

export const invoices: Program<InvoicesState> = {
  name: 'invoices',
  start(context) {
    context.log('stdout', `invoices listening on port ${PORT}`);
    context.sockets.listen(PORT);
    return { checks: {}, next: 1 };
  },
  request(context, state, incoming) {
    const { connection, request } = incoming;
    const list = invoicesOf(context);
    if (request.method !== 'POST') {
      const found = pathOf(incoming) === '/health' ? { status: 'ok' } : { container: context.hostname, invoices: list };
      return context.sockets.respond(connection, withoutBody(incoming, json(200, found, by(context))));
    }
    const { customer = '', product = '', quantity = '1' } = fieldsOf(request);
    const token = String(state.next++);
    state.checks[token] = { connection, customer, product, quantity: Number(quantity) || 1, found: {} };
    for (const [service, id] of [
      ['customers', customer],
      ['products', product],
    ] as const) {
      const target = { host: service, port: PORT, protocol: 'tcp' } as const;
      context.sockets.connect(`${token}/${service}`, target, httpGet(service, `/${service}/${id}`), {
        timeout: UPSTREAM_TIME,
      });
    }
  },
  answer(context, state, token, result) {
    const [key = '', service = ''] = token.split('/');
    const check = state.checks[key];
    if (!check) return;
    check.found[service as 'customers' | 'products'] = replyOf(service, result);
    const { customers: customer, products: product } = check.found;
    if (!customer || !product) return;
    delete state.checks[key];
    context.sockets.respond(check.connection, decide(context, check, customer, product));
  },
  signal: endsOnSignal,
};

function invoicesOf(context: ProgramContext): Invoice[] {
  const files = context.storage(DATA) as { invoices?: Invoice[] };
  return (files.invoices ??= []);
}

/** A form, or JSON. */
function fieldsOf({ body }: AppRequest): Record<string, string> {
  const given = jsonObject(body);
  if (!given) return formFields(body);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

function replyOf(service: string, result: FlowResult): Reply {
  if (!result.ok) return { ok: false, status: 503, problem: `${service} cannot be asked: ${result.reason}` };
  const answer = jsonObject(result.response.body) as { name?: string; price?: number; error?: string } | null;
  if (result.response.status === 200 && answer?.name !== undefined)
    return { ok: true, record: { name: answer.name, price: answer.price } };
  return { ok: false, status: 422, problem: answer?.error ?? `${service} says ${result.response.status}` };
}

function decide(context: ProgramContext, check: Checking, customer: Reply, product: Reply): AppResponse {
  const wrong = [customer, product].filter((reply) => !reply.ok);
  if (!customer.ok || !product.ok) {
    const worst = wrong.find(({ status }) => status === 503) ?? wrong[0]!;
    context.log('stderr', `refused: ${wrong.map(({ problem }) => problem).join('; ')}`);
    return json(worst.status, { error: wrong.map(({ problem }) => problem).join('; ') }, by(context));
  }
  const list = invoicesOf(context);
  const invoice: Invoice = {
    id: list.length + 1,
    customer: customer.record.name,
    product: product.record.name,
    quantity: check.quantity,
    total: check.quantity * (product.record.price ?? 0),
  };
  list.push(invoice);
  context.log('stdout', `invoice ${invoice.id}: ${invoice.quantity} ${invoice.product} for ${invoice.customer}`);
  return json(201, invoice, by(context));
}

// ---- gateway

interface GatewayState {
  /** Requests passed on. */
  passed: Record<string, number>;
  /** Pages being put together. */
  pages: Record<string, { connection: number; notice: string; parts: Record<string, Part> }>;
  next: number;
}

type Part = { ok: boolean; text: string };

const SERVICES = ['customers', 'products', 'invoices'] as const;

/** An nginx that routes by the first part of the path. */
export const gateway: Program<GatewayState> = {
  name: 'gateway',
  start(context) {
    context.log('stderr', '[notice] 1#1: start worker processes');
    context.sockets.listen(PORT);
    return { passed: {}, pages: {}, next: 1 };
  },
  request(context, state, incoming) {
    const { connection, request } = incoming;
    const token = String(state.next++);
    const service = SERVICES.find((name) => pathOf(incoming).split('/')[1] === name);
    if (service) {
      state.passed[token] = connection;
      const passed: AppRequest = {
        ...request,
        headers: { ...request.headers, 'X-Forwarded-For': incoming.peer.address },
      };
      context.sockets.connect(`pass/${token}`, { host: service, port: PORT, protocol: 'tcp' }, passed, {
        timeout: UPSTREAM_TIME,
      });
      return;
    }
    if (pathOf(incoming) !== '/') return context.sockets.respond(connection, notFound(context));
    if (request.method === 'POST') return order(context, state, incoming, token);
    assemble(context, state, connection, token, '');
  },
  answer(context, state, token, result) {
    const [kind, key = '', service = ''] = token.split('/');
    if (kind === 'pass') {
      const connection = state.passed[key];
      delete state.passed[key];
      if (connection !== undefined) context.sockets.respond(connection, passedOn(context, result));
    } else if (kind === 'order') ordered(context, state, key, result);
    else collected(context, state, key, service, result);
  },
  signal: endsOnSignal,
};

function notFound(context: ProgramContext): AppResponse {
  return served(context, 'nginx/1.27.4', html(404, '<html><body><h1>404 Not Found</h1></body></html>\n'));
}

/** nginx' answers for those that cannot be asked. */
function passedOn(context: ProgramContext, result: FlowResult): AppResponse {
  if (result.ok)
    return {
      ...result.response,
      headers: { Server: 'nginx/1.27.4', ...result.response.headers, 'X-Gateway': context.hostname },
    };
  const [status, words] = result.reason === 'timed out' ? [504, '504 Gateway Time-out'] : [502, '502 Bad Gateway'];
  context.log('stderr', `[error] upstream: ${result.reason}`);
  return served(
    context,
    'nginx/1.27.4',
    html(
      status as number,
      `<html>\n<head><title>${words}</title></head>\n<body>\n<center><h1>${words}</h1></center>\n<hr><center>nginx/1.27.4</center>\n</body>\n</html>\n`,
    ),
  );
}

function order(
  context: ProgramContext,
  state: GatewayState,
  { connection, request }: IncomingRequest,
  token: string,
): void {
  state.passed[token] = connection;
  const passed: AppRequest = { ...request, path: '/invoices' };
  context.sockets.connect(`order/${token}`, { host: 'invoices', port: PORT, protocol: 'tcp' }, passed, {
    timeout: UPSTREAM_TIME,
  });
}

function ordered(context: ProgramContext, state: GatewayState, key: string, result: FlowResult): void {
  const connection = state.passed[key];
  delete state.passed[key];
  if (connection === undefined) return;
  assemble(context, state, connection, key, noticeOf(result));
}

function noticeOf(result: FlowResult): string {
  if (!result.ok) return `Refused: invoices cannot be asked: ${result.reason}`;
  const answer = jsonObject(result.response.body) as { id?: number; error?: string } | null;
  if (answer?.id !== undefined) return `Invoice ${answer.id} written`;
  return `Refused: ${answer?.error ?? `invoices says ${result.response.status}`}`;
}

/** Asks all three services for what the page shows. */
function assemble(
  context: ProgramContext,
  state: GatewayState,
  connection: number,
  token: string,
  notice: string,
): void {
  state.pages[token] = { connection, notice, parts: {} };
  for (const service of SERVICES)
    context.sockets.connect(
      `page/${token}/${service}`,
      { host: service, port: PORT, protocol: 'tcp' },
      httpGet(service, `/${service}`),
      { timeout: UPSTREAM_TIME },
    );
}

function collected(
  context: ProgramContext,
  state: GatewayState,
  key: string,
  service: string,
  result: FlowResult,
): void {
  const page = state.pages[key];
  if (!page) return;
  page.parts[service] =
    result.ok && result.response.status === 200
      ? { ok: true, text: result.response.body }
      : { ok: false, text: result.ok ? String(result.response.status) : result.reason };
  if (Object.keys(page.parts).length < SERVICES.length) return;
  delete state.pages[key];
  context.sockets.respond(
    page.connection,
    served(context, 'nginx/1.27.4', html(200, shopPage(context, page.notice, page.parts))),
  );
}

function shopPage(context: ProgramContext, notice: string, parts: Readonly<Record<string, Part>>): string {
  return [
    '<!DOCTYPE html>',
    '<html>',
    '<head><title>Shop</title></head>',
    '<body>',
    '<h1>Shop</h1>',
    ...(notice === '' ? [] : [`<p class="notice">${escapeHtml(notice)}</p>`]),
    ...SERVICES.map((service) => section(service, parts[service]!)),
    '<form method="POST" action="/">',
    '<label>Customer <input type="number" name="customer" value="1"></label>',
    '<label>Product <input type="number" name="product" value="1"></label>',
    '<label>Quantity <input type="number" name="quantity" value="1"></label>',
    '<button type="submit">Write invoice</button>',
    '</form>',
    `<footer>gateway ${context.hostname}</footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section(service: string, part: Part): string {
  const title = `<h2>${service[0]!.toUpperCase()}${service.slice(1)}</h2>`;
  if (!part.ok) return `<section>${title}<p class="error">not available: ${escapeHtml(part.text)}</p></section>`;
  const body = jsonObject(part.text) ?? {};
  const rows = (body[service] as Record<string, unknown>[] | undefined) ?? [];
  const cells = (row: Record<string, unknown>): string =>
    Object.values(row)
      .map((cell) => `<td>${escapeHtml(String(cell))}</td>`)
      .join('');
  return `<section>${title}<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table><small>from container ${escapeHtml(String(body.container ?? ''))}</small></section>`;
}
