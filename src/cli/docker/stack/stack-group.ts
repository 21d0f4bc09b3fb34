/** `docker stack`. Source: `cli: cli/command/stack/cmd.go`. */
import type { CommandGroup } from '../command.ts';
import { stackConfig } from './config.ts';
import { stackDeploy } from './deploy.ts';
import { stackLs } from './ls.ts';
import { stackPs } from './ps.ts';
import { stackRm } from './rm.ts';
import { stackServices } from './services.ts';

export const stackGroup: CommandGroup = {
  kind: 'group',
  name: 'stack',
  needsSwarm: 'manager',
  usage: '[OPTIONS]',
  section: 'swarm',
  description: 'Services that belong together',
  commands: [stackConfig, stackDeploy, stackLs, stackPs, stackRm, stackServices],
};
