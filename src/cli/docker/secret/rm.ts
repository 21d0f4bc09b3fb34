/** `docker secret rm`. Source: `cli: cli/command/secret/remove.go`. */
import { type Command, requiresMinArgs } from '../command.ts';
import { completeSecrets } from '../completion.ts';
import { forEachReference } from '../for-each.ts';

export const secretRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: 'SECRET [SECRET...]',
  description: 'Remove secrets',
  args: requiresMinArgs(1),
  flags: [],
  run: (context) =>
    forEachReference(context, context.args, async (name) => {
      await context.api.delete(`/secrets/${name}`);
      context.out(`${name}\n`);
    }),
  complete: completeSecrets,
};
