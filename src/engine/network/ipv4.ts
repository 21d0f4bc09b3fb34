/** IPv4 addresses as text: which block they are in, their MAC, their name for reverse look-ups, the lowest free one. */
import { formatAddress, parseAddress, parseSubnet } from '../manager/allocator/address-book.ts';

/** `10.0.1.5/24` without its mask length. */
export function bare(address: string): string {
  const slash = address.indexOf('/');
  return slash < 0 ? address : address.slice(0, slash);
}

export function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}

/** Is an address within a block such as `10.0.1.0/24`. */
export function isWithin(address: string, block: string): boolean {
  if (block === '') return false;
  const { base, bits } = parseSubnet(block);
  const value = parseAddress(address);
  return value >= base && value < base + 2 ** (32 - bits);
}

/** `moby: daemon/libnetwork/netutils/utils.go GenerateMACFromIP` */
export function macOf(address: string): string {
  return `02:42:${bare(address)
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
}

/** `5.1.0.10.in-addr.arpa` as an address, or null if it is none. */
export function addressOfPointer(name: string): string | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa\.?$/i.exec(name);
  return match ? `${match[4]}.${match[3]}.${match[2]}.${match[1]}` : null;
}

/** The lowest address of a block that nobody has: neither its first (the network) nor its last; of its part `range`, if given. */
export function lowestFree(block: string, taken: ReadonlySet<string>, range = ''): string | null {
  if (block === '') return null;
  const { base, bits } = parseSubnet(block);
  const part = range === '' ? { base, bits } : parseSubnet(range);
  const end = Math.min(base + 2 ** (32 - bits) - 1, part.base + 2 ** (32 - part.bits));
  for (let at = Math.max(base + 1, part.base); at < end; at++) {
    const address = formatAddress(at);
    if (!taken.has(address)) return address;
  }
  return null;
}
