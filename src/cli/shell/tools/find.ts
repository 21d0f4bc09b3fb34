/** `find`: files below a folder by name, kind and depth. Simplified: of the actions there are `-print`, `-print0` and `-delete`. Source: find(1). */
import type { Process, Program } from '../../process.ts';
import { patternRegex } from '../glob.ts';
import { nameOf, resolvePath } from '../paths.ts';
import { fail } from './tool-input.ts';

interface Entry {
  shown: string;
  path: string;
  depth: number;
  isDirectory: boolean;
}

interface Search {
  tests: ((entry: Entry) => boolean)[];
  least: number;
  most: number;
  end: string;
  deletes: boolean;
}

export const find: Program = async (process) => {
  const { args } = process;
  const first = args.findIndex((word) => /^[-!(]/.test(word));
  const starts = args.slice(0, first < 0 ? args.length : first);
  const search = readTests(first < 0 ? [] : args.slice(first));
  if (typeof search === 'string') return fail(process, 'find', search);
  let status = 0;
  for (const start of starts.length > 0 ? starts : ['.']) {
    const path = resolvePath(process.cwd, start);
    const isDirectory = process.host.files.isDirectory(path);
    if (isDirectory || process.host.files.read(path) !== null)
      walk(process, search, { shown: start, path, depth: 0, isDirectory });
    else status = fail(process, 'find', `‘${start}’: No such file or directory`);
  }
  return status;
};

function readTests(words: readonly string[]): Search | string {
  const search: Search = { tests: [], least: 0, most: Number.POSITIVE_INFINITY, end: '\n', deletes: false };
  const rest = [...words];
  let negated = false;
  const add = (test: (entry: Entry) => boolean): void => {
    const wanted = !negated;
    search.tests.push((entry) => test(entry) === wanted);
    negated = false;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '!' || word === '-not') negated = true;
    else if (word === '-print0') search.end = '\0';
    else if (word === '-delete') search.deletes = true;
    else if (['-name', '-iname', '-path', '-type', '-maxdepth', '-mindepth'].includes(word)) {
      const value = rest.shift();
      if (value === undefined) return `missing argument to \`${word}'`;
      if (word === '-maxdepth') search.most = Number(value);
      else if (word === '-mindepth') search.least = Number(value);
      else if (word === '-type') add(({ isDirectory }) => isDirectory === (value === 'd') && 'fd'.includes(value));
      else {
        const pattern = patternRegex(word === '-iname' ? value.toLowerCase() : value);
        if (word === '-path') add(({ shown }) => pattern.test(shown));
        else add(({ shown }) => pattern.test(word === '-iname' ? nameOf(shown).toLowerCase() : nameOf(shown)));
      }
    } else if (word !== '-print' && word !== '-a' && word !== '-and') return `unknown predicate \`${word}'`;
  }
  return search;
}

function walk(process: Process, search: Search, entry: Entry): void {
  const { files } = process.host;
  const fits = entry.depth >= search.least && search.tests.every((test) => test(entry));
  if (fits && !search.deletes) process.stdout.write(entry.shown + search.end);
  if (entry.isDirectory && entry.depth < search.most)
    for (const name of files.list(entry.path) ?? []) {
      const path = resolvePath(entry.path, name);
      const shown = `${entry.shown.replace(/\/$/, '')}/${name}`;
      walk(process, search, { shown, path, depth: entry.depth + 1, isDirectory: files.isDirectory(path) });
    }
  if (fits && search.deletes && !(entry.isDirectory && files.list(entry.path)?.length)) files.remove(entry.path);
}
