/** `docker system`: the daemon as a whole. */
import type { CommandGroup } from '../command.ts';
import { dfCommand } from './df.ts';
import { eventsCommand } from './events.ts';
import { infoCommand } from './info.ts';
import { systemPrune } from './prune.ts';

export const systemCommand: CommandGroup = {
  kind: 'group',
  name: 'system',
  section: 'management',
  description: 'The daemon and its host',
  commands: [dfCommand, eventsCommand, infoCommand, systemPrune],
};
