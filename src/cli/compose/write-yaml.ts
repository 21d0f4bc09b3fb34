/**
 * YAML as Go's encoder writes it, to the character: which texts need which quotes, how blocks are indented.
 * Source: `gopkg.in/yaml.v3: encode.go, emitterc.go, sorter.go`, with an indentation of two.
 */
import { utf8Bytes } from '../../protocol/base64.ts';
import { resolveScalar } from './resolve-scalar.ts';

/** A document: texts, scalars that are no texts as they are to be printed, lists, mappings in their order. */
export type Output = string | Bare | Output[] | Map<string, Output>;

/** A number, a truth value or `null`, printed as it is. */
export interface Bare {
  bare: string;
}

export function bare(text: string): Bare {
  return { bare: text };
}

/** The whole text, with a newline at its end. */
export function writeYaml(document: Output): string {
  const lines: string[] = [];
  if (isCollection(document) && !isEmpty(document)) block(lines, document, 0, '');
  else lines.push(inline(document, 0));
  return `${lines.join('\n')}\n`;
}

/** Orders keys of a mapping: numbers in them by value, letters after everything else. */
export function compareKeys(first: string, second: string): number {
  return isBefore(first, second) ? -1 : isBefore(second, first) ? 1 : 0;
}

function isCollection(value: Output): value is Output[] | Map<string, Output> {
  return Array.isArray(value) || value instanceof Map;
}

function isEmpty(value: Output[] | Map<string, Output>): boolean {
  return Array.isArray(value) ? value.length === 0 : value.size === 0;
}

/** Adds the lines of a collection that has entries; `lead` stands before the first of them instead of the margin. */
function block(lines: string[], value: Output[] | Map<string, Output>, indent: number, lead: string): void {
  const margin = ' '.repeat(indent);
  let before = lead;
  if (Array.isArray(value)) {
    for (const item of value) {
      entry(lines, `${before}-`, item, indent, true);
      before = margin;
    }
    return;
  }
  for (const [key, item] of value) {
    if (isSimpleKey(key)) entry(lines, `${before}${scalarText(key, indent)}:`, item, indent, false);
    else {
      entry(lines, `${before}?`, key, indent, true);
      entry(lines, `${margin}:`, item, indent, true);
    }
    before = margin;
  }
}

/** Long keys, and those of several lines, stand on lines of their own, after a question mark. */
function isSimpleKey(key: string): boolean {
  return !key.includes('\n') && (key.length < 30 || utf8Bytes(key).length <= 128);
}

/** `head` is `key:`, or an indicator such as `-`: what follows that begins on its line. */
function entry(lines: string[], head: string, value: Output, indent: number, followsIndicator: boolean): void {
  if (!isCollection(value) || isEmpty(value)) lines.push(`${head} ${inline(value, indent + 2)}`);
  else if (followsIndicator) block(lines, value, indent + 2, `${head} `);
  else {
    lines.push(head);
    block(lines, value, indent + 2, ' '.repeat(indent + 2));
  }
}

function inline(value: Output, indent: number): string {
  if (Array.isArray(value)) return '[]';
  if (value instanceof Map) return '{}';
  return typeof value === 'string' ? scalarText(value, indent) : value.bare;
}

const baseSixty = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const oldBoolean = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/** A text in the first style it can have: plain or literal, single quotes, double quotes. */
function scalarText(text: string, indent: number): string {
  const traits = traitsOf(text);
  if (text.includes('\n')) return traits.canBeLiteral ? literal(text, indent) : doubleQuoted(text);
  const isText = resolveScalar(text).tag === '!!str' && !baseSixty.test(text) && !oldBoolean.test(text);
  if (!isText) return doubleQuoted(text);
  if (traits.canBePlain) return text;
  return traits.canBeSingleQuoted ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

interface Traits {
  canBePlain: boolean;
  canBeSingleQuoted: boolean;
  canBeLiteral: boolean;
}

function traitsOf(text: string): Traits {
  const isSpecial = notPrintable.test(text);
  const hasSpaceBeforeBreak = / [\n\u2028\u2029]/.test(text);
  const hasSpaceAfterBreak = /[\n\u2028\u2029] /.test(text);
  const hasBreak = /[\n\u2028\u2029]/.test(text);
  const canBeSingleQuoted = !isSpecial && !text.includes('\t') && !hasSpaceBeforeBreak && !hasSpaceAfterBreak;
  const isBounded = !/^ | $/.test(text);
  return {
    canBePlain: canBeSingleQuoted && isBounded && !hasBreak && !hasIndicators(text),
    canBeSingleQuoted,
    canBeLiteral: !isSpecial && !hasSpaceBeforeBreak && !text.endsWith(' '),
  };
}

/** But for tabs, which only need quotes. */
const notPrintable = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

/** Signs that would mean something in a plain scalar. */
function hasIndicators(text: string): boolean {
  return /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))/.test(text) || /:(?:[ \t]|$)|[ \t]#/.test(text);
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0)!;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return true;
  return (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code < 0xfffe && code !== 0xfeff);
}

/** `|`, with what it says of the first line's blanks and of the last newlines; then the lines. */
function literal(text: string, indent: number): string {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  // The original writes no newline before a text that begins with one, and so loses it.
  const shown = text.replace(/^\n/, '').replace(/\n$/, '');
  const lines = text === '\n' ? [] : shown.split('\n');
  const margin = ' '.repeat(indent);
  return [`|${hint}${chomping}`, ...lines.map((line) => (line === '' ? '' : margin + line))].join('\n');
}

const escapes = new Map<number, string>([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function doubleQuoted(text: string): string {
  return `"${[...text].map(escaped).join('')}"`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const name = escapes.get(code);
  if (name !== undefined) return `\\${name}`;
  if (isPrintable(character)) return character;
  const [letter, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`;
}

/** `Less` of the original: the first difference decides, as numbers where both sides have digits. */
function isBefore(first: string, second: string): boolean {
  const [a, b] = [[...first], [...second]];
  let afterDigit = false;
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [left, right] = [a[at]!, b[at]!];
    if (left === right) {
      afterDigit = isDigit(left);
      continue;
    }
    const [leftLetter, rightLetter] = [isLetter(left), isLetter(right)];
    if (leftLetter && rightLetter) return left < right;
    if (leftLetter || rightLetter) return afterDigit ? leftLetter : rightLetter;
    return isSmallerNumber(a, b, at);
  }
  return a.length < b.length;
}

function isSmallerNumber(a: readonly string[], b: readonly string[], at: number): boolean {
  // A leading zero counts only where no digit but zero stands before it.
  const startsLater = (a[at] === '0' || b[at] === '0') && precedingDigits(a, at).some((digit) => digit !== '0');
  const [left, right] = [digitsFrom(a, at), digitsFrom(b, at)];
  const [leftNumber, rightNumber] = [left, right].map((digits) => BigInt(`${startsLater ? '1' : ''}${digits || '0'}`));
  if (leftNumber !== rightNumber) return leftNumber! < rightNumber!;
  return left.length === right.length ? a[at]! < b[at]! : left.length < right.length;
}

function precedingDigits(text: readonly string[], at: number): string[] {
  let from = at;
  while (from > 0 && isDigit(text[from - 1]!)) from--;
  return text.slice(from, at);
}

function digitsFrom(text: readonly string[], at: number): string {
  let to = at;
  while (to < text.length && /[0-9]/.test(text[to]!)) to++;
  return text.slice(at, to).join('');
}

function isDigit(character: string): boolean {
  return /\p{Nd}/u.test(character);
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}
