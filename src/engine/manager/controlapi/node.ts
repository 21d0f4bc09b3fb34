/**
 * Nodes: list with their place in the raft group, change of role, availability and labels, removal.
 * `swarmkit: manager/controlapi/node.go`. A node's role here is what is wanted; the role manager brings it about.
 */
import { type Node, type NodeSpec, type Task, TaskState } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';
import type { ControlRequest, ControlResult, Filters, NodeWithStatus } from './control-request.ts';
import { among, hasLabels, startsWith } from './list-filters.ts';
import { find } from './lookup.ts';
import { outOfSequence, type Refusal, refuse } from './refusal.ts';
import type { WriteContext } from './write-context.ts';

type Update = Extract<ControlRequest, { op: 'node.update' }>;
type Remove = Extract<ControlRequest, { op: 'node.remove' }>;

export function listNodes(leader: LeaderContext, filters: Filters): NodeWithStatus[] {
  const nodes: Node[] = [];
  for (const node of leader.store.all('node')) if (matches(node, filters)) nodes.push(node);
  const members = memberStatuses(leader);
  return nodes.map((node) => ({ node, manager: members.get(node.id) ?? null }));
}

function matches(node: Node, filters: Filters): boolean {
  const { description } = node;
  return (
    (!filters.name?.length || (description !== null && startsWith(filters, 'name', description.hostname))) &&
    startsWith(filters, 'id', node.id) &&
    (!filters.label?.length || (description !== null && hasLabels(filters, 'label', description.engineLabels))) &&
    hasLabels(filters, 'node.label', node.spec.annotations.labels) &&
    among(filters, 'role', node.role) &&
    among(filters, 'membership', node.spec.membership ?? 'accepted')
  );
}

export function getNode(leader: LeaderContext, ref: string): ControlResult<NodeWithStatus> {
  const found = find(leader.store, 'node', ref);
  if (!found.ok) return found;
  return { ok: true, value: { node: found.object, manager: memberStatuses(leader).get(found.object.id) ?? null } };
}

function memberStatuses(leader: LeaderContext): Map<string, NonNullable<NodeWithStatus['manager']>> {
  return new Map(
    leader.members().map((member) => [
      member.nodeId,
      {
        leader: member.leader,
        reachability: member.reachable ? 'reachable' : 'unreachable',
        address: member.address,
        raftId: member.raftId,
      },
    ]),
  );
}

export function updateNode(context: WriteContext, { ref, version, spec }: Update): ControlResult {
  const { tx, leader } = context;
  const found = find(tx, 'node', ref);
  if (!found.ok) return found;
  const node = found.object;
  if (node.spec.desiredRole === 'manager' && spec.desiredRole === 'worker') {
    const refusal = checkDemotion(context, node);
    if (refusal) return refusal;
  }
  if (version !== node.meta.version) return outOfSequence();
  leader.begin('node.updated', [`node:${node.id}`], {
    hostname: node.description?.hostname ?? '',
    ...changes(node.spec, spec),
  });
  tx.update({ ...node, spec: { ...spec, membership: 'pending' } });
  return { ok: true, value: null };
}

/** A manager may go only if there is another, and if those who stay can still decide. */
function checkDemotion({ tx, leader }: WriteContext, node: Node): Refusal | null {
  const managers = [...tx.all('node')].filter(({ role }) => role === 'manager');
  if (managers.length === 1 && managers[0]!.id === node.id)
    return refuse('FailedPrecondition', 'attempting to demote the last manager of the swarm');
  const member = leader.members().find(({ nodeId }) => nodeId === node.id);
  if (!member) return refuse('NotFound', "can't find manager in raft memberlist");
  if (!leader.canRemoveMember(member.raftId))
    return refuse('FailedPrecondition', "can't remove member from the raft: this would result in a loss of quorum");
  return null;
}

/** What changed, for the trace. */
function changes(old: NodeSpec, spec: NodeSpec): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  if (old.availability !== spec.availability) facts.availability = { from: old.availability, to: spec.availability };
  if (old.desiredRole !== spec.desiredRole) facts.role = { from: old.desiredRole, to: spec.desiredRole };
  return facts;
}

/** Simplified: the removed node's certificate is not black-listed; a node that is gone from the store gets no session anyway. */
export function removeNode({ tx, leader }: WriteContext, { ref, force }: Remove): ControlResult {
  const found = find(tx, 'node', ref);
  if (!found.ok) return found;
  const node = found.object;
  const { id } = node;
  const isMember = leader.members().some(({ nodeId }) => nodeId === id);
  if (node.spec.desiredRole === 'manager' && isMember)
    return refuse(
      'FailedPrecondition',
      `node ${id} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
    );
  if (!force && node.status.state === 'ready')
    return refuse('FailedPrecondition', `node ${id} is not down and can't be removed`);
  for (const task of tx.tasksOfNode(id)) if (task.status.state < TaskState.complete) tx.update(orphaned(task, leader));
  tx.remove('node', id);
  return { ok: true, value: null };
}

/** Nobody will report on these tasks any more, so they end here and now. */
function orphaned(task: Task, leader: LeaderContext): Task {
  return {
    ...task,
    status: {
      timestamp: leader.now,
      state: TaskState.orphaned,
      message: 'Task belonged to a node that has been deleted',
      err: '',
      container: null,
      ports: [],
      appliedBy: '',
    },
  };
}

/** How many nodes and managers there are, for `/info`. */
export function countNodes(reader: StoreReader, leader: LeaderContext): { nodes: number; managers: number } {
  const members = new Set(leader.members().map(({ nodeId }) => nodeId));
  let managers = 0;
  for (const node of reader.all('node')) if (members.has(node.id)) managers++;
  return { nodes: reader.count('node'), managers };
}
