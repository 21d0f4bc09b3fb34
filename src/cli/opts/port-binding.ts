/**
 * Published ports of `docker run`: `[ip:][8080:]80[/udp]`, ranges, and the long form `published=8080,target=80,protocol=tcp`.
 * Source: `cli: cli/command/container/opts.go`, `go-connections: nat/nat.go`.
 */
import type { PortConfig } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseCsv } from './csv.ts';
import { cut } from './cut.ts';
import { decimalOrFault } from './go-number.ts';
import { canonicalIp } from './ip-address.ts';
import { parsePorts } from './port.ts';

/** Bindings by `80/tcp`. An empty port lets the host choose. */
export type PortBindings = Record<string, { HostIp: string; HostPort: string }[]>;

/** All bindings of a command line. */
export function parsePortBindings(texts: readonly string[]): ParseResult<PortBindings> {
  const bindings: PortBindings = {};
  for (const text of texts) {
    const short = shortForm(text);
    if (!short.ok) return short;
    const { ip, rest } = splitAddress(short.value);
    const ports = parsePorts(rest);
    if (!ports.ok) return ports;
    const range = anyOf(rest);
    if (range) addRange(bindings, ip, ports.value[0]!, range);
    else for (const port of ports.value) add(bindings, ip, port);
  }
  return parsed(Object.fromEntries(Object.entries(bindings).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** `8000-8010:80`: any free port of the range, for one port of the container; null if it is nothing of the kind. */
function anyOf(text: string): string | null {
  const [, range = ''] = /^(\d+-\d+):\d+(?:\/\w+)?$/.exec(text) ?? [];
  const [first, last] = range.split('-');
  return first === last ? null : range || null;
}

function addRange(bindings: PortBindings, ip: string, { TargetPort, Protocol }: PortConfig, range: string): void {
  const key = `${TargetPort}/${Protocol}`;
  bindings[key] = [...(bindings[key] ?? []), { HostIp: ip, HostPort: range }];
}

function add(bindings: PortBindings, ip: string, { TargetPort, Protocol, PublishedPort }: PortConfig): void {
  const key = `${TargetPort}/${Protocol}`;
  bindings[key] = [...(bindings[key] ?? []), { HostIp: ip, HostPort: PublishedPort ? String(PublishedPort) : '' }];
}

function splitAddress(text: string): { ip: string; rest: string } {
  const match = /^(\[[^\]]*\]|[^:]*):(.*:.*)$/.exec(text);
  const ip = (match?.[1] ?? '').replace(/^\[|\]$/g, '');
  // What is no address is left to the parser of ports to refuse.
  return match && (ip === '' || canonicalIp(ip) !== null)
    ? { ip, rest: match[2]!.replace(/^:/, '') }
    : { ip: '', rest: text };
}

/** The long form put short. `convertToStandardNotation` */
function shortForm(text: string): ParseResult<string> {
  if (!text.includes('=')) return parsed(text);
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const values: Record<string, string> = {};
  for (const field of fields.value) {
    const { head, rest } = cut(field, '=');
    if (rest === null) return unparsable(`invalid publish opts format (should be name=value but got '${field}')`);
    values[head] = rest;
  }
  return parsed(`${values.published ?? ''}:${values.target ?? ''}/${values.protocol || 'tcp'}`);
}

/** `--expose 80`, `--expose 7000-7010/udp`, as `80/tcp`. */
export function parseExposed(texts: readonly string[]): ParseResult<string[]> {
  const ports: string[] = [];
  for (const text of texts) {
    if (text.includes(':')) return unparsable(`invalid port format for --expose: ${text}`);
    const { head: range, rest: protocol } = cut(text, '/');
    const [first = '', last = first] = range.split('-');
    const [start, end] = [decimalOrFault(first, 16), decimalOrFault(last, 16)];
    const fault = typeof start === 'string' ? start : typeof end === 'string' ? end : null;
    if (typeof start === 'string' || typeof end === 'string')
      return unparsable(
        `invalid range format for --expose: ${text}, error: strconv.ParseUint: parsing "${first}": ${fault}`,
      );
    for (let port = start; port <= end; port++) ports.push(`${port}/${protocol ?? 'tcp'}`);
  }
  return parsed(ports);
}
