/**
 * Environment variables of a container: files first, then `--env`, later ones replacing earlier ones of the same name.
 * Source: `cli: cli/command/service/opts.go` (`makeEnv`), `opts/parse.go`.
 */
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { cut } from '../../opts/cut.ts';
import { parseEnvFile, withInheritedValue } from '../../opts/key-value.ts';
import type { Process } from '../../process.ts';

/** All variables of a new service, none twice. */
export function readEnvironment(
  process: Process,
  files: readonly string[],
  variables: readonly string[],
): ParseResult<string[]> {
  const read = readVariables(process, files, variables);
  return read.ok ? parsed(lastOfEach(read.value)) : read;
}

/** Variables of files and flags, as they come. */
export function readVariables(
  process: Process,
  files: readonly string[],
  variables: readonly string[],
): ParseResult<string[]> {
  const all: string[] = [];
  for (const name of files) {
    const text = process.host.files.read(name.startsWith('/') ? name : `${process.cwd.replace(/\/$/, '')}/${name}`);
    if (text === null) return unparsable(`open ${name}: no such file or directory`);
    const lines = parseEnvFile(name, text, process.env);
    if (!lines.ok) return lines;
    all.push(...lines.value);
  }
  all.push(...variables.map((variable) => withInheritedValue(variable, process.env)));
  return parsed(all);
}

/** A later variable removes earlier ones of its name, but not an equal one: as the original does it. */
function lastOfEach(variables: string[]): string[] {
  const kept: string[] = [];
  for (const variable of variables) {
    const name = cut(variable, '=').head;
    for (let at = kept.length - 1; at >= 0; at--) {
      if (kept[at] !== variable && kept[at]!.startsWith(`${name}=`)) kept.splice(at, 1);
    }
    kept.push(variable);
  }
  return kept;
}
