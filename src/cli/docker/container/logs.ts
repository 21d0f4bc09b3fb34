/** `docker logs`. Source: `cli: cli/command/container/logs.go`. */
import type { ContainerInspect } from '../../../protocol/engine-api.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';
import { logFlags, logQuery, writeLogs } from './log-stream.ts';

const until = stringFlag({
  name: 'until',
  description: 'End at a time ("2013-01-02T13:23:37Z") or so long ago ("42m" for 42 minutes)',
});

export const logsCommand: Command = {
  kind: 'command',
  name: 'logs',
  aliasLine: 'docker container logs, docker logs',
  usage: '[OPTIONS] CONTAINER',
  description: 'Fetch the logs of a container',
  args: exactArgs(1),
  flags: [...Object.values(logFlags), until],
  run: runLogs,
  complete: completeAllContainers,
};

async function runLogs(context: CommandContext): Promise<number> {
  const { Id } = await context.api.get<ContainerInspect>(`/containers/${context.args[0]}/json`);
  const query = logQuery(context, { withDetails: context.flags.get(logFlags.details), until });
  if (!query.ok) return context.fail(query.message);
  return writeLogs(context, `/containers/${Id}/logs`, query.value);
}
