/**
 * `docker exec`: a command in a running container, its output and its exit status.
 * Source: `cli: cli/command/container/exec.go`.
 */
import { StreamError } from '../../../protocol/api.ts';
import type { ContainerIdResponse, ExecCreateRequest, ExecInspect } from '../../../protocol/engine-api.ts';
import { listFlag } from '../../flags/flag.ts';
import { boolFlag, stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { parseEnv } from '../../opts/key-value.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { interruptedStatus } from '../root.ts';
import { readVariables } from '../service/environment.ts';
import { attachStreams, resizeTerminal } from './attached-streams.ts';

const detach = boolFlag({ name: 'detach', shorthand: 'd', description: 'Leave the command running in the background' });
const detachKeys = stringFlag({ name: 'detach-keys', description: 'Keys that detach from the container' });
const env = listFlag({ name: 'env', shorthand: 'e', description: 'Environment variables', parse: parseEnv });
const envFile = stringListFlag({ name: 'env-file', description: 'File with environment variables' });
const interactive = boolFlag({ name: 'interactive', shorthand: 'i', description: 'Keep standard input open' });
const privileged = boolFlag({ name: 'privileged', description: 'Give the command all rights' });
const tty = boolFlag({ name: 'tty', shorthand: 't', description: 'Give the command a pseudo-TTY' });
const user = stringFlag({ name: 'user', shorthand: 'u', description: 'User (format: "<name|uid>[:<group|gid>]")' });
const workdir = stringFlag({ name: 'workdir', shorthand: 'w', description: 'Working directory in the container' });

export const execCommand: Command = {
  kind: 'command',
  name: 'exec',
  aliasLine: 'docker container exec, docker exec',
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  description: 'Execute a command in a running container',
  args: requiresMinArgs(2),
  flags: [detach, detachKeys, env, envFile, interactive, privileged, tty, user, workdir],
  interspersed: false,
  run: runExec,
  complete: completeContainers,
};

async function runExec(context: CommandContext): Promise<number> {
  const { api, args, flags, process } = context;
  const variables = readVariables(process, flags.get(envFile), flags.get(env));
  if (!variables.ok) return context.fail(variables.message);
  const container = args[0]!;
  // Only to say at once if there is no such container.
  await api.get(`/containers/${container}/json`);
  const isDetached = flags.get(detach);
  if (!isDetached && flags.get(interactive) && flags.get(tty) && !process.stdin.isTerminal) {
    return context.fail('the input device is not a TTY');
  }
  const body = execRequest(context, variables.value);
  const { Id } = await api.post<ContainerIdResponse>(`/containers/${container}/exec`, { body });
  const start = { Detach: isDetached, Tty: flags.get(tty), ...consoleSize(context) };
  if (!isDetached) return attach(context, Id, start);
  await api.post(`/exec/${Id}/start`, { body: start });
  return 0;
}

function execRequest(context: CommandContext, variables: string[]): ExecCreateRequest {
  const { flags, args } = context;
  const isAttached = !flags.get(detach);
  return {
    User: flags.get(user),
    Privileged: flags.get(privileged),
    Tty: flags.get(tty),
    ...consoleSize(context),
    AttachStdin: isAttached && flags.get(interactive),
    AttachStderr: isAttached,
    AttachStdout: isAttached,
    Detach: flags.get(detach),
    DetachKeys: flags.get(detachKeys),
    Env: variables.length === 0 ? null : variables,
    WorkingDir: flags.get(workdir),
    Cmd: args.slice(1),
  };
}

function consoleSize({ flags, process }: CommandContext): { ConsoleSize?: [number, number] } {
  if (!flags.get(tty)) return {};
  const { rows = 0, columns = 0 } = process.stdout.terminal ?? {};
  return { ConsoleSize: [rows, columns] };
}

async function attach(context: CommandContext, id: string, body: unknown): Promise<number> {
  const { api, process, flags } = context;
  const ends = { tty: flags.get(tty), stdin: flags.get(interactive) };
  const stream = await attachStreams(context, `/exec/${id}/start`, { body }, ends);
  if (ends.tty && process.stdin.isTerminal) await resizeTerminal(context, `/exec/${id}`);
  const cancel = (): void => stream.cancel();
  process.signal.addEventListener('abort', cancel);
  if (process.signal.aborted) cancel();
  try {
    await stream.ended;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return context.fail(`error from daemon in stream: ${error.message}`);
  } finally {
    process.signal.removeEventListener('abort', cancel);
  }
  if (process.signal.aborted) return interruptedStatus;
  return (await api.get<ExecInspect>(`/exec/${id}/json`)).ExitCode ?? 0;
}
