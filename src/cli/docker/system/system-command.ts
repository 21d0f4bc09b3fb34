/** `docker system`: the daemon as a whole. */
import type { CommandGroup } from '../command.ts';
import { infoCommand } from './info.ts';

export const systemCommand: CommandGroup = {
  kind: 'group',
  name: 'system',
  section: 'management',
  description: 'The daemon and its host',
  commands: [infoCommand],
};
