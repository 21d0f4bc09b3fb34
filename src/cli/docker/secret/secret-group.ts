/** `docker secret`. Source: `cli: cli/command/secret/cmd.go`. */
import type { CommandGroup } from '../command.ts';
import { secretCreate } from './create.ts';
import { secretInspect } from './inspect.ts';
import { secretLs } from './ls.ts';
import { secretRm } from './rm.ts';

export const secretGroup: CommandGroup = {
  kind: 'group',
  name: 'secret',
  needsSwarm: 'manager',
  section: 'swarm',
  description: 'Secrets of the swarm',
  commands: [secretCreate, secretInspect, secretLs, secretRm],
};
