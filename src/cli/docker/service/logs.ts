/** `docker service logs`. Source: `cli: cli/command/service/logs.go`. */
import type { Service, Task } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { isNotFound } from '../client.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { logFlags, logQuery, writeLogs } from '../container/log-stream.ts';
import { LogPrefixer } from './log-prefix.ts';
import { complaintAboutBlank } from './named-object.ts';

const noResolve = boolFlag({ name: 'no-resolve', description: 'Print IDs instead of names' });
const noTrunc = boolFlag({ name: 'no-trunc', description: 'Print IDs in full' });
const noTaskIds = boolFlag({ name: 'no-task-ids', description: 'Leave out the IDs of tasks' });
const raw = boolFlag({ name: 'raw', description: 'Print the lines alone' });

export const logsCommand: Command = {
  kind: 'command',
  name: 'logs',
  usage: '[OPTIONS] SERVICE|TASK',
  description: 'Fetch the logs of a service or task',
  args: exactArgs(1),
  flags: [noResolve, noTrunc, noTaskIds, raw, ...Object.values(logFlags)],
  run: runLogs,
  complete: completeServices,
};

/** Whose logs to ask for. */
interface Source {
  path: string;
  isTty: boolean;
  /** Digits of the highest slot, to which numbers are padded. */
  slotDigits: number;
}

async function runLogs(context: CommandContext): Promise<number> {
  const { flags, api } = context;
  const blank = complaintAboutBlank('service', context.args[0]!);
  if (blank !== null) return context.fail(blank);
  const source = await findSource(context, context.args[0]!);
  if (source === null) return context.fail(`no such task or service: ${context.args[0]}`);
  const isRaw = flags.get(raw);
  if (source.isTty && !isRaw) return context.fail('tty service logs only supported with --raw');
  const query = logQuery(context, { withDetails: flags.get(logFlags.details) || !isRaw });
  if (!query.ok) return context.fail(query.message);
  const prefixer = new LogPrefixer(api, {
    noResolve: flags.get(noResolve),
    noTrunc: flags.get(noTrunc),
    noTaskIds: flags.get(noTaskIds),
    timestamps: flags.get(logFlags.timestamps),
    details: flags.get(logFlags.details),
    slotDigits: source.slotDigits,
  });
  return writeLogs(context, source.path, query.value, isRaw ? undefined : (line) => prefixer.format(line));
}

/** A service, else a task, of this name or ID; null if there is neither. */
async function findSource({ api }: CommandContext, name: string): Promise<Source | null> {
  const service = await api
    .get<Service>(`/services/${name}`, { insertDefaults: 'false' })
    .catch((error: unknown) => nullIfNotFound(error));
  if (service) {
    return {
      path: `/services/${name}/logs`,
      isTty: service.Spec.TaskTemplate.ContainerSpec?.TTY ?? false,
      slotDigits: String(service.Spec.Mode.Replicated?.Replicas ?? 0).length,
    };
  }
  const task = await api.get<Task>(`/tasks/${name}`).catch((error: unknown) => nullIfNotFound(error));
  if (!task) return null;
  const isTty = task.Spec.ContainerSpec?.TTY ?? false;
  return { path: `/tasks/${name}/logs`, isTty, slotDigits: String(task.Slot ?? 0).length };
}

function nullIfNotFound(error: unknown): null {
  if (isNotFound(error)) return null;
  throw error;
}
