/** `docker container inspect`. Source: `cli: cli/command/container/inspect.go`. */

import { containerType } from '../../../go-types/container.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';

const size = boolFlag({ name: 'size', shorthand: 's', description: 'Also show sizes of files' });

export const inspectCommand: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Display detailed information on one or more containers',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, size],
  run: (context) =>
    inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), async (name) => ({
      raw: await context.api.get(`/containers/${name}/json`, { size: context.flags.get(size) ? '1' : undefined }),
      type: containerType,
    })),
  complete: completeAllContainers,
};
