/** `jq`: picks out of JSON and makes other JSON of it. Source of flags, errors and exit statuses: jq(1), version 1.6. */
import type { Process, Program } from '../../process.ts';
import { compare, isTrue, JqError, type Json, runJq } from './jq-run.ts';
import { type Filter, JqSyntaxError, parseJq } from './jq-syntax.ts';
import { openInputs } from './tool-input.ts';

interface Settings {
  letters: Set<string>;
  indent: string;
  variables: Map<string, Json>;
  words: string[];
}

const LONG: Readonly<Record<string, string>> = {
  'raw-output': 'r',
  'compact-output': 'c',
  'null-input': 'n',
  slurp: 's',
  'raw-input': 'R',
  'sort-keys': 'S',
  'exit-status': 'e',
  'join-output': 'j',
  'monochrome-output': 'M',
  'color-output': 'C',
  tab: 't',
};

export const jq: Program = async (process) => {
  const settings = read(process.args);
  if (typeof settings === 'string') return usage(process, settings);
  const [source, ...files] = settings.words;
  if (source === undefined) return usage(process, null);
  let filter: Filter;
  try {
    filter = parseJq(source);
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error;
    process.stderr.write(
      `jq: error: ${error.message} (Unix shell quoting issues?) at <top-level>, line 1:\n${source}\njq: 1 compile error\n`,
    );
    return 3;
  }
  let status = 0;
  const inputs = openInputs(process, files, (name, reason) => {
    process.stderr.write(`jq: error: Could not open ${name}: ${reason}\n`);
    status = 2;
  });
  let text = '';
  if (!settings.letters.has('n')) for (const input of inputs) text += await input.text();
  return runAll(process, filter, settings, text) || status;
};

function read(args: readonly string[]): Settings | string {
  const settings: Settings = { letters: new Set(), indent: '  ', variables: new Map(), words: [] };
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--arg' || word === '--argjson') {
      const [name, value] = [rest.shift(), rest.shift()];
      if (name === undefined || value === undefined) return `${word} takes two parameters (e.g. ${word} varname value)`;
      const json = word === '--arg' ? { value } : parseJson(value);
      if (!json) return `Invalid JSON text passed to --argjson`;
      settings.variables.set(name, json.value);
    } else if (word === '--indent') settings.indent = ' '.repeat(Math.min(7, Number(rest.shift()) || 0));
    else if (word.startsWith('--') && word.length > 2) {
      const letter = LONG[word.slice(2)];
      if (letter === undefined) return `Unknown arguments`;
      settings.letters.add(letter);
    } else if (/^-[rcnsRSejMC]+$/.test(word)) for (const letter of word.slice(1)) settings.letters.add(letter);
    else if (/^-./.test(word)) return `Unknown arguments`;
    else settings.words.push(word);
  }
  return settings;
}

function parseJson(text: string): { value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}

function usage(process: Process, problem: string | null): number {
  process.stderr.write(`${problem === null ? '' : `jq: error: ${problem}\n`}Usage:\tjq [OPTIONS] FILTER [FILES...]\n`);
  return 2;
}

function runAll(process: Process, filter: Filter, settings: Settings, text: string): number {
  const { letters, variables } = settings;
  const { values, error } = letters.has('n') ? { values: [null], error: null } : valuesIn(text, letters.has('R'));
  const slurped = letters.has('s') && !letters.has('n') ? [letters.has('R') ? text : values] : values;
  let status = 0;
  let last: Json | undefined;
  for (const input of slurped) {
    if (process.stdout.closed || process.signal.aborted) break;
    try {
      for (const value of runJq(filter, input, variables)) {
        last = value;
        process.stdout.write(shown(value, settings));
      }
    } catch (problem) {
      // A value nested deeper than the platform can follow.
      if (!(problem instanceof JqError || problem instanceof RangeError)) throw problem;
      process.stderr.write(`jq: error (at <stdin>:${Math.max(0, text.split('\n').length - 1)}): ${problem.message}\n`);
      status = 5;
    }
  }
  if (error !== null) {
    process.stderr.write(`parse error: ${error}\n`);
    return 4;
  }
  if (status === 0 && letters.has('e')) return last === undefined ? 4 : isTrue(last) ? 0 : 1;
  return status;
}

/** The JSON texts that follow one another, or the lines. */
function valuesIn(text: string, areLines: boolean): { values: Json[]; error: string | null } {
  if (areLines)
    return { values: text.split('\n').filter((line, i, all) => i < all.length - 1 || line !== ''), error: null };
  const whole = parseJson(text);
  if (whole) return { values: [whole.value], error: null };
  const values: Json[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const end = endOfValue(rest);
    const parsed = end === 0 ? null : parseJson(rest.slice(0, end));
    if (!parsed)
      return { values, error: `Invalid literal at line 1, column ${Math.max(1, text.length - rest.length + end)}` };
    values.push(parsed.value);
    rest = rest.slice(end).trimStart();
  }
  return { values, error: null };
}

function endOfValue(text: string): number {
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]|[^\s"[\]{},:]+/g)) {
    if (/^[[{]/.test(match[0])) depth++;
    else if (/^[\]}]/.test(match[0])) depth--;
    if (depth <= 0) return match.index + match[0].length;
  }
  return 0;
}

function shown(value: Json, { letters, indent }: Settings): string {
  const end = letters.has('j') ? '' : '\n';
  if (typeof value === 'string' && (letters.has('r') || letters.has('j'))) return value + end;
  const sorted = letters.has('S') ? sortKeys(value) : value;
  return JSON.stringify(sorted, null, letters.has('c') ? undefined : letters.has('t') ? '\t' : indent) + end;
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
