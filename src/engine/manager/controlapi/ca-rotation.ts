/**
 * What a cluster's wanted authority means for its root certificate: nothing, a new root that is made here, or a given one.
 * `swarmkit: manager/controlapi/ca_rotation.go validateCAConfig`
 *
 * Simplified: no external authority can be reached from in here; whether a key fits its certificate is not checked.
 */
import { WORLD_EPOCH_MS } from '../../kernel/time.ts';
import type { Cluster, ClusterSpec, RootCertificate } from '../../store/objects.ts';
import { holdsPrivateKey, normalizePem, readCertificates } from '../ca/certificate-text.ts';
import { crossSigned, givenRootCertificate, newRootCertificate } from '../ca/root-certificate.ts';
import type { LeaderContext } from '../subsystem.ts';
import { invalid, type Refusal } from './refusal.ts';

type Root = Pick<Cluster, 'rootRotation' | 'lastForcedRotation'>;
type RootResult = { readonly ok: true; readonly value: Root } | Refusal;

const YEAR_MS = 365 * 86_400_000;
const NO_EXTERNAL_CA = (which: string): Refusal =>
  invalid(`there must be at least one valid, reachable external CA corresponding to the ${which} CA certificate`);

/** The cluster's root as it should be under this spec; a rotation that goes on is replaced by a newer one, or given up. */
export function validateCaConfig(cluster: Cluster, spec: ClusterSpec, leader: LeaderContext): RootResult {
  const certificate = normalizePem(spec.signingCaCert);
  if (spec.signingCaKey !== '' && certificate === '')
    return invalid('if a signing CA key is provided, the signing CA cert must also be provided');
  if (certificate === '') return ok(spec.forceRotate === cluster.lastForcedRotation ? cluster : forced(spec, leader));
  const given = readGiven(certificate, spec, leader);
  if ('error' in given) return given;
  if (certificate === normalizePem(cluster.rootCa.certificate))
    return ok({ rootRotation: null, lastForcedRotation: spec.forceRotate });
  const goesOn = cluster.rootRotation && certificate === normalizePem(cluster.rootRotation.to.certificate);
  if (goesOn) return ok({ rootRotation: cluster.rootRotation, lastForcedRotation: spec.forceRotate });
  return ok(rotationTo(given, spec, leader));
}

function forced(spec: ClusterSpec, leader: LeaderContext): Root {
  return rotationTo(newRootCertificate(leader.random('certificates'), unixMs(leader)), spec, leader);
}

function rotationTo(to: RootCertificate, { forceRotate }: ClusterSpec, leader: LeaderContext): Root {
  const cross = crossSigned(leader.random('certificates'), unixMs(leader));
  return { rootRotation: { to, crossSigned: cross }, lastForcedRotation: forceRotate };
}

function readGiven(certificate: string, spec: ClusterSpec, leader: LeaderContext): RootCertificate | Refusal {
  const read = readCertificates(certificate);
  if (!read) return invalid('invalid root certificates: failed to parse certificate PEM data');
  if (spec.signingCaKey !== '' && !holdsPrivateKey(spec.signingCaKey))
    return invalid('malformed private key: failed to parse private key PEM data');
  if (read.length !== 1) return invalid('the desired CA certificate cannot contain multiple certificates');
  if (read[0]!.notAfter < unixMs(leader) + YEAR_MS) return invalid('CA certificate expires too soon');
  if (spec.signingCaKey === '') return NO_EXTERNAL_CA('desired');
  return givenRootCertificate(certificate, read[0]!);
}

function unixMs({ now }: LeaderContext): number {
  return WORLD_EPOCH_MS + Math.floor(now / 1000);
}

function ok({ rootRotation, lastForcedRotation }: Root): RootResult {
  return { ok: true, value: { rootRotation, lastForcedRotation } };
}
