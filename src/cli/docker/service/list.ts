/** `docker service ls`. Source: `cli: cli/command/service/list.go`. */
import type { Service } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { serviceListing } from './service-listing.ts';

const filter = filterFlag();
const quiet = quietFlag('Print IDs alone');

export const listCommand: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List services',
  args: noArgs,
  flags: [filter, listFormatFlag, quiet],
  run: runList,
};

async function runList(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const services = await api.get<Service[]>('/services', {
    filters: filtersQuery(flags.get(filter)),
    status: flags.get(quiet) ? undefined : 'true',
  });
  const rows = services.toSorted((a, b) => compareNaturally(a.Spec.Name ?? '', b.Spec.Name ?? ''));
  const text = renderListing(serviceListing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
