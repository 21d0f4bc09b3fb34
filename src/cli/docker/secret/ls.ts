/** `docker secret ls`. Source: `cli: cli/command/secret/ls.go, formatter.go`. */
import type { Secret } from '../../../protocol/engine-api.ts';
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

export const secretLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List secrets',
  args: noArgs,
  flags: [filter, listFormatFlag, quiet],
  run: listSecrets,
};

/** The table at the time `now`. */
function secretListing(now: number): Listing<Secret> {
  const age = (time: string | undefined) => `${humanDuration(ageMilliseconds(time, now))} ago`;
  return {
    typeName: '*secret.secretContext',
    fields: {
      ID: { header: 'ID', value: ({ ID }) => ID },
      Name: { header: 'NAME', value: ({ Spec }) => Spec.Name ?? '' },
      Driver: { header: 'DRIVER', value: ({ Spec }) => Spec.Driver?.Name ?? '' },
      CreatedAt: { header: 'CREATED', value: ({ CreatedAt }) => age(CreatedAt) },
      UpdatedAt: { header: 'UPDATED', value: ({ UpdatedAt }) => age(UpdatedAt) },
      Labels: { header: 'LABELS', value: ({ Spec }) => labelsText(Spec.Labels) },
    },
    lookups: { Label: ({ Spec }, name) => Spec.Labels?.[name] ?? '' },
    table: '{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}',
  };
}

async function listSecrets(context: CommandContext): Promise<number> {
  const { api, flags, process } = context;
  const secrets = await api.get<Secret[]>('/secrets', { filters: filtersQuery(flags.get(filter)) });
  const rows = secrets.toSorted((a, b) => compareNaturally(a.Spec.Name ?? '', b.Spec.Name ?? ''));
  const listing = secretListing(process.host.clock.now());
  const text = renderListing(listing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
