/** `docker volume create`. Source: `cli: cli/command/volume/create.go`. Simplified: no volumes of the cluster (CSI). */
import type { Volume } from '../../../protocol/engine-api.ts';
import { listFlag } from '../../flags/flag.ts';
import { mapFlag, stringFlag } from '../../flags/flag-types.ts';
import { parseLabel, sortedRecord, toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, requiresMaxArgs } from '../command.ts';

const driver = stringFlag({ name: 'driver', shorthand: 'd', default: 'local', description: 'What keeps the volume' });
const labels = listFlag({ name: 'label', description: 'Labels of the volume', parse: parseLabel });
const options = mapFlag({ name: 'opt', shorthand: 'o', description: 'Options for the driver' });
/** The name as a flag, as it once was. */
const nameFlag = stringFlag({ name: 'name', description: 'Name of the volume', hidden: true });

export const volumeCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] [VOLUME]',
  description: 'Make a volume',
  args: requiresMaxArgs(1),
  flags: [driver, labels, nameFlag, options],
  run: createVolume,
};

async function createVolume({ api, args, flags, out, fail }: CommandContext): Promise<number> {
  if (args.length > 0 && flags.get(nameFlag) !== '')
    return fail('conflicting options: cannot specify a volume-name through both --name and as a positional arg');
  const body = {
    Driver: flags.get(driver),
    DriverOpts: sortedRecord(Object.entries(flags.get(options))),
    Labels: toRecord(flags.get(labels)),
    Name: args[0] ?? flags.get(nameFlag),
  };
  const { Name } = await api.post<Volume>('/volumes/create', { body });
  out(`${Name}\n`);
  return 0;
}
