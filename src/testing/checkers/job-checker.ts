/**
 * Jobs, as far as S3 and S4 go for them: never more tasks at once than `--max-concurrent`, none in a slot beyond the number of
 * completions, none in a slot that has completed; one per node for global jobs. Source: `docker service create --help` (mode
 * replicated-job, max-concurrent), `design/orchestrators.md`.
 */
import type { Service, Task } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { broken } from './task-checker.ts';

const RUNNING = 512;
const COMPLETE = 576;

export class JobChecker implements HistoryListener {
  private readonly history: CommittedHistory;

  constructor(history: CommittedHistory) {
    this.history = history;
  }

  after({ changes }: CommittedEntry): void {
    for (const { kind, action, object } of changes) {
      const task = object as Task;
      if (kind !== 'task' || action !== 'create' || task.jobIteration === null) continue;
      const service = this.history.tables.service.get(task.serviceId);
      if (service?.jobIteration === task.jobIteration) this.checkNew(service, task);
    }
  }

  private checkNew(service: Service, task: Task): void {
    const { mode } = service.spec;
    const tasks = [...this.history.tasksOfService(service.id)].filter(
      ({ jobIteration }) => jobIteration === task.jobIteration,
    );
    const inPlace = tasks.filter((one) =>
      mode.kind === 'global-job' ? one.nodeId === task.nodeId : one.slot === task.slot,
    );
    // Who was on a node that was lost then is run again, also if it had completed.
    if (inPlace.some(({ status, desiredState }) => status.state === COMPLETE && desiredState <= COMPLETE))
      throw broken('S4 jobs', task, 'is made where a task has completed already');
    if (mode.kind !== 'replicated-job') return;
    if (task.slot >= mode.totalCompletions)
      throw broken('S4 jobs', task, `is made for a job of ${mode.totalCompletions} completions`);
    const busy = tasks.filter(({ desiredState, status }) => desiredState <= COMPLETE && status.state <= RUNNING).length;
    if (busy > mode.maxConcurrent)
      throw broken('S4 jobs', task, `is one of ${busy} at a time, ${mode.maxConcurrent} are allowed`);
  }
}
