/**
 * Certificates as text (PEM around X.509's DER): writes root certificates, and reads what a user gives to `docker swarm ca`.
 * Sources: RFC 5280 section 4.1, ITU-T X.690; fields as `swarmkit: ca/certificates.go CreateRootCA` fills them.
 *
 * Simplified: the signature at the end is made of chance, and nobody checks one.
 */
import { decodeBase64, encodeBase64 } from '../../../protocol/base64.ts';

/** What the swarm looks at in a certificate. */
export interface ReadCertificate {
  /** Its subject and its public key in base64, as Docker's JSON has them. */
  readonly subject: string;
  readonly publicKey: string;
  /** Unix time in milliseconds. */
  readonly notAfter: number;
}

export interface CertificateFields {
  readonly commonName: string;
  readonly issuer: string;
  /** Unix time in milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 64 bytes: a point of the curve P-256. */
  readonly point: readonly number[];
  readonly serial: readonly number[];
  /** 64 bytes. */
  readonly signature: readonly number[];
}

type Bytes = readonly number[];

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const EC_PUBLIC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const COMMON_NAME = [0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const KEY_USAGE = [0x55, 0x1d, 0x0f];

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** A certificate of an authority, as PEM. */
export function writeCertificate(fields: CertificateFields): string {
  const algorithm = sequence(tlv(TAG.oid, ECDSA_WITH_SHA256));
  const body = sequence(
    tlv(TAG.version, integer([2])),
    integer(fields.serial),
    algorithm,
    name(fields.issuer),
    sequence(utcTime(fields.notBefore), utcTime(fields.notAfter)),
    name(fields.commonName),
    keyInfo(fields.point),
    tlv(TAG.extensions, sequence(keyUsage(), basicConstraints())),
  );
  const [r, s] = [fields.signature.slice(0, 32), fields.signature.slice(32)];
  const signature = tlv(TAG.bits, [0, ...sequence(integer(r), integer(s))]);
  return pem('CERTIFICATE', sequence(body, algorithm, signature));
}

/** The certificates in a PEM text; null if it is none. */
export function readCertificates(text: string): ReadCertificate[] | null {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g)];
  const read = blocks.map(([, base64]) => readCertificate(decodeBase64(base64!)));
  return read.length > 0 && read.every((certificate) => certificate !== null) ? read : null;
}

/** Is there a private key in this PEM text? */
export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END (?:EC |RSA )?PRIVATE KEY-----/.test(text);
}

/** Blocks as they are compared: nothing between them, one newline behind each. `swarmkit: ca/certificates.go NormalizePEMs` */
export function normalizePem(text: string): string {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g) ?? [];
  return blocks.map((block) => `${block.replace(/\r/g, '')}\n`).join('');
}

/** A distinguished name in base64: `TLSInfo.CertIssuerSubject`. */
export function subjectOf(commonName: string): string {
  return encodeBase64(name(commonName));
}

/** A public key's description in base64: `TLSInfo.CertIssuerPublicKey`. */
export function publicKeyOf(point: Bytes): string {
  return encodeBase64(keyInfo(point));
}

// ---- reading

function readCertificate(bytes: Bytes): ReadCertificate | null {
  const certificate = child(bytes, 0);
  const body = certificate && child(certificate.content, 0);
  if (!body || body.tag !== TAG.sequence) return null;
  let at = 0;
  const next = (): Element | null => {
    const element = child(body.content, at);
    at = element?.end ?? at;
    return element;
  };
  const first = next();
  if (first?.tag === TAG.version) next();
  const [, , validity, subject, key] = [next(), next(), next(), next(), next()];
  if (!validity || !subject || !key) return null;
  const from = child(validity.content, 0);
  const until = from && child(validity.content, from.end);
  const notAfter = until ? readTime(until) : Number.NaN;
  if (Number.isNaN(notAfter)) return null;
  return { subject: encodeBase64(subject.whole), publicKey: encodeBase64(key.whole), notAfter };
}

interface Element {
  readonly tag: number;
  readonly content: Bytes;
  readonly whole: Bytes;
  readonly end: number;
}

/** The element that begins at `at`. */
function child(bytes: Bytes, at: number): Element | null {
  const tag = bytes[at];
  const short = bytes[at + 1];
  if (tag === undefined || short === undefined) return null;
  const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
  let length = lengthBytes === 0 ? short : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const from = at + 2 + lengthBytes;
  const end = from + length;
  if (lengthBytes > 4 || end > bytes.length) return null;
  return { tag, content: bytes.slice(from, end), whole: bytes.slice(at, end), end };
}

function readTime({ tag, content }: Element): number {
  const digits = String.fromCharCode(...content);
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(digits);
  if (!match || (tag !== TAG.utcTime && tag !== TAG.generalizedTime)) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const full = year >= 100 ? year : year < 50 ? 2000 + year : 1900 + year;
  return daysSinceEpoch(full, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000;
}

// ---- writing

function tlv(tag: number, content: Bytes): number[] {
  return [tag, ...lengthOf(content.length), ...content];
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: readonly Bytes[]): number[] {
  return tlv(TAG.sequence, parts.flat());
}

/** A positive number: a leading zero keeps its first bit from being a sign. */
function integer(bytes: Bytes): number[] {
  const significant = bytes.slice(
    Math.max(
      0,
      bytes.findIndex((byte) => byte !== 0),
    ),
  );
  return tlv(TAG.integer, significant[0]! >= 0x80 ? [0, ...significant] : significant);
}

function name(commonName: string): number[] {
  const text = [...commonName].map((char) => char.charCodeAt(0));
  return sequence(tlv(TAG.set, sequence(tlv(TAG.oid, COMMON_NAME), tlv(TAG.printable, text))));
}

function keyInfo(point: Bytes): number[] {
  return sequence(sequence(tlv(TAG.oid, EC_PUBLIC_KEY), tlv(TAG.oid, P256)), tlv(TAG.bits, [0, 4, ...point]));
}

/** Signs certificates and lists of revoked ones. */
function keyUsage(): number[] {
  const critical = tlv(TAG.boolean, [0xff]);
  return sequence(tlv(TAG.oid, KEY_USAGE), critical, tlv(TAG.octets, tlv(TAG.bits, [1, 0x06])));
}

function basicConstraints(): number[] {
  const critical = tlv(TAG.boolean, [0xff]);
  return sequence(tlv(TAG.oid, BASIC_CONSTRAINTS), critical, tlv(TAG.octets, sequence(tlv(TAG.boolean, [0xff]))));
}

function utcTime(unixMs: number): number[] {
  const day = Math.floor(unixMs / 86_400_000);
  const { year, month, date } = civilDate(day);
  const second = Math.floor(unixMs / 1000) % 86_400;
  const parts = [year % 100, month, date, Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  const text = `${parts.map((part) => String(part).padStart(2, '0')).join('')}Z`;
  return tlv(
    TAG.utcTime,
    [...text].map((char) => char.charCodeAt(0)),
  );
}

/** Year, month and day of a number of days since 1970. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function civilDate(days: number): { year: number; month: number; date: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date };
}

function daysSinceEpoch(year: number, month: number, date: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

// ---- text

function pem(label: string, bytes: Bytes): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
