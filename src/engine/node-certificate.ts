/**
 * A node's own certificate: what its disk has of it, and when it is renewed.
 * `swarmkit: ca/renewer.go TLSRenewer`, `ca/config.go calculateRandomExpiry`
 */
import type { Micros } from '../protocol/events.ts';
import type { Random } from './kernel/random.ts';
import { seconds } from './kernel/time.ts';
import type { CertificateReply } from './manager/messages.ts';
import type { Issuer } from './store/objects.ts';

export interface OwnCertificate {
  readonly issuedAt: Micros;
  readonly expiresAt: Micros;
  readonly issuer: Issuer;
}

/** Parts of its life between which a certificate is renewed: not all nodes at once. `CertLowerRotationRange`, `CertUpperRotationRange` */
const EARLIEST = 0.5;
const LATEST = 0.8;
const MINUTE: Micros = seconds(60);

/** The certificate that the authority has granted. */
export function certificateOf({
  issuedAt,
  expiresAt,
  issuer,
}: Extract<CertificateReply, { ok: true }>): OwnCertificate {
  return { issuedAt, expiresAt, issuer };
}

/** How long from now until the certificate should be renewed; whole minutes after it was issued, as there. */
export function renewalDelay({ issuedAt, expiresAt }: OwnCertificate, now: Micros, dice: Random): Micros {
  const minutes = (expiresAt - issuedAt) / MINUTE;
  const [least, most] = [Math.trunc(minutes * EARLIEST), Math.trunc(minutes * LATEST)];
  const chosen = most - least < 1 ? least : least + dice.int(most - least);
  return Math.max(0, issuedAt + chosen * MINUTE - now);
}

/** A random wait whose limit doubles with every failure. `docker/go-events: retry.go ExponentialBackoff` */
export function backoff(
  { base, factor, max }: { base: Micros; factor: Micros; max: Micros },
  failures: number,
  dice: Random,
): Micros {
  return dice.int(Math.min(base + factor * 2 ** (failures - 1), max));
}
