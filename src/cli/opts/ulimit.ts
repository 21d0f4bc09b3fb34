/** Limits of processes: `nofile=1024:2048`. Source: `go-units: ulimit.go`; errors checked against the real client. */

import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from './cut.ts';
import { parseDecimalInt } from './go-number.ts';

/** A limit with its soft and hard value; -1 = unlimited. */
export interface Ulimit {
  Name: string;
  Hard: number;
  Soft: number;
}

const NAMES = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '),
);

/** Reads one `--ulimit`. A single value is both soft and hard. */
export function parseUlimit(text: string): ParseResult<Ulimit> {
  const { head: name, rest: limits } = cut(text, '=');
  if (limits === null) return unparsable(`invalid ulimit argument: ${text}`);
  if (!NAMES.has(name)) return unparsable(`invalid ulimit type: ${name}`);
  const values = limits.split(':');
  if (values.length > 2) {
    return unparsable(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  }
  const hard = values.length === 2 ? parseDecimalInt(values[1]!) : null;
  if (hard !== null && !hard.ok) return hard;
  const soft = parseDecimalInt(values[0]!);
  if (!soft.ok) return soft;
  return ordered({ Name: name, Hard: hard === null ? soft.value : hard.value, Soft: soft.value });
}

function ordered(limit: Ulimit): ParseResult<Ulimit> {
  const rule = 'ulimit soft limit must be less than or equal to hard limit:';
  if (limit.Hard === -1) return parsed(limit);
  if (limit.Soft === -1) return unparsable(`${rule} soft: -1 (unlimited), hard: ${limit.Hard}`);
  return limit.Soft > limit.Hard ? unparsable(`${rule} ${limit.Soft} > ${limit.Hard}`) : parsed(limit);
}
