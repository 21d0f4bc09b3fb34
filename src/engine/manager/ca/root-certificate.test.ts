import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../protocol/sha256.ts';
import { Random, seedStream } from '../../kernel/random.ts';
import { normalizePem, readCertificates } from './certificate-text.ts';
import { newJoinToken, newRootCertificate, tokenDigestHex } from './root-certificate.ts';

const JUNE = 1_780_000_000_000;
const dice = (): Random => new Random(seedStream(1, 'certificates'));

describe('a root certificate', () => {
  const root = newRootCertificate(dice(), JUNE);

  test('is read back: its name, its key, twenty years of life', () => {
    expect(readCertificates(root.certificate)).toEqual([
      { subject: 'MBMxETAPBgNVBAMTCHN3YXJtLWNh', publicKey: root.publicKey, notAfter: JUNE + 20 * 365 * 86_400_000 },
    ]);
  });

  test('has the head that every key of the curve P-256 has', () => {
    expect(root.publicKey).toMatch(/^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==$/);
  });

  test('is named in join tokens by its digest', () => {
    const token = newJoinToken(root.digest, dice());
    expect(token).toMatch(/^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$/);
    expect(tokenDigestHex(token)).toBe(sha256(root.certificate));
  });

  test('is the same whatever stands around it in the file', () => {
    expect(normalizePem(`a comment\r\n${root.certificate}\n\n`)).toBe(root.certificate);
  });
});

test.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
  'nothing is read from %j',
  (text) => {
    expect(readCertificates(text)).toBeNull();
  },
);
