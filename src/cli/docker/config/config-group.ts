/** `docker config`. Source: `cli: cli/command/config/cmd.go`. */
import type { CommandGroup } from '../command.ts';
import { configCreate } from './create.ts';
import { configInspect } from './inspect.ts';
import { configLs } from './ls.ts';
import { configRm } from './rm.ts';

export const configGroup: CommandGroup = {
  kind: 'group',
  name: 'config',
  needsSwarm: 'manager',
  section: 'swarm',
  description: 'Configs of the swarm',
  commands: [configCreate, configInspect, configLs, configRm],
};
