/** `docker kill`, `stop`, `restart`, `start`. Source: `cli: cli/command/container/kill.go, stop.go, restart.go, start.go`. */
import type { Flag } from '../../flags/flag.ts';
import { boolFlag, intFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeAllContainers, completeContainers } from '../completion.ts';
import { errorLine, forEachContainer } from './for-each-container.ts';

const signal = stringFlag({ name: 'signal', shorthand: 's', description: 'Signal to send' });
const timeout = intFlag({ name: 'timeout', shorthand: 't', description: 'Seconds to wait before killing' });
/** The old name of `--timeout`. */
const time = intFlag({ name: 'time', description: 'Seconds to wait before killing', hidden: true });

function containersCommand(
  name: string,
  description: string,
  flags: readonly Flag<unknown>[],
  act: (context: CommandContext) => Promise<number>,
): Command {
  return {
    kind: 'command',
    name,
    aliasLine: `docker container ${name}, docker ${name}`,
    usage: '[OPTIONS] CONTAINER [CONTAINER...]',
    description,
    args: requiresMinArgs(1),
    flags,
    run: act,
    complete: name === 'kill' || name === 'stop' ? completeContainers : completeAllContainers,
  };
}

export const killCommand = containersCommand('kill', 'Kill one or more running containers', [signal], (context) => {
  const query = { signal: context.flags.get(signal) || undefined };
  return forEachContainer(context, (name) => context.api.post(`/containers/${name}/kill`, { query }));
});

export const stopCommand = containersCommand(
  'stop',
  'Stop one or more running containers',
  [signal, time, timeout],
  (context) => stopOrRestart(context, 'stop'),
);

export const restartCommand = containersCommand(
  'restart',
  'Restart one or more containers',
  [signal, time, timeout],
  (context) => stopOrRestart(context, 'restart'),
);

async function stopOrRestart(context: CommandContext, action: 'stop' | 'restart'): Promise<number> {
  const { flags, api } = context;
  if (flags.changed(time)) context.out('Flag --time has been deprecated, use --timeout instead\n');
  if (flags.changed(time) && flags.changed(timeout)) {
    return context.fail('conflicting options: cannot specify both --timeout and --time');
  }
  const wait = flags.changed(time) ? flags.get(time) : flags.changed(timeout) ? flags.get(timeout) : undefined;
  const query = { signal: flags.get(signal) || undefined, t: wait === undefined ? undefined : String(wait) };
  return forEachContainer(context, (name) => api.post(`/containers/${name}/${action}`, { query }));
}

const attach = boolFlag({ name: 'attach', shorthand: 'a', description: 'Show what the container prints' });
const interactive = boolFlag({ name: 'interactive', shorthand: 'i', description: 'Connect its standard input' });

/** Simplified: without `--attach` and `--interactive`: the containers here take no input, and `logs -f` shows their output. */
export const startCommand = containersCommand(
  'start',
  'Start one or more stopped containers',
  [attach, interactive],
  async (context) => {
    const failed: string[] = [];
    for (const name of context.args) {
      const error = await errorLine(() => context.api.post(`/containers/${name}/start`));
      if (error === null) context.out(`${name}\n`);
      else {
        context.err(`${error}\n`);
        failed.push(name);
      }
    }
    return failed.length === 0 ? 0 : context.fail(`Error: failed to start containers: ${failed.join(', ')}`);
  },
);
