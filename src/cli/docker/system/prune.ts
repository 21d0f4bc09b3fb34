/** `docker system prune`. Source: `cli: cli/command/system/prune.go`. */
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { pruneImages } from '../image/prune.ts';
import { confirm } from '../prompt.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Also images that have a name' });
const filter = filterFlag({
  shorthand: '',
  description: 'Only what meets the condition (such as "label=<key>=<value>")',
});
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });
const volumes = boolFlag({ name: 'volumes', description: 'Also anonymous volumes' });

export const systemPrune: Command = {
  kind: 'command',
  name: 'prune',
  usage: '[OPTIONS]',
  description: 'Remove what nothing uses',
  args: noArgs,
  flags: [all, filter, force, volumes],
  run: prune,
};

function question({ flags }: CommandContext): string {
  const kinds = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(flags.get(volumes) ? ['all anonymous volumes not used by at least one container'] : []),
    flags.get(all) ? 'all images without at least one container associated to them' : 'all dangling images',
    flags.get(all) ? 'all build cache' : 'unused build cache',
  ];
  const conditions = Object.entries(flags.get(filter)).flatMap(([key, values]) =>
    values.map((value) => `${key}=${value}`),
  );
  const filtered =
    conditions.length === 0 ? '' : `\n\n  Items to be pruned will be filtered with:\n  - ${conditions.join('\n  - ')}`;
  return `WARNING! This will remove:\n${kinds.map((kind) => `  - ${kind}`).join('\n')}${filtered}

Are you sure you want to continue?`;
}

async function prune(context: CommandContext): Promise<number> {
  const { api, fail, flags, out } = context;
  const conditions = flags.get(filter);
  if (flags.get(volumes) && conditions.until)
    return fail('ERROR: The "until" filter is not supported with "--volumes"');
  if (!flags.get(force) && !(await confirm(context, question(context)))) return 0;
  let reclaimed = 0;
  for (const step of [pruneContainers, pruneNetworks, ...(flags.get(volumes) ? [pruneVolumes] : [])])
    reclaimed += await step(context);
  const images = await pruneImages(api, flags.get(all), conditions);
  out(images.text);
  reclaimed += images.reclaimed;
  const query = { all: flags.get(all) ? '1' : undefined, filters: filtersQuery(conditions) };
  await api.post('/build/prune', { query });
  out(`Total reclaimed space: ${formatDecimalSize(reclaimed)}\n`);
  return 0;
}

function tell({ out }: CommandContext, kind: string, names: readonly string[] | null): void {
  if (names?.length) out(`Deleted ${kind}:\n${names.map((name) => `${name}\n`).join('')}\n`);
}

async function pruneContainers(context: CommandContext): Promise<number> {
  const query = { filters: filtersQuery(context.flags.get(filter)) };
  const report = await context.api.post<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>(
    '/containers/prune',
    { query },
  );
  tell(context, 'Containers', report.ContainersDeleted);
  return report.SpaceReclaimed;
}

async function pruneNetworks(context: CommandContext): Promise<number> {
  const query = { filters: filtersQuery(context.flags.get(filter)) };
  const report = await context.api.post<{ NetworksDeleted: string[] | null }>('/networks/prune', { query });
  tell(context, 'Networks', report.NetworksDeleted);
  return 0;
}

async function pruneVolumes(context: CommandContext): Promise<number> {
  const query = { filters: filtersQuery(context.flags.get(filter)) };
  const report = await context.api.post<{ VolumesDeleted: string[] | null; SpaceReclaimed: number }>('/volumes/prune', {
    query,
  });
  tell(context, 'Volumes', report.VolumesDeleted);
  return report.SpaceReclaimed;
}
