/** `docker kill`, `stop`, `restart`, `start`. Source: `cli: cli/command/container/kill.go, stop.go, restart.go, start.go`. */
import type { ContainerInspect } from '../../../protocol/engine-api.ts';
import type { Flag } from '../../flags/flag.ts';
import { boolFlag, intFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeAllContainers, completeContainers } from '../completion.ts';
import { interruptedStatus } from '../root.ts';
import { attachStreams } from './attached-streams.ts';
import { errorLine, forEachContainer } from './for-each-container.ts';
import { waitForExit } from './wait-for-exit.ts';

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
const detachKeys = stringFlag({ name: 'detach-keys', description: 'Keys that detach from the container' });
const interactive = boolFlag({ name: 'interactive', shorthand: 'i', description: 'Connect its standard input' });

export const startCommand = containersCommand(
  'start',
  'Start one or more stopped containers',
  [attach, detachKeys, interactive],
  (context) =>
    context.flags.get(attach) || context.flags.get(interactive) ? startAttached(context) : startDetached(context),
);

async function startDetached(context: CommandContext): Promise<number> {
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
}

/** Only one at a time: there is one terminal. */
async function startAttached(context: CommandContext): Promise<number> {
  const { api, args, fail, flags, process } = context;
  if (args.length > 1) return fail('you cannot start and attach multiple containers at once');
  const { Id, Config, HostConfig } = await api.get<ContainerInspect>(`/containers/${args[0]}/json`);
  const stdin = flags.get(interactive) && (Config.OpenStdin ?? false);
  if (stdin && Config.Tty && !process.stdin.isTerminal) return fail('the input device is not a TTY');
  const query = { stream: '1', ...(stdin && { stdin: '1' }), stdout: '1', stderr: '1' };
  const ends = { tty: Config.Tty ?? false, stdin };
  const attached = await attachStreams(context, `/containers/${Id}/attach`, { query }, ends);
  attached.ended.catch(() => undefined);
  const isRemoved = (HostConfig as { AutoRemove?: boolean }).AutoRemove;
  const { exit } = await waitForExit(api, Id, isRemoved ? 'removed' : 'next-exit');
  exit.catch(() => undefined);
  try {
    await api.post(`/containers/${Id}/start`);
  } catch (error) {
    attached.cancel();
    throw error;
  }
  const cancel = (): void => attached.cancel();
  process.signal.addEventListener('abort', cancel);
  try {
    const ended = await attached.ended;
    if (process.signal.aborted) return interruptedStatus;
    return ended === 'detached' ? 0 : ((await exit) ?? 0);
  } finally {
    process.signal.removeEventListener('abort', cancel);
  }
}
