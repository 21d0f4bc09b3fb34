/** `docker volume`: the volumes of this node. */

import { volumeType } from '../../../go-types/swarm.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { type Command, type CommandGroup, requiresMaxArgs, requiresMinArgs } from '../command.ts';
import { completeVolumes } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { volumeCreate } from './create.ts';
import { volumeLs } from './ls.ts';
import { volumePrune } from './prune.ts';
import { volumeRm } from './rm.ts';

const volumeInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  description: 'Show volumes in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag],
  run: (context) =>
    inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), async (name) => ({
      raw: await context.api.get(`/volumes/${name}`),
      type: volumeType,
      typedOnly: true,
    })),
  complete: completeVolumes,
};

/** There are no volumes of the cluster. */
const volumeUpdate: Command = {
  kind: 'command',
  name: 'update',
  usage: '[OPTIONS] [VOLUME]',
  description: 'Change a volume of the cluster',
  args: requiresMaxArgs(1),
  flags: flagLines(
    '--availability string  Availability in the cluster ("active", "pause", "drain") (default "active")',
  ),
  run: async ({ api, args, fail }) => {
    await api.get(`/volumes/${args[0] ?? ''}`);
    return fail('can only update cluster volumes');
  },
  complete: completeVolumes,
};

export const volumeCommand: CommandGroup = {
  kind: 'group',
  name: 'volume',
  section: 'management',
  description: 'Volumes of this node',
  commands: [volumeCreate, volumeInspect, volumeLs, volumePrune, volumeRm, volumeUpdate],
};
