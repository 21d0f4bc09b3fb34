/** `docker volume prune`. Source: `cli: cli/command/volume/prune.go`. */
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { confirm } from '../prompt.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Remove volumes with a name, too' });
const filter = filterFlag({
  shorthand: '',
  description: 'Only those that meet the condition (such as "label=<label>")',
});
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });

export const volumePrune: Command = {
  kind: 'command',
  name: 'prune',
  usage: '[OPTIONS]',
  description: 'Remove volumes that nothing uses',
  args: noArgs,
  flags: [all, filter, force],
  run: prune,
};

const warning = (kind: string): string => `WARNING! This will remove ${kind} not used by at least one container.
Are you sure you want to continue?`;

async function prune(context: CommandContext): Promise<number> {
  const { api, flags, out, fail } = context;
  const wanted = flags.get(filter);
  if (flags.get(all) && wanted.all) return fail('conflicting options: cannot specify both --all and --filter all=1');
  const question = warning(flags.get(all) ? 'all local volumes' : 'anonymous local volumes');
  if (!flags.get(force) && !(await confirm(context, question))) return 0;
  const filters = filtersQuery(flags.get(all) ? { ...wanted, all: ['true'] } : wanted);
  const report = await api.post<{ VolumesDeleted: string[] | null; SpaceReclaimed: number }>('/volumes/prune', {
    query: { filters },
  });
  const names = report.VolumesDeleted ?? [];
  if (names.length > 0) out(`Deleted Volumes:\n${names.map((name) => `${name}\n`).join('')}\n`);
  out(`Total reclaimed space: ${formatDecimalSize(names.length > 0 ? report.SpaceReclaimed : 0)}\n`);
  return 0;
}
