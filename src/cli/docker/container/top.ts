/** `docker top`. Source: `cli: cli/command/container/top.go`. */
import { alignTabs } from '../../table/tab-writer.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';

export const topCommand: Command = {
  kind: 'command',
  name: 'top',
  aliasLine: 'docker container top, docker top',
  usage: 'CONTAINER [ps OPTIONS]',
  description: 'Display the running processes of a container',
  args: requiresMinArgs(1),
  flags: [],
  interspersed: false,
  run: runTop,
  complete: completeContainers,
};

/** Answer of `GET /containers/{id}/top`: what `ps` said. */
interface Processes {
  Titles: string[];
  Processes: string[][] | null;
}

async function runTop({ api, args, out }: CommandContext): Promise<number> {
  const [name, ...options] = args;
  const query = { ps_args: options.length === 0 ? undefined : options.join(' ') };
  const { Titles, Processes } = await api.get<Processes>(`/containers/${name}/top`, query);
  const lines = [Titles, ...(Processes ?? [])].map((cells) => `${cells.join('\t')}\n`);
  out(alignTabs(lines.join(''), { minimum: 20, padding: 3 }));
  return 0;
}
