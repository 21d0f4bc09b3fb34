/**
 * IPsec between the machines of an encrypted overlay: which security association a packet belongs to.
 * Source: `moby: daemon/libnetwork/drivers/overlay/encryption.go buildSPI`: FNV-1a over source, tag of the key, destination.
 */

/** The security parameter index of what `src` sends to `dst` with the key of this tag, as eight hex digits. */
export function espSpi(src: string, keyTag: number, dst: string): string {
  let hash = 0x811c9dc5;
  for (const byte of [...mapped(src), ...bytesOf(keyTag), ...mapped(dst)])
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** An IPv4 address as an IPv6 one has it: `::ffff:192.168.99.101`. */
function mapped(address: string): number[] {
  return [...Array<number>(10).fill(0), 0xff, 0xff, ...address.split('.').map(Number)];
}

/** Big-endian, 32 bits. */
function bytesOf(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}
