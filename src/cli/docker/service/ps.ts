/** `docker service ps`. Source: `cli: cli/command/service/ps.go`. */
import type { Service, Task } from '../../../protocol/engine-api.ts';
import { type Filters, filterFlag } from '../../flags/flag-types.ts';
import { type DockerClient, filtersQuery } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { resolveNodeReference } from '../node/node-reference.ts';
import { printTasks, taskTableFlags } from '../task/task-table.ts';

const filter = filterFlag();

export const psCommand: Command = {
  kind: 'command',
  name: 'ps',
  usage: '[OPTIONS] SERVICE [SERVICE...]',
  description: 'List the tasks of one or more services',
  args: requiresMinArgs(1),
  flags: [filter, ...Object.values(taskTableFlags)],
  run: runPs,
  complete: completeServices,
};

async function runPs(context: CommandContext): Promise<number> {
  const { api, args, flags } = context;
  const found = await findServices(api, args);
  if ('error' in found) return context.fail(found.error);
  if (found.ids.length === 0) return context.fail(found.missing.join('\n'));
  const filters = await withNodeIds(api, flags.get(filter));
  if ('error' in filters) return context.fail(filters.error);
  const services = [...(filters.filters.service ?? []), ...found.ids];
  const tasks = await api.get<Task[]>('/tasks', { filters: filtersQuery({ ...filters.filters, service: services }) });
  const exit = await printTasks(context, tasks);
  if (exit !== 0 || found.missing.length === 0) return exit;
  return context.fail(found.missing.join('\n'));
}

/** IDs of the services: by full ID, else by name, else by the start of an ID that only one has. */
async function findServices(
  api: DockerClient,
  names: readonly string[],
): Promise<{ ids: string[]; missing: string[] } | { error: string }> {
  const byId = await api.get<Service[]>('/services', { filters: filtersQuery({ id: [...new Set(names)] }) });
  const byName = await api.get<Service[]>('/services', { filters: filtersQuery({ name: [...new Set(names)] }) });
  const [ids, missing]: [string[], string[]] = [[], []];
  for (const name of names) {
    const exact = byId.find(({ ID }) => ID === name) ?? byName.find(({ Spec }) => Spec.Name === name);
    const matches = exact ? [exact] : byId.filter(({ ID }) => ID.startsWith(name));
    if (matches.length > 1) return { error: `multiple services found with provided prefix: ${name}` };
    if (matches[0]) ids.push(matches[0].ID);
    else missing.push(`no such service: ${name}`);
  }
  return { ids: [...new Set(ids)], missing };
}

/** `node=self` means the node that is asked. */
async function withNodeIds(api: DockerClient, filters: Filters): Promise<{ filters: Filters } | { error: string }> {
  const nodes: string[] = [];
  for (const reference of filters.node ?? []) {
    const node = await resolveNodeReference(api, reference);
    if (!node.ok) return { error: node.line };
    nodes.push(node.id);
  }
  return { filters: nodes.length === 0 ? filters : { ...filters, node: nodes } };
}
