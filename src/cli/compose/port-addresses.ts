/**
 * Services listen on all addresses of their nodes: an address in a short port is passed over with a warning.
 * Source: `cli: opts/swarmopts/port.go` (`ConvertPortToPortConfig`), Go `net` (`JoinHostPort`).
 */
import { canonicalIp } from '../opts/ip-address.ts';
import { parsePortSpec } from '../opts/port.ts';
import type { Mapping } from './value.ts';

/** The warnings about a service's ports. */
export function portAddressWarnings(service: Mapping): string[] {
  const ports = service.get('ports');
  if (!Array.isArray(ports)) return [];
  return ports.flatMap((port) => (typeof port === 'string' ? warningsAbout(port) : []));
}

function warningsAbout(port: string): string[] {
  const spec = parsePortSpec(port);
  if (!spec.ok || spec.value.ip === '') return [];
  const address = canonicalIp(spec.value.ip) ?? '';
  if (address === '0.0.0.0' || address === '::') return [];
  const published = new Map<string, number[]>();
  for (const { TargetPort, Protocol, PublishedPort } of spec.value.ports) {
    const target = `${TargetPort}/${Protocol}`;
    published.set(target, [...(published.get(target) ?? []), ...(PublishedPort ? [PublishedPort] : [])]);
  }
  const host = spec.value.ip.includes(':') ? `[${spec.value.ip}]` : spec.value.ip;
  return [...published.keys()]
    .sort()
    .map((target) => `ignoring IP-address (${host}:${rangeText(published.get(target)!)}:${target}) ${whereInstead}`);
}

const whereInstead = "service will listen on '0.0.0.0'";

function rangeText(ports: readonly number[]): string {
  return ports.length > 1 ? `${ports[0]}-${ports.at(-1)}` : String(ports[0] ?? '');
}
