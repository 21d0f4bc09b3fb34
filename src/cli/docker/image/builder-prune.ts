/** `docker builder prune`. Source: `cli: cli/command/builder/prune.go`. Nothing of builds is kept here. */
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { filtersQuery } from '../client.ts';
import { type Command, noArgs } from '../command.ts';
import { confirm } from '../prompt.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Also what is still of use' });
const filter = filterFlag({ shorthand: '', description: 'Only what meets the condition (such as "until=24h")' });
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });
const ignored = flagLines('--keep-storage bytes  Keep so much of it');

export const builderPrune: Command = {
  kind: 'command',
  name: 'prune',
  usage: '',
  description: 'Remove what builds have kept',
  args: noArgs,
  flags: [all, filter, force, ...ignored],
  run: async (context) => {
    const { api, flags, out } = context;
    const kind = flags.get(all) ? 'all build cache' : 'all dangling build cache';
    const question = `WARNING! This will remove ${kind}.\nAre you sure you want to continue?`;
    if (!flags.get(force) && !(await confirm(context, question))) return 0;
    const query = { all: flags.get(all) ? '1' : undefined, filters: filtersQuery(flags.get(filter)) };
    const report = await api.post<{ SpaceReclaimed: number }>('/build/prune', { query });
    out(`Total reclaimed space: ${formatDecimalSize(report.SpaceReclaimed)}\n`);
    return 0;
  },
};
