/**
 * Who may talk to the server. It listens on loopback unless told otherwise; a web page of somebody else's must not reach it through
 * the user's browser (its origin is not ours), nor by a name that leads here (the host it asks for is not ours). Beyond loopback a token is asked.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Gate {
  /** Why the request is turned away; null: it may come in. `url` is the request's path and query. */
  refusal(headers: IncomingHttpHeaders, url: string): { status: number; message: string } | null;
}

/** By this header a docker client gives the token (`HttpHeaders` in its `config.json`). */
export const TOKEN_HEADER = 'X-Swarmscope-Token';
/** By this cookie the page does, after it was opened with the printed link. */
export const TOKEN_COOKIE = 'swarmscope-token';

/** `token` null: only loopback is listened on. */
export function createGate(token: string | null): Gate {
  return {
    refusal(headers, url) {
      if (!isOwnOrigin(headers)) return { status: 403, message: 'requests of other web pages are not answered' };
      if (token === null)
        return isLoopbackName(hostNameOf(headers.host))
          ? null
          : { status: 403, message: 'this server answers only to the names of this machine' };
      return givenTokens(headers, url).some((given) => isSame(given, token))
        ? null
        : { status: 401, message: `a token is needed: ask with the printed link, or with the header ${TOKEN_HEADER}` };
    },
  };
}

/** Docker clients send no origin; a browser sends that of the page. */
function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}

function hostNameOf(host: string | undefined): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** An address of the loopback, or the name that always means it. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

function givenTokens(headers: IncomingHttpHeaders, url: string): string[] {
  const header = headers[TOKEN_HEADER.toLowerCase()];
  const cookie = new RegExp(`(?:^|; *)${TOKEN_COOKIE}=([^;]*)`).exec(headers.cookie ?? '')?.[1];
  const query = new URL(url, 'http://server').searchParams.get('token');
  return [header, cookie && decodeURIComponent(cookie), query].filter((one) => typeof one === 'string');
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
