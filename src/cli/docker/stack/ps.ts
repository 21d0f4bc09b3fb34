/** `docker stack ps`. Source: `cli: cli/command/stack/ps.go, swarm/ps.go`. */
import type { Task } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { printTasks, taskTableFlags } from '../task/task-table.ts';
import { complaintAboutStackName, completeStacks, stackFilters } from './stack-objects.ts';

const filter = filterFlag();

export const stackPs: Command = {
  kind: 'command',
  name: 'ps',
  usage: '[OPTIONS] STACK',
  description: 'List the tasks of a stack',
  args: exactArgs(1),
  flags: [filter, ...Object.values(taskTableFlags)],
  run: listTasks,
  complete: completeStacks,
};

async function listTasks(context: CommandContext): Promise<number> {
  const { api, args, flags } = context;
  const [stack = ''] = args;
  const complaint = complaintAboutStackName(stack);
  if (complaint !== null) return context.fail(complaint);
  const tasks = await api.get<Task[]>('/tasks', { filters: stackFilters(stack, flags.get(filter)) });
  if (tasks.length === 0) return context.fail(`nothing found in stack: ${stack}`);
  return printTasks(context, tasks, { quietIsFull: false });
}
