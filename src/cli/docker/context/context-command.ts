/** `docker context`: names for daemons. Source: `cli: cli/command/context`. */
import type { Command, CommandGroup } from '../command.ts';
import { exactArgs, requiresRangeArgs } from '../command.ts';
import { notModelled } from '../not-modelled.ts';
import { contextCreate, contextUpdate } from './create.ts';
import { contextInspect } from './inspect.ts';
import { contextLs } from './ls.ts';
import { contextRm } from './rm.ts';
import { contextShow, contextUse } from './use.ts';

const exportContext: Command = notModelled('export', '[OPTIONS] CONTEXT [FILE|-]', 'Write a context to an archive', {
  args: requiresRangeArgs(1, 2),
});
const importContext: Command = notModelled('import', 'CONTEXT FILE|-', 'Get a context from an archive', {
  args: exactArgs(2),
});

export const contextCommand: CommandGroup = {
  kind: 'group',
  name: 'context',
  section: 'management',
  description: 'Names for daemons to talk to',
  commands: [
    contextCreate,
    exportContext,
    importContext,
    contextInspect,
    contextLs,
    contextRm,
    contextShow,
    contextUpdate,
    contextUse,
  ],
};
