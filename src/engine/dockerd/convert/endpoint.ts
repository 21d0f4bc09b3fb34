/** Where a container hangs on a network: addresses, and ids that follow from names, so that they need no memory. */
import { parseAddress } from '../../manager/controlapi/cidr.ts';
import type { Container } from '../../runtime/container.ts';
import { hash64 } from '../../runtime/registry.ts';

/** Networks of a container, with the addresses it has there; without any it is on the host's default bridge. */
export function attachmentsOf(container: Container): Container['config']['networks'] {
  const { networks, offline } = container.config;
  const { interfaces } = container.attached;
  return (networks.length > 0 || offline ? networks : [DEFAULT_BRIDGE]).map((one) => {
    const endpoint = container.swarmEndpoints?.[one.name || one.id];
    const id = endpoint?.network ?? one.id;
    const given = interfaces.find(({ network, name }) => network === id || name === (one.name || one.id));
    return given ? { ...one, id: given.network, name: given.name, address: given.address } : one;
  });
}

const DEFAULT_BRIDGE = { id: 'bridge', name: 'bridge', address: '', aliases: [] };

/** Docker derives a MAC address from the IPv4 address. `moby: daemon/libnetwork/netutils GenerateMACFromIP` */
export function macAddress(address: string): string {
  const ip = parseAddress(address.split('/')[0]!);
  if (ip === null) return '';
  return ['02', '42', ...[24, 16, 8, 0].map((shift) => hex2(Math.floor(ip / 2 ** shift) % 256))].join(':');
}

/** 64 hex digits that follow from a text. */
export function derivedHex(text: string): string {
  return hash64(text);
}

function hex2(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
