/** `docker node`: the machines of a swarm. */
import type { CommandGroup } from '../command.ts';
import { nodeDemote, nodePromote } from './change-role.ts';
import { nodeInspect } from './inspect.ts';
import { nodeLs } from './ls.ts';
import { nodePs } from './ps.ts';
import { nodeRm } from './rm.ts';
import { nodeUpdate } from './update.ts';

export const nodeCommand: CommandGroup = {
  kind: 'group',
  name: 'node',
  needsSwarm: 'manager',
  section: 'swarm',
  description: 'Nodes of the swarm',
  commands: [nodeDemote, nodeInspect, nodeLs, nodePromote, nodePs, nodeRm, nodeUpdate],
};
