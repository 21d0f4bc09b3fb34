/**
 * Tab: what could stand at the cursor. Finds the word being typed and the command it belongs to; a command with a completer of
 * its own (`docker`) is asked, the others get file names.
 */
import type { Completer, HostContext } from '../process.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell.ts';

/** The word being typed. */
export interface CompletionContext {
  /** Words of the command so far, without quotes; the last one is being typed. */
  words: string[];
  /** Index of the character at which the raw last word begins. */
  start: number;
  /** The quote that is open in the last word, or ''. */
  quote: string;
  /** The last word is the target of a redirection. */
  isRedirection: boolean;
}

export interface Completions {
  context: CompletionContext;
  /** Whole words. */
  candidates: string[];
}

/** Splits what is before the cursor. */
export function completionContext(text: string): CompletionContext {
  let words: string[] = [];
  let word = '';
  let start = 0;
  let quote = '';
  let inWord = false;
  let isRedirection = false;
  const chars = [...text];
  const endWord = (next: number): void => {
    if (inWord) {
      words.push(word);
      isRedirection = false;
    }
    word = '';
    inWord = false;
    start = next;
  };
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && i + 1 < chars.length) word += chars[++i];
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      inWord = true;
    } else if (char === '\\') {
      word += chars[++i] ?? '';
      inWord = true;
    } else if (/\s/.test(char) && char !== '\n') endWord(i + 1);
    else if (/[|;&()`\n]/.test(char)) {
      endWord(i + 1);
      words = [];
    } else if (/[<>]/.test(char)) {
      endWord(i + 1);
      isRedirection = true;
    } else {
      word += char;
      inWord = true;
    }
  }
  const assignments = words.findIndex((each) => !/^[A-Za-z_]\w*=/.test(each));
  words = words.slice(assignments < 0 ? words.length : assignments);
  return { words: [...words, word], start, quote, isRedirection };
}

/** Everything that could stand at the cursor. */
export async function completeLine(
  text: string,
  shell: Shell,
  completers: ReadonlyMap<string, Completer>,
): Promise<Completions> {
  const context = completionContext(text);
  return { context, candidates: await candidatesFor(context, shell, completers) };
}

async function candidatesFor(
  context: CompletionContext,
  shell: Shell,
  completers: ReadonlyMap<string, Completer>,
): Promise<string[]> {
  const { words, isRedirection } = context;
  const last = words.at(-1)!;
  const variable = /^(.*)\$(\w*)$/.exec(last);
  if (variable && context.quote !== "'") return variableNames(variable[1]!, variable[2]!, shell);
  if (isRedirection) return fileNames(last, shell);
  if (words.length === 1 && !last.includes('/')) return shell.commandNames().filter((name) => name.startsWith(last));
  // Commands that run another one are transparent: `watch docker node ls`.
  const command = words[0]!;
  if (/^(watch|time|xargs|env|command)$/.test(command) && words.length > 1) {
    const inner = words.slice(1).findIndex((word) => !word.startsWith('-'));
    if (inner >= 0) return candidatesFor({ ...context, words: words.slice(inner + 1) }, shell, completers);
  }
  const completer = completers.get(command);
  if (!completer) return fileNames(last, shell);
  return startingWith(await completer(words, shell.host), last);
}

function startingWith(candidates: string[], prefix: string): string[] {
  return [...new Set(candidates.filter((candidate) => candidate.startsWith(prefix)))].sort();
}

function variableNames(before: string, prefix: string, shell: Shell): string[] {
  return startingWith([...shell.state.variables.keys()], prefix).map((name) => `${before}$${name}`);
}

function fileNames(prefix: string, shell: Shell): string[] {
  const slash = prefix.lastIndexOf('/') + 1;
  const directory = prefix.slice(0, slash);
  const name = prefix.slice(slash);
  const { files }: HostContext = shell.host;
  const home = shell.state.get('HOME') ?? '/';
  const path = resolvePath(shell.cwd, directory === '' ? '.' : directory.replace(/^~(?=\/)/, home));
  return (files.list(path) ?? [])
    .filter((entry) => entry.startsWith(name) && (name.startsWith('.') || !entry.startsWith('.')))
    .map((entry) => directory + entry + (files.isDirectory(resolvePath(path, entry)) ? '/' : ''));
}

/** The longest text all candidates begin with. */
export function commonPrefix(candidates: readonly string[]): string {
  const [first = '', ...others] = candidates;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

/** How a word has to be written so that the shell reads it as it is. A leading `~` and `$NAME` keep their meaning. */
export function writeWord(word: string, context: CompletionContext, isWhole: boolean): string {
  const { quote } = context;
  const ending = isWhole && !/[/=]$/.test(word) ? ' ' : '';
  if (quote !== '') return quote + word + (ending === '' ? '' : quote) + ending;
  return word.replace(/[\s"'\\|;&()<>`*?[\]#!]/g, '\\$&') + ending;
}

/** What a list of candidates shows of each: file names without their directory. */
export function displayNames(candidates: readonly string[], word: string): string[] {
  const slash = word.lastIndexOf('/') + 1;
  return candidates.map((candidate) => candidate.slice(slash));
}
