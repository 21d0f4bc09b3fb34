/** `docker network inspect`. Source: `docker/cli: cli/command/network/inspect.go`. */

import { networkType } from '../../../go-types/swarm.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { completeNetworks } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';

const verbose = boolFlag({ name: 'verbose', shorthand: 'v', description: 'Also show services and tasks of all nodes' });

export const networkInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  description: 'Show networks in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, verbose],
  run: (context) =>
    inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), async (name) => ({
      raw: await context.api.get(`/networks/${name}`, { verbose: context.flags.get(verbose) ? 'true' : undefined }),
      type: networkType,
    })),
  complete: completeNetworks,
};
