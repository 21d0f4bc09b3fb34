/**
 * How much a swarm can hold: one change is one raft message, and a simulation has only so much room for tasks.
 * Source: `swarmkit: manager/state/store/memory.go`, `state/raft/raft.go ErrRequestTooLarge`.
 */
import type { ServiceMode, ServiceSpec } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { ControlRequest } from './control-request.ts';
import { type Refusal, refuse } from './refusal.ts';

/** `MaxTransactionBytes` */
const LARGEST_MESSAGE = 1.5 * 1024 * 1024;

/** What a browser's tab has room for. */
const MOST_TASKS = 10_000;

/** Does what is asked for fit into one raft message? Simplified: measured in JSON, without the spec that it replaces. */
export function checkSize(request: ControlRequest): Refusal | null {
  if (!('spec' in request) || JSON.stringify(request.spec).length <= LARGEST_MESSAGE) return null;
  return refuse('Unknown', "raft: raft message is too large and can't be sent");
}

/**
 * Is there room for the tasks that all services want, with this one as `spec` says? `own` is its id, if it exists.
 * Simplified: a real swarm takes any number, and runs out of memory.
 */
export function checkRoom(reader: StoreReader, spec: ServiceSpec, own = ''): Refusal | null {
  let wanted = wantedTasks(spec.mode);
  for (const service of reader.all('service')) if (service.id !== own) wanted += wantedTasks(service.spec.mode);
  if (wanted <= MOST_TASKS) return null;
  return refuse('ResourceExhausted', `this simulated swarm has room for ${MOST_TASKS} tasks, not for ${wanted}`);
}

/** Those of global services are as many as nodes, and nodes are few. */
function wantedTasks(mode: ServiceMode): number {
  if (mode.kind === 'replicated') return mode.replicas;
  return mode.kind === 'replicated-job' ? Math.min(mode.maxConcurrent, mode.totalCompletions) : 0;
}
