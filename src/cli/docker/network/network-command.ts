/** `docker network`: lists, shows, makes and removes networks. */
import type { CommandGroup } from '../command.ts';
import { networkCreate } from './create.ts';
import { networkInspect } from './inspect.ts';
import { networkLs } from './ls.ts';
import { networkRm } from './rm.ts';

export const networkCommand: CommandGroup = {
  kind: 'group',
  name: 'network',
  section: 'management',
  description: 'Networks of this node and of the swarm',
  commands: [networkCreate, networkInspect, networkLs, networkRm],
};
