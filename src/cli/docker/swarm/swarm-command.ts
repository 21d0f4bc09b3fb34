/** `docker swarm`: begin, join, leave and change a swarm. */
import type { CommandGroup } from '../command.ts';
import { swarmCa } from './ca.ts';
import { swarmInit } from './init.ts';
import { swarmJoin } from './join.ts';
import { swarmJoinToken } from './join-token.ts';
import { swarmLeave } from './leave.ts';
import { swarmUnlock, swarmUnlockKey } from './unlock.ts';
import { swarmUpdate } from './update.ts';

export const swarmCommand: CommandGroup = {
  kind: 'group',
  name: 'swarm',
  section: 'swarm',
  description: 'Begin, join and change swarms',
  commands: [swarmCa, swarmInit, swarmJoin, swarmJoinToken, swarmLeave, swarmUnlock, swarmUnlockKey, swarmUpdate],
};
