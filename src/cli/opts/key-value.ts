/**
 * `KEY=value` texts: environment variables, labels, options of drivers.
 * Source: `cli: opts/env.go`, `opts.go` (`ValidateLabel`), `parse.go`, `pkg/kvfile`.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from './cut.ts';

/** An environment variable: only its name must not be empty. */
export function parseEnv(text: string): ParseResult<string> {
  return cut(text, '=').head === '' ? unparsable(`invalid environment variable: ${text}`) : parsed(text);
}

/** A variable without `=` gets its value from the shell's environment; without one there it stays a bare name. */
export function withInheritedValue(variable: string, env: ReadonlyMap<string, string>): string {
  const inherited = variable.includes('=') ? undefined : env.get(variable);
  return inherited === undefined ? variable : `${variable}=${inherited}`;
}

/** A label: its name is not empty and has no blanks. */
export function parseLabel(text: string): ParseResult<string> {
  const name = cut(text, '=').head.replace(/^[ \t]+/, '');
  if (name === '') return unparsable(`invalid label '${text}': empty name`);
  return /[ \t]/.test(name) ? unparsable(`label '${name}' contains whitespaces`) : parsed(text);
}

/** `["a=1", "b"]` as `{ a: "1", b: "" }`, names sorted as Go prints maps. */
export function toRecord(pairs: readonly string[]): Record<string, string> {
  const record = new Map<string, string>();
  for (const pair of pairs) {
    const { head, rest } = cut(pair, '=');
    record.set(head, rest ?? '');
  }
  return sortedRecord(record);
}

/** A record whose keys are in byte order, as Go's JSON writes maps. */
export function sortedRecord(entries: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Lines of an `--env-file`: comments and empty lines skipped, bare names looked up in `env`. */
export function parseEnvFile(name: string, text: string, env: ReadonlyMap<string, string>): ParseResult<string[]> {
  const variables: string[] = [];
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    const line = raw.replace(/\r$/, '').replace(/^\s+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const { head, rest } = cut(line, '=');
    if (head === '') return unparsable(`invalid env file (${name}): no variable name on line '${line}'`);
    if (/\s/.test(head)) return unparsable(`invalid env file (${name}): variable '${head}' contains whitespaces`);
    const inherited = env.get(head);
    if (rest !== null) variables.push(line);
    else if (inherited !== undefined) variables.push(`${head}=${inherited}`);
  }
  return parsed(variables);
}
