/** `docker volume ls`. Source: `docker/cli: cli/command/volume/list.go, formatter/volume.go`. */
import type { Volume, VolumeList } from '../../../protocol/engine-api.ts';
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { labelsText } from '../labels-text.ts';

const cluster = boolFlag({ name: 'cluster', description: 'Show those of the cluster alone, as such' });
const filter = filterFlag({ description: 'Show only what meets the condition (such as "dangling=true")' });
const quiet = quietFlag('Print names alone');

export const volumeLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List the volumes of this node',
  args: noArgs,
  flags: [cluster, filter, listFormatFlag, quiet],
  run: listVolumes,
};

/** Simplified: there are no volumes of the cluster (CSI), so what belongs to them is not known. */
const volumeListing: Listing<Volume> = {
  typeName: '*formatter.volumeContext',
  fields: {
    Name: { header: 'VOLUME NAME', value: (volume) => volume.Name },
    Group: { header: 'GROUP', value: () => 'N/A' },
    Driver: { header: 'DRIVER', value: (volume) => volume.Driver },
    Scope: { header: 'SCOPE', value: (volume) => volume.Scope },
    Availability: { header: 'AVAILABILITY', value: () => 'N/A' },
    Mountpoint: { header: 'MOUNTPOINT', value: (volume) => volume.Mountpoint },
    Labels: { header: 'LABELS', value: (volume) => labelsText(volume.Labels) },
    Links: { header: 'LINKS', value: () => 'N/A' },
    Size: { header: 'SIZE', value: () => 'N/A' },
    Status: { header: 'STATUS', value: () => 'N/A' },
  },
  lookups: { Label: (volume, name) => volume.Labels?.[name] ?? '' },
  table: '{{.Driver}}\t{{.Name}}',
  quiet: '{{.Name}}',
  raw: 'name: {{.Name}}\ndriver: {{.Driver}}\n',
};

const CLUSTER_TABLE = '{{.Name}}\t{{.Group}}\t{{.Driver}}\t{{.Availability}}\t{{.Status}}';

async function listVolumes(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const list = await api.get<VolumeList>('/volumes', { filters: filtersQuery(flags.get(filter)) });
  // There are no volumes of the cluster.
  const shown = flags.get(cluster) ? [] : (list.Volumes ?? []);
  const listing = flags.get(cluster) ? { ...volumeListing, table: CLUSTER_TABLE } : volumeListing;
  const rows = shown.toSorted((a, b) => compareNaturally(a.Name, b.Name));
  const text = renderListing(listing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
