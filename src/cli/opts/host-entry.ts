/**
 * Names and addresses a container is told: `--host name:address`, `--dns`, `--dns-search`.
 * Source: `cli: opts/hosts.go`, `opts.go`; errors checked against the real client.
 */

import { quote } from '../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from './cut.ts';
import { canonicalIp } from './ip-address.ts';

/** `name:address` or `name=address`, always returned with a colon. `host-gateway` is an address too. */
export function parseExtraHost(text: string): ParseResult<string> {
  const { head: name, rest } = cut(text, text.includes('=') ? '=' : ':');
  if (rest === null || name === '' || name.includes(':')) return unparsable(`bad format for add-host: ${quote(text)}`);
  if (rest === 'host-gateway') return parsed(`${name}:${rest}`);
  const address = /^\[.+\]$/.test(rest) ? rest.slice(1, -1) : rest;
  if (canonicalIp(address.trim()) === null) return unparsable(`invalid IP address in add-host: ${quote(address)}`);
  return parsed(`${name}:${address}`);
}

/** SwarmKit's form of an extra host: `address name`. */
export function toHostsLine(extraHost: string): string {
  const { head: name, rest: address } = cut(extraHost, ':');
  return `${address} ${name}`;
}

/** An address in its usual form. */
export function parseIpAddress(text: string): ParseResult<string> {
  const address = canonicalIp(text.trim());
  return address === null ? unparsable(`IP address is not correctly formatted: ${text}`) : parsed(address);
}

const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(:?${LABEL}(?:\\.${LABEL})*)\\.?\\s*$`);

/** A domain to search; a dot alone stands for none. */
export function parseDnsSearch(text: string): ParseResult<string> {
  const trimmed = text.replace(/^ +| +$/g, '');
  if (trimmed === '.') return parsed('.');
  const domain = /[a-zA-Z]/.test(trimmed) ? DOMAIN.exec(trimmed)?.[1] : undefined;
  return domain !== undefined && domain.length < 255 ? parsed(domain) : unparsable(`${trimmed} is not a valid domain`);
}
