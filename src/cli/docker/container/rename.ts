/** `docker rename`. Source: `cli: cli/command/container/rename.go`. */
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';
import { errorLine } from './for-each-container.ts';

export const renameCommand: Command = {
  kind: 'command',
  name: 'rename',
  aliasLine: 'docker container rename, docker rename',
  usage: 'CONTAINER NEW_NAME',
  description: 'Give a container another name',
  args: exactArgs(2),
  flags: [],
  run: rename,
  complete: completeAllContainers,
};

async function rename({ api, args, fail, err }: CommandContext): Promise<number> {
  const [from = '', to = ''] = args.map((name) => name.trim());
  if (from === '' || to === '') return fail('Error: Neither old nor new names may be empty');
  const error = await errorLine(() => api.post(`/containers/${from}/rename`, { query: { name: to } }));
  if (error === null) return 0;
  err(`${error}\n`);
  return fail(`Error: failed to rename container named ${from}`);
}
