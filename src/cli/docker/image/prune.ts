/** `docker image prune`. Source: `cli: cli/command/image/prune.go`. */
import { boolFlag, type Filters, filterFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { type DockerClient, filtersQuery } from '../client.ts';
import { type Command, noArgs } from '../command.ts';
import { confirm } from '../prompt.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Also those that have a name' });
const filter = filterFlag({
  shorthand: '',
  description: 'Only those that meet the condition (such as "until=<timestamp>")',
});
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });

const question = (isAll: boolean): string =>
  `WARNING! This will remove all ${isAll ? 'images without at least one container associated to them' : 'dangling images'}.
Are you sure you want to continue?`;

export const imagePrune: Command = {
  kind: 'command',
  name: 'prune',
  usage: '[OPTIONS]',
  description: 'Remove images that nothing uses',
  args: noArgs,
  flags: [all, filter, force],
  run: async (context) => {
    const { api, flags, out } = context;
    if (!flags.get(force) && !(await confirm(context, question(flags.get(all))))) return 0;
    const { text, reclaimed } = await pruneImages(api, flags.get(all), flags.get(filter));
    out(`${text}Total reclaimed space: ${formatDecimalSize(reclaimed)}\n`);
    return 0;
  },
};

interface Report {
  ImagesDeleted: ({ Untagged?: string; Deleted?: string } | null)[] | null;
  SpaceReclaimed: number;
}

/** Removes them; what is said of it, and how many bytes are free again. */
export async function pruneImages(
  api: DockerClient,
  isAll: boolean,
  filters: Filters,
): Promise<{ text: string; reclaimed: number }> {
  const query = { filters: filtersQuery({ ...filters, dangling: [String(!isAll)] }) };
  const { ImagesDeleted, SpaceReclaimed } = await api.post<Report>('/images/prune', { query });
  const lines = (ImagesDeleted ?? []).map((entry) =>
    entry?.Untagged ? `untagged: ${entry.Untagged}\n` : `deleted: ${entry?.Deleted ?? ''}\n`,
  );
  return lines.length === 0
    ? { text: '', reclaimed: 0 }
    : { text: `Deleted Images:\n${lines.join('')}\n`, reclaimed: SpaceReclaimed };
}
