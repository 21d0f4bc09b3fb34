/**
 * From words to arguments, in bash's order: braces, tilde, parameters, commands and arithmetic, word splitting, file names.
 * Text is carried as fragments that remember whether they were quoted, because only unquoted results are split and
 * only unquoted wildcards match files.
 */
import type {
  ArithmeticExpression,
  DoubleQuotedChild,
  ParameterExpansionPart,
  ParsedScript,
  Word,
  WordPart,
} from 'unbash';
import { parse } from 'unbash';
import type { FileSystem } from '../process.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { escapePattern, hasWildcard, matchFiles, patternRegex, patternSource, unescapePattern } from './glob.ts';
import type { ShellState } from './shell-state.ts';

/** Ends the command being expanded: `bash: x: unbound variable`. Caught by the interpreter, nowhere else. */
export class ExpansionError extends Error {
  override name = 'ExpansionError';
}

/** What expansion needs of the shell around it. */
export interface ExpansionScope {
  state: ShellState;
  files: FileSystem;
  /** Runs `$(...)` and returns what it wrote. */
  substitute(script: ParsedScript): Promise<string>;
  fail(message: string): never;
}

/**
 * A piece of a word. `literal` text is used as it is; `pattern` text has active wildcards; `split` text came out of an
 * unquoted expansion: it is split at blanks, and its wildcards are active; `break` parts the fields of `"$@"`;
 * `empty` keeps a field alive that has no text (`""`).
 */
type Fragment = { kind: 'literal' | 'pattern' | 'split'; text: string } | { kind: 'break' } | { kind: 'empty' };

/** The arguments that words expand to. */
export async function expandWords(words: readonly Word[], scope: ExpansionScope): Promise<string[]> {
  const result: string[] = [];
  for (const word of words) {
    for (const single of expandBraces(word)) {
      for (const field of splitFields(await fragmentsOf(single, scope), scope.state))
        result.push(...expandFileNames(field, scope));
    }
  }
  return result;
}

/** One text, neither split nor matched: the value of an assignment, a redirection's target, the word of `case`. */
export async function expandText(word: Word, scope: ExpansionScope): Promise<string> {
  return textOf(await fragmentsOf(word, scope));
}

/** A pattern for `case`, `[[ == ]]`, `${x#...}`: quoted parts lose their wildcards. */
export async function expandPattern(word: Word, scope: ExpansionScope): Promise<string> {
  const fragments = await fragmentsOf(word, scope);
  return fragments
    .map((part) => ('text' in part ? (part.kind === 'literal' ? escapePattern(part.text) : part.text) : ''))
    .join('');
}

/** Text of parts as within double quotes: here documents. */
export async function expandQuoted(parts: readonly WordPart[], scope: ExpansionScope): Promise<string> {
  return textOf(await quotedFragments(parts as readonly DoubleQuotedChild[], scope));
}

function textOf(fragments: Fragment[]): string {
  return fragments
    .map((part) => {
      if (part.kind === 'break') return ' ';
      if (part.kind === 'empty') return '';
      return part.kind === 'pattern' ? unescapePattern(part.text) : part.text;
    })
    .join('');
}

// --- braces -------------------------------------------------------------------------------------------------------

/** `a{b,c}` and `{1..3}` stand for several words; they are written out and parsed again. */
function expandBraces(word: Word): Word[] {
  if (!word.parts?.some((part) => part.type === 'BraceExpansion')) return [word];
  const parts = word.parts.map((part) => (part.type === 'BraceExpansion' ? braceAlternatives(part.text) : [part.text]));
  const texts = parts.reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => head + tail)), ['']);
  return texts.flatMap((text) => {
    const command = parse(`_ ${text}`).commands[0]?.command;
    const parsed = command?.type === 'Command' ? command.args[0] : undefined;
    return parsed?.type === 'Word' ? expandBraces(parsed) : [];
  });
}

