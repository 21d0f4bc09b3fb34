/**
 * `docker run` and `docker create`. In the foreground `run` shows the container's output to its end and ends with its exit code;
 * 125 if there was no container to speak of.
 * Simplified: no input is sent: the programs in the containers here read none. Ctrl-C sends SIGINT and lets go.
 * Source: `cli: cli/command/container/run.go, create.go`.
 */
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { interruptedStatus } from '../root.ts';
import { containerFlags } from './container-flags.ts';
import { createContainer, refusal } from './create-container.ts';

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
  flags: [...Object.values(containerFlags), detach, detachKeys, sigProxy],
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
  flags: Object.values(containerFlags),
  interspersed: false,
  run: async (context) => {
    const created = await createContainer(context);
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
  const created = await createContainer(context);
  if (!created.ok) return failed(context, created.line);
  const { id } = created;
  // Asked for before the start: a short command may be gone by the time the answer to that has come.
  const condition = flags.get(containerFlags.rm) ? 'removed' : 'next-exit';
  const exit = isDetached ? null : waitFor(context, id, condition);
  if (isDetached) context.out(`${id}\n`);
  try {
    await api.post(`/containers/${id}/start`);
  } catch (error) {
    const { line } = refusal(error);
    // What is to be removed at its end is removed by the daemon now.
    if (flags.get(containerFlags.rm)) await exit;
    return failed(context, line);
  }
  return exit ? follow(context, id, exit) : 0;
}

function failed(context: CommandContext, line: string): number {
  return context.fail(`docker: ${line}\n\nRun 'docker run --help' for more information`, DOCKER_FAILED);
}

/** Its exit code; null if nobody can tell any more. */
async function waitFor({ process }: CommandContext, id: string, condition: string): Promise<number | null> {
  try {
    const { host } = process;
    const { body } = await host.api.request({ method: 'POST', path: `/containers/${id}/wait`, query: { condition } });
    return (body as { StatusCode?: number }).StatusCode ?? null;
  } catch (error) {
    // The daemon is gone, and with it whoever could tell.
    refusal(error);
    return null;
  }
}

async function follow(context: CommandContext, id: string, exit: Promise<number | null>): Promise<number> {
  const { api, process } = context;
  const query = { stdout: '1', stderr: '1', follow: '1', tail: 'all' };
  const stream = await api.stream('GET', `/containers/${id}/logs`, { query }, (chunk) => {
    if (!('stream' in chunk)) return;
    (chunk.stream === 'stdout' || context.flags.get(containerFlags.tty) ? process.stdout : process.stderr).write(
      chunk.text,
    );
  });
  let letGo: () => void = () => undefined;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    letGo = () => {
      stream.cancel();
      void process.host.api.request({ method: 'POST', path: `/containers/${id}/kill`, query: { signal: 'SIGINT' } });
      resolve('interrupted');
    };
  });
  process.signal.addEventListener('abort', letGo);
  if (process.signal.aborted) letGo();
  try {
    const ended = await Promise.race([stream.done.then(() => exit), interrupted]);
    if (ended === 'interrupted') return interruptedStatus;
    return ended ?? DOCKER_FAILED;
  } finally {
    process.signal.removeEventListener('abort', letGo);
  }
}
