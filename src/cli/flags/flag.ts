/**
 * A flag of a command: its spellings, how its text becomes a value, what the help says of it.
 * Flags are constants beside their command; what was given on one command line is in `ParsedFlags`.
 * Source: `spf13/pflag: flag.go` (`Flag`, `Value`).
 */
import { type ParseResult, parsed, unparsable } from '../../go-template/parse-result.ts';

/** A flag's value made from text; what is wrong with it follows `invalid argument "x" for "--flag" flag: `. */
export { type ParseResult, parsed, unparsable };

/** Turns one text into a value. */
export type Parse<T> = (text: string) => ParseResult<T>;

/** One flag. */
export interface Flag<T> {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without dash. */
  readonly shorthand?: string;
  /** Word for the value in the help: `string`, `list`, `duration`; empty for switches. */
  readonly valueWord: string;
  readonly description: string;
  /** Value when the flag is not given. */
  readonly default: T;
  /** As the help shows it in `(default ...)`, quotes included; empty = not shown. */
  readonly defaultText: string;
  /** What the flag means without a value (`true` for switches); absent = a value must follow. */
  readonly noValueText?: string;
  /** Not shown in the help. */
  readonly hidden?: boolean;
  /** Values offered by Tab completion. */
  readonly values?: readonly string[];
  /** Takes one occurrence. `previous` is what earlier occurrences made, undefined for the first: lists append to it. */
  accept(text: string, previous: T | undefined): ParseResult<T>;
}

/** What every kind of flag can be given when it is declared. */
export interface FlagOptions<T> {
  name: string;
  shorthand?: string;
  description: string;
  default?: T;
  /** Overrides what the help shows in `(default ...)`. */
  defaultText?: string;
  hidden?: boolean;
  values?: readonly string[];
}

/** A flag whose last occurrence counts, with the value type's own word and parser: the way to add value types. */
export function valueFlag<T>(options: FlagOptions<T> & { valueWord: string; default: T; parse: Parse<T> }): Flag<T> {
  const { parse, ...rest } = options;
  return { defaultText: '', ...rest, accept: (text) => parse(text) };
}

/** A flag that can be repeated; every occurrence adds one item. The order is that of the command line. */
export function listFlag<T>(
  options: FlagOptions<readonly T[]> & { valueWord?: string; parse: Parse<T> },
): Flag<readonly T[]> {
  const { parse, ...rest } = options;
  return {
    valueWord: 'list',
    defaultText: '',
    default: [],
    ...rest,
    accept(text, previous) {
      const item = parse(text);
      return item.ok ? parsed([...(previous ?? []), item.value]) : item;
    },
  };
}
