/** `docker network prune`. Source: `cli: cli/command/network/prune.go`. */
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';

const filter = filterFlag({
  shorthand: undefined,
  description: 'Only those that meet the condition (such as "until=<timestamp>")',
});
const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Do not ask first' });

const WARNING = `WARNING! This will remove all custom networks not used by at least one container.
Are you sure you want to continue?`;

export const networkPrune: Command = {
  kind: 'command',
  name: 'prune',
  usage: '[OPTIONS]',
  description: 'Remove all unused networks',
  args: noArgs,
  flags: [filter, force],
  run: prune,
};

async function prune(context: CommandContext): Promise<number> {
  const { flags, api, out, process } = context;
  if (!flags.get(force)) {
    out(`${WARNING} [y/N] `);
    const answer = await process.stdin.read(process.signal);
    if ((answer ?? '').trim().toLowerCase() !== 'y') return 0;
  }
  const query = { filters: filtersQuery(flags.get(filter)) };
  const { NetworksDeleted } = await api.post<{ NetworksDeleted: string[] | null }>('/networks/prune', { query });
  if (NetworksDeleted?.length) out(`Deleted Networks:\n${NetworksDeleted.map((name) => `${name}\n`).join('')}\n`);
  return 0;
}
