/** Commands in running containers. `moby: daemon/exec.go`. Simplified: they end with their client. */
import { execCreateRequest, execStartRequest } from '../../../go-types/requests.ts';
import type * as api from '../../../protocol/engine-api.ts';
import { hexId } from '../../kernel/ids.ts';
import type { Route } from '../route.ts';
import { findContainer } from './find-container.ts';

export const createExec: Route = {
  body: execCreateRequest,
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const body = daemon.body<api.ExecCreateRequest>(call);
    if (!body.Cmd?.length) return daemon.refuse(call, { status: 400, message: 'No exec command specified' });
    if (container.state !== 'running')
      return daemon.refuse(call, { status: 409, message: `container ${container.id} is not running` });
    const id = hexId(daemon.host.random('ids'));
    daemon.state.execs.set(id, {
      id,
      container: container.id,
      argv: [...body.Cmd],
      env: [...(body.Env ?? [])],
      user: body.User ?? '',
      workingDir: body.WorkingDir ?? '',
      tty: body.Tty ?? false,
      stdin: body.AttachStdin ?? false,
      exitCode: null,
    });
    daemon.reply(call, { Id: id }, 201);
  },
};

export const startExec: Route = {
  body: execStartRequest,
  start(daemon, call) {
    const exec = daemon.state.execs.get(call.params.id!);
    if (!exec) return daemon.refuse(call, { status: 404, message: `No such exec instance: ${call.params.id}` });
    if (exec.exitCode !== null)
      return daemon.refuse(call, { status: 409, message: `exec command ${exec.id} has already run` });
    const isDetached = daemon.body<{ Detach: boolean }>(call).Detach ?? false;
    call.partial = { exec: exec.id, isDetached };
    daemon.host.runtime.exec(exec.container, exec.argv, daemon.token(call, 'ended'), exec);
    if (!isDetached) daemon.stream(call, exec.tty ? 'terminal' : 'streams');
  },
  stages: {
    ended(daemon, call, exitCode: number) {
      const { exec: id, isDetached } = call.partial as { exec: string; isDetached: boolean };
      const exec = daemon.state.execs.get(id);
      if (exec) exec.exitCode = exitCode;
      if (isDetached) daemon.reply(call, null);
      else daemon.endStream(call);
    },
  },
  failed: {
    ended(daemon, call, { message }) {
      const { exec: id } = call.partial as { exec: string };
      const exec = daemon.state.execs.get(id);
      if (exec) exec.exitCode = 137;
      daemon.endStream(call, message);
    },
  },
};

export const inspectExec: Route = {
  start(daemon, call) {
    const exec = daemon.state.execs.get(call.params.id!);
    if (!exec) return daemon.refuse(call, { status: 404, message: `No such exec instance: ${call.params.id}` });
    daemon.reply(call, {
      ID: exec.id,
      Running: false,
      ExitCode: exec.exitCode,
      ProcessConfig: {
        tty: exec.tty,
        entrypoint: exec.argv[0]!,
        arguments: exec.argv.slice(1),
        privileged: false,
      },
      OpenStdin: exec.stdin,
      OpenStderr: true,
      OpenStdout: true,
      CanRemove: exec.exitCode !== null,
      ContainerID: exec.container,
      DetachKeys: '',
      Pid: 0,
    });
  },
};

/** A terminal's size: there is nothing to resize in a command that has ended. */
export const resize: Route = { start: (daemon, call) => daemon.reply(call, null) };
