/**
 * The browser window as a state: address, history, cookies, the page that shows and the connection it holds. It knows no simulated
 * fact: a page is what a container answered, over a request like any other.
 */
import { create } from 'zustand';
import type { CallResult, ConnectCall } from '../../protocol/network-call.ts';
import { type OpenRequest, openRequest } from '../store/page-network.ts';
import { useWorld } from '../store/world.ts';
import { addressOf, cookieFrom, follow, headerOf, type Place, placeOf } from './address.ts';

/** What a form sends; null: a plain GET. */
type Sent = { method: 'POST'; body: string } | null;

/** What shows: how a request ended. `number` tells one load of a page from the next. */
export interface ShownPage {
  number: number;
  place: Place;
  result: CallResult;
}

/** Values that a held connection has brought, by field; `state`: how it stands. */
export interface Live {
  fields: Readonly<Record<string, string>>;
  state: 'connecting' | 'connected' | 'lost';
}

interface BrowserState {
  /** The text of the address bar. */
  address: string;
  page: ShownPage | null;
  loading: Place | null;
  /** What cannot even be asked for. */
  problem: string;
  /** Places before and after the one that shows. */
  back: readonly Place[];
  forward: readonly Place[];
  live: Live | null;
  setAddress(address: string): void;
  /** Goes where the address bar says. */
  go(): void;
  visit(place: Place, sent?: Sent): void;
  /** A link or form of the page that shows. */
  followLink(link: string, sent?: Sent): void;
  goBack(): void;
  goForward(): void;
  reload(): void;
  stop(): void;
  /** Holds a connection for the page that shows; returns the way to end it. */
  holdLive(place: Place): () => void;
}

/** As long as real browsers wait, more or less; in virtual time. */
const TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 10;
/** After a held connection is lost, the page tries again after so much real time. */
const RECONNECT_MS = 1000;

let pages = 0;
let open: OpenRequest | null = null;
/** By host, as browsers keep them: ports share them. */
const cookies = new Map<string, Map<string, string>>();

const nothing = { page: null, loading: null, problem: '', back: [], forward: [], live: null };

export const useBrowser = create<BrowserState>()((set, get) => ({
  address: '',
  ...nothing,

  setAddress: (address) => set({ address }),
  go() {
    const place = placeOf(get().address);
    if (place) get().visit(place);
    else set({ problem: 'This is no address. Write http://, the name or address of a machine, and a port.' });
  },
  visit(place, sent = null) {
    const { page, back, forward } = get();
    // Another place begins anew what can be gone forward to; the same one again does not.
    const moves = page !== null && addressOf(page.place) !== addressOf(place);
    void load(place, sent, moves ? { back: [...back, page.place], forward: [] } : { back, forward });
  },
  followLink(link, sent = null) {
    const { page, visit } = get();
    const place = page && follow(page.place, link);
    if (place) visit(place, sent);
    else set({ problem: `${link} leads out of the simulated network.` });
  },
  goBack() {
    const { back, forward, page } = get();
    const place = back.at(-1);
    if (place) void load(place, null, { back: back.slice(0, -1), forward: page ? [page.place, ...forward] : forward });
  },
  goForward() {
    const { back, forward, page } = get();
    const [place, ...rest] = forward;
    if (place) void load(place, null, { back: page ? [...back, page.place] : back, forward: rest });
  },
  reload() {
    const { page, back, forward, go } = get();
    if (page) void load(page.place, null, { back, forward });
    else go();
  },
  stop() {
    open?.close();
    open = null;
    set({ loading: null });
  },
  holdLive(place) {
    return holdLive(place, (change) => set(({ live }) => ({ live: { ...(live ?? noLive), ...change } })));
  },
}));

const noLive: Live = { fields: {}, state: 'connecting' };

// Another world: none of what was seen is there any more.
useWorld.subscribe((state, before) => {
  if (state.worldNumber === before.worldNumber) return;
  useBrowser.getState().stop();
  cookies.clear();
  useBrowser.setState({ address: '', ...nothing });
});

async function load(place: Place, sent: Sent, history: Pick<BrowserState, 'back' | 'forward'>): Promise<void> {
  useBrowser.getState().stop();
  useBrowser.setState({ loading: place, address: addressOf(place), problem: '', ...history });
  let at = place;
  let saying = sent;
  for (let count = 0; ; count++) {
    const request = openRequest(callTo(at, saying));
    open = request;
    const result = await request.result.catch((error: Error) => error);
    // Another request has taken its place, or it was stopped.
    if (open !== request) return;
    if (result instanceof Error || result === null) {
      open = null;
      useBrowser.setState({ loading: null, problem: result?.message ?? '' });
      return;
    }
    keepCookie(at, result);
    const next = count < MAX_REDIRECTS ? redirectOf(at, result) : null;
    if (!next) return show(at, result);
    at = next;
    saying = null;
  }
}

function show(place: Place, result: CallResult): void {
  open = null;
  pages += 1;
  useBrowser.setState({
    loading: null,
    address: addressOf(place),
    page: { number: pages, place, result },
    live: null,
  });
}

function redirectOf(from: Place, result: CallResult): Place | null {
  if (!result.ok || result.response.status < 301 || result.response.status > 308) return null;
  const location = headerOf(result.response.headers, 'location');
  return location === undefined ? null : follow(from, location);
}

function keepCookie({ host }: Place, result: CallResult): void {
  const given = result.ok ? headerOf(result.response.headers, 'set-cookie') : undefined;
  const cookie = given === undefined ? null : cookieFrom(given);
  if (!cookie) return;
  const jar = cookies.get(host) ?? new Map<string, string>();
  cookies.set(host, jar.set(...cookie));
}

function callTo({ host, port, path }: Place, sent: Sent): ConnectCall {
  const jar = [...(cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    kind: 'connect',
    target: { host, port, protocol: 'tcp' },
    request: {
      protocol: 'http',
      method: sent?.method ?? 'GET',
      path,
      host: port === 80 ? host : `${host}:${port}`,
      headers: {
        'User-Agent': 'Mozilla/5.0 (Swarmscope)',
        Accept: 'text/html,application/json;q=0.9,*/*;q=0.8',
        ...(jar !== '' && { Cookie: jar }),
        ...(sent && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      body: sent?.body ?? '',
    },
    timeoutMs: TIMEOUT_MS,
  };
}

function holdLive(place: Place, change: (live: Partial<Live>) => void): () => void {
  let ended = false;
  let request: OpenRequest | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = (body: string) => change({ fields: fieldsOf(body), state: 'connected' });
  const lost = () => {
    if (ended) return;
    change({ state: 'lost' });
    timer = setTimeout(connect, RECONNECT_MS);
  };
  const connect = () => {
    request = openRequest(callTo(place, null), { pushed: take, closed: lost });
    request.result.then(
      (result) => {
        // A failed one is told as closed as well.
        if (!ended && result?.ok) take(result.response.body);
      },
      // The world it was in is gone.
      () => {},
    );
  };
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    request?.close();
  };
}

/** Fields of a JSON object, as words; what is none has no fields. */
function fieldsOf(body: string): Record<string, string> {
  try {
    const given: unknown = JSON.parse(body);
    if (typeof given !== 'object' || given === null) return {};
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  } catch {
    // Not JSON: the page goes on showing what it has.
    return {};
  }
}
