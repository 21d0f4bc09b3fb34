/** `docker node ls`. Source: `docker/cli: cli/command/node/list.go`. */
import type { Info, Node } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { nodeListing } from './node-listing.ts';

const filter = filterFlag();
const quiet = quietFlag('Print IDs alone');

export const nodeLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List the nodes of the swarm',
  args: noArgs,
  flags: [filter, listFormatFlag, quiet],
  run: listNodes,
};

async function listNodes(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const nodes = await api.get<Node[]>('/nodes', { filters: filtersQuery(flags.get(filter)) });
  const wantsSwarm = nodes.length > 0 && !flags.get(quiet);
  const swarm = wantsSwarm ? (await api.get<Info>('/info')).Swarm : null;
  const rows = nodes
    .toSorted((a, b) => compareNaturally(a.Description.Hostname ?? '', b.Description.Hostname ?? ''))
    .map((node) => ({ node, swarm }));
  const text = renderListing(nodeListing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
