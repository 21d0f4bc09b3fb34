/** Says in a few words what a raft entry changes, for the log strips: `web 3 → 5`, `2 running`, `node4 down`, `+ node3`. */
import type { Entry } from '../raft/types.ts';
import { type Node, type Service, type StoreObject, type Task, taskStateName } from '../store/objects.ts';
import type { Store, StoreChange } from '../store/store.ts';

/** What these changes do to the store as it is now. At most one phrase: the change of most weight, or a count. */
export function describeChanges(changes: readonly StoreChange[], store: Store): string {
  const services = changes.filter((change) => kindOf(change) === 'service');
  if (services.length > 0) return describeService(services[0]!, store);
  const nodes = changes.filter((change) => kindOf(change) === 'node');
  if (nodes.length > 0) return nodes.length > 1 ? `${nodes.length} nodes` : describeNode(nodes[0]!, store);
  const tasks = changes.filter((change) => kindOf(change) === 'task');
  if (tasks.length > 0) return describeTasks(tasks, store);
  const [first] = changes;
  return first ? `${first.action} ${kindOf(first)}` : '';
}

/** The words of any entry: changes of the membership and a leader's first entry have their own. */
export function entryNote(entry: Entry, hostOf: (nodeId: string) => string | null): string {
  if (entry.type === 'conf') {
    const sign = { add: '+', remove: '−', update: '~' }[entry.change.type];
    const nodeId = (entry.change.context as { nodeId?: string } | null)?.nodeId;
    return `${sign} ${(nodeId && hostOf(nodeId)) || 'member'}`;
  }
  if (entry.data === null) return 'new leader';
  return (entry.data as { note?: string }).note ?? '';
}

function kindOf(change: StoreChange): string {
  return change.action === 'remove' ? change.kind : change.object.kind;
}

function describeService(change: StoreChange, store: Store): string {
  if (change.action === 'remove')
    return `${store.get('service', change.id)?.spec.annotations.name ?? 'service'} removed`;
  const service = change.object as Service;
  const { name } = service.spec.annotations;
  const old = store.get('service', service.id);
  if (!old) return `${name} created`;
  const before = old.spec.mode;
  const after = service.spec.mode;
  if (before.kind === 'replicated' && after.kind === 'replicated' && before.replicas !== after.replicas)
    return `${name} ${before.replicas} → ${after.replicas}`;
  if (service.updateStatus && service.updateStatus.state !== old.updateStatus?.state)
    return `${name} ${service.updateStatus.state}`;
  return old.spec === service.spec ? `${name} addresses` : `${name} updated`;
}

function describeNode(change: StoreChange, store: Store): string {
  if (change.action === 'remove') return `${hostname(store.get('node', change.id))} removed`;
  const node = change.object as Node;
  const old = store.get('node', node.id);
  const name = hostname(node);
  if (!old) return 'node joins';
  if (old.status.state !== node.status.state) return `${name} ${node.status.state}`;
  if (old.spec.availability !== node.spec.availability) return `${name} ${node.spec.availability}`;
  if (old.role !== node.role || old.spec.desiredRole !== node.spec.desiredRole)
    return `${name} ${node.spec.desiredRole}`;
  return `${name} updated`;
}

function hostname(node: Node | undefined): string {
  return node?.description?.hostname ?? 'node';
}

function describeTasks(changes: readonly StoreChange[], store: Store): string {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const what = describeTask(change, store);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const [[what, count]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number]];
  return `${count} ${what}`;
}

function describeTask(change: StoreChange, store: Store): string {
  if (change.action === 'remove') return 'deleted';
  const task = change.object as Task;
  const old: StoreObject | undefined = store.get('task', task.id);
  if (!old) return 'new';
  if (old.status.state !== task.status.state) return taskStateName(task.status.state);
  if (old.desiredState !== task.desiredState) return `wanted ${taskStateName(task.desiredState)}`;
  return 'updated';
}
