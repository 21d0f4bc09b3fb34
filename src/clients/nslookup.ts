/** `nslookup`: asks the resolver for a name or, backwards, for an address. Busybox's words in containers, those of BIND on hosts. */
import type { LookUpResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, isAddress, refuse } from './client.ts';

interface LookUpState {
  name: string;
}

export const nslookup: Client<LookUpState | null> = {
  name: 'nslookup',
  start(io, args) {
    const [name] = args.filter((word) => !word.startsWith('-'));
    if (name === undefined) return refuse(io, 'Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]', 1);
    io.lookUp('name', name);
    return { name };
  },
  resolved(io, state, _token, result) {
    if (state) print(io, state.name, result);
  },
};

function print(io: ClientIo, name: string, result: LookUpResult): void {
  const server = io.facts.nameserver;
  const busybox = io.flavour === 'busybox';
  if (!result.ok && result.reason === 'no answer') {
    io.write('stdout', ';; connection timed out; no servers could be reached\n\n');
    return io.exit(1);
  }
  io.write('stdout', `Server:\t\t${server}\nAddress:\t${server}${busybox ? ':53' : '#53'}\n\n`);
  if (!result.ok) {
    io.write('stdout', `** server can't find ${isAddress(name) ? reverseName(name) : name}: NXDOMAIN\n\n`);
    return io.exit(1);
  }
  if (isAddress(name)) {
    io.write(
      'stdout',
      `${busybox ? 'Non-authoritative answer:\n' : ''}${reverseName(name)}\tname = ${result.pointer ?? ''}${busybox ? '' : '.'}\n\n`,
    );
    return io.exit(0);
  }
  io.write('stdout', 'Non-authoritative answer:\n');
  if (busybox) {
    // One question for IPv6 addresses, which there are none of, one for IPv4.
    io.write(
      'stdout',
      `\nNon-authoritative answer:\n${result.addresses.map((a) => `Name:\t${name}\nAddress: ${a}\n`).join('')}\n`,
    );
  } else io.write('stdout', `${result.addresses.map((a) => `Name:\t${name}\nAddress: ${a}\n`).join('')}\n`);
  io.exit(0);
}

/** `4.1.0.10.in-addr.arpa` */
export function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}
