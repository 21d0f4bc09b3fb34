/** `docker network`: lists, shows, makes and removes networks. */
import type { CommandGroup } from '../command.ts';
import { networkConnect, networkDisconnect } from './connect.ts';
import { networkCreate } from './create.ts';
import { networkInspect } from './inspect.ts';
import { networkLs } from './ls.ts';
import { networkPrune } from './prune.ts';
import { networkRm } from './rm.ts';

export const networkCommand: CommandGroup = {
  kind: 'group',
  name: 'network',
  section: 'management',
  description: 'Networks of this node and of the swarm',
  commands: [networkConnect, networkCreate, networkDisconnect, networkInspect, networkLs, networkPrune, networkRm],
};
