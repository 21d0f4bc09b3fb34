/**
 * Puts what the `yaml` package finds wrong into the words of Go's parser, with the line that it names: for errors of the
 * scanner the line itself, for errors of the parser the one before; none for the first.
 * Source: `gopkg.in/yaml.v3: scannerc.go, parserc.go`, `decode.go` (`fail`); checked against the real client.
 * Simplified: several mistakes in one place can be named otherwise than there, for the two parsers read in another order.
 */
import type { YAMLError } from 'yaml';

/** `line 4: could not find expected ':'`. */
export function yamlErrorText(text: string, errors: readonly YAMLError[]): string {
  const place = new Place(text);
  const error = errors[0]!;
  const [from, to] = error.pos;
  const tab = place.tabIndent(to);
  if (tab !== null) return tab;
  switch (error.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanner(place.line(from), 'found character that cannot start any token');
    case 'BAD_DQ_ESCAPE':
      return scanner(place.line(from), badEscape(error.message));
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (error.message.startsWith('A block sequence')) return place.parser(to, 'did not find expected key');
      return scanner(place.line(lastEnd(errors)), 'mapping values are not allowed in this context');
    case 'MULTILINE_IMPLICIT_KEY':
      // Only where a mapping has begun, a key is known to be missing its colon.
      if (place.isFirstInBlock(from)) {
        return scanner(place.line(lastEnd(errors)), 'mapping values are not allowed in this context');
      }
      return scanner(place.line(from), "could not find expected ':'");
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
      return place.parser(from, 'did not find expected key');
    case 'BAD_ALIAS':
      return scanner(place.line(from), 'did not find expected alphabetic or numeric character');
    case 'BAD_DIRECTIVE':
      return scanner(place.line(from), 'found unknown directive name');
    case 'TAG_RESOLVE_FAILED':
      return scanner(place.line(from), 'found undefined tag handle');
    case 'MISSING_CHAR':
      return missing(place, error);
    default:
      return unexpected(place, error);
  }
}

