/**
 * The everyday flags: switches, texts, numbers, lists, maps, `--filter`.
 * Words and defaults are shown as pflag and docker's option types show them (`string`, `uint`, `list`, `filter`, `map`).
 * Source: `spf13/pflag: bool.go, string.go, uint.go, int.go, string_array.go, string_slice.go`, `docker/cli: opts/opts.go`.
 */

import { formatDuration, parseDuration } from '../../go-template/go-duration.ts';
import { parseBool, parseInteger, parseUint, quote } from '../../go-template/go-strconv.ts';
import { type Flag, type FlagOptions, listFlag, parsed, unparsable, valueFlag } from './flag.ts';

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
  const defaultText = standard === '' ? '' : quote(standard);
  return valueFlag({ defaultText, ...options, default: standard, valueWord: 'string', parse: parsed });
}

/** A whole number, 64 bits, signed. */
export function intFlag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('int', parseInteger, options);
}

/** A whole number, not negative, 64 bits. */
export function uintFlag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('uint', parseUint, options);
}

/** A whole number, not negative, 32 bits. */
export function uint32Flag(options: FlagOptions<number>): Flag<number> {
  return numberFlag('uint32', (text) => parseUint(text, 32), options);
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
      const { name, value } = splitPair(text);
      return parsed({ ...previous, [name]: value });
    },
  };
}

/** Conditions of `--filter`: for each key the values given, in order. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** `--filter name=value`, repeatable. */
export function filterFlag(options: Partial<FlagOptions<Filters>> = {}): Flag<Filters> {
  return {
    name: 'filter',
    shorthand: 'f',
    valueWord: 'filter',
    description: 'Show only what meets the conditions given',
    defaultText: '',
    default: {},
    ...options,
    accept(text, previous) {
      if (text === '') return parsed(previous ?? {});
      if (!text.includes('=')) return unparsable('bad format of filter (expected name=value)');
      const { name, value } = splitPair(text);
      const key = name.trim().toLowerCase();
      const values = previous?.[key] ?? [];
      return parsed({ ...previous, [key]: values.includes(value.trim()) ? values : [...values, value.trim()] });
    },
  };
}

/** The parts of `name=value` around the first `=`. */
function splitPair(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** A duration, in nanoseconds. */
export function durationFlag(options: FlagOptions<number>): Flag<number> {
  const standard = options.default ?? 0;
  const defaultText = standard === 0 ? '' : formatDuration(standard);
  return valueFlag({ defaultText, ...options, default: standard, valueWord: 'duration', parse: parseDuration });
}

function numberFlag(
  valueWord: string,
  parse: (text: string) => ReturnType<typeof parseUint>,
  options: FlagOptions<number>,
): Flag<number> {
  const standard = options.default ?? 0;
  return valueFlag({
    defaultText: standard === 0 ? '' : String(standard),
    ...options,
    default: standard,
    valueWord,
    parse: (text) => parse(text),
  });
}
