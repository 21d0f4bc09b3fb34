/**
 * `docker run` and `docker create`. In the foreground `run` shows the container's output to its end and ends with its exit code;
 * 125 if there was no container to speak of.
 * Simplified: Ctrl-C sends SIGINT and lets go.
 * Source: `cli: cli/command/container/run.go, create.go`.
 */
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { interruptedStatus } from '../root.ts';
import { type AttachedStreams, attachStreams, resizeTerminal } from './attached-streams.ts';
import { allContainerFlags, containerFlags, wantedStreams } from './container-flags.ts';
import { createContainer, refusal } from './create-container.ts';
import { waitForExit } from './wait-for-exit.ts';

const detach = boolFlag({
  name: 'detach',
  shorthand: 'd',
  description: 'Leave it running in the background and print its ID',
});
const detachKeys = stringFlag({ name: 'detach-keys', description: 'Keys that detach from the container' });
const sigProxy = boolFlag({ name: 'sig-proxy', default: true, description: 'Pass signals on to it' });

/** Exit status when docker itself has failed, not the container. */
const DOCKER_FAILED = 125;

export const runCommand: Command = {
  kind: 'command',
  name: 'run',
  aliasLine: 'docker container run, docker run',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  description: 'Create and run a new container from an image',
  args: requiresMinArgs(1),
  flags: [...allContainerFlags, detach, detachKeys, sigProxy],
  interspersed: false,
  run: runContainer,
};

export const createCommand: Command = {
  kind: 'command',
  name: 'create',
  aliasLine: 'docker container create, docker create',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  description: 'Create a new container',
  args: requiresMinArgs(1),
  flags: allContainerFlags,
  interspersed: false,
  run: async (context) => {
    const created = await createContainer(context, false);
    if (!created.ok) return context.fail(created.line);
    context.out(`${created.id}\n`);
    return 0;
  },
};

async function runContainer(context: CommandContext): Promise<number> {
  const { flags, process, api } = context;
  const isDetached = flags.get(detach);
  if (isDetached && flags.get(containerFlags.attach).length > 0)
    return context.fail('conflicting options: cannot specify both --attach and --detach');
  const wantsTerminal = flags.get(containerFlags.tty) && flags.get(containerFlags.interactive);
  if (!isDetached && wantsTerminal && !process.stdin.isTerminal) return context.fail('the input device is not a TTY');
  const created = await createContainer(context, isDetached);
  if (!created.ok) return failed(context, created.line);
  const { id } = created;
  const attached = isDetached ? null : await attach(context, id);
  // Asked for before the start: a short command may be gone by the time the answer to that has come.
  const { exit } = await waitForExit(api, id, flags.get(containerFlags.rm) ? 'removed' : 'next-exit');
  exit.catch(() => undefined);
  if (isDetached) context.out(`${id}\n`);
  try {
    await api.post(`/containers/${id}/start`);
  } catch (error) {
    attached?.cancel();
    const { line } = refusal(error);
    // What is to be removed at its end is removed by the daemon now.
    if (flags.get(containerFlags.rm)) await exit;
    return failed(context, line);
  }
  if (attached && flags.get(containerFlags.tty)) await resizeTerminal(context, `/containers/${id}`);
  return attached ? follow(context, id, attached, exit) : 0;
}

async function attach(context: CommandContext, id: string): Promise<AttachedStreams> {
  const streams = wantedStreams(context);
  const ends = { tty: context.flags.get(containerFlags.tty), stdin: streams.stdin };
  const attached = await attachStreams(context, `/containers/${id}/attach`, { query: attachQuery(streams) }, ends);
  // Whoever waits for its end learns of its failure.
  attached.ended.catch(() => undefined);
  return attached;
}

function attachQuery(streams: Record<string, boolean>): Record<string, string> {
  const wanted = Object.keys(streams).filter((name) => streams[name]);
  return { stream: '1', ...Object.fromEntries(wanted.map((name) => [name, '1'])) };
}

function failed(context: CommandContext, line: string): number {
  return context.fail(`docker: ${line}\n\nRun 'docker run --help' for more information`, DOCKER_FAILED);
}

async function follow(
  context: CommandContext,
  id: string,
  attached: AttachedStreams,
  exit: Promise<number | null>,
): Promise<number> {
  const { process } = context;
  let letGo: () => void = () => undefined;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    letGo = () => {
      attached.cancel();
      void process.host.api.request({ method: 'POST', path: `/containers/${id}/kill`, query: { signal: 'SIGINT' } });
      resolve('interrupted');
    };
  });
  process.signal.addEventListener('abort', letGo);
  if (process.signal.aborted) letGo();
  try {
    const ended = await Promise.race([attached.ended, interrupted]);
    if (ended === 'interrupted') return interruptedStatus;
    if (ended === 'detached') return 0;
    return (await exit) ?? DOCKER_FAILED;
  } catch (error) {
    // The daemon is gone, and with it whoever could tell how it ended.
    refusal(error);
    return DOCKER_FAILED;
  } finally {
    process.signal.removeEventListener('abort', letGo);
  }
}
