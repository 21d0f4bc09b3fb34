/** `docker service`. Source: `cli: cli/command/service/cmd.go`. */
import type { CommandGroup } from '../command.ts';
import { createCommand } from './create.ts';
import { inspectCommand } from './inspect.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { psCommand } from './ps.ts';
import { removeCommand } from './remove.ts';
import { rollbackCommand } from './rollback.ts';
import { scaleCommand } from './scale.ts';
import { updateCommand } from './update.ts';

export const serviceGroup: CommandGroup = {
  kind: 'group',
  name: 'service',
  needsSwarm: 'manager',
  description: 'Manage Swarm services',
  section: 'swarm',
  commands: [
    createCommand,
    inspectCommand,
    listCommand,
    logsCommand,
    psCommand,
    removeCommand,
    rollbackCommand,
    scaleCommand,
    updateCommand,
  ],
};
