/**
 * Short forms in a stack file, made into the long ones: `"8080:80"`, `KEY=value` lists, commands as one text.
 * Source: `cli: cli/compose/loader/loader.go` (`transform*`).
 */

import { parseDuration } from '../../go-template/go-duration.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from '../opts/cut.ts';
import { parseMemoryBytes } from '../opts/memory-bytes.ts';
import { parsePortSpec } from '../opts/port.ts';
import { splitWords } from '../opts/shell-words.ts';
import { parseMountSpec } from './mount-spec.ts';
import type { Transform } from './shape.ts';
import { goText, goTypeName, isMapping, type Mapping, type Value } from './value.ts';

function invalidType(value: Value, what: string): ParseResult<Value> {
  return unparsable(`invalid type ${goTypeName(value)} for ${what}`);
}

function mapping(entries: Iterable<readonly [string, Value]>): Mapping {
  return new Map(entries);
}

/** `30s` as nanoseconds. */
export const durationNanos: Transform = (value) => {
  if (typeof value !== 'string') return invalidType(value, 'duration');
  const nanos = parseDuration(value);
  return nanos.ok ? parsed(BigInt(nanos.value)) : nanos;
};

/** `64M` as bytes. */
export const memoryAmount: Transform = (value) => {
  if (typeof value !== 'string') return parsed(value);
  const amount = parseMemoryBytes(value);
  return amount.ok ? parsed(BigInt(amount.value)) : amount;
};

/** A list, or its only text. */
export const oneText: Transform = (value) => parsed(typeof value === 'string' ? [value] : value);

/** Texts or numbers. */
export const texts: Transform = (value) => parsed(Array.isArray(value) ? value.map(goText) : value);

/** Words, or a text that a shell would split into them. */
export const commandWords: Transform = (value) => (typeof value === 'string' ? splitWords(value) : parsed(value));

/** A command, or a text for the container's shell. */
export const healthcheckTest: Transform = (value) => parsed(typeof value === 'string' ? ['CMD-SHELL', value] : value);

/** Values of any kind as texts; nothing is an empty text. */
export const textValues: Transform = (value) => {
  if (!isMapping(value)) return invalidType(value, 'map[string]string');
  return parsed(mapping([...value].map(([key, item]) => [key, item === null ? '' : goText(item)] as const)));
};

/** `KEY=value` lists or mappings; a key alone has an empty value. */
export const pairs: Transform = (value) => parsed(keyValues(value, ''));

/** `KEY=value` lists or mappings; a key alone has none. */
export const variables: Transform = (value) => parsed(keyValues(value, null));

function keyValues(value: Value, missing: '' | null): Mapping {
  if (isMapping(value)) return mapping([...value].map(([key, item]) => [key, item === null ? missing : goText(item)]));
  const items = Array.isArray(value) ? value : [];
  return mapping(
    items.map((item) => {
      const { head, rest } = cut(goText(item), '=');
      return [head, rest ?? missing] as const;
    }),
  );
}

/** `host:address` or `host=address` lists, or mappings; addresses lose brackets. */
export const hosts: Transform = (value) => parsed(hostTexts(value).map(withoutBrackets));

function hostTexts(value: Value): string[] {
  if (isMapping(value)) {
    const known = [...value].filter(([, address]) => address !== null);
    return known.map(([host, address]) => `${host}:${asString(address)}`).sort();
  }
  return (Array.isArray(value) ? value : []).flatMap((item) => {
    const line = goText(item);
    const { head, rest } = cut(line, line.includes('=') ? '=' : ':');
    return rest === null ? [] : [`${head}:${rest}`];
  });
}

/** `%s`, which complains of other values than texts in its result. */
function asString(value: Value): string {
  return typeof value === 'string' ? value : `%!s(${goTypeName(value)}=${goText(value)})`;
}

function withoutBrackets(entry: string): string {
  const { head, rest } = cut(entry, ':');
  return `${head}:${(rest ?? '').replace(/^\[(.+)\]$/, '$1')}`;
}

/** A build's context alone. */
export const withContext: Transform = (value) =>
  parsed(typeof value === 'string' ? mapping([['context', value]]) : value);

/** A secret's or config's name alone. */
export const sourceOnly: Transform = (value) =>
  parsed(typeof value === 'string' ? mapping([['source', value]]) : value);

/** Names of networks, or what the service is in each of them. */
export const networkMap: Transform = (value) =>
  parsed(Array.isArray(value) ? mapping(value.map((name) => [goText(name), null])) : value);

/** `external: true`, or the old form with a name. */
export const externalName: Transform = (value) => {
  if (typeof value === 'boolean') return parsed(mapping([['external', value]]));
  if (!isMapping(value)) return invalidType(value, 'external');
  return parsed(
    mapping([
      ['external', true],
      ['name', value.get('name') ?? null],
    ]),
  );
};

/** One limit for both, or a pair. */
export const ulimitPair: Transform = (value) => {
  if (typeof value === 'bigint') return parsed(mapping([['single', value]]));
  return isMapping(value) ? parsed(value) : invalidType(value, 'ulimits');
};

/** `volume:/path:ro`, or the long form. */
export const longMount: Transform = (value) => (typeof value === 'string' ? parseMountSpec(value) : parsed(value));

/** Ports as `8080:80`, ranges of them, numbers, or long forms: all long. */
export const longPorts: Transform = (value) => {
  if (!Array.isArray(value)) return invalidType(value, 'port');
  const ports: Value[] = [];
  for (const entry of value) {
    if (isMapping(entry)) {
      ports.push(entry);
      continue;
    }
    if (typeof entry !== 'string' && typeof entry !== 'bigint') return invalidType(entry, 'port');
    const spec = parsePortSpec(String(entry));
    if (!spec.ok) return spec;
    const inOrder = spec.value.ports.toSorted((a, b) =>
      portName(a) < portName(b) ? -1 : portName(a) > portName(b) ? 1 : 0,
    );
    for (const { PublishMode, TargetPort = 0, PublishedPort = 0, Protocol } of inOrder) {
      ports.push(
        mapping([
          ['mode', PublishMode ?? ''],
          ['target', BigInt(TargetPort)],
          ['published', BigInt(PublishedPort)],
          ['protocol', Protocol ?? ''],
        ]),
      );
    }
  }
  return parsed(ports);
};

/** The original sorts a range's ports as texts. */
function portName({ TargetPort, Protocol }: { TargetPort?: number; Protocol?: string }): string {
  return `${TargetPort}/${Protocol}`;
}