function braceAlternatives(text: string): string[] {
  const inside = text.slice(1, -1);
  const range = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inside);
  if (range) return braceRange(range[1]!, range[2]!, Math.abs(Number(range[3] ?? 1)) || 1);
  const alternatives: string[] = [];
  let depth = 0;
  let quote = '';
  let current = '';
  for (let i = 0; i < inside.length; i++) {
    const char = inside[i]!;
    if (char === '\\') current += char + (inside[++i] ?? '');
    else if (quote === '' && depth === 0 && char === ',') {
      alternatives.push(current);
      current = '';
    } else {
      if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === '{') depth++;
      else if (char === '}') depth--;
      current += char;
    }
  }
  return [...alternatives, current];
}

function braceRange(from: string, to: string, step: number): string[] {
  const letters = !/\d/.test(from);
  const first = letters ? from.charCodeAt(0) : Number(from);
  const last = letters ? to.charCodeAt(0) : Number(to);
  const width = /^-?0\d/.test(from) || /^-?0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => {
    const value = first + Math.sign(last - first) * step * i;
    return letters ? String.fromCharCode(value) : String(value).padStart(width, '0');
  });
}

// --- parts --------------------------------------------------------------------------------------------------------

async function fragmentsOf(word: Word, scope: ExpansionScope): Promise<Fragment[]> {
  if (!word.parts) return [{ kind: 'literal', text: expandTilde(word.text, word.value, scope.state) }];
  const fragments: Fragment[] = [];
  for (const [index, part] of word.parts.entries()) {
    if (part.type === 'Literal' && index === 0)
      fragments.push({ kind: 'literal', text: expandTilde(part.text, part.value, scope.state) });
    else fragments.push(...(await fragmentsOfPart(part, scope)));
  }
  return fragments;
}

/** `~` and `~/x`, only where the source really begins with an unquoted tilde. */
function expandTilde(source: string, value: string, state: ShellState): string {
  if (!/^~(\/|$)/.test(source)) return value;
  return (state.get('HOME') ?? '/') + value.slice(1);
}

async function fragmentsOfPart(part: WordPart, scope: ExpansionScope): Promise<Fragment[]> {
  switch (part.type) {
    case 'Literal':
      return [{ kind: 'literal', text: part.value }];
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ kind: 'empty' }, { kind: 'literal', text: part.value }];
    case 'DoubleQuoted':
    case 'LocaleString':
      return quotedDouble(part.parts, scope);
    case 'Glob':
    case 'ExtendedGlob':
      return [{ kind: 'pattern', text: part.text }];
    case 'BraceExpansion':
      return [{ kind: 'literal', text: part.text }];
    case 'ProcessSubstitution':
      return scope.fail('process substitution is not there yet');
    case 'SimpleExpansion': {
      const name = part.text.slice(1);
      if (name === '@' || name === '*') return separated(scope.state.parameters, 'split');
      return [{ kind: 'split', text: parameterValue(name, scope) }];
    }
    default:
      return [{ kind: 'split', text: await expansionText(part, scope) }];
  }
}

/** `""` is an argument without text, but `"$@"` without parameters is no argument at all. */
async function quotedDouble(parts: readonly DoubleQuotedChild[], scope: ExpansionScope): Promise<Fragment[]> {
  const fragments = await quotedFragments(parts, scope);
  const onlyAll = parts.length === 1 && /^\$(@|\{@\})$/.test(parts[0]!.text);
  return onlyAll && scope.state.parameters.length === 0 ? fragments : [{ kind: 'empty' }, ...fragments];
}

async function quotedFragments(parts: readonly DoubleQuotedChild[], scope: ExpansionScope): Promise<Fragment[]> {
  const fragments: Fragment[] = [];
  for (const part of parts) {
    if (part.type === 'Literal') fragments.push({ kind: 'literal', text: part.value });
    else if (/^\$(@|\{@\})$/.test(part.text)) fragments.push(...separated(scope.state.parameters, 'literal'));
    else if (part.type === 'SimpleExpansion')
      fragments.push({ kind: 'literal', text: parameterValue(part.text.slice(1), scope) });
    else fragments.push({ kind: 'literal', text: await expansionText(part, scope) });
  }
  return fragments;
}

