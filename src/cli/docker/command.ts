/**
 * The shape of `docker`'s command tree: commands, groups of commands, rules for arguments, what a running command is given.
 * A command is a constant; `root.ts` finds it, reads its flags, checks its arguments and runs it.
 * Source: `spf13/cobra: command.go`, `docker/cli: cli/required.go`.
 */
import type { Flag } from '../flags/flag.ts';
import type { ParsedFlags } from '../flags/flag-set.ts';
import type { Process } from '../process.ts';
import type { DockerClient } from './client.ts';

/** What a running command has. It returns its exit status; `ApiError` and `ConnectionError` may pass through it. */
export interface CommandContext {
  process: Process;
  api: DockerClient;
  flags: ParsedFlags;
  /** Arguments left after the flags. */
  args: string[];
  /** `docker service create`, as it was called. */
  commandPath: string;
  /** Writes to standard output as it is; newlines are the caller's. */
  out(text: string): void;
  /** Writes to standard error as it is. */
  err(text: string): void;
  /** Writes a line to standard error and returns the exit status, for `return context.fail('...')`. */
  fail(line: string, exit?: number): number;
  /** Prints the command's own help page, as docker does when there is nothing to do (`swarm update`). */
  help(): number;
}

/** What completion has: the daemon, and the words after the command's name. */
export interface CompletionContext {
  api: DockerClient;
  /** Arguments and flags typed before the word under the cursor. */
  words: string[];
  /** The word being typed. */
  current: string;
}

/** Candidates for the word being typed; those that do not begin with it are dropped by the caller. */
export type CompleteWord = (context: CompletionContext) => Promise<string[]>;

/** A command that does something. */
export interface Command {
  kind: 'command';
  name: string;
  aliases?: readonly string[];
  /** Whole `Aliases:` line where it is not just this command's names (`docker ps`). */
  aliasLine?: string;
  /** What follows the name in the usage line: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  usage: string;
  /** One line, without a full stop. */
  description: string;
  /** Shown in lists of commands instead of a description of several lines. */
  summary?: string;
  /** Printed before the help page and before it runs: what is wrong with the command as such. */
  notice?: string;
  /** Left out of lists where the host is no manager, or in no swarm. */
  needsSwarm?: 'manager' | 'active';
  args: ArgsRule;
  flags: readonly Flag<unknown>[];
  /** False: flags end at the first argument (`service create IMAGE ...`, `exec CONTAINER ...`). */
  interspersed?: boolean;
  /** True: nothing that follows is read as a flag, but `--help`. */
  wordsAsTheyAre?: boolean;
  run(context: CommandContext): Promise<number>;
  /** Completes arguments. */
  complete?: CompleteWord;
  /** Completes values of flags, by the flag's name; a flag's own `values` need no entry here. */
  completeFlag?: Readonly<Record<string, CompleteWord>>;
  hidden?: boolean;
}

/** A command that only holds others: `docker service`. */
export interface CommandGroup {
  kind: 'group';
  name: string;
  /** What follows the name in the usage line of complaints; none but `docker stack` has it. */
  usage?: string;
  description: string;
  /** Shown on its own page instead of the description. */
  detail?: string;
  notice?: string;
  needsSwarm?: 'manager' | 'active';
  commands: readonly (Command | CommandGroup)[];
  /** Under which heading of `docker --help` it stands. */
  section?: 'management' | 'swarm';
}

/** How the last line begins; the third is docker's own slip. */
export type ArgsHint = 'See' | 'Run' | 'SRun';

/** Says what is wrong with the number of arguments: what follows `'docker x'`, and how the last line begins; null if nothing. */
export type ArgsRule = (args: readonly string[]) => { complaint: string; hint: ArgsHint } | null;

/** `accepts no arguments`. */
export const noArgs: ArgsRule = (args) =>
  args.length === 0 ? null : { complaint: 'accepts no arguments', hint: 'Run' };

/** Any number. */
export const anyArgs: ArgsRule = () => null;

/** `requires N arguments`. */
export function exactArgs(count: number): ArgsRule {
  return (args) => (args.length === count ? null : { complaint: `requires ${plural(count)}`, hint: 'Run' });
}

/** `requires at least N arguments`. */
export function requiresMinArgs(least: number): ArgsRule {
  return (args) => (args.length >= least ? null : { complaint: `requires at least ${plural(least)}`, hint: 'See' });
}

/** `requires at least N and at most M arguments`. */
export function requiresRangeArgs(least: number, most: number): ArgsRule {
  const complaint = `requires at least ${least} and at most ${plural(most)}`;
  return (args) => (args.length >= least && args.length <= most ? null : { complaint, hint: 'Run' });
}

/** `requires at most N arguments`. */
export function requiresMaxArgs(most: number): ArgsRule {
  return (args) => (args.length <= most ? null : { complaint: `requires at most ${plural(most)}`, hint: 'SRun' });
}

function plural(count: number): string {
  return `${count} ${count === 1 ? 'argument' : 'arguments'}`;
}
