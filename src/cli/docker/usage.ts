/**
 * Help pages and usage errors: what `--help` prints, and what a wrong command line is answered with.
 * Source: `docker/cli: cli/cobra.go` (help template), `cli/required.go`, `cli/error.go`.
 */
import { flagUsages } from '../flags/flag-usages.ts';
import type { ArgsHint, Command, CommandGroup } from './command.ts';

/** A command as it was reached: with the words that lead to it. */
export interface Reached<Kind> {
  command: Kind;
  /** `docker service create`. */
  path: string;
}

/** The help page of a command. `columns` is the terminal's width. */
export function commandHelp({ command, path }: Reached<Command>, columns: number): string {
  const paragraphs = [`Usage:  ${usageLine({ command, path })}`, command.description];
  const aliases = command.aliasLine ?? aliasNames(command, path);
  if (aliases) paragraphs.push(`Aliases:\n  ${aliases}`);
  const options = flagUsages(command.flags, columns - 1);
  if (options) paragraphs.push(`Options:\n${options.trimEnd()}`);
  return `${command.notice ?? ''}${paragraphs.join('\n\n')}\n`;
}

/** The help page of a group, on a host that has this place in a swarm. */
export function groupHelp({ command, path }: Reached<CommandGroup>, place: SwarmPlace): string {
  const known = command.commands.filter((inner) => isShown(inner, place));
  const groups = known.filter((inner) => inner.kind === 'group' && inner.section === 'management');
  const others = known.filter((inner) => !groups.includes(inner));
  const paragraphs = [
    `Usage:  ${path} COMMAND`,
    command.detail ?? command.description,
    ...(groups.length > 0 ? [`Management Commands:\n${commandList(groups)}`] : []),
    `Commands:\n${commandList(others)}`,
    `Run '${path} COMMAND --help' for more information on a command.`,
  ];
  return `${command.notice ?? ''}${paragraphs.join('\n\n')}\n`;
}

/** What the daemon says of its place in a swarm (`GET /_ping`); null: it does not answer, and nothing is left out. */
export type SwarmPlace = 'inactive' | 'worker' | 'manager' | null;

/** Source: `docker/cli: cmd/docker/docker.go` (`hideUnsupportedFeatures`). */
export function isShown({ needsSwarm }: Command | CommandGroup, place: SwarmPlace): boolean {
  if (place === null || needsSwarm === undefined) return true;
  return needsSwarm === 'manager' ? place === 'manager' : place !== 'inactive';
}

/** Names and descriptions in two columns, sorted by name unless they stand in an order of their own. */
export function commandList(
  commands: readonly (Command | CommandGroup)[],
  order: 'by name' | 'as given' = 'by name',
): string {
  const shown = commands.filter((command) => !(command.kind === 'command' && command.hidden));
  const sorted = order === 'as given' ? shown : shown.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(11, ...shown.map((command) => command.name.length));
  return sorted.map((command) => `  ${command.name.padEnd(width)} ${summaryOf(command)}`).join('\n');
}

function summaryOf(command: Command | CommandGroup): string {
  return (command.kind === 'command' && command.summary) || command.description.split('\n')[0]!;
}

/** `docker service create [OPTIONS] IMAGE`; of most groups only the path. */
export function usageLine({ command, path }: Reached<Command | CommandGroup>): string {
  return command.usage ? `${path} ${command.usage}` : path;
}

/** Answer to a bad flag (exit status 125). */
export function flagErrorText(reached: Reached<Command | CommandGroup>, message: string): string {
  return `${message}\n\nUsage:  ${usageLine(reached)}\n\nRun '${reached.path} --help' for more information\n`;
}

/** Answer to a wrong number of arguments (exit status 1). */
export function argsErrorText(reached: Reached<Command>, complaint: string, hint: ArgsHint): string {
  const { path } = reached;
  return `docker: '${path}' ${complaint}\n\nUsage:  ${usageLine(reached)}\n\n${hint} '${path} --help' for more information\n`;
}

/** Answer to a command that is not there (exit status 1). */
export function unknownCommandText(reached: Reached<CommandGroup>, name: string): string {
  const { path } = reached;
  return `docker: unknown command: ${path} ${name}\n\nUsage:  ${usageLine(reached)}\n\nRun '${path} --help' for more information\n`;
}

function aliasNames({ name, aliases }: Command, path: string): string {
  if (!aliases || aliases.length === 0) return '';
  const group = path.slice(0, path.length - name.length);
  return [name, ...aliases].map((alias) => group + alias).join(', ');
}
