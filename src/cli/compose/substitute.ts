/**
 * Variables in the texts of a stack file: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?complaint}`,
 * `${NAME?complaint}`, and `$$` for a dollar sign. Source: `cli: cli/compose/template/template.go`.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

/** Looks up a variable; undefined if there is none. */
export type Lookup = (name: string) => string | undefined;

const variable = /\$(?:(\$)|([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)|\{([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)\}|)/gi;

/** The text with its variables filled in; the message is the text that is wrong, or the complaint of a missing variable. */
export function substitute(text: string, lookup: Lookup): ParseResult<string> {
  let problem: string | null = null;
  const result = text.replace(variable, (_match, dollar?: string, named?: string, braced?: string) => {
    if (dollar !== undefined) return dollar;
    const substitution = named ?? braced;
    if (substitution === undefined) {
      problem = text;
      return '';
    }
    const value = filledIn(substitution, lookup);
    // As in the original, a later good variable forgets the complaint about an earlier one.
    problem = value.ok ? null : value.message;
    return value.ok ? value.value : '';
  });
  return problem === null ? parsed(result) : unparsable(problem);
}

/** The separators in the order in which the original tries them. */
const separators = [':-', '-', ':?', '?'] as const;

function filledIn(substitution: string, lookup: Lookup): ParseResult<string> {
  const separator = separators.find((sign) => substitution.includes(sign));
  if (separator === undefined) return parsed(lookup(substitution) ?? '');
  const at = substitution.indexOf(separator);
  const [name, rest] = [substitution.slice(0, at), substitution.slice(at + separator.length)];
  const value = lookup(name);
  const isMissing = value === undefined || (separator.startsWith(':') && value === '');
  if (!isMissing) return parsed(value);
  if (separator.endsWith('-')) return parsed(rest);
  return unparsable(`required variable ${name} is missing a value: ${rest}`);
}
