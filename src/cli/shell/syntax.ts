/**
 * From text to a syntax tree, and bash's answer to text that is none: either it wants more lines (an open quote, a
 * missing `fi`, a here document without its end), or it names the token that is out of place.
 */
import type { ParsedScript, ParseError, SyntaxNode } from 'unbash';
import { forEachChild, parse } from 'unbash';

export type Parsed =
  | { ok: true; script: ParsedScript }
  | { ok: false; error: { kind: 'incomplete' | 'syntax'; message: string } };

/** Parses a command line or a whole script. */
export function parseShell(source: string): Parsed {
  if (endsInOpenBackslash(source)) return incomplete('syntax error: unexpected end of file');
  const script = parse(source);
  const first = script.errors?.[0];
  if (first) {
    if (wantsMore(first, script.errors ?? [], source)) return incomplete(endOfFileMessage(first, source));
    return { ok: false, error: { kind: 'syntax', message: syntaxMessage(source, first.pos) } };
  }
  if (source.includes('<<') && hasOpenHereDocument(script)) return incomplete('syntax error: unexpected end of file');
  return { ok: true, script };
}

function incomplete(message: string): Parsed {
  return { ok: false, error: { kind: 'incomplete', message } };
}

function endsInOpenBackslash(source: string): boolean {
  const backslashes = /\\+$/.exec(source)?.[0].length ?? 0;
  if (backslashes % 2 === 0) return false;
  // Within single quotes a backslash is only a backslash; the parser then reports the open quote itself.
  return !(parse(source).errors ?? []).some((error) => error.message.includes('single quote'));
}

/** True if more lines could make the text right: what is missing is missing at its very end. */
function wantsMore(first: ParseError, errors: readonly ParseError[], source: string): boolean {
  if (first.message.startsWith('unterminated')) return true;
  if (first.message === 'expected redirect target') return false;
  const end = source.trimEnd().length;
  if (first.pos >= end) return true;
  // `f() {` and `(`: the parser complains of the empty group first, then of its missing end.
  return /^[({]$/.test(source.slice(first.pos, end)) && errors.some((error) => error.pos >= end);
}

function endOfFileMessage(error: ParseError, source: string): string {
  if (!error.message.startsWith('unterminated')) return 'syntax error: unexpected end of file';
  const closer = /double/.test(error.message)
    ? '"'
    : /single/.test(error.message)
      ? "'"
      : /backtick/.test(error.message)
        ? '`'
        : source.startsWith('${', error.pos)
          ? '}'
          : ')';
  return `unexpected EOF while looking for matching \`${closer}'`;
}

/** Bash names the token it stumbled over. */
function syntaxMessage(source: string, pos: number): string {
  const token = /^\s*(\n|;;|&&|\|\||<<|>>|[|&;()<>]|[^\s|&;()<>]+)/.exec(source.slice(pos))?.[1];
  return `syntax error near unexpected token \`${token === undefined || token === '\n' ? 'newline' : token}'`;
}

function hasOpenHereDocument(node: SyntaxNode): boolean {
  if (node.type === 'HereDoc') return node.closing === undefined;
  let open = false;
  forEachChild(node, (child) => {
    open ||= hasOpenHereDocument(child);
  });
  return open;
}
