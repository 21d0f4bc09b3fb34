import { beforeEach, describe, expect, it } from 'vitest';
import type { CallResult, ConnectCall } from '../../protocol/network-call.ts';
import type { PageMessage, WorkerMessage } from '../../protocol/worker-messages.ts';
import { connectWorld, type WorldLink } from '../store/worker-client.ts';
import { useBrowser } from './browser-state.ts';

/** A worker that answers the window's requests as told, and remembers them. */
class Link implements WorldLink {
  onmessage: ((event: { data: WorkerMessage }) => void) | null = null;
  asked: ConnectCall[] = [];
  answer: (call: ConnectCall) => CallResult | null = () => page('hello');

  postMessage(message: PageMessage): void {
    if (message.type !== 'call' || message.call.call !== 'browse') return;
    const { connect } = message.call;
    this.asked.push(connect);
    this.onmessage?.({
      data: { type: 'result', id: message.id, result: { call: 'browse', result: this.answer(connect) } },
    });
  }
}

const page = (body: string, status = 200, headers: Record<string, string> = {}): CallResult => ({
  ok: true,
  response: { status, headers, body },
  remote: { address: '192.168.99.101', port: 80 },
  local: { address: '192.168.99.1', port: 40_000 },
  servedBy: null,
  flow: 1,
  tookMs: 1,
});
const settled = () => new Promise((resolve) => setTimeout(resolve));
const browser = () => useBrowser.getState();
const paths = (places: readonly { path: string }[]) => places.map(({ path }) => path);

let link = new Link();
beforeEach(() => {
  link = new Link();
  connectWorld(link);
  useBrowser.setState({ address: '', page: null, loading: null, problem: '', back: [], forward: [], live: null });
});

async function visit(path: string): Promise<void> {
  browser().visit({ host: 'node1', port: 80, path });
  await settled();
}

describe('history', () => {
  it('goes back and forward, and begins anew where one turns off', async () => {
    for (const path of ['/a', '/b', '/c']) await visit(path);
    browser().goBack();
    await settled();
    browser().goBack();
    await settled();
    expect([browser().page?.place.path, paths(browser().back), paths(browser().forward)]).toEqual([
      '/a',
      [],
      ['/b', '/c'],
    ]);
    browser().goForward();
    await settled();
    expect([browser().page?.place.path, paths(browser().back), paths(browser().forward)]).toEqual([
      '/b',
      ['/a'],
      ['/c'],
    ]);
    browser().reload();
    await settled();
    expect([paths(browser().back), paths(browser().forward)]).toEqual([['/a'], ['/c']]);
    await visit('/d');
    expect([paths(browser().back), paths(browser().forward)]).toEqual([['/a', '/b'], []]);
  });
});

describe('what is asked', () => {
  it.each([
    ['node1', 'node1'],
    ['http://node2:8080/x', 'node2:8080'],
    ['192.168.99.103:5000', '192.168.99.103:5000'],
  ])('%s has the Host header %s', async (address, host) => {
    browser().setAddress(address);
    browser().go();
    await settled();
    expect(link.asked[0]!.request).toMatchObject({ method: 'GET', host });
  });

  it('has the cookies of its host, whatever the port', async () => {
    link.answer = () => page('', 200, { 'Set-Cookie': 'voter_id=ab12; Path=/' });
    await visit('/');
    browser().visit({ host: 'node1', port: 5001, path: '/' });
    browser().visit({ host: 'node2', port: 80, path: '/' });
    await settled();
    expect(link.asked.map(({ request }) => request.headers.Cookie)).toEqual([undefined, 'voter_id=ab12', undefined]);
  });

  it('follows redirections with GET, and shows where it got to', async () => {
    link.answer = ({ request: { path } }) =>
      path === '/' ? page('', 302, { Location: '/install?x=1' }) : page('here');
    browser().visit({ host: 'node1', port: 8080, path: '/' }, { method: 'POST', body: 'a=b' });
    await settled();
    expect(link.asked.map(({ request }) => `${request.method} ${request.path} ${request.body}`)).toEqual([
      'POST / a=b',
      'GET /install?x=1 ',
    ]);
    expect(browser().address).toBe('http://node1:8080/install?x=1');
  });

  it('gives up in the end where every page leads on', async () => {
    link.answer = () => page('', 302, { Location: '/' });
    await visit('/');
    expect(link.asked).toHaveLength(11);
    expect(browser().page?.result).toMatchObject({ response: { status: 302 } });
  });
});

it('says what is no address, and leaves the page', async () => {
  await visit('/a');
  browser().setAddress('two words');
  browser().go();
  expect(browser()).toMatchObject({
    problem: expect.stringContaining('This is no address'),
    page: { place: { path: '/a' } },
  });
});

it('shows how a request failed', async () => {
  link.answer = () => ({ ok: false, reason: 'connection refused', remote: null, connected: false, flow: 1, tookMs: 1 });
  await visit('/');
  expect(browser().page?.result).toMatchObject({ ok: false, reason: 'connection refused' });
});
