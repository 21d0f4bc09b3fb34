/** `docker service`. Source: `cli: cli/command/service/cmd.go`. */
import type { CommandGroup } from '../command.ts';
import { createCommand } from './create.ts';
import { removeCommand } from './remove.ts';
import { rollbackCommand } from './rollback.ts';
import { scaleCommand } from './scale.ts';
import { updateCommand } from './update.ts';

export const serviceGroup: CommandGroup = {
  kind: 'group',
  name: 'service',
  description: 'Manage Swarm services',
  section: 'swarm',
  commands: [createCommand, removeCommand, rollbackCommand, scaleCommand, updateCommand],
};
