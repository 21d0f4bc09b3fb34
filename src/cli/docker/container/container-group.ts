/**
 * `docker container`, and those of its commands that `docker` has itself: `docker ps`, `docker kill`.
 * Source: `cli: cli/command/container/cmd.go`, `cli/command/commands/commands.go`.
 */
import type { Command, CommandGroup } from '../command.ts';
import { execCommand } from './exec.ts';
import { inspectCommand } from './inspect.ts';
import { listCommand, psCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { portCommand } from './port.ts';
import { removeCommand } from './remove.ts';
import { createCommand, runCommand } from './run.ts';
import { killCommand, restartCommand, startCommand, stopCommand } from './signals.ts';
import { topCommand } from './top.ts';

const commands: readonly Command[] = [
  createCommand,
  execCommand,
  killCommand,
  logsCommand,
  portCommand,
  removeCommand,
  restartCommand,
  runCommand,
  startCommand,
  stopCommand,
  topCommand,
];

export const containerGroup: CommandGroup = {
  kind: 'group',
  name: 'container',
  description: 'Manage containers',
  section: 'management',
  commands: [...commands, inspectCommand, listCommand],
};

/** Commands that need no `container` before them; `rm` is not called `remove` there. */
export const containerShortcuts: readonly Command[] = [
  psCommand,
  ...commands.map((command) => ({ ...command, aliases: [] })),
];
