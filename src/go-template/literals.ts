/**
 * Constants in templates: quoted strings, raw strings, characters, numbers with Go's prefixes.
 * Source: Go `strconv: quote.go` (`Unquote`), `text/template/parse: node.go` (`newNumber`).
 */

import { parseFloat64, parseInteger, quote } from './go-strconv.ts';
import { type ParseResult, parsed, unparsable } from './parse-result.ts';

const simpleEscapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text of a Go string or character constant, quotes included in `source`; null if an escape is wrong. */
export function unquote(source: string): string | null {
  const body = source.slice(1, -1);
  if (source.startsWith('`')) return body.replaceAll('\r', '');
  let good = true;
  const text = body.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|.)/gs, (_all, code: string) => {
    const simple = simpleEscapes[code];
    if (simple !== undefined) return simple;
    if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8));
    good = false;
    return '';
  });
  return good ? text : null;
}

/** A number constant: an `int` unless it has a fraction or an exponent. */
export function parseNumber(text: string): ParseResult<{ value: number; isInt: boolean }> {
  if (text.startsWith("'")) {
    const character = unquote(text);
    if (character === null || [...character].length !== 1) return unparsable(`malformed character constant: ${text}`);
    return parsed({ value: character.codePointAt(0)!, isInt: true });
  }
  const whole = parseInteger(text);
  if (whole.ok) return parsed({ value: whole.value, isInt: true });
  const decimal = parseFloat64(text);
  if (!decimal.ok || !/[.eE]/.test(text)) return unparsable(`bad number syntax: ${quote(text)}`);
  return parsed({ value: decimal.value, isInt: false });
}
