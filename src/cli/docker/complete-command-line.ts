/**
 * What Tab offers on a docker command line: commands, then flags after a dash, values of flags, names of objects.
 * Candidates that do not begin with what is typed are dropped by the shell.
 */
import type { Flag } from '../flags/flag.ts';
import type { HostContext } from '../process.ts';
import { DockerClient } from './client.ts';
import type { Command, CommandGroup, CompletionContext } from './command.ts';
import { findCommand } from './root.ts';
import { rootFlags } from './root-flags.ts';

/** Candidates for the last of `words`; the first may be the program's own name. */
export async function completeCommandLine(
  commands: readonly (Command | CommandGroup)[],
  words: readonly string[],
  host: HostContext,
): Promise<string[]> {
  const line = words[0] === 'docker' ? words.slice(1) : words;
  const current = line.at(-1) ?? '';
  const before = line.slice(0, -1);
  const start = skipFlags(rootFlags, before);
  return completeIn(commands, before.slice(start), { api: new DockerClient(host.api), words: [], current });
}

async function completeIn(
  commands: readonly (Command | CommandGroup)[],
  before: readonly string[],
  context: CompletionContext,
): Promise<string[]> {
  const [name, ...rest] = before;
  if (name === undefined) {
    return context.current.startsWith('-') ? [] : commands.filter(isShown).map((command) => command.name);
  }
  if (name === 'help') return completeIn(commands, rest, context);
  const command = findCommand(commands, name);
  if (!command) return [];
  if (command.kind === 'group') return completeIn(command.commands, rest, context);
  return completeArguments(command, { ...context, words: rest });
}

async function completeArguments(command: Command, context: CompletionContext): Promise<string[]> {
  const { words, current } = context;
  const assigned = /^--([^=]+)=/.exec(current);
  if (assigned) {
    const flag = command.flags.find((candidate) => candidate.name === assigned[1]);
    const values = flag
      ? await flagValues(command, flag, { ...context, current: current.slice(assigned[0].length) })
      : [];
    return values.map((value) => assigned[0] + value);
  }
  const waiting = waitingFlag(command.flags, words.at(-1));
  if (waiting) return flagValues(command, waiting, context);
  if (current.startsWith('-') && !words.includes('--')) return flagNames(command.flags);
  return command.complete ? command.complete(context) : [];
}

/** The flag that the last word leaves without its value. */
function waitingFlag(flags: readonly Flag<unknown>[], word: string | undefined): Flag<unknown> | undefined {
  if (word === undefined || !/^-[^-=]*$|^--[^=]+$/.test(word)) return undefined;
  const flag = word.startsWith('--')
    ? flags.find((candidate) => candidate.name === word.slice(2))
    : flags.find((candidate) => candidate.shorthand !== undefined && candidate.shorthand === word.at(-1));
  return flag?.noValueText === undefined ? flag : undefined;
}

async function flagValues(command: Command, flag: Flag<unknown>, context: CompletionContext): Promise<string[]> {
  const complete = command.completeFlag?.[flag.name];
  return complete ? complete(context) : [...(flag.values ?? [])];
}

function flagNames(flags: readonly Flag<unknown>[]): string[] {
  const shown = flags.filter((flag) => !flag.hidden);
  return [
    ...shown.map((flag) => `--${flag.name}`),
    ...shown.flatMap((flag) => (flag.shorthand ? [`-${flag.shorthand}`] : [])),
    '--help',
  ];
}

/** How many of the words are flags before the command, with their values. */
function skipFlags(flags: readonly Flag<unknown>[], words: readonly string[]): number {
  let at = 0;
  while (words[at]?.startsWith('-')) at += waitingFlag(flags, words[at]) ? 2 : 1;
  return at;
}

function isShown(command: Command | CommandGroup): boolean {
  return command.kind === 'group' || !command.hidden;
}
