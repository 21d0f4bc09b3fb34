/** IPv4 addresses and address blocks, as far as specs are checked. Addresses are 32-bit numbers. */
export interface Cidr {
  /** As written, host part included. */
  readonly address: number;
  readonly bits: number;
}

/** `10.0.1.7` as a number, or null. */
export function parseAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
    address = address * 256 + Number(part);
  }
  return address;
}

/** `10.0.1.0/24`, or null. */
export function parseCidr(text: string): Cidr | null {
  const [head, tail, more] = text.split('/');
  if (more !== undefined || tail === undefined || !/^[0-9]{1,2}$/.test(tail) || Number(tail) > 32) return null;
  const address = parseAddress(head!);
  return address === null ? null : { address, bits: Number(tail) };
}

/** Is the address inside the block? */
export function contains(block: Cidr, address: number): boolean {
  const size = 2 ** (32 - block.bits);
  return Math.floor(block.address / size) === Math.floor(address / size);
}
