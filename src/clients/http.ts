/** Facts of HTTP that clients print: reasons, ports, parts of an address. */

/** `http://host:port/path?query`, as a client takes it apart. */
export interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Path with query. */
  readonly path: string;
  /** What the `Host` header says. */
  readonly authority: string;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Null if there is no host in it. */
export function parseUrl(text: string): Url | null {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/]*@)?([^:/?#]+)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/i.exec(text);
  if (!match) return null;
  const scheme = (match[1] ?? 'http').toLowerCase();
  const standard = PORTS[scheme] ?? 0;
  const port = match[3] ? Number(match[3]) : standard;
  const rest = match[4] ?? '/';
  const host = match[2]!;
  return {
    scheme,
    host,
    port,
    path: rest.startsWith('/') ? rest : `/${rest}`,
    authority: port === standard ? host : `${host}:${port}`,
  };
}

/** Where a `Location` header leads, seen from `from`. */
export function follow(from: Url, location: string): string {
  if (/^[a-z]+:\/\//i.test(location)) return location;
  const path = location.startsWith('/') ? location : `${from.path.replace(/[^/]*$/, '')}${location}`;
  return `${from.scheme}://${from.authority}${path}`;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** `200 OK` */
export function statusText(status: number): string {
  return `${status} ${REASONS[status] ?? ''}`.trimEnd();
}