function separated(values: string[], kind: 'literal' | 'split'): Fragment[] {
  return values.flatMap((text, index): Fragment[] => [
    ...(index > 0 ? [{ kind: 'break' } as const] : []),
    ...(kind === 'literal' ? [{ kind: 'empty' } as const] : []),
    { kind, text },
  ]);
}

async function expansionText(part: WordPart, scope: ExpansionScope): Promise<string> {
  switch (part.type) {
    case 'SimpleExpansion':
      return parameterValue(part.text.slice(1), scope);
    case 'ParameterExpansion':
      return expandParameter(part, scope);
    case 'CommandExpansion':
      return part.script ? (await scope.substitute(part.script)).replace(/\n+$/, '') : '';
    case 'ArithmeticExpansion':
      return part.expression ? String(await expandArithmetic(part.expression, scope)) : '0';
    default:
      return scope.fail('bad substitution');
  }
}

/** Value of an arithmetic expression in the shell's variables. */
export function expandArithmetic(expression: ArithmeticExpression, scope: ExpansionScope): Promise<number> {
  return evaluateArithmetic(expression, {
    get: (name) => lookUp(name, scope.state),
    set: (name, value) => void scope.state.set(name, value),
    substitute: scope.substitute,
    expand: async (parts) => textOf(await quotedFragments(parts as readonly DoubleQuotedChild[], scope)),
    fail: scope.fail,
  });
}

// --- parameters ---------------------------------------------------------------------------------------------------

/** A variable, a numbered or a special parameter; undefined if it is not set. */
function lookUp(name: string, state: ShellState): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? state.name : state.parameters[Number(name) - 1];
  switch (name) {
    case '?':
      return String(state.lastStatus);
    case '#':
      return String(state.parameters.length);
    case '@':
      return state.parameters.length === 0 ? undefined : state.parameters.join(' ');
    case '*':
      return state.parameters.length === 0 ? undefined : state.parameters.join((state.get('IFS') ?? ' ').slice(0, 1));
    case '$':
      // Simplified: there are no process numbers here; a shell says it is this one.
      return '1042';
    case '-':
      return 'himBHs';
    case '!':
      return state.lastJobPid === null ? undefined : String(state.lastJobPid);
    case 'PWD':
      return state.cwd;
    default:
      return state.get(name);
  }
}

function parameterValue(name: string, scope: ExpansionScope): string {
  const value = lookUp(name, scope.state);
  if (value === undefined && scope.state.options.nounset && name !== '@' && name !== '*')
    return scope.fail(`${name}: unbound variable`);
  return value ?? '';
}

async function expandParameter(part: ParameterExpansionPart, scope: ExpansionScope): Promise<string> {
  if (part.index) return scope.fail('arrays are not there yet');
  const { state } = scope;
  const name = part.prefix === '!' ? (lookUp(part.parameter, state) ?? '') : part.parameter;
  const { operation } = part;
  if (part.prefix === '#' && (name === '@' || name === '*')) return String(state.parameters.length);
  if (part.prefix === '#') return String([...parameterValue(name, scope)].length);
  if (!operation) return parameterValue(name, scope);
  const value = lookUp(name, state);
  switch (operation.type) {
    case 'Default':
      return expandDefault(name, value, operation.operator, operation.operand, scope);
    case 'Remove':
      return removeMatch(value ?? '', operation.operator, await expandPattern(operation.operand, scope));
    case 'Replace': {
      const pattern = await expandPattern(operation.pattern, scope);
      return replaceMatch(value ?? '', operation.operator, pattern, await expandText(operation.replacement, scope));
    }
    case 'Slice': {
      const offset = Number(await expandText(operation.offset, scope));
      const length = operation.length ? Number(await expandText(operation.length, scope)) : undefined;
      // Positions count from `$0` on.
      if (name === '@' || name === '*') return slice([state.name, ...state.parameters], offset, length).join(' ');
      return slice(value ?? '', offset, length);
    }
    case 'CaseModification':
      return changeCase(value ?? '', operation.operator);
    default:
      return scope.fail(`${part.text}: bad substitution`);
  }
}

