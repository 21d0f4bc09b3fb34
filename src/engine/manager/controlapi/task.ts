/** Tasks are only read through the control API. `swarmkit: manager/controlapi/task.go`, `moby: daemon/cluster/tasks.go` */
import { type Network, type Task, taskStateName } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import { isTaskDirty } from '../orchestrator/task.ts';
import type { ControlResult, Filters, TasksWithNetworks } from './control-request.ts';
import { among, hasLabels, startsWith } from './list-filters.ts';
import { find } from './lookup.ts';
import type { Refusal } from './refusal.ts';
import { taskName } from './task-name.ts';

export function listTasks(reader: StoreReader, filters: Filters): ControlResult<TasksWithNetworks> {
  const service = resolve(reader, 'service', filters);
  if ('error' in service) return service;
  const node = resolve(reader, 'node', filters);
  if ('error' in node) return node;
  const wanted = { ...filters, service: service.ids, node: node.ids };
  const tasks = candidates(reader, service.ids, node.ids).filter((task) => matches(reader, task, wanted));
  return { ok: true, value: { tasks, networks: networksOf(reader, tasks) } };
}

export function getTask(reader: StoreReader, ref: string): ControlResult<TasksWithNetworks> {
  const found = find(reader, 'task', ref);
  if (!found.ok) return found;
  return { ok: true, value: { tasks: [found.object], networks: networksOf(reader, [found.object]) } };
}

/** Filters name services and nodes as users do; tasks know ids. */
function resolve(
  reader: StoreReader,
  kind: 'service' | 'node',
  filters: Filters,
): { readonly ids: readonly string[] } | Refusal {
  const ids: string[] = [];
  for (const ref of filters[kind] ?? []) {
    const found = find(reader, kind, ref);
    if (!found.ok) return found;
    ids.push(found.object.id);
  }
  return { ids };
}

/** The smallest set that an index gives. */
function candidates(reader: StoreReader, services: readonly string[], nodes: readonly string[]): Task[] {
  if (services.length === 1) return reader.tasksOfService(services[0]!);
  if (nodes.length === 1) return reader.tasksOfNode(nodes[0]!);
  return [...reader.all('task')];
}

/** Attachments of containers outside services are in no list. `moby: daemon/cluster/tasks.go GetTasks` */
function matches(reader: StoreReader, task: Task, filters: Filters): boolean {
  return (
    !task.spec.attachment &&
    startsWith(filters, 'name', taskName(task)) &&
    startsWith(filters, 'id', task.id) &&
    hasLabels(filters, 'label', task.serviceAnnotations.labels) &&
    among(filters, 'service', task.serviceId) &&
    among(filters, 'node', task.nodeId) &&
    among(filters, 'runtime', 'container') &&
    among(filters, 'desired-state', taskStateName(task.desiredState)) &&
    (!filters['_up-to-date']?.length || isUpToDate(reader, task))
  );
}

/** Does the task run what its service says now? */
function isUpToDate(reader: StoreReader, task: Task): boolean {
  const service = reader.get('service', task.serviceId);
  return service !== undefined && !isTaskDirty(service, task, reader.get('node', task.nodeId));
}

function networksOf(reader: StoreReader, tasks: readonly Task[]): Network[] {
  const networks = new Map<string, Network>();
  for (const task of tasks) {
    for (const { networkId } of task.networks) {
      const network = networks.has(networkId) ? undefined : reader.get('network', networkId);
      if (network) networks.set(networkId, network);
    }
  }
  return [...networks.values()];
}
