/** `docker network ls`. Source: `docker/cli: cli/command/network/list.go, formatter.go`. */

import { printTime } from '../../../go-types/struct.ts';
import type { Network } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { truncateId } from '../../table/display-width.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, noTruncFlag, quietFlag } from '../format-flag.ts';
import { labelsText } from '../labels-text.ts';

const filter = filterFlag({ description: 'Show only what meets the condition (such as "driver=bridge")' });
const quiet = quietFlag('Print IDs alone');

export const networkLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List the networks this node knows',
  args: noArgs,
  flags: [filter, listFormatFlag, noTruncFlag, quiet],
  run: listNetworks,
};

/** The table; IDs are cut to twelve digits unless `full`. */
function networkListing(full: boolean): Listing<Network> {
  return {
    typeName: '*network.networkContext',
    fields: {
      ID: { header: 'NETWORK ID', value: ({ Id: id }) => (full ? id : truncateId(id)) },
      Name: { header: 'NAME', value: (network) => network.Name },
      Driver: { header: 'DRIVER', value: (network) => network.Driver },
      Scope: { header: 'SCOPE', value: (network) => network.Scope },
      IPv4: { header: 'IPV4', value: (network) => String(network.EnableIPv4) },
      IPv6: { header: 'IPV6', value: (network) => String(network.EnableIPv6) },
      Internal: { header: 'INTERNAL', value: (network) => String(network.Internal) },
      Labels: { header: 'LABELS', value: (network) => labelsText(network.Labels) },
      CreatedAt: { header: 'CREATED AT', value: (network) => printTime(network.Created) },
    },
    lookups: { Label: (network, name) => network.Labels?.[name] ?? '' },
    table: '{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}',
    raw: 'network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n',
  };
}

async function listNetworks(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const networks = await api.get<Network[]>('/networks', { filters: filtersQuery(flags.get(filter)) });
  const rows = networks.toSorted((a, b) => compareNaturally(a.Name, b.Name));
  const listing = networkListing(flags.get(noTruncFlag));
  const text = renderListing(listing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
