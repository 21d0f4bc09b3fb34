/**
 * The swarm's root certificate: made with the swarm, or when it is rotated; and the join tokens that name it.
 * `swarmkit: ca/certificates.go CreateRootCA, CrossSignCACertificate`, `ca/config.go GenerateJoinToken`
 *
 * Simplified: there are no private keys; a certificate has the form, the names and the dates of a real one.
 */
import { sha256 } from '../../../protocol/sha256.ts';
import { letters } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import type { RootCertificate } from '../../store/objects.ts';
import { publicKeyOf, type ReadCertificate, subjectOf, writeCertificate } from './certificate-text.ts';

const ROOT_NAME = 'swarm-ca';
const ROOT_DAYS = 20 * 365;
/** Clocks that go slow must not find it too young. `CABackdate` */
const BACKDATE_MS = 3_600_000;
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A new root certificate; `unixMs` is the time of day. */
export function newRootCertificate(dice: Random, unixMs: number): RootCertificate {
  const point = bytes(dice, 64);
  const certificate = writeCertificate({
    commonName: ROOT_NAME,
    issuer: ROOT_NAME,
    ...validity(unixMs),
    point,
    serial: bytes(dice, 20),
    signature: bytes(dice, 64),
  });
  return { certificate, digest: digestOf(certificate), subject: subjectOf(ROOT_NAME), publicKey: publicKeyOf(point) };
}

/** The root certificate that a user gave. */
export function givenRootCertificate(certificate: string, { subject, publicKey }: ReadCertificate): RootCertificate {
  return { certificate, digest: digestOf(certificate), subject, publicKey };
}

/**
 * The new root's key, vouched for by the old root: who trusts the old one can check certificates that the new one has signed.
 * Simplified: its key is made of chance.
 */
export function crossSigned(dice: Random, unixMs: number): string {
  return writeCertificate({
    commonName: ROOT_NAME,
    issuer: ROOT_NAME,
    ...validity(unixMs),
    point: bytes(dice, 64),
    serial: bytes(dice, 20),
    signature: bytes(dice, 64),
  });
}

/** `SWMTKN-1-<digest of the root certificate>-<secret>` */
export function newJoinToken(rootDigest: string, dice: Random): string {
  return `SWMTKN-1-${rootDigest}-${letters(dice, BASE36, 25)}`;
}

/** The digest that a token names its root by, as 64 hex digits. */
export function tokenDigestHex(token: string): string {
  let value = 0n;
  for (const digit of token.split('-').at(-2) ?? '') value = value * 36n + BigInt(BASE36.indexOf(digit));
  return value.toString(16).padStart(64, '0');
}

function digestOf(certificate: string): string {
  return BigInt(`0x${sha256(certificate)}`)
    .toString(36)
    .padStart(50, '0');
}

function validity(unixMs: number): { notBefore: number; notAfter: number } {
  return { notBefore: unixMs - BACKDATE_MS, notAfter: unixMs + ROOT_DAYS * 86_400_000 };
}

function bytes(dice: Random, count: number): number[] {
  return Array.from({ length: count }, () => dice.int(256));
}
