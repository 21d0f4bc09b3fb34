/** `docker container`, and the names of its commands without `container`. */
import type { Command, CommandGroup } from '../command.ts';

export const containerGroup: CommandGroup = {
  kind: 'group',
  name: 'container',
  section: 'management',
  description: 'Containers of this host',
  commands: [],
};

/** `docker ps`, `docker rm`, ...: the same commands under their short names. */
export const containerShortcuts: readonly Command[] = [];
