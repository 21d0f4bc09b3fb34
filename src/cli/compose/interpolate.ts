/**
 * Fills in the variables of a whole stack file, and makes numbers and truth values of what they filled where the file
 * wants such. Source: `cli: cli/compose/interpolation/interpolation.go`, `cli/compose/loader/interpolate.go`.
 */

import { parseFloat64, quote } from '../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseDecimalInt } from '../opts/go-number.ts';
import { type Lookup, substitute } from './substitute.ts';
import { isMapping, type Mapping, type Value } from './value.ts';

type Cast = (text: string) => ParseResult<Value>;

/** Paths whose texts become other kinds of values; `*` is any key, `[]` any item. */
const casts: readonly (readonly [string, Cast])[] = [
  ['services.*.configs.[].mode', toInt],
  ['services.*.secrets.[].mode', toInt],
  ['services.*.healthcheck.retries', toInt],
  ['services.*.healthcheck.disable', toBoolean],
  ['services.*.deploy.replicas', toInt],
  ['services.*.deploy.update_config.parallelism', toInt],
  ['services.*.deploy.update_config.max_failure_ratio', toFloat],
  ['services.*.deploy.rollback_config.parallelism', toInt],
  ['services.*.deploy.rollback_config.max_failure_ratio', toFloat],
  ['services.*.deploy.restart_policy.max_attempts', toInt],
  ['services.*.deploy.placement.max_replicas_per_node', toInt],
  ['services.*.ports.[].target', toInt],
  ['services.*.ports.[].published', toInt],
  ['services.*.ulimits.*', toInt],
  ['services.*.ulimits.*.hard', toInt],
  ['services.*.ulimits.*.soft', toInt],
  ['services.*.privileged', toBoolean],
  ['services.*.oom_score_adj', toInt],
  ['services.*.read_only', toBoolean],
  ['services.*.stdin_open', toBoolean],
  ['services.*.tty', toBoolean],
  ['services.*.volumes.[].read_only', toBoolean],
  ['services.*.volumes.[].volume.nocopy', toBoolean],
  ['networks.*.external', toBoolean],
  ['networks.*.internal', toBoolean],
  ['networks.*.attachable', toBoolean],
  ['volumes.*.external', toBoolean],
  ['secrets.*.external', toBoolean],
  ['configs.*.external', toBoolean],
];

/** The file with its variables filled in; the message names the place of the first that cannot be. */
export function interpolate(config: Mapping, lookup: Lookup): ParseResult<Mapping> {
  const result = new Map<string, Value>();
  for (const [key, value] of config) {
    const filled = interpolateValue(value, key, lookup);
    if (!filled.ok) return filled;
    result.set(key, filled.value);
  }
  return parsed(result);
}

function interpolateValue(value: Value, path: string, lookup: Lookup): ParseResult<Value> {
  if (typeof value === 'string') return interpolateText(value, path, lookup);
  if (Array.isArray(value)) {
    const items: Value[] = [];
    for (const item of value) {
      const filled = interpolateValue(item, `${path}.[]`, lookup);
      if (!filled.ok) return filled;
      items.push(filled.value);
    }
    return parsed(items);
  }
  if (!isMapping(value)) return parsed(value);
  const entries = new Map<string, Value>();
  for (const [key, item] of value) {
    const filled = interpolateValue(item, `${path}.${key}`, lookup);
    if (!filled.ok) return filled;
    entries.set(key, filled.value);
  }
  return parsed(entries);
}

function interpolateText(text: string, path: string, lookup: Lookup): ParseResult<Value> {
  const filled = substitute(text, lookup);
  if (!filled.ok) {
    return unparsable(
      `invalid interpolation format for ${path}: ${quote(filled.message)}; you may need to escape any $ with another $`,
    );
  }
  const cast = filled.value === text ? undefined : castFor(path);
  if (!cast) return filled;
  const value = cast(filled.value);
  if (value.ok) return value;
  return unparsable(`error while interpolating ${path}: failed to cast to expected type: ${value.message}`);
}

function castFor(path: string): Cast | undefined {
  const parts = path.split('.');
  return casts.find(([pattern]) => {
    const wanted = pattern.split('.');
    return wanted.length === parts.length && wanted.every((part, at) => part === '*' || part === parts[at]);
  })?.[1];
}

function toInt(text: string): ParseResult<Value> {
  const value = parseDecimalInt(text);
  if (value.ok) return parsed(BigInt(text.replace('+', '')));
  return unparsable(value.message.replace('strconv.ParseInt', 'strconv.Atoi'));
}

function toFloat(text: string): ParseResult<Value> {
  return parseFloat64(text);
}

function toBoolean(text: string): ParseResult<Value> {
  if (/^(y|yes|true|on)$/i.test(text)) return parsed(true);
  if (/^(n|no|false|off)$/i.test(text)) return parsed(false);
  return unparsable(`invalid boolean: ${text}`);
}
