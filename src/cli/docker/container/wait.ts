/** `docker wait`. Source: `cli: cli/command/container/wait.go`. */
import { type Command, requiresMinArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { forEachReference } from '../for-each.ts';
import { waitForExit } from './wait-for-exit.ts';

export const waitCommand: Command = {
  kind: 'command',
  name: 'wait',
  aliasLine: 'docker container wait, docker wait',
  usage: 'CONTAINER [CONTAINER...]',
  description: 'Wait until containers stop, then print their exit codes',
  args: requiresMinArgs(1),
  flags: [],
  run: (context) =>
    forEachReference(context, context.args, async (name) => {
      const { exit } = await waitForExit(context.api, name, 'not-running');
      context.out(`${await exit}\n`);
    }),
  complete: completeContainers,
};
