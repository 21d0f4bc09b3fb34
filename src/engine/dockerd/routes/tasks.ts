/** `/tasks`. `moby: daemon/cluster/tasks.go` */
import type { TasksWithNetworks } from '../../manager/controlapi/control-request.ts';
import { TaskState } from '../../store/objects.ts';
import { taskJson } from '../convert/task.ts';
import type { Dockerd } from '../dockerd.ts';
import { parseFilters } from '../filters.ts';
import type { Route } from '../route.ts';

const FILTERS = ['_up-to-date', 'desired-state', 'id', 'label', 'name', 'node', 'runtime', 'service'];

export const listTasks: Route = {
  needsManager: true,
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const filters: Record<string, readonly string[]> = { ...parsed.filters };
    const states = filters['desired-state']?.filter(Boolean).map((state) => state.toLowerCase());
    const wrong = states?.find((state) => !(state in TaskState));
    if (wrong !== undefined)
      return daemon.refuse(call, { status: 500, message: `Invalid desired-state filter: '${wrong}'` });
    if (states) filters['desired-state'] = states;
    daemon.control(call, 'tasks', { op: 'task.list', filters });
  },
  stages: {
    tasks: (daemon, call, value: TasksWithNetworks) => daemon.reply(call, tasksJson(daemon, value)),
  },
};

export const inspectTask: Route = {
  needsManager: true,
  start(daemon, call) {
    daemon.control(call, 'task', { op: 'task.get', ref: call.params.id! });
  },
  stages: {
    task: (daemon, call, value: TasksWithNetworks) => daemon.reply(call, tasksJson(daemon, value)[0]),
  },
};

function tasksJson(daemon: Dockerd, { tasks, networks }: TasksWithNetworks) {
  const byId = new Map(networks.map((network) => [network.id, network]));
  return tasks.map((task) => taskJson(task, byId, daemon.host.epochMs));
}
