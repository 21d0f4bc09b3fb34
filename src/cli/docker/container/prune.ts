/** `docker container prune`. Source: `cli: cli/command/container/prune.go`. */
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { confirm } from '../prompt.ts';

const filter = filterFlag({
  shorthand: '',
  description: 'Only those that meet the condition (such as "until=<timestamp>")',
});
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });

const question = `WARNING! This will remove all stopped containers.
Are you sure you want to continue?`;

export const pruneCommand: Command = {
  kind: 'command',
  name: 'prune',
  usage: '[OPTIONS]',
  description: 'Remove all stopped containers',
  args: noArgs,
  flags: [filter, force],
  run: prune,
};

async function prune(context: CommandContext): Promise<number> {
  const { api, flags, out } = context;
  if (!flags.get(force) && !(await confirm(context, question))) return 0;
  const report = await api.post<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>('/containers/prune', {
    query: { filters: filtersQuery(flags.get(filter)) },
  });
  const ids = report.ContainersDeleted ?? [];
  if (ids.length > 0) out(`Deleted Containers:\n${ids.map((id) => `${id}\n`).join('')}\n`);
  out(`Total reclaimed space: ${formatDecimalSize(ids.length > 0 ? report.SpaceReclaimed : 0)}\n`);
  return 0;
}
