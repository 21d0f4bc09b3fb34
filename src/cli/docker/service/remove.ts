/** `docker service rm`. Source: `cli: cli/command/service/remove.go`. */
import { describeError } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { complaintAboutBlank } from './named-object.ts';

export const removeCommand: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: 'SERVICE [SERVICE...]',
  description: 'Remove one or more services',
  args: requiresMinArgs(1),
  flags: [],
  run: runRemove,
  complete: completeServices,
};

async function runRemove(context: CommandContext): Promise<number> {
  const errors: string[] = [];
  for (const name of context.args) {
    const error = await removeOne(context, name);
    if (error === null) context.out(`${name}\n`);
    else errors.push(error);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

async function removeOne({ api }: CommandContext, name: string): Promise<string | null> {
  const blank = complaintAboutBlank('service', name);
  if (blank !== null) return blank;
  try {
    await api.delete(`/services/${name}`);
    return null;
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return line;
  }
}
