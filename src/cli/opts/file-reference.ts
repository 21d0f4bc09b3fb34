/**
 * Secrets and configs that a service gets as files: short `db-password`, long `source=db-password,target=pw,mode=0400`.
 * Source: `cli: opts/swarmopts/secret.go`, `config.go`; errors checked against the real client.
 */

import { parseUint } from '../../go-template/go-strconv.ts';
import type { FileTarget } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseCsv } from './csv.ts';
import { cut } from './cut.ts';

/** A named secret or config and the file it becomes. */
export interface FileReference {
  source: string;
  file: FileTarget;
}

/** Reads one `--secret` or `--config`. */
export function parseFileReference(text: string, kind: 'secret' | 'config'): ParseResult<FileReference> {
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const reference: FileReference = { source: '', file: { Name: '', UID: '0', GID: '0', Mode: 0o444 } };
  const first = fields.value[0]!;
  if (fields.value.length === 1 && !first.includes('=')) {
    return parsed({ source: first, file: { ...reference.file, Name: first } });
  }
  for (const field of fields.value) {
    const problem = setField(reference, field, kind);
    if (problem !== null) return unparsable(problem);
  }
  if (reference.source === '') return unparsable('source is required');
  if (reference.file.Name === '') reference.file.Name = reference.source;
  return parsed(reference);
}

function setField(reference: FileReference, field: string, kind: string): string | null {
  const { head: key, rest: value } = cut(field, '=');
  if (value === null || key === '') return `invalid field '${field}' must be a key=value pair`;
  switch (key.toLowerCase()) {
    case 'source':
    case 'src':
      reference.source = value;
      return null;
    case 'target':
      reference.file.Name = value;
      return null;
    case 'uid':
      reference.file.UID = value;
      return null;
    case 'gid':
      reference.file.GID = value;
      return null;
    case 'mode': {
      const mode = parseUint(value, 32);
      if (!mode.ok) return `invalid mode specified: ${mode.message}`;
      reference.file.Mode = mode.value;
      return null;
    }
    default:
      return `invalid field in ${kind} request: ${key}`;
  }
}
