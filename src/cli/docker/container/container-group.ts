/**
 * `docker container`, and those of its commands that `docker` has itself: `docker ps`, `docker kill`.
 * Source: `cli: cli/command/container/cmd.go`, `cli/command/commands/commands.go`.
 */
import type { Command, CommandGroup } from '../command.ts';
import { attachCommand } from './attach.ts';
import { commitCommand, exportCommand } from './commit.ts';
import { cpCommand } from './cp.ts';
import { diffCommand } from './diff.ts';
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
import { statsCommand } from './stats.ts';
import { topCommand } from './top.ts';
import { updateCommand } from './update.ts';
import { waitCommand } from './wait.ts';

const commands: readonly Command[] = [
  attachCommand,
  commitCommand,
  cpCommand,
  createCommand,
  diffCommand,
  execCommand,
  exportCommand,
  killCommand,
  logsCommand,
  pauseCommand,
  portCommand,
  removeCommand,
  renameCommand,
  restartCommand,
  runCommand,
  startCommand,
  statsCommand,
  stopCommand,
  topCommand,
  unpauseCommand,
  updateCommand,
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
