/** What is typed into an address bar, and where links and forms of a page lead. */

/** A place in the simulated network; only http is spoken there. */
export interface Place {
  host: string;
  port: number;
  /** With its query. */
  path: string;
}

/** The place that an address names: `node1`, `node1:8080/path`, `http://192.168.99.101/`. Null: it names none. */
export function placeOf(address: string): Place | null {
  const text = address.trim();
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url?.protocol !== 'http:' || url.hostname === '') return null;
  return { host: url.hostname, port: url.port === '' ? 80 : Number(url.port), path: url.pathname + url.search };
}

/** The address as the bar shows it: the port always, because it is what was published. */
export function addressOf({ host, port, path }: Place): string {
  return `http://${host}:${port}${path}`;
}

/** Where a link on the page of `from` leads; null when it leads out of the simulated network (another scheme). */
export function follow(from: Place, link: string): Place | null {
  const url = parse(link, addressOf(from));
  return url?.protocol === 'http:' ? placeOf(url.href) : null;
}

function parse(text: string, base?: string): URL | null {
  return URL.canParse(text, base) ? new URL(text, base) : null;
}

/** `name=value` of a Set-Cookie header: [name, value]. */
export function cookieFrom(header: string): [string, string] | null {
  const [pair = ''] = header.split(';');
  const mark = pair.indexOf('=');
  return mark > 0 ? [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()] : null;
}

/** A header's value, however its name is spelt. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([own]) => own.toLowerCase() === name)?.[1];
}
