/** Credential specs of Windows services: read and sent, never used. Source: `cli: cli/command/service/opts.go`. */
import type { CredentialSpec } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

const none: CredentialSpec = { Config: '', File: '', Registry: '' };

/** No spec: what `--credential-spec ""` says. */
export function isNoCredentialSpec(spec: CredentialSpec): boolean {
  return spec.Config === '' && spec.File === '' && spec.Registry === '';
}

/** Reads `--credential-spec`; an empty text takes the spec away. */
export function parseCredentialSpec(text: string): ParseResult<CredentialSpec> {
  const after = (prefix: string): string | null => (text.startsWith(prefix) ? text.slice(prefix.length) : null);
  const [config, file, registry] = [after('config://'), after('file://'), after('registry://')];
  if (config !== null) return parsed({ ...none, Config: config });
  if (file !== null) return parsed({ ...none, File: file });
  if (registry !== null) return parsed({ ...none, Registry: registry });
  if (text === '') return parsed(none);
  return unparsable('invalid credential spec: value must be prefixed with "config://", "file://", or "registry://"');
}
