/**
 * POSIX basic and extended regular expressions, with GNU's additions (`\|`, `\+`, `\?`, `\w`, `\b`, `\<`), as JavaScript's.
 * Simplified: of several alternatives the first that matches is taken, not the longest one.
 */
import { characterClasses } from './glob.ts';

export type RegexResult = { ok: true; value: RegExp } | { ok: false; error: { kind: 'regex'; message: string } };

export interface RegexOptions {
  extended: boolean;
  ignoreCase?: boolean;
  global?: boolean;
}

/** Translates and compiles. */
export function posixRegex(pattern: string, options: RegexOptions): RegexResult {
  const source = translate(pattern, options.extended);
  if (typeof source !== 'string') return { ok: false, error: { kind: 'regex', message: source.message } };
  try {
    return { ok: true, value: new RegExp(source, `${options.global ? 'g' : ''}${options.ignoreCase ? 'i' : ''}`) };
  } catch {
    // The platform's parser is the judge of what translation cannot see, such as a repetition of nothing.
    return { ok: false, error: { kind: 'regex', message: 'Invalid preceding regular expression' } };
  }
}

/** The pattern as a JavaScript source, or what is wrong with it in GNU's words. */
function translate(pattern: string, extended: boolean): string | { message: string } {
  let source = '';
  let depth = 0;
  /** At the start of an expression, a group or an alternative, `*` is a star and `^` an anchor. */
  let atStart = true;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '[') {
      const set = bracketExpression(pattern, i);
      if (!set) return { message: 'Unmatched [, [^, [:, [., or [=' };
      source += set.source;
      i = set.end;
      atStart = false;
      continue;
    }
    const escaped = char === '\\';
    const token = escaped ? pattern[++i] : char;
    if (token === undefined) return { message: 'Trailing backslash' };
    const special = '(){}|+?'.includes(token) ? escaped !== extended : !escaped;
    const wasAtStart = atStart;
    atStart = false;
    if (special && token === '(') {
      depth++;
      source += '(';
      atStart = true;
    } else if (special && token === ')') {
      if (depth === 0 && extended) source += '\\)';
      else if (depth-- === 0) return { message: 'Unmatched ) or \\)' };
      else source += ')';
    } else if (special && token === '|') {
      source += '|';
      atStart = true;
    } else if (special && token === '{') {
      const repetition = (extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\{(\d*)(,?)(\d*)\\\}/).exec(pattern.slice(i));
      if (repetition && (repetition[1] !== '' || repetition[2] !== '')) {
        source += `{${repetition[1] || '0'}${repetition[2]}${repetition[3]}}`;
        i += repetition[0].length - 1;
      } else if (extended) source += '\\{';
      else return { message: 'Unmatched \\{' };
    } else if (special && token === '}') source += '\\}';
    else if (special && (token === '*' || token === '+' || token === '?')) source += wasAtStart ? `\\${token}` : token;
    else if (special && token === '^') {
      source += extended || wasAtStart ? '^' : '\\^';
      atStart = true;
    } else if (special && token === '$') source += extended || endsExpression(pattern, i + 1) ? '$' : '\\$';
    else if (special && token === '.') source += '.';
    else source += escaped ? escapedToken(token) : token.replace(/[\\/(){}|+?]/, '\\$&');
  }
  return depth > 0 ? { message: 'Unmatched ( or \\(' } : source;
}

function endsExpression(pattern: string, next: number): boolean {
  return next >= pattern.length || pattern.startsWith('\\)', next) || pattern.startsWith('\\|', next);
}

function escapedToken(token: string): string {
  if (token === '<') return '\\b(?=\\w)';
  if (token === '>') return '\\b(?<=\\w)';
  if (token === '`') return '^';
  if (token === "'") return '$';
  if (/[1-9wWsSbBnt]/.test(token)) return `\\${token}`;
  return token.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

/** Reads `[...]` at `start`, in which a backslash is only a backslash. */
function bracketExpression(pattern: string, start: number): { source: string; end: number } | null {
  let i = start + 1;
  const negated = pattern[i] === '^';
  if (negated) i++;
  let body = '';
  for (let first = true; i < pattern.length; i++, first = false) {
    const char = pattern[i]!;
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: i };
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(i));
    if (named && characterClasses[named[1]!]) {
      body += characterClasses[named[1]!];
      i += named[0].length - 1;
    } else if (char === '\\' && /[nt]/.test(pattern[i + 1] ?? '')) body += `\\${pattern[++i]}`;
    else body += /[\\[\]^]/.test(char) ? `\\${char}` : char;
  }
  return null;
}

/** Escapes a fixed text (`grep -F`). */
export function literalRegex(text: string, options: Omit<RegexOptions, 'extended'> = {}): RegExp {
  const source = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(source, `${options.global ? 'g' : ''}${options.ignoreCase ? 'i' : ''}`);
}
