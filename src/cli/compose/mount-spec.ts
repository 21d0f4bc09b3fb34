/**
 * The short form of a service's volumes: `name:/path:ro`, `./here:/there`, `/only/there`.
 * Source: `cli: cli/compose/loader/volume.go, windows_path.go`.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import type { Mapping, Value } from './value.ts';

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);

/** The long form of a text. */
export function parseMountSpec(spec: string): ParseResult<Mapping> {
  if (spec === '') return unparsable('invalid empty volume spec');
  if (spec.length <= 2) return parsed(mount({ target: spec, type: 'volume' }));
  const fields = splitSpec(spec);
  const problem = problemWith(fields);
  if (problem !== null) return unparsable(`invalid spec: ${spec}: ${problem}`);
  const [source, target, ...options] = fields;
  if (target === undefined) return parsed(mount({ type: 'volume', target: source! }));
  return parsed(
    mount({ type: isFilePath(source!) ? 'bind' : 'volume', source: source!, target, ...optionsOf(options) }),
  );
}

/** At colons, but not at that of a drive (`C:\data`). */
function splitSpec(spec: string): string[] {
  const fields: string[] = [];
  let field = '';
  for (const character of spec) {
    if (character !== ':' || isDriveLetter(field)) field += character;
    else {
      fields.push(field);
      field = '';
    }
  }
  return [...fields, field];
}

function problemWith(fields: readonly string[]): string | null {
  for (const [at, field] of fields.entries()) {
    if (field === '') return 'empty section between colons';
    if (at === 2 && fields.length > 3) return 'too many colons';
  }
  return null;
}

function isDriveLetter(text: string): boolean {
  return /^\p{L}$/u.test(text);
}

function isFilePath(source: string): boolean {
  if (/^[./~]/.test(source) || source.startsWith('\\\\')) return true;
  const [first = '', second] = [...source];
  return second === ':' && isDriveLetter(first);
}

/** Unknown options are passed over. */
function optionsOf(fields: readonly string[]): Record<string, Value> {
  const options: Record<string, Value> = {};
  for (const option of fields.join(',').split(',')) {
    if (option === 'ro') options.read_only = true;
    else if (option === 'rw') options.read_only = false;
    else if (option === 'nocopy') options.volume = mount({ nocopy: true });
    else if (propagations.has(option)) options.bind = mount({ propagation: option });
  }
  return options;
}

function mount(fields: Readonly<Record<string, Value>>): Mapping {
  return new Map(Object.entries(fields));
}

/** Is it an absolute path of Windows: a drive or a share, then a slash? */
export function isWindowsAbsolute(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]/.test(path);
}
