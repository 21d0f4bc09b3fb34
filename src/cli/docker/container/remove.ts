/** `docker rm`. Source: `cli: cli/command/container/rm.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { describeError, isNotFound } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Kill it first if it runs (SIGKILL)' });
const link = boolFlag({ name: 'link', shorthand: 'l', description: 'Remove a link' });
const volumes = boolFlag({
  name: 'volumes',
  shorthand: 'v',
  description: "Remove the container's anonymous volumes too",
});

export const removeCommand: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  aliasLine: 'docker container rm, docker container remove, docker rm',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Remove one or more containers',
  args: requiresMinArgs(1),
  flags: [force, link, volumes],
  run: runRemove,
  complete: completeAllContainers,
};

async function runRemove(context: CommandContext): Promise<number> {
  const errors: string[] = [];
  const outcomes = await Promise.all(context.args.map((name) => removeOne(context, name)));
  for (const [index, name] of context.args.entries()) {
    const { line, isForgiven } = outcomes[index]!;
    if (line === null) context.out(`${name}\n`);
    else if (isForgiven) context.err(`${line}\n`);
    else errors.push(line);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

/** What went wrong; with `--force` it is no failure that there is no such container. */
async function removeOne(
  { api, flags }: CommandContext,
  reference: string,
): Promise<{ line: string | null; isForgiven: boolean }> {
  const name = reference.replace(/^\/+|\/+$/g, '');
  if (name === '') return { line: 'container name cannot be empty', isForgiven: false };
  const on = (isOn: boolean): string | undefined => (isOn ? '1' : undefined);
  try {
    await api.delete(`/containers/${name}`, {
      force: on(flags.get(force)),
      link: on(flags.get(link)),
      v: on(flags.get(volumes)),
    });
    return { line: null, isForgiven: false };
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return { line, isForgiven: flags.get(force) && isNotFound(error) };
  }
}
