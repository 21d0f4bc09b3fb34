/**
 * Networks of a service: short `backend`, long `name=backend,alias=db,driver-opt=key=value`.
 * Source: `cli: opts/network.go`; errors checked against the real client. Addresses are read and, for services, not sent.
 */
import type { NetworkAttachmentConfig } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseCsv } from './csv.ts';
import { cut } from './cut.ts';
import { parseDecimalInt } from './go-number.ts';

/** Reads one `--network`; `Target` is the name or ID as typed. */
export function parseNetworkAttachment(text: string): ParseResult<NetworkAttachmentConfig> {
  if (!/\w+=\w+/.test(text)) return parsed({ Target: text });
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const attachment: NetworkAttachmentConfig = {};
  for (const field of fields.value) {
    const problem = setField(attachment, field);
    if (problem !== null) return unparsable(problem);
  }
  return attachment.Target ? parsed(attachment) : unparsable('network name/id is not specified');
}

function setField(attachment: NetworkAttachmentConfig, field: string): string | null {
  const { head, rest } = cut(field.toLowerCase(), '=');
  if (rest === null || head === '') return `invalid field ${field}`;
  const [key, value] = [head.trim(), rest.trim()];
  switch (key) {
    case 'name':
      attachment.Target = value;
      return null;
    case 'alias':
      attachment.Aliases = [...(attachment.Aliases ?? []), value];
      return null;
    case 'driver-opt': {
      const option = cut(value, '=');
      if (option.rest === null || option.head === '') return 'invalid key value pair format in driver options';
      attachment.DriverOpts = { ...attachment.DriverOpts, [option.head.trim()]: option.rest.trim() };
      return null;
    }
    case 'gw-priority': {
      const priority = parseDecimalInt(value);
      return priority.ok ? null : `invalid gw-priority (${value}): ${priority.message.replace(/^.*: /, '')}`;
    }
    case 'ip':
    case 'ip6':
    case 'mac-address':
    case 'link-local-ip':
      return null;
    default:
      return `invalid field key ${key}`;
  }
}
