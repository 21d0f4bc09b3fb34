/** `docker diff`. Source: `cli: cli/command/container/diff.go, formatter_diff.go`. */
import { type Command, exactArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';

/** What has become of a path, by the daemon's number. */
const LETTERS = ['C', 'A', 'D'] as const;

export const diffCommand: Command = {
  kind: 'command',
  name: 'diff',
  aliasLine: 'docker container diff, docker diff',
  usage: 'CONTAINER',
  description: 'Show which files a container has changed',
  args: exactArgs(1),
  flags: [],
  run: async ({ api, args, out }) => {
    const changes = await api.get<{ Path: string; Kind: number }[] | null>(`/containers/${args[0]}/changes`);
    for (const { Path, Kind } of changes ?? []) out(`${LETTERS[Kind] ?? ''} ${Path}\n`);
    return 0;
  },
  complete: completeAllContainers,
};
