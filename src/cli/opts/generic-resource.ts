/**
 * Resources that only their users understand: `gpu=2`.
 * Source: `cli: cli/command/service/generic_resource_opts.go`, `swarmkit: api/genericresource/parse.go`.
 */
import type { GenericResource } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from './cut.ts';
import { parseDecimalInt } from './go-number.ts';

/** The check that the flag makes at once; the rest is found when the service is put together. */
export function checkGenericResource(text: string): ParseResult<string> {
  if (text.includes('=')) return parsed(text);
  return unparsable(`invalid generic-resource format \`${text}\` expected \`name=value\``);
}

/** Reads all that were given; services can ask only for counts. */
export function parseGenericResources(texts: string[]): ParseResult<GenericResource[]> {
  const resources: GenericResource[] = [];
  for (const text of texts) {
    const resource = parseOne(text);
    if (!resource.ok) return resource;
    resources.push(resource.value);
  }
  return parsed(resources);
}

function parseOne(text: string): ParseResult<GenericResource> {
  const malformed = 'invalid generic resource specification: could not parse GenericResource:';
  const { head: kind, rest } = cut(text, '=');
  const value = rest ?? '';
  if (value.includes('=') || kind === '' || value === '') {
    return unparsable(`${malformed} incorrect term ${text}, missing '=' or malformed expression`);
  }
  const count = parseDecimalInt(value);
  if (!count.ok) {
    return unparsable(
      `invalid generic-resource request \`${kind}=${value}\`, Named Generic Resources is not supported for service create or update`,
    );
  }
  if (count.value < 0) return unparsable(`${malformed} cannot ask for negative resource ${kind}`);
  return parsed({ DiscreteResourceSpec: { Kind: kind, Value: count.value } });
}
