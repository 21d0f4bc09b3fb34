/** Does an address lie in a subnet? IPv4 by its bits; IPv6 is left to the daemon. Simplified: nothing here has IPv6 addresses. */
import { isIpv4 } from '../../opts/ip-address.ts';

/** `10.1.0.0/24`, or anything with a colon and a length. */
export function isPrefix(text: string): boolean {
  const [address = '', length = ''] = text.split('/');
  return /^\d{1,3}$/.test(length) && (address.includes(':') || (isIpv4(address) && Number(length) <= 32));
}

/** Is `address` (an address, or a subnet's first one) within `subnet`? */
export function isInSubnet(address: string, subnet: string): boolean {
  const [host = ''] = address.split('/');
  const [network = '', length = '32'] = subnet.split('/');
  if (!isIpv4(host) || !isIpv4(network)) return host.includes(':') && network.includes(':');
  const size = 2 ** (32 - Number(length));
  return Math.floor(toNumber(host) / size) === Math.floor(toNumber(network) / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
