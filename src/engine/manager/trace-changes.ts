/** Tells the trace what a committed entry means: tasks and nodes in another state, services come, changed and gone. */
import type { EventId, ObjectRef } from '../../protocol/events.ts';
import { type Node, type Service, type Task, taskStateName } from '../store/objects.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import { taskRefs } from './orchestrator/task.ts';

/** Emits an event because of another one (absent: of the commit) and returns its id. */
type Emit = (kind: string, objects: ObjectRef[], facts: Readonly<Record<string, unknown>>, cause?: EventId) => EventId;

/** `causes`: what the writer told of each object. Every change gets the event that tells of it as its `cause`. */
export function traceChanges(
  events: readonly StoreEvent[],
  store: Store,
  causes: Readonly<Record<string, EventId>>,
  emit: Emit,
): void {
  for (const event of events) {
    const why = causes[event.id];
    let told: EventId | undefined;
    const tell: Emit = (kind, objects, facts) => {
      told = emit(kind, objects, facts, why);
      return told;
    };
    if (event.kind === 'task') traceTask(event, store, tell);
    else if (event.kind === 'node') traceNode(event, tell);
    else if (event.kind === 'service') traceService(event, tell);
    event.cause = told ?? why;
  }
}

function traceTask(event: StoreEvent, store: Store, emit: Emit): void {
  const task = event.object as Task;
  const old = event.old as Task | undefined;
  const hostname = store.get('node', task.nodeId)?.description?.hostname ?? null;
  const objects = taskRefs(task);
  if (hostname !== null) objects.push(`machine:${hostname}`);
  const facts = { service: task.serviceAnnotations.name, slot: task.slot, hostname };
  if (event.action === 'remove') emit('task.removed', objects, facts);
  else if (old && old.status.state !== task.status.state) {
    const { message, err, container } = task.status;
    emit('task.state', objects, {
      ...facts,
      state: taskStateName(task.status.state),
      from: taskStateName(old.status.state),
      message,
      err,
      exitCode: container?.exitCode ?? null,
    });
  }
}

function traceNode(event: StoreEvent, emit: Emit): void {
  const node = event.object as Node;
  const old = event.old as Node | undefined;
  const hostname = node.description?.hostname ?? null;
  const objects: ObjectRef[] = [`node:${node.id}`];
  if (hostname !== null) objects.push(`machine:${hostname}`);
  if (event.action === 'remove') emit('node.removed', objects, { hostname });
  else if (old && old.status.state !== node.status.state) {
    emit('node.state', objects, {
      hostname,
      state: node.status.state,
      from: old.status.state,
      message: node.status.message,
    });
  } else if (old && old.spec.availability !== node.spec.availability) {
    emit('node.availability', objects, { hostname, availability: node.spec.availability, from: old.spec.availability });
  }
}

function traceService(event: StoreEvent, emit: Emit): void {
  const service = event.object as Service;
  const old = event.old as Service | undefined;
  const { updateStatus } = service;
  if (!old || event.action === 'remove' || updateStatus === null || old.updateStatus?.state === updateStatus.state)
    return;
  const name = service.spec.annotations.name;
  emit('service.update-status', [`service:${service.id}`], {
    service: name,
    state: updateStatus.state,
    message: updateStatus.message,
  });
}