function missing(place: Place, error: YAMLError): string {
  const [from] = error.pos;
  if (/^Missing closing ["']/.test(error.message)) {
    const start = place.openQuote(from);
    return scanner(start > 1 ? start : place.lastLine(), 'found unexpected end of stream');
  }
  const bracket = place.openBracket(from);
  if (bracket) return place.flow(bracket, from);
  return scanner(place.line(from), "could not find expected ':'");
}

function unexpected(place: Place, error: YAMLError): string {
  const [from] = error.pos;
  if (/^Unexpected , in flow/.test(error.message)) {
    const line = place.line(from) - 1;
    return line > 0 ? `line ${line}: did not find expected node content` : 'did not find expected node content';
  }
  const bracket = place.openBracket(from);
  if (bracket) return place.flow(bracket, from);
  return place.parser(
    from,
    place.isInSequence(from) ? "did not find expected '-' indicator" : 'did not find expected key',
  );
}

function badEscape(message: string): string {
  return /\\[xuU]/.test(message) ? 'did not find expected hexdecimal number' : 'found unknown escape character';
}

function lastEnd(errors: readonly YAMLError[]): number {
  const multiline = errors.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY');
  return multiline ? multiline.pos[1] - 1 : errors[0]!.pos[0];
}

/** A scanner's error: it names its line, but not the first. */
function scanner(line: number, problem: string): string {
  return line > 1 ? `line ${line}: ${problem}` : problem;
}

/** Looks around in the text of the file. */
class Place {
  readonly #text: string;
  readonly #lines: string[];

  constructor(text: string) {
    this.#text = text;
    this.#lines = text.split('\n');
  }

  /** The line, from 1, of a position. */
  line(at: number): number {
    return this.#text.slice(0, at).split('\n').length;
  }

  lastLine(): number {
    return this.line(this.#text.length);
  }

  /** What the original says of the first line up to a position that is indented by a tab, if there is one. */
  tabIndent(to: number): string | null {
    const last = this.line(to);
    const at = this.#lines.slice(0, last).findIndex((line) => /^ *\t\s*[^\s#]/.test(line));
    if (at < 0 || this.openBracket(this.#offset(at)) !== null) return null;
    // A plain scalar in the line before could go on here.
    const before = this.#lines.slice(0, at).findLastIndex((line) => line.trim() !== '');
    const goesOn = /(?:^|: +|- +)[^\s#"'[\]{}|>&*!%@`][^#]*[^:\s]$/.test(this.#lines[before]?.trimEnd() ?? '');
    if (goesOn) return scanner(before + 1, 'found a tab character that violates indentation');
    return scanner(at + 1, 'found character that cannot start any token');
  }

  /** A parser's error names the line before that where the collection begins, or else before that of the problem. */
  parser(at: number, problem: string): string {
    const context = this.#startOfBlock(at) - 1;
    const line = context > 0 ? context : this.line(at) - 1;
    return line > 0 ? `line ${line}: ${problem}` : problem;
  }

  flow(bracket: { sign: string; at: number }, at: number): string {
    const context = this.line(bracket.at) - 1;
    const line = context > 0 ? context : this.line(at) - 1;
    const problem = `did not find expected ',' or '${bracket.sign === '[' ? ']' : '}'}'`;
    return line > 0 ? `line ${line}: ${problem}` : problem;
  }

  /** The bracket that is open at a position, quotes and comments aside. */
  openBracket(at: number): { sign: string; at: number } | null {
    const open: { sign: string; at: number }[] = [];
    let quoteSign = '';
    for (let index = 0; index < Math.min(at, this.#text.length); index++) {
      const sign = this.#text[index]!;
      if (quoteSign !== '') {
        if (quoteSign === '"' && sign === '\\') index++;
        else if (sign === quoteSign) quoteSign = '';
      } else if ((sign === '"' || sign === "'") && /[\s[{,]/.test(this.#text[index - 1] ?? ' ')) quoteSign = sign;
      else if (sign === '#' && /\s/.test(this.#text[index - 1] ?? ' ')) index = this.#endOfLine(index);
      else if ((sign === '[' || sign === '{') && (open.length > 0 || /[\s]/.test(this.#text[index - 1] ?? ' ')))
        open.push({ sign, at: index });
      else if ((sign === ']' || sign === '}') && open.length > 0) open.pop();
    }
    return open.at(-1) ?? null;
  }

  /** The line of the quote that is open at a position. */
  openQuote(at: number): number {
    let start = 1;
    let quoteSign = '';
    for (let index = 0; index < Math.min(at, this.#text.length); index++) {
      const sign = this.#text[index]!;
      if (quoteSign !== '') {
        if (quoteSign === '"' && sign === '\\') index++;
        else if (sign === quoteSign) quoteSign = '';
      } else if (sign === '#' && /\s/.test(this.#text[index - 1] ?? ' ')) index = this.#endOfLine(index);
      else if ((sign === '"' || sign === "'") && /[\s[{,]/.test(this.#text[index - 1] ?? ' ')) {
        quoteSign = sign;
        start = this.line(index);
      }
    }
    return start;
  }

  /** Does no line before it stand in the same block? */
  isFirstInBlock(at: number): boolean {
    const line = this.line(at) - 1;
    const indent = this.#indent(line);
    const before = this.#lines.slice(0, line).filter((text) => !/^\s*(#|$)/.test(text));
    const sibling = before.findLast((text) => /^ */.exec(text)![0].length <= indent);
    return sibling === undefined || /^ */.exec(sibling)![0].length < indent;
  }

  /** Is the collection that a line breaks a block sequence? */
  isInSequence(at: number): boolean {
    const line = this.line(at);
    const indent = this.#indent(line - 1);
    const start = this.#startOfBlock(at);
    return this.#indent(start - 1) <= indent && /^ *-(\s|$)/.test(this.#lines[start - 1] ?? '');
  }

  /**
   * The first line of the block that breaks at a position: that of its own line if something stands before it there, else
   * that with the same, or the next smaller, indent.
   */
  #startOfBlock(position: number): number {
    const line = this.line(position);
    const indent = this.#indent(line - 1);
    const isWithin = position - this.#offset(line - 1) > indent;
    let start = line;
    let inner = isWithin ? indent : Number.POSITIVE_INFINITY;
    for (let at = line - 2; at >= 0; at--) {
      if (/^\s*(#|$)/.test(this.#lines[at]!)) continue;
      const own = this.#indent(at);
      if (own > indent && inner === Number.POSITIVE_INFINITY) continue;
      if (inner === Number.POSITIVE_INFINITY) inner = own;
      if (own < inner) break;
      if (own === inner) start = at + 1;
    }
    return start;
  }

  #indent(at: number): number {
    return /^ */.exec(this.#lines[at] ?? '')![0].length;
  }

  #endOfLine(at: number): number {
    const end = this.#text.indexOf('\n', at);
    return end < 0 ? this.#text.length : end;
  }

  #offset(line: number): number {
    return this.#lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  }
}
