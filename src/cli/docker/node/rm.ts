/** `docker node rm`. Source: `docker/cli: cli/command/node/remove.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { completeNodes } from '../completion.ts';
import { forEachReference } from '../for-each.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Remove it even if it is not down' });

export const nodeRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: '[OPTIONS] NODE [NODE...]',
  description: 'Remove nodes from the swarm',
  args: requiresMinArgs(1),
  flags: [force],
  run: (context) =>
    forEachReference(context, context.args, async (node) => {
      await context.api.delete(`/nodes/${node}`, { force: context.flags.get(force) ? '1' : undefined });
      context.out(`${node}\n`);
    }),
  complete: completeNodes,
};
