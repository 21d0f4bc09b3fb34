/** `docker config ls`. Source: `cli: cli/command/config/ls.go, formatter.go`. */
import type { Config } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { ageMilliseconds, humanDuration } from '../../opts/human-duration.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { labelsText } from '../labels-text.ts';

const filter = filterFlag();
const quiet = quietFlag('Print IDs alone');

export const configLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List configs',
  args: noArgs,
  flags: [filter, listFormatFlag, quiet],
  run: listConfigs,
};

/** The table at the time `now`. */
function configListing(now: number): Listing<Config> {
  const age = (time: string | undefined) => `${humanDuration(ageMilliseconds(time, now))} ago`;
  return {
    typeName: '*config.configContext',
    fields: {
      ID: { header: 'ID', value: ({ ID }) => ID },
      Name: { header: 'NAME', value: ({ Spec }) => Spec.Name ?? '' },
      CreatedAt: { header: 'CREATED', value: ({ CreatedAt }) => age(CreatedAt) },
      UpdatedAt: { header: 'UPDATED', value: ({ UpdatedAt }) => age(UpdatedAt) },
      Labels: { header: 'LABELS', value: ({ Spec }) => labelsText(Spec.Labels) },
    },
    lookups: { Label: ({ Spec }, name) => Spec.Labels?.[name] ?? '' },
    table: '{{.ID}}\t{{.Name}}\t{{.CreatedAt}}\t{{.UpdatedAt}}',
  };
}

async function listConfigs(context: CommandContext): Promise<number> {
  const { api, flags, process } = context;
  const configs = await api.get<Config[]>('/configs', { filters: filtersQuery(flags.get(filter)) });
  const rows = configs.toSorted((a, b) => compareNaturally(a.Spec.Name ?? '', b.Spec.Name ?? ''));
  const listing = configListing(process.host.clock.now());
  const text = renderListing(listing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
