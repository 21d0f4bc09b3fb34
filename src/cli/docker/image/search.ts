/** `docker search`: asked of the daemon, which says that its registry has every name. Source: `cli: cli/command/registry/search.go`. */
import { flagLines } from '../../flags/flag-lines.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { filtersQuery } from '../client.ts';
import { type Command, exactArgs } from '../command.ts';
import { noTruncFlag } from '../format-flag.ts';

const filter = filterFlag();
const ignored = flagLines(`
  --format string  How to print, as a Go template
  --limit int  Print so many at most`);

export const searchCommand: Command = {
  kind: 'command',
  name: 'search',
  usage: '[OPTIONS] TERM',
  description: 'Look for images on Docker Hub',
  args: exactArgs(1),
  flags: [filter, noTruncFlag, ...ignored],
  run: async ({ api, args, flags }) => {
    await api.get('/images/search', { term: args[0], filters: filtersQuery(flags.get(filter)) });
    return 0;
  },
};
