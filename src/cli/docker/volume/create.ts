/** `docker volume create`. Source: `cli: cli/command/volume/create.go`. Simplified: no volumes of the cluster (CSI). */
import type { Volume } from '../../../protocol/engine-api.ts';
import { listFlag } from '../../flags/flag.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { mapFlag, stringFlag } from '../../flags/flag-types.ts';
import { parseLabel, sortedRecord, toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, requiresMaxArgs } from '../command.ts';

const driver = stringFlag({ name: 'driver', shorthand: 'd', default: 'local', description: 'What keeps the volume' });
const labels = listFlag({ name: 'label', description: 'Labels of the volume', parse: parseLabel });
const options = mapFlag({ name: 'opt', shorthand: 'o', description: 'Options for the driver' });
/** The name as a flag, as it once was. */
const nameFlag = stringFlag({ name: 'name', description: 'Name of the volume', hidden: true });

/** Of volumes of the cluster (CSI), which are not modelled. */
const clusterFlags = flagLines(`
  --availability string  Availability in the cluster ("active", "pause", "drain") (default "active")
  --group string  Group in the cluster
  --limit-bytes bytes  Size in the cluster, at most
  --required-bytes bytes  Size in the cluster, at least
  --scope string  Who may use it at once ("single", "multi") (default "single")
  --secret map  Secrets for the driver (default map[])
  --sharing string  How it may be shared ("none", "readonly", "onewriter", "all") (default "none")
  --topology-preferred list  Where it would better be
  --topology-required list  Where it must be
  --type string  How it is used ("mount", "block") (default "block")
`);

export const volumeCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] [VOLUME]',
  description: 'Make a volume',
  args: requiresMaxArgs(1),
  flags: [driver, labels, nameFlag, options, ...clusterFlags],
  run: createVolume,
};

async function createVolume({ api, args, flags, out, fail }: CommandContext): Promise<number> {
  if (args.length > 0 && flags.get(nameFlag) !== '')
    return fail('conflicting options: cannot specify a volume-name through both --name and as a positional arg');
  const ofCluster = clusterFlags.find((flag) => flags.changed(flag));
  if (ofCluster)
    return fail(`docker volume create --${ofCluster.name} is not modelled here: there are no cluster volumes`);
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
