/**
 * Published ports: short `8080:80/udp`, `8000-8002:80-82`, and long `published=8080,target=80,mode=host`.
 * Source: `cli: opts/swarmopts/port.go`, `go-connections: nat/nat.go`; errors checked against the real client.
 */
import type { PortConfig, PortProtocol, PublishMode } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseCsv } from './csv.ts';
import { cut } from './cut.ts';
import { decimalOrFault } from './go-number.ts';
import { canonicalIp } from './ip-address.ts';

/** Ports that one `--publish` stands for. */
export function parsePorts(text: string): ParseResult<PortConfig[]> {
  return /\w+=\w+/.test(text) ? parseLong(text) : parseShort(text);
}

/** `--publish-rm` and the listing name a port like this: `8080:80/tcp/ingress`. */
export function portKey(port: PortConfig): string {
  return `${port.PublishedPort ?? 0}:${port.TargetPort ?? 0}/${port.Protocol ?? ''}/${port.PublishMode ?? ''}`;
}

function parseLong(text: string): ParseResult<PortConfig[]> {
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const port: PortConfig = {};
  for (const field of fields.value) {
    const problem = setField(port, field);
    if (problem !== null) return unparsable(problem);
  }
  if (!port.TargetPort) return unparsable("missing mandatory field 'target'");
  return parsed([complete(port)]);
}

/** Docker's order of fields; `PublishedPort` 0 is left out, as the daemon then picks one. */
function complete(port: PortConfig): PortConfig {
  return {
    Protocol: port.Protocol ?? 'tcp',
    TargetPort: port.TargetPort,
    ...(port.PublishedPort ? { PublishedPort: port.PublishedPort } : {}),
    PublishMode: port.PublishMode ?? 'ingress',
  };
}

/** Returns what is wrong with the field, or null. */
function setField(port: PortConfig, field: string): string | null {
  const { head: key, rest: value } = cut(field.toLowerCase(), '=');
  if (value === null || key === '') return `invalid field: ${field}`;
  switch (key) {
    case 'protocol':
      if (!isProtocol(value)) return `invalid protocol value '${value}'`;
      port.Protocol = value;
      return null;
    case 'mode':
      if (!isMode(value)) return `invalid publish mode value (${value}): must be either 'ingress' or 'host'`;
      port.PublishMode = value;
      return null;
    case 'target':
      return setPort(value, 'target', (number) => {
        port.TargetPort = number;
      });
    case 'published':
      return setPort(value, 'published', (number) => {
        port.PublishedPort = number;
      });
    default:
      return `invalid field key: ${key}`;
  }
}

function setPort(value: string, which: string, assign: (number: number) => void): string | null {
  const number = decimalOrFault(value, 16);
  if (typeof number === 'string') return `invalid ${which} port (${value}): value must be an integer: ${number}`;
  assign(number);
  return null;
}

function isProtocol(value: string): value is PortProtocol {
  return value === 'tcp' || value === 'udp' || value === 'sctp';
}

function isMode(value: string): value is PublishMode {
  return value === 'ingress' || value === 'host';
}

interface Range {
  start: number;
  end: number;
}

/** Only the first two numbers count, as in the original. */
function parseRange(text: string): Range | null {
  const parts = text.split('-');
  const start = decimalOrFault(parts[0]!, 16);
  const end = parts.length === 1 ? start : decimalOrFault(parts[1]!, 16);
  return typeof start === 'string' || typeof end === 'string' || end < start ? null : { start, end };
}

function splitProtocol(text: string): { protocol: string; port: string } {
  const [port, protocol] = text.split('/');
  if (!port) return { protocol: '', port: '' };
  return { protocol: protocol || 'tcp', port };
}

function parseShort(text: string): ParseResult<PortConfig[]> {
  const spec = parsePortSpec(text);
  if (!spec.ok) return spec;
  return spec.value.ip === '' ? parsed(spec.value.ports) : unparsable('hostip is not supported');
}

/** The short form with the address that stack files may name: `127.0.0.1:8080-8081:80/udp`. */
export function parsePortSpec(text: string): ParseResult<{ ip: string; ports: PortConfig[] }> {
  const parts = text.split(':');
  const { protocol, port } = splitProtocol(parts[parts.length - 1]!);
  const hostPort = parts[parts.length - 2] ?? '';
  const ip = bareIp(parts.slice(0, -2).join(':'));
  if (!ip.ok) return ip;
  if (port === '') return unparsable(`no port specified: ${text}<empty>`);
  const target = parseRange(port);
  if (target === null) return unparsable(`invalid containerPort: ${port}`);
  const published = hostPort === '' ? { start: 0, end: 0 } : parseRange(hostPort);
  if (published === null) return unparsable(`invalid hostPort: ${hostPort}`);
  const [targets, hosts] = [target.end - target.start, published.end - published.start];
  if (hostPort !== '' && targets !== hosts && targets !== 0) {
    return unparsable(`invalid ranges specified for container and host Ports: ${port} and ${hostPort}`);
  }
  const lower = protocol.toLowerCase();
  if (!isProtocol(lower)) return unparsable(`invalid proto: ${protocol}`);
  return parsed({ ip: ip.value, ports: expand(target, hostPort === '' ? null : published, lower) });
}

/** `[::1]` without its brackets. */
function bareIp(text: string): ParseResult<string> {
  let ip = text;
  if (ip.startsWith('[')) {
    if (!ip.endsWith(']')) return unparsable(`invalid IP address ${ip}: address ${ip}:: missing ']' in address`);
    ip = ip.slice(1, -1);
  }
  return ip !== '' && canonicalIp(ip) === null ? unparsable(`invalid IP address: ${ip}`) : parsed(ip);
}

/**
 * One container port behind a range of published ones, or range to range.
 * Simplified: in ascending order; the original's order is that of a Go map, which is random.
 */
function expand(target: Range, published: Range | null, protocol: PortProtocol): PortConfig[] {
  const count = Math.max(target.end - target.start, published ? published.end - published.start : 0) + 1;
  const single = target.start === target.end;
  return Array.from({ length: count }, (_, index) =>
    complete({
      Protocol: protocol,
      TargetPort: single ? target.start : target.start + index,
      PublishedPort: published ? published.start + index : 0,
    }),
  );
}
