/**
 * Takes over the tasks that an earlier leader left: deletes those whose service is gone, lets READY ones have the rest of
 * their restart delay, and rebuilds the history of restarts from old tasks.
 * Source: `swarmkit: manager/orchestrator/taskinit/init.go`.
 */
import type { Service, Task } from '../../../store/objects.ts';
import { TaskState } from '../../../store/objects.ts';
import type { Transaction } from '../../../store/store.ts';
import type { LeaderContext } from '../../subsystem.ts';
import type { RestartSupervisor } from '../restart/restart.ts';
import { bySlot } from '../slot.ts';
import { inOrderOfCreation, taskRefs } from '../task.ts';

/** What an orchestrator says of the tasks at its start. */
export interface InitHandler {
  /** Is the service of a kind that this orchestrator cares for. */
  isRelated(service: Service): boolean;
  /** Does what events of this task would have made it do. */
  fixTask(transaction: Transaction, task: Task): void;
}

export function takeOverTasks(
  context: LeaderContext,
  transaction: Transaction,
  handler: InitHandler,
  restarts: RestartSupervisor,
): void {
  const tasksByService = new Map<Service, Task[]>();
  for (const task of [...transaction.all('task')]) {
    const service = transaction.get('service', task.serviceId);
    if (!service) {
      if (task.serviceId) removeOrphan(context, transaction, task);
      continue;
    }
    if (!handler.isRelated(service)) continue;
    const tasks = tasksByService.get(service);
    if (tasks) tasks.push(task);
    else tasksByService.set(service, [task]);
    handler.fixTask(transaction, task);
    if (task.desiredState === TaskState.ready && task.status.state <= TaskState.complete)
      resumeDelay(context, transaction, task, restarts);
  }
  for (const [service, tasks] of tasksByService)
    for (const slot of bySlot(service, tasks).values()) rebuildHistory(service, slot, restarts);
}

/** What is left of its delay, counted from its last report; the old task is not waited for any more. */
function resumeDelay(context: LeaderContext, transaction: Transaction, task: Task, restarts: RestartSupervisor): void {
  const { delay } = task.spec.restart;
  const left = Math.min(delay, task.status.timestamp + delay - context.now);
  if (left > 0) restarts.delayStart(transaction, null, task.id, left);
  else restarts.startNow(transaction, task.id, context.cause);
}

/** All tasks of the newest spec version but the first count as restarts. */
function rebuildHistory(service: Service, slot: readonly Task[], restarts: RestartSupervisor): void {
  const newest = Math.max(...slot.map((task) => task.specVersion));
  const current = inOrderOfCreation(slot.filter((task) => task.specVersion === newest));
  for (const task of current.slice(1)) restarts.recordRestart(service, task);
}

function removeOrphan(context: LeaderContext, transaction: Transaction, task: Task): void {
  transaction.remove('task', task.id);
  context.emit('task.reaped', taskRefs(task), { why: 'its service is gone' });
}
