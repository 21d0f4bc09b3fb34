/** What a network spec must fulfil. Source: `swarmkit: manager/controlapi/network.go` `validateNetworkSpec`. */
import type { IpamConfig, NetworkSpec } from '../../store/objects.ts';
import { type Cidr, contains, parseAddress, parseCidr } from './cidr.ts';
import { invalid, type Refusal, refuse } from './refusal.ts';
import { validateAnnotations } from './validate-annotations.ts';

/** Drivers of networks that a whole swarm can share. */
const DRIVERS = new Set(['', 'overlay', 'bridge', 'host', 'ipvlan', 'macvlan']);

export function validateNetworkSpec(spec: NetworkSpec): Refusal | null {
  if (spec.attachable && spec.ingress) return invalid('ingress network cannot be attachable');
  return validateAnnotations(spec.annotations) ?? validateDriver(spec) ?? validateIpam(spec);
}

function validateDriver({ driver, ingress }: NetworkSpec): Refusal | null {
  if (ingress && driver !== '' && driver !== 'overlay')
    return refuse('Unimplemented', `only overlay driver is supported for ingress network`);
  if (!DRIVERS.has(driver)) return invalid(`could not find plugin ${driver} in global store`);
  return null;
}

function validateIpam({ ipam }: NetworkSpec): Refusal | null {
  for (const config of ipam?.configs ?? []) {
    const refusal = validateIpamConfig(config);
    if (refusal) return refusal;
  }
  return null;
}

function validateIpamConfig({ subnet, range, gateway }: IpamConfig): Refusal | null {
  const pool = parseCidr(subnet);
  if (!pool) return invalid(`ipam configuration: invalid subnet ${subnet}`);
  return validateRange(pool, subnet, range) ?? validateGateway(pool, subnet, gateway);
}

function validateRange(pool: Cidr, subnet: string, range: string): Refusal | null {
  if (range === '') return null;
  const part = parseCidr(range);
  if (!part) return invalid(`ipam configuration: invalid range ${range}`);
  if (!contains(pool, part.address))
    return invalid(`ipam configuration: subnet ${subnet} does not contain range ${range}`);
  return null;
}

function validateGateway(pool: Cidr, subnet: string, gateway: string): Refusal | null {
  if (gateway === '') return null;
  const address = parseAddress(gateway);
  if (address === null) return invalid(`ipam configuration: invalid gateway ${gateway}`);
  if (!contains(pool, address))
    return invalid(`ipam configuration: subnet ${subnet} does not contain gateway ${gateway}`);
  return null;
}
