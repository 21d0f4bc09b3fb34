/** `docker pause`, `docker unpause`. Source: `cli: cli/command/container/pause.go, unpause.go`. */
import { type Command, requiresMinArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { forEachContainer } from './for-each-container.ts';

function command(name: 'pause' | 'unpause', description: string): Command {
  return {
    kind: 'command',
    name,
    aliasLine: `docker container ${name}, docker ${name}`,
    usage: 'CONTAINER [CONTAINER...]',
    description,
    args: requiresMinArgs(1),
    flags: [],
    run: (context) => forEachContainer(context, (container) => context.api.post(`/containers/${container}/${name}`)),
    complete: completeContainers,
  };
}

export const pauseCommand = command('pause', 'Freeze the processes of containers');
export const unpauseCommand = command('unpause', 'Let frozen containers go on');
