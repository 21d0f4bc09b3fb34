/** `docker rmi`, `docker image rm`. Source: `cli: cli/command/image/remove.go`. */
import { boolFlag, commaListFlag } from '../../flags/flag-types.ts';
import { describeError, isNotFound } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeImages } from '../completion.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Remove it though containers use it' });
const noPrune = boolFlag({ name: 'no-prune', description: 'Keep parents that have no name' });
const platform = commaListFlag({ name: 'platform', description: 'Remove the variant for this platform alone' });

/** As `docker rmi`. */
export const rmiCommand: Command = {
  kind: 'command',
  name: 'rmi',
  aliasLine: 'docker image rm, docker image remove, docker rmi',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  description: 'Remove images',
  args: requiresMinArgs(1),
  flags: [force, noPrune, platform],
  run: removeImages,
  complete: completeImages,
};

/** As `docker image rm`. */
export const imageRm: Command = { ...rmiCommand, name: 'rm', aliases: ['rmi', 'remove'] };

interface Removed {
  Untagged?: string;
  Deleted?: string;
}

async function removeImages({ api, args, flags, out, err, fail }: CommandContext): Promise<number> {
  const errors: string[] = [];
  let isFatal = false;
  const query = { force: flags.get(force) ? '1' : undefined, noprune: flags.get(noPrune) ? '1' : undefined };
  for (const name of args) {
    try {
      for (const { Untagged, Deleted } of await api.delete<Removed[]>(`/images/${name}`, query))
        out(Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`);
    } catch (error) {
      const line = describeError(error);
      if (line === null) throw error;
      isFatal ||= !isNotFound(error);
      errors.push(line);
    }
  }
  if (errors.length === 0) return 0;
  if (!flags.get(force) || isFatal) return fail(errors.join('\n'));
  err(`${errors.join('\n')}\n`);
  return 0;
}
