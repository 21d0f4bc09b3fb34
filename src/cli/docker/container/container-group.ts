/**
 * `docker container`, and those of its commands that `docker` has itself: `docker ps`, `docker kill`.
 * Source: `cli: cli/command/container/cmd.go`, `cli/command/commands/commands.go`.
 */
import type { Command, CommandGroup } from '../command.ts';
import { notModelled } from '../not-modelled.ts';
import { execCommand } from './exec.ts';
import { inspectCommand } from './inspect.ts';
import { listCommand, psCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { pauseCommand, unpauseCommand } from './pause.ts';
import { portCommand } from './port.ts';
import { pruneCommand } from './prune.ts';
import { removeCommand } from './remove.ts';
import { renameCommand } from './rename.ts';
import { createCommand, runCommand } from './run.ts';
import { killCommand, restartCommand, startCommand, stopCommand } from './signals.ts';
import { topCommand } from './top.ts';
import { waitCommand } from './wait.ts';

const commands: readonly Command[] = [
  notModelled('attach', '[OPTIONS] CONTAINER', 'Connect this terminal to a container'),
  notModelled('commit', '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]', 'Make an image of a container'),
  notModelled('cp', '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-', 'Copy files from and to containers'),
  createCommand,
  notModelled('diff', 'CONTAINER', 'Show which files a container has changed'),
  execCommand,
  notModelled('export', '[OPTIONS] CONTAINER', "Write a container's files to an archive"),
  killCommand,
  logsCommand,
  pauseCommand,
  portCommand,
  removeCommand,
  renameCommand,
  restartCommand,
  runCommand,
  startCommand,
  notModelled('stats', '[OPTIONS] [CONTAINER...]', 'Show what containers use, as it changes'),
  stopCommand,
  topCommand,
  unpauseCommand,
  notModelled('update', '[OPTIONS] CONTAINER [CONTAINER...]', 'Change the limits of containers'),
  waitCommand,
];

export const containerGroup: CommandGroup = {
  kind: 'group',
  name: 'container',
  description: 'Manage containers',
  section: 'management',
  commands: [...commands, inspectCommand, listCommand, pruneCommand],
};

/** Commands that need no `container` before them; `rm` is not called `remove` there. */
export const containerShortcuts: readonly Command[] = [
  psCommand,
  ...commands.map((command) => ({ ...command, aliases: [] })),
];
