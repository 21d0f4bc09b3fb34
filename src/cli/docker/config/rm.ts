/** `docker config rm`. Source: `cli: cli/command/config/remove.go`. */
import { type Command, requiresMinArgs } from '../command.ts';
import { completeConfigs } from '../completion.ts';
import { forEachReference } from '../for-each.ts';

export const configRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: 'CONFIG [CONFIG...]',
  description: 'Remove configs',
  args: requiresMinArgs(1),
  flags: [],
  run: (context) =>
    forEachReference(context, context.args, async (name) => {
      await context.api.delete(`/configs/${name}`);
      context.out(`${name}\n`);
    }),
  complete: completeConfigs,
};
