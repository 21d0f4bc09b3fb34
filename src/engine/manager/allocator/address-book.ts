/**
 * Who holds which address: the allocator's books of all networks, kept in step with the store.
 * Source: `moby: daemon/libnetwork/cnmallocator/networkallocator.go`, `bitmap/`. Addresses are given serially: the next free
 * one after the last given, wrapping; the first and last of a subnet stay free. Nothing is given that has an owner.
 *
 * Simplified: IPv4 only.
 */
import type { IpamConfig, Network } from '../../store/objects.ts';

/** Where the serial search of each network stands: last address given. Starts anew with each leader, as the real one. */
export type Cursors = Map<string, number>;

interface Pool {
  readonly subnet: Subnet;
  readonly low: number;
  readonly high: number;
}

interface NetworkBook {
  readonly pools: readonly Pool[];
  readonly owners: Map<number, string>;
}

export class AddressBook {
  private readonly networks = new Map<string, NetworkBook>();

  /** Opens the book of an allocated network; its gateways are taken. */
  open(network: Network): void {
    if (!network.allocated || this.networks.has(network.id)) return;
    const pools = network.allocated.configs.map(poolOf);
    const owners = new Map<number, string>();
    for (const { gateway } of network.allocated.configs) if (gateway) owners.set(parseAddress(gateway), 'gateway');
    this.networks.set(network.id, { pools, owners });
  }

  close(networkId: string): void {
    this.networks.delete(networkId);
  }

  has(networkId: string): boolean {
    return this.networks.has(networkId);
  }

  /** Notes that an address is in use. */
  claim(networkId: string, address: string, owner: string): void {
    if (address) this.networks.get(networkId)?.owners.set(parseAddress(address), owner);
  }

  /** Notes that an owner has given up an address. Returns whether it was its. */
  release(networkId: string, address: string, owner: string): boolean {
    const owners = this.networks.get(networkId)?.owners;
    if (!address || owners?.get(parseAddress(address)) !== owner) return false;
    return owners.delete(parseAddress(address));
  }

  /** Gives this very address, with its mask length; or null if it is taken or in no subnet of the network. */
  exactly(networkId: string, address: string, owner: string): string | null {
    const book = this.networks.get(networkId);
    const wanted = parseAddress(address);
    const pool = book?.pools.find(({ subnet }) => overlaps(subnet, { base: wanted, bits: 32 }));
    if (!book || !pool || book.owners.has(wanted)) return null;
    const { base, bits } = pool.subnet;
    if (wanted === base || wanted === base + 2 ** (32 - bits) - 1) return null;
    book.owners.set(wanted, owner);
    return `${formatAddress(wanted)}/${pool.subnet.bits}`;
  }

  /** Gives the next free address with its mask length, or null if there is none. A network without pools has no addresses: "". */
  next(networkId: string, owner: string, cursors: Cursors): string | null {
    const book = this.networks.get(networkId);
    if (!book) return null;
    if (book.pools.length === 0) return '';
    const last = cursors.get(networkId) ?? 0;
    for (const { subnet, low, high } of book.pools) {
      const size = high - low + 1;
      const from = last >= low && last < high ? last + 1 : low;
      for (let i = 0; i < size; i++) {
        const candidate = low + ((from - low + i) % size);
        if (book.owners.has(candidate)) continue;
        book.owners.set(candidate, owner);
        cursors.set(networkId, candidate);
        return `${formatAddress(candidate)}/${subnet.bits}`;
      }
    }
    return null;
  }
}

/** A block of addresses. */
export interface Subnet {
  readonly base: number;
  readonly bits: number;
}

export function parseSubnet(text: string): Subnet {
  const [address, length] = text.split('/');
  const bits = Number(length);
  const size = 2 ** (32 - bits);
  return { base: Math.floor(parseAddress(address!) / size) * size, bits };
}

/** Reads `10.0.1.5`, with or without a mask length. */
export function parseAddress(text: string): number {
  return text
    .split('/')[0]!
    .split('.')
    .reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + 2 ** (32 - b.bits) && b.base < a.base + 2 ** (32 - a.bits);
}

/** The lowest free subnet of the address pools. */
export function freeSubnet(pools: readonly string[], bits: number, used: readonly Subnet[]): Subnet | null {
  for (const pool of pools) {
    const { base, bits: poolBits } = parseSubnet(pool);
    const size = 2 ** (32 - bits);
    const end = base + 2 ** (32 - poolBits);
    for (let at = base; at + size <= end; at += size) {
      const candidate = { base: at, bits };
      if (!used.some((subnet) => overlaps(subnet, candidate))) return candidate;
    }
  }
  return null;
}

function poolOf({ subnet: text, range }: IpamConfig): Pool {
  const subnet = parseSubnet(text);
  const inner = range ? parseSubnet(range) : subnet;
  const last = (block: Subnet): number => block.base + 2 ** (32 - block.bits) - 1;
  return {
    subnet,
    low: Math.max(inner.base, subnet.base + 1),
    high: Math.min(last(inner), last(subnet) - 1),
  };
}
