/** `docker volume rm`. Source: `cli: cli/command/volume/remove.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { completeVolumes } from '../completion.ts';
import { forEachReference } from '../for-each.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'A volume that is not there is no error' });

export const volumeRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  description: 'Remove volumes',
  args: requiresMinArgs(1),
  flags: [force],
  run: (context) =>
    forEachReference(context, context.args, async (name) => {
      await context.api.delete(`/volumes/${name}`, { force: context.flags.get(force) ? '1' : undefined });
      context.out(`${name}\n`);
    }),
  complete: completeVolumes,
};
