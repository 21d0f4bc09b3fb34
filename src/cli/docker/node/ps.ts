/** `docker node ps`. Source: `docker/cli: cli/command/node/ps.go`. */
import type { Node, Task } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { describeError, filtersQuery } from '../client.ts';
import { anyArgs, type Command, type CommandContext } from '../command.ts';
import { completeNodes } from '../completion.ts';
import { printTasks, taskTableFlags } from '../task/task-table.ts';
import { resolveNodeReference } from './node-reference.ts';

const filter = filterFlag();

export const nodePs: Command = {
  kind: 'command',
  name: 'ps',
  usage: '[OPTIONS] [NODE...]',
  description: 'List the tasks on nodes, on this one if none is named',
  args: anyArgs,
  flags: [filter, ...Object.values(taskTableFlags)],
  run: listTasks,
  complete: completeNodes,
};

async function listTasks(context: CommandContext): Promise<number> {
  const tasks: Task[] = [];
  const errors: string[] = [];
  for (const reference of context.args.length === 0 ? ['self'] : context.args) {
    try {
      const found = await tasksOf(context, reference);
      if ('error' in found) errors.push(found.error);
      else tasks.push(...found.tasks);
    } catch (error) {
      const line = describeError(error);
      if (line === null) throw error;
      errors.push(line);
    }
  }
  const exit = errors.length === 0 || tasks.length > 0 ? await printTasks(context, tasks, { quietIsFull: false }) : 0;
  return errors.length === 0 ? exit : context.fail(errors.join('\n'));
}

async function tasksOf(
  { api, flags }: CommandContext,
  reference: string,
): Promise<{ tasks: Task[] } | { error: string }> {
  const resolved = await resolveNodeReference(api, reference);
  if (!resolved.ok) return { error: resolved.line };
  const node = await api.get<Node>(`/nodes/${resolved.id}`);
  const conditions = flags.get(filter);
  const filters = filtersQuery({ ...conditions, node: [...(conditions.node ?? []), node.ID] });
  return { tasks: await api.get<Task[]>('/tasks', { filters }) };
}
