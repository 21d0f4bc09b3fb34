/**
 * What all orchestrators know of tasks: how one is made from a service, when it is out of date, when its node no longer
 * counts. Source: `swarmkit: manager/orchestrator/task.go`. States and desired states only ever rise.
 */
import type { EventId, ObjectRef } from '../../../protocol/events.ts';
import type { EndpointSpec, Node, Service, Task, TaskSpec, TaskStateValue } from '../../store/objects.ts';
import { TaskState, taskStateName } from '../../store/objects.ts';
import type { Transaction } from '../../store/store.ts';
import { acceptedConstraints, nodeMatches } from '../constraint/constraint.ts';
import type { LeaderContext } from '../subsystem.ts';
import { same } from './same.ts';

/** What a service without an endpoint spec has. */
export const DEFAULT_ENDPOINT: EndpointSpec = { mode: 'vip', ports: [] };

/** A task of this service as it is now: NEW, meant to run, not yet anywhere (but `nodeId` for global services). */
export function newTask(context: LeaderContext, service: Service, slot: number, nodeId: string): Task {
  const { now } = context;
  const { spec } = service;
  return {
    kind: 'task',
    id: context.newId(),
    meta: { version: 0, createdAt: now, updatedAt: now },
    spec: spec.task,
    specVersion: service.specVersion,
    serviceId: service.id,
    serviceAnnotations: spec.annotations,
    slot,
    nodeId,
    annotations: { name: '', labels: {} },
    status: {
      timestamp: now,
      state: TaskState.new,
      message: 'created',
      err: '',
      container: null,
      ports: [],
      appliedBy: '',
    },
    desiredState: TaskState.running,
    networks: [],
    endpoint: { spec: spec.endpoint ?? DEFAULT_ENDPOINT, ports: [], virtualIps: [] },
    logDriver: spec.task.logDriver,
    assignedGeneric: [],
    jobIteration: null,
  };
}

/** Adds a task to the store and traces it. Returns the trace event. */
export function createTask(
  context: LeaderContext,
  transaction: Transaction,
  task: Task,
  why: string,
  cause: EventId,
): EventId {
  transaction.create(task);
  const facts = {
    service: task.serviceAnnotations.name,
    slot: task.slot,
    desired: taskStateName(task.desiredState),
    why,
  };
  return context.begin('task.created', taskRefs(task), facts, cause);
}

/** Raises the desired state of a task and traces it; a state it has passed is left as it is. */
export function setDesiredState(
  context: LeaderContext,
  transaction: Transaction,
  task: Task,
  desiredState: TaskStateValue,
  why: string,
  cause: EventId,
): void {
  if (task.desiredState >= desiredState) return;
  transaction.update({ ...task, desiredState });
  const facts = {
    service: task.serviceAnnotations.name,
    slot: task.slot,
    from: taskStateName(task.desiredState),
    to: taskStateName(desiredState),
    why,
  };
  context.begin('task.desired', taskRefs(task), facts, cause);
}

/** Things that a trace event about a task is about. */
export function taskRefs(task: Task): ObjectRef[] {
  const refs: ObjectRef[] = [`task:${task.id}`];
  if (task.serviceId) refs.push(`service:${task.serviceId}`);
  if (task.nodeId) refs.push(`node:${task.nodeId}`);
  return refs;
}

/**
 * Is the task not what its service now asks for. It is not dirty if only placement changed and its node still fits.
 * Simplified: swarmkit also forgives other pull options of a task whose image is there; our specs carry none.
 */
export function isTaskDirty(service: Service, task: Task, node: Node | undefined): boolean {
  if (service.specVersion === task.specVersion) return false;
  const wanted = service.spec.task;
  if (placementAloneChanged(wanted, task.spec) && node && fitsNode(service, node)) return false;
  return (
    !sameTaskSpec(wanted, task.spec) ||
    (task.endpoint !== null && !same(service.spec.endpoint ?? DEFAULT_ENDPOINT, task.endpoint.spec))
  );
}

/** Does the node satisfy the placement constraints of the service as it is now. */
export function fitsNode(service: Service, node: Node): boolean {
  return nodeMatches(acceptedConstraints(service.spec.task.placement.constraints), node);
}

/** Gone, down, or drained: tasks on it are to be replaced. */
export function isInvalidNode(node: Node | undefined): boolean {
  return node === undefined || node.status.state === 'down' || node.spec.availability === 'drain';
}

/** Has it stopped, or will it never start. */
export function isTerminal(task: Task): boolean {
  return task.status.state > TaskState.running;
}

/** Tasks in order of creation: lists by node come in order of assignment. */
export function inOrderOfCreation(tasks: readonly Task[]): Task[] {
  return tasks.toSorted((a, b) => a.meta.createdAt - b.meta.createdAt || a.slot - b.slot || (a.id < b.id ? -1 : 1));
}

function placementAloneChanged(wanted: TaskSpec, actual: TaskSpec): boolean {
  return !same(wanted.placement, actual.placement) && sameTaskSpec({ ...wanted, placement: actual.placement }, actual);
}

/** `present` only says how the client spelled it. */
function sameTaskSpec(a: TaskSpec, b: TaskSpec): boolean {
  return a === b || same({ ...a, present: [] }, { ...b, present: [] });
}
