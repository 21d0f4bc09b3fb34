/**
 * A short notation for Go's structs: `struct('swarm.Version', { Index: goUint64 })`.
 * Fields stand in Go's order; `omit` is `omitempty`, `embed` an embedded struct, `keyed` another key in JSON.
 */

import { formatDuration } from '../go-template/go-duration.ts';
import {
  type GoField,
  type GoStruct,
  type GoType,
  goString,
  mapOf,
  pointerTo,
  sliceOf,
} from '../go-template/go-value.ts';

/** A type, or a type with what its tag says. */
type FieldNotation = GoType | { tagged: Omit<GoField, 'name'> };

/** A struct with these fields. */
export function struct(name: string, fields: Readonly<Record<string, FieldNotation>>): GoStruct {
  return {
    kind: 'struct',
    name,
    fields: Object.entries(fields).map(([field, notation]) =>
      'tagged' in notation ? { name: field, ...notation.tagged } : { name: field, type: notation },
    ),
  };
}

/** `json:",omitempty"`. */
export function omit(type: GoType): FieldNotation {
  return { tagged: { type, omitEmpty: true } };
}

/** An embedded struct. */
export function embed(type: GoType): FieldNotation {
  return { tagged: { type, embedded: true } };
}

/** `json:"key"`, with `omitempty` if so. */
export function keyed(key: string, type: GoType, omitEmpty = false): FieldNotation {
  return { tagged: { type, key, omitEmpty } };
}

/** `time.Duration`: printed as `5s`, nanoseconds in JSON. */
export const goDuration: GoType = {
  kind: 'int',
  name: 'time.Duration',
  print: (value) => formatDuration(Number(value)),
};

/** `time.Time`: printed as `2026-11-21 00:33:16.115 +0000 UTC`. */
export const goTime: GoStruct = {
  kind: 'struct',
  name: 'time.Time',
  fields: [],
  print: printTime,
  json: (value) => JSON.stringify(timeText(value)),
};

/** `[]byte`: base64 in JSON, printed as a list of numbers. */
export const goBytes: GoType = {
  kind: 'string',
  name: '[]uint8',
  print: (value) => `[${decodeBase64(String(value)).join(' ')}]`,
};

/** A kind of string with a name of its own, such as `swarm.NodeRole`. */
export function stringType(name: string): GoType {
  return { kind: 'string', name };
}

export const stringMap: GoType = mapOf(goString);
export const strings: GoType = sliceOf(goString);

/** A list of pointers or values; printing never tells them apart here. */
export function listOf(type: GoType): GoType {
  return sliceOf(type);
}

/** A field that may be absent. */
export function optional(type: GoType): FieldNotation {
  return omit(pointerTo(type));
}

/** How Go prints a time given as RFC 3339. */
export function printTime(value: unknown): string {
  return timeText(value)
    .replace('T', ' ')
    .replace(/Z$/, ' +0000 UTC')
    .replace(/([+-]\d\d):(\d\d)$/, ' $1$2 $1$2');
}

function timeText(value: unknown): string {
  return typeof value === 'string' ? value : '0001-01-01T00:00:00Z';
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): number[] {
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const digit of text.replace(/=+$/, '')) {
    bits = ((bits << 6) | base64Digits.indexOf(digit)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return bytes;
}
