/**
 * Go's `fmt.Sprintf`: verbs with flags, width and precision, and its complaints (`%!d(string=hi)`, `%!s(MISSING)`).
 * Source: Go `fmt: print.go, format.go`.
 */

import { printFloat, printValue } from './go-print.ts';
import { quote } from './go-strconv.ts';
import { elementsOf, entriesOf, fieldValue, type GoValue, type MaybeValue, stringValue, typeName } from './go-value.ts';

/** A verb with what stands between it and the percent sign. */
interface Verb {
  letter: string;
  flags: string;
  width: number | null;
  precision: number | null;
}

/** `fmt.Sprintf(format, args...)`. */
export function sprintf(format: string, args: readonly MaybeValue[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.?)/gsu,
    (_all, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      const size = (written: string | undefined): number | null =>
        written === undefined ? null : written === '*' ? Number(args[next++]?.value ?? 0) : Number(written);
      const verb: Verb = { letter, flags, width: size(width), precision: size(precision) };
      if (letter === '') return '%!(NOVERB)';
      if (letter === '%') return '%';
      return next < args.length ? formatVerb(verb, args[next++] ?? null) : `%!${letter}(MISSING)`;
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((arg) => (arg ? `${typeName(arg.type)}=${printValue(arg)}` : '<nil>'));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: Verb, arg: MaybeValue): string {
  if (verb.letter === 'T') return padText(verb, arg ? typeName(arg.type) : '<nil>');
  if (verb.letter === 'v') return padText(verb, formatDefault(verb, arg));
  if (!arg) return `%!${verb.letter}(<nil>)`;
  const composite = formatComposite(verb, arg);
  if (composite !== null) return composite;
  const body = formatBasic(verb, arg);
  if (body === null) return `%!${verb.letter}(${typeName(arg.type)}=${printValue(arg)})`;
  return padText(verb, body);
}

/** Lists, maps and structs: the verb goes to each element. */
function formatComposite(verb: Verb, arg: GoValue): string | null {
  const format = (value: GoValue) => formatVerb(verb, value);
  if (arg.type.kind === 'slice') return `[${elementsOf(arg).map(format).join(' ')}]`;
  if (arg.type.kind === 'map') {
    const entries = entriesOf(arg).map(({ key, value }) => `${format(stringValue(key))}:${format(value)}`);
    return `map[${entries.join(' ')}]`;
  }
  if (arg.type.kind !== 'struct' || arg.type.print) return null;
  return `{${arg.type.fields.map((field) => format(fieldValue(arg, field))).join(' ')}}`;
}

function formatDefault(verb: Verb, arg: MaybeValue): string {
  if (verb.flags.includes('#') && arg?.type.kind === 'string') return quote(String(arg.value));
  return printValue(arg, { fieldNames: verb.flags.includes('+') });
}

/** The text for a verb on a value; null if the verb does not suit it. */
function formatBasic(verb: Verb, arg: GoValue): string | null {
  const { kind } = arg.type;
  if (verb.letter === 's') return formatText(verb, arg);
  if (verb.letter === 't') return kind === 'bool' ? String(arg.value) : null;
  if (kind === 'string') return formatString(verb, String(arg.value));
  if (kind === 'int' || kind === 'uint') return formatInteger(verb, Number(arg.value));
  return kind === 'float' ? formatFloat(verb, Number(arg.value)) : null;
}

function formatText(verb: Verb, arg: GoValue): string | null {
  const printer = 'print' in arg.type && arg.type.print;
  if (['int', 'uint', 'float', 'bool'].includes(arg.type.kind) && !printer) return null;
  const text = printValue(arg);
  return verb.precision === null ? text : [...text].slice(0, verb.precision).join('');
}

function formatString(verb: Verb, value: string): string | null {
  if (verb.letter === 'q') return verb.flags.includes('#') && !value.includes('`') ? `\`${value}\`` : quote(value);
  if (verb.letter !== 'x' && verb.letter !== 'X') return null;
  const hex = [...utf8(value)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(verb.flags.includes(' ') ? ' ' : '');
  return verb.letter === 'X' ? hex.toUpperCase() : hex;
}

function formatInteger(verb: Verb, value: number): string | null {
  const bases: Record<string, number> = { d: 10, b: 2, o: 8, x: 16, X: 16 };
  const prefixes: Record<string, string> = { b: '0b', o: '0', x: '0x', X: '0X' };
  const base = bases[verb.letter];
  if (base !== undefined) {
    const digits = Math.abs(value)
      .toString(base)
      .padStart(verb.precision ?? 0, '0');
    const prefix = verb.flags.includes('#') ? (prefixes[verb.letter] ?? '') : '';
    return signed(verb, value, prefix + (verb.letter === 'X' ? digits.toUpperCase() : digits));
  }
  if (verb.letter === 'c') return String.fromCodePoint(value);
  if (verb.letter === 'q') return `'${String.fromCodePoint(value)}'`;
  return verb.letter === 'U' ? `U+${value.toString(16).toUpperCase().padStart(4, '0')}` : null;
}

function formatFloat(verb: Verb, value: number): string | null {
  const magnitude = Math.abs(value);
  switch (verb.letter) {
    case 'f':
    case 'F':
      return signed(verb, value, magnitude.toFixed(verb.precision ?? 6));
    case 'e':
    case 'E': {
      const text = magnitude.toExponential(verb.precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
      return signed(verb, value, verb.letter === 'E' ? text.toUpperCase() : text);
    }
    case 'g':
    case 'G':
      return signed(
        verb,
        value,
        verb.precision === null ? printFloat(magnitude) : String(Number(magnitude.toPrecision(verb.precision || 1))),
      );
    default:
      return null;
  }
}

function signed(verb: Verb, value: number, digits: string): string {
  const sign = value < 0 ? '-' : verb.flags.includes('+') ? '+' : verb.flags.includes(' ') ? ' ' : '';
  const width = verb.width ?? 0;
  const zeros =
    verb.flags.includes('0') && !verb.flags.includes('-') ? Math.max(0, width - sign.length - digits.length) : 0;
  return sign + '0'.repeat(zeros) + digits;
}

function padText(verb: Verb, text: string): string {
  const missing = Math.max(0, (verb.width ?? 0) - [...text].length);
  return verb.flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** Bytes of a text in UTF-8. */
function utf8(text: string): number[] {
  return [...unescapePercent(encodeURIComponent(text))].map((character) => character.charCodeAt(0));
}

function unescapePercent(text: string): string {
  return text.replace(/%([\dA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
