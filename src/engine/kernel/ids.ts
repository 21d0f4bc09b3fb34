/** Identifiers as swarm and docker make them. Source: `swarmkit: identity/randomid.go`; container ids are 64 hex digits. */
import type { Random } from './random.ts';

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';

/** 25 characters of base36: the id of a swarm object. */
export function swarmId(random: Random): string {
  return letters(random, BASE36, 25);
}

/** `length` hex digits; a container or image id has 64. */
export function hexId(random: Random, length = 64): string {
  return letters(random, HEX, length);
}

/** `length` characters drawn from `alphabet`. */
export function letters(random: Random, alphabet: string, length: number): string {
  let id = '';
  for (let i = 0; i < length; i++) id += alphabet[random.int(alphabet.length)];
  return id;
}
