/** `docker wait`. Source: `cli: cli/command/container/wait.go`. */
import { type Command, requiresMinArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { forEachReference } from '../for-each.ts';

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
      const { StatusCode } = await context.api.post<{ StatusCode: number }>(`/containers/${name}/wait`);
      context.out(`${StatusCode}\n`);
    }),
  complete: completeContainers,
};