async function expandDefault(
  name: string,
  value: string | undefined,
  operator: string,
  operand: Word,
  scope: ExpansionScope,
): Promise<string> {
  const missing = value === undefined || (operator.startsWith(':') && value === '');
  switch (operator.at(-1)) {
    case '+':
      return missing ? '' : expandText(operand, scope);
    case '-':
      return missing ? expandText(operand, scope) : value;
    case '=': {
      if (!missing) return value;
      const text = await expandText(operand, scope);
      scope.state.set(name, text);
      return text;
    }
    default: {
      if (!missing) return value;
      const reason = await expandText(operand, scope);
      return scope.fail(`${name}: ${reason === '' ? 'parameter null or not set' : reason}`);
    }
  }
}

function removeMatch(value: string, operator: string, pattern: string): string {
  const lazy = operator.length === 1;
  if (operator.startsWith('#')) return value.replace(new RegExp(`^(?:${patternSource(pattern, lazy)})`, 'u'), '');
  // The shortest match at the end is the one that starts last.
  const regex = patternRegex(pattern);
  const starts = Array.from({ length: value.length + 1 }, (_, i) => (lazy ? value.length - i : i));
  const start = starts.find((at) => regex.test(value.slice(at)));
  return start === undefined ? value : value.slice(0, start);
}

function replaceMatch(value: string, operator: string, pattern: string, replacement: string): string {
  if (pattern === '') return value;
  const source = patternSource(pattern);
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  return value.replace(new RegExp(anchored, operator === '//' ? 'gu' : 'u'), () => replacement);
}

function slice<Value extends string | string[]>(value: Value, offset: number, length: number | undefined): Value;
function slice(value: string | string[], offset: number, length: number | undefined): string | string[] {
  const start = offset < 0 ? Math.max(0, value.length + offset) : offset;
  if (length === undefined) return value.slice(start);
  return length < 0 ? value.slice(start, value.length + length) : value.slice(start, start + length);
}

function changeCase(value: string, operator: string): string {
  const change = (text: string): string => (operator.startsWith('^') ? text.toUpperCase() : text.toLowerCase());
  return operator.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
}

// --- fields -------------------------------------------------------------------------------------------------------

/** A finished word: its text for the case that no file matches, and the pattern for the case that one might. */
interface Field {
  text: string;
  pattern: string;
}

function splitFields(fragments: Fragment[], state: ShellState): Field[] {
  const fields: Field[] = [];
  let field: Field | null = null;
  const close = (): void => {
    if (field) fields.push(field);
    field = null;
  };
  const append = (text: string, pattern: string): void => {
    field = { text: (field?.text ?? '') + text, pattern: (field?.pattern ?? '') + pattern };
  };
  const separators = state.get('IFS') ?? ' \t\n';
  for (const part of fragments) {
    if (part.kind === 'break') close();
    else if (part.kind === 'empty') append('', '');
    else if (part.kind === 'literal') append(part.text, escapePattern(part.text));
    else if (part.kind === 'pattern') append(unescapePattern(part.text), part.text);
    else for (const piece of splitText(part.text, separators)) piece === null ? close() : append(piece, piece);
  }
  close();
  return fields;
}

/** Pieces of text, with null where the separators stand. */
function splitText(text: string, separators: string): (string | null)[] {
  const pieces: (string | null)[] = [];
  let current = '';
  let pending = false;
  for (const char of text) {
    if (!separators.includes(char)) {
      current += char;
      pending = true;
      continue;
    }
    // A run of blanks is one separator; any other separator stands for itself, so two of them hold an empty field.
    if (pending || !' \t\n'.includes(char)) pieces.push(current, null);
    else if (pieces.length === 0) pieces.push(null);
    current = '';
    pending = false;
  }
  if (pending) pieces.push(current);
  return pieces;
}

/** A pattern stands for the files it matches, or for itself if it matches none. */
function expandFileNames(field: Field, scope: ExpansionScope): string[] {
  if (!hasWildcard(field.pattern)) return [field.text];
  const found = matchFiles(scope.files, scope.state.cwd, field.pattern);
  return found.length > 0 ? found : [field.text];
}
