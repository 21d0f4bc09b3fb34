/**
 * Shell patterns: `*`, `?`, `[...]`, with a backslash before what is meant literally.
 * One translation to a regular expression serves file names, `case`, `[[ == ]]` and `${x#pattern}`.
 */
import type { FileSystem } from '../process.ts';
import { resolvePath } from './paths.ts';

/** Makes text match only itself inside a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** True if a pattern has an active wildcard. */
export function hasWildcard(pattern: string): boolean {
  return /(?<!\\)(?:\\\\)*[*?[]/.test(pattern);
}

/** The pattern without its backslashes. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}

/** Source of a regular expression (not anchored) for a pattern. `lazy` makes `*` take as little as it can. */
export function patternSource(pattern: string, lazy = false): string {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\' && i + 1 < pattern.length) source += quoteRegex(pattern[++i]!);
    else if (char === '*') source += lazy ? '[\\s\\S]*?' : '[\\s\\S]*';
    else if (char === '?') source += '[\\s\\S]';
    else if (char === '[') {
      const set = bracketSet(pattern, i);
      if (set) {
        source += set.source;
        i = set.end;
      } else source += '\\[';
    } else source += quoteRegex(char);
  }
  return source;
}

/** A regular expression that matches a whole text against a pattern. */
export function patternRegex(pattern: string): RegExp {
  return new RegExp(`^${patternSource(pattern)}$`, 'u');
}

function quoteRegex(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Reads `[...]` at `start`; null if it is never closed. */
function bracketSet(pattern: string, start: number): { source: string; end: number } | null {
  let i = start + 1;
  let body = '';
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  for (let first = true; i < pattern.length; i++, first = false) {
    const char = pattern[i]!;
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: i };
    const named = pattern.slice(i).match(/^\[:([a-z]+):\]/);
    if (named && characterClasses[named[1]!]) {
      body += characterClasses[named[1]!];
      i += named[0].length - 1;
    } else if (char === '\\' && i + 1 < pattern.length) body += quoteInSet(pattern[++i]!);
    else body += char === '-' ? '-' : quoteInSet(char);
  }
  return null;
}

function quoteInSet(char: string): string {
  return /[\\\]^[&~-]/.test(char) ? `\\${char}` : char;
}

/** POSIX character classes (`[:digit:]`) as the inside of a set. */
export const characterClasses: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** Names of files that match, sorted; empty if none does. */
export function matchFiles(files: FileSystem, cwd: string, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '');
  const directoriesOnly = pattern.endsWith('/');
  let found: string[] = [absolute ? '/' : ''];
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    found = found.flatMap((base) => matchPart(files, cwd, base, part, !last || directoriesOnly));
  });
  return directoriesOnly ? found.map((path) => `${path}/`) : found;
}

function matchPart(files: FileSystem, cwd: string, base: string, part: string, needDirectory: boolean): string[] {
  const prefix = base === '' || base.endsWith('/') ? base : `${base}/`;
  if (!hasWildcard(part)) {
    const path = prefix + unescapePattern(part);
    const full = resolvePath(cwd, path);
    return files.isDirectory(full) || (!needDirectory && files.read(full) !== null) ? [path] : [];
  }
  const regex = patternRegex(part);
  const names = files.list(resolvePath(cwd, base === '' ? '.' : base)) ?? [];
  return names
    .filter((name) => regex.test(name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => prefix + name)
    .filter((path) => !needDirectory || files.isDirectory(resolvePath(cwd, path)));
}
