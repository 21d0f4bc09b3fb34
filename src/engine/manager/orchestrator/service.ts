/**
 * What the orchestrators know of services: their mode, and what becomes of the tasks of a removed one.
 * Source: `swarmkit: manager/orchestrator/service.go`, `api/defaults/service.go`.
 */
import type { EventId } from '../../../protocol/events.ts';
import { seconds } from '../../kernel/time.ts';
import type { Service, UpdateConfig } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import type { Transaction } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';
import { setDesiredState } from './task.ts';

/** Changes in one write turn, after which another turn is asked for. `swarmkit: store.MaxChangesPerTransaction` */
export const CHANGES_PER_TURN = 200;

export const isReplicated = (service: Service | undefined): boolean => service?.spec.mode.kind === 'replicated';
export const isGlobal = (service: Service | undefined): boolean => service?.spec.mode.kind === 'global';
export const isReplicatedJob = (service: Service | undefined): boolean => service?.spec.mode.kind === 'replicated-job';
export const isGlobalJob = (service: Service | undefined): boolean => service?.spec.mode.kind === 'global-job';
export const isJob = (service: Service | undefined): boolean => isReplicatedJob(service) || isGlobalJob(service);
/** Is a service's slot a node, rather than a number. */
export const isPerNode = (service: Service | undefined): boolean => isGlobal(service) || isGlobalJob(service);

/** Update and rollback configuration of a service that gives none. */
export const DEFAULT_UPDATE: UpdateConfig = {
  parallelism: 1,
  delay: 0,
  monitor: seconds(5),
  failureAction: 'pause',
  maxFailureRatio: 0,
  order: 'stop-first',
};

/**
 * Sets the tasks of a removed service to REMOVE: the agents shut them down, the task reaper deletes them.
 * Returns whether all are done; else more turns are needed.
 */
export function removeServiceTasks(
  context: LeaderContext,
  transaction: Transaction,
  serviceId: string,
  cause: EventId,
): boolean {
  for (const task of transaction.tasksOfService(serviceId)) {
    if (task.desiredState >= TaskState.remove) continue;
    if (transaction.size >= CHANGES_PER_TURN) return false;
    setDesiredState(context, transaction, task, TaskState.remove, 'its service was removed', cause);
  }
  return true;
}
