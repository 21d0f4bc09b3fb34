/**
 * The everyday flags: switches, texts, numbers, lists, maps, `--filter`.
 * Words and defaults are shown as pflag and docker's option types show them (`string`, `uint`, `list`, `filter`, `map`).
 * Source: `spf13/pflag: bool.go, string.go, uint.go, int.go, string_array.go, string_slice.go`, `docker/cli: opts/opts.go`.
 */
import { formatDuration, parseDuration } from '../opts/duration.ts';
import { type Filters, parseFilter, withFilter } from '../opts/filter.ts';
import { goQuote, parseBool, parseFloat64, parseInt64, parseUint } from '../opts/go-number.ts';
import { cut, type Parser, parsed } from '../opts/parsed.ts';
import { type Flag, type FlagOptions, listFlag, valueFlag } from './flag.ts';

/** A switch: `--quiet`, `--quiet=false`. */
export function boolFlag(options: FlagOptions<boolean>): Flag<boolean> {
  const standard = options.default ?? false;
  return {
    noValueText: 'true',
    ...valueFlag({
      defaultText: standard ? 'true' : '',
      ...options,
      default: standard,
      valueWord: '',
      parse: parseBool,
    }),
  };
}

/** A text. */
export function stringFlag(options: FlagOptions<string>): Flag<string> {
  const standard = options.default ?? '';
  const defaultText = standard === '' ? '' : goQuote(standard);
  return valueFlag({ defaultText, ...options, default: standard, valueWord: 'string', parse: parsed });
}

/** A whole number, 64 bits, signed. */
export function intFlag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('int', (text) => parseInt64(text, 0), options);
}

/** A whole number, not negative, 64 bits. */
export function uintFlag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('uint', (text) => parseUint(text, 0), options);
}

/** A whole number, not negative, 32 bits. */
export function uint32Flag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('uint32', (text) => parseUint(text, 0, 32), options);
}

/** A number not negative that is distinct from 0 when absent (`--replicas`). */
export function optionalUintFlag(options: FlagOptions<number | null>): Flag<number | null> {
  return valueFlag<number | null>({
    ...options,
    default: options.default ?? null,
    valueWord: 'uint',
    parse: (text) => parseUint(text),
  });
}

/** A decimal number. */
export function floatFlag(options: FlagOptions<number> & { valueWord?: string }): Flag<number> {
  return numberFlag(options.valueWord ?? 'float', (text) => parseFloat64(text), options);
}

/** Texts, one for each occurrence, commas and all. */
export function stringListFlag(
  options: FlagOptions<readonly string[]> & { valueWord?: string },
): Flag<readonly string[]> {
  return listFlag({ ...options, parse: parsed });
}

/** Texts separated by commas, in one or several occurrences (pflag's `strings`). */
export function commaListFlag(options: FlagOptions<readonly string[]>): Flag<readonly string[]> {
  return {
    valueWord: 'strings',
    defaultText: '',
    default: [],
    ...options,
    accept: (text, previous) => parsed([...(previous ?? []), ...text.split(',')]),
  };
}

/** `name=value` pairs; a name alone has an empty value, a later pair replaces an earlier one (docker's `map`). */
export function mapFlag(
  options: FlagOptions<Readonly<Record<string, string>>>,
): Flag<Readonly<Record<string, string>>> {
  return {
    valueWord: 'map',
    defaultText: 'map[]',
    default: {},
    ...options,
    accept(text, previous) {
      const { head, rest } = cut(text, '=');
      return parsed({ ...previous, [head]: rest ?? '' });
    },
  };
}

/** `--filter name=value`, repeatable. */
export function filterFlag(options: Partial<FlagOptions<Filters>> = {}): Flag<Filters> {
  return {
    name: 'filter',
    shorthand: 'f',
    valueWord: 'filter',
    description: 'Show only what meets the conditions given',
    defaultText: '',
    default: new Map(),
    ...options,
    accept(text, previous) {
      const filters = previous ?? new Map();
      const one = parseFilter(text);
      if (!one.ok) return one;
      return parsed(one.value ? withFilter(filters, one.value.name, one.value.value) : filters);
    },
  };
}

/** A duration, in nanoseconds. */
export function durationFlag(options: FlagOptions<number>): Flag<number> {
  const standard = options.default ?? 0;
  const defaultText = standard === 0 ? '' : formatDuration(standard);
  return valueFlag({ defaultText, ...options, default: standard, valueWord: 'duration', parse: parseDuration });
}

function numberFlag(valueWord: string, parse: Parser<number>, options: FlagOptions<number>): Flag<number> {
  const standard = options.default ?? 0;
  return valueFlag({
    defaultText: standard === 0 ? '' : String(standard),
    ...options,
    default: standard,
    valueWord,
    parse,
  });
}
