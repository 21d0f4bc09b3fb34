/** `docker attach`: this terminal becomes that of a running container. Source: `cli: cli/command/container/attach.go`. */
import type { ContainerInspect } from '../../../protocol/engine-api.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { interruptedStatus } from '../root.ts';
import { attachStreams } from './attached-streams.ts';
import { waitForExit } from './wait-for-exit.ts';

const detachKeys = stringFlag({ name: 'detach-keys', description: 'Keys that detach from the container' });
const noStdin = boolFlag({ name: 'no-stdin', description: 'Send no input' });
const sigProxy = boolFlag({ name: 'sig-proxy', default: true, description: 'Pass signals on to it' });

export const attachCommand: Command = {
  kind: 'command',
  name: 'attach',
  aliasLine: 'docker container attach, docker attach',
  usage: '[OPTIONS] CONTAINER',
  description: 'Connect this terminal to a running container',
  args: exactArgs(1),
  flags: [detachKeys, noStdin, sigProxy],
  run: attach,
  complete: completeContainers,
};

async function attach(context: CommandContext): Promise<number> {
  const { api, args, fail, flags, process } = context;
  const name = args[0]!;
  const { exit, cancel } = await waitForExit(api, name, 'not-running');
  exit.catch(() => undefined);
  const refuse = (line: string): number => {
    cancel();
    return fail(line);
  };
  const { Id, Config, State } = await api.get<ContainerInspect>(`/containers/${name}/json`);
  if (!State.Running) return refuse('You cannot attach to a stopped container, start it first');
  if (State.Paused) return refuse('You cannot attach to a paused container, unpause it first');
  if (State.Restarting) return refuse('You cannot attach to a restarting container, wait until it is running');
  const stdin = !flags.get(noStdin) && (Config.OpenStdin ?? false);
  if (stdin && Config.Tty && !process.stdin.isTerminal) return refuse('the input device is not a TTY');
  const query = { stream: '1', ...(stdin && { stdin: '1' }), stdout: '1', stderr: '1' };
  const attached = await attachStreams(
    context,
    `/containers/${name}/attach`,
    { query },
    { tty: Config.Tty ?? false, stdin },
  );
  const letGo = (): void => {
    attached.cancel();
    if (flags.get(sigProxy) && !Config.Tty)
      void process.host.api.request({ method: 'POST', path: `/containers/${Id}/kill`, query: { signal: 'SIGINT' } });
  };
  process.signal.addEventListener('abort', letGo);
  try {
    const ended = await attached.ended;
    if (process.signal.aborted) return interruptedStatus;
    return ended === 'detached' ? 0 : ((await exit) ?? 0);
  } finally {
    process.signal.removeEventListener('abort', letGo);
  }
}
