/**
 * Runs a command line against a tree of commands: finds the command, reads its flags, checks its arguments, runs it,
 * and puts refusals of the daemon into words. Exit statuses: 125 for bad flags, 1 for everything else that fails.
 * Source: `spf13/cobra: command.go` (`Traverse`, `execute`), `docker/cli: cmd/docker/docker.go`.
 */

import { ConnectionError } from '../../protocol/api.ts';
import { type CommandLine, parseCommandLine } from '../flags/flag-set.ts';
import type { Process } from '../process.ts';
import { DockerClient, describeError, Interrupted } from './client.ts';
import type { Command, CommandContext, CommandGroup } from './command.ts';
import {
  argsErrorText,
  commandHelp,
  flagErrorText,
  groupHelp,
  type Reached,
  type SwarmPlace,
  unknownCommandText,
} from './usage.ts';

/** Exit status for a command line that could not be read. */
export const badFlagStatus = 125;

/** Exit status after Ctrl-C. */
export const interruptedStatus = 130;

/** Runs the words after a group's name: `['create', 'nginx']` after `docker service`. */
export async function runGroup(
  process: Process,
  reached: Reached<CommandGroup>,
  words: readonly string[],
): Promise<number> {
  const line = parseCommandLine([], words, { interspersed: false });
  if (!line.ok) return complain(process, flagErrorText(reached, line.message), badFlagStatus);
  const [name, ...rest] = line.args;
  const command = name === undefined ? undefined : findCommand(reached.command.commands, name);
  // `--help` before a command's name asks for that command's help.
  if (line.help && !command) return print(process, notice(line.notice) + groupHelp(reached, await swarmPlace(process)));
  if (name === undefined) return complain(process, groupHelp(reached, await swarmPlace(process)), 0);
  if (!command) return complain(process, unknownCommandText(reached, name), 1);
  const inner = { command, path: `${reached.path} ${command.name}` };
  return runAny(process, inner, line.help ? ['--help', ...rest] : rest);
}

/** Runs a command or a group. */
export async function runAny(
  process: Process,
  { command, path }: Reached<Command | CommandGroup>,
  words: readonly string[],
): Promise<number> {
  return command.kind === 'group'
    ? runGroup(process, { command, path }, words)
    : runCommand(process, { command, path }, words);
}

/** The command with this name or alias. */
export function findCommand(
  commands: readonly (Command | CommandGroup)[],
  name: string,
): Command | CommandGroup | undefined {
  return commands.find(
    (command) => command.name === name || (command.kind === 'command' && command.aliases?.includes(name)),
  );
}

/** The help page of a command or a group, for the terminal of this process. */
export async function helpPage(process: Process, { command, path }: Reached<Command | CommandGroup>): Promise<string> {
  return command.kind === 'group'
    ? groupHelp({ command, path }, await swarmPlace(process))
    : commandHelp({ command, path }, columnsOf(process));
}

/** Asked of the daemon before a list of commands is shown. */
export async function swarmPlace({ host }: Process): Promise<SwarmPlace> {
  try {
    const { headers } = await host.api.request({ method: 'HEAD', path: '/_ping' });
    const [state, role] = (headers.Swarm ?? '').split('/');
    if (state === '') return null;
    return role === 'manager' || role === 'worker' ? role : 'inactive';
  } catch (error) {
    if (error instanceof ConnectionError) return null;
    throw error;
  }
}

async function runCommand(process: Process, reached: Reached<Command>, words: readonly string[]): Promise<number> {
  const { command } = reached;
  const isHelp = words.includes('--help');
  const read = command.wordsAsTheyAre && !isHelp ? ['--', ...words] : command.wordsAsTheyAre ? ['--help'] : words;
  const line = parseCommandLine(command.flags, read, { interspersed: command.interspersed });
  if (command.notice !== undefined && !(line.ok && line.help)) process.stderr.write(command.notice);
  if (!line.ok) return complain(process, flagErrorText(reached, line.message), badFlagStatus);
  if (line.help) return print(process, notice(line.notice) + (await helpPage(process, reached)));
  const wrong = command.args(line.args);
  if (wrong) return complain(process, argsErrorText(reached, wrong.complaint, wrong.hint), 1);
  return runInWords(process, () => command.run(createContext(process, reached, line)));
}

/** Runs, and turns a daemon's refusal, a closed socket and Ctrl-C into a line and an exit status. */
async function runInWords(process: Process, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Interrupted) return interruptedStatus;
    const line = describeError(error);
    if (line === null) throw error;
    return complain(process, `${line}\n`, 1);
  }
}

function createContext(process: Process, reached: Reached<Command>, line: CommandLine): CommandContext {
  return {
    process,
    api: new DockerClient(process.host.api, process.signal),
    flags: line.flags,
    args: line.args,
    commandPath: reached.path,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    fail: (text, exit = 1) => complain(process, `${text}\n`, exit),
    help: () => print(process, commandHelp(reached, columnsOf(process))),
  };
}

/** The width that help is wrapped to: that of the terminal, or 80. */
function columnsOf(process: Process): number {
  return (process.stdout.terminal ?? process.stderr.terminal)?.columns ?? 80;
}

function notice(line: string | undefined): string {
  return line === undefined ? '' : `${line}\n`;
}

function print(process: Process, text: string): number {
  process.stdout.write(text);
  return 0;
}

function complain(process: Process, text: string, exit: number): number {
  process.stderr.write(text);
  return exit;
}
