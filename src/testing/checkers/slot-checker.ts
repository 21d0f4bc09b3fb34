/**
 * S3, S12: one task per slot is meant to run (two while an update starts the new one first); a replacement starts only when its
 * delay is over and the task before it has stopped; restarts stay within the policy. Source: `design/task_model.md`,
 * `docker service create --help` (restart-condition, restart-delay, restart-max-attempts, restart-window).
 */
import type { Service, Task } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { isPerNode } from './placement-rules.ts';
import { isLetGo, type SlotLedger, type TaskRecord } from './slot-ledger.ts';
import { broken } from './task-checker.ts';

const RUNNING = 512;
const COMPLETE = 576;
/** A replacement waits no longer than this for the task before it. */
const LONGEST_WAIT = 60_000_000;

export class SlotChecker implements HistoryListener {
  private readonly history: CommittedHistory;
  private readonly ledger: SlotLedger;
  /** Restarts by service and slot, of the leader in power and the spec that is in force there. */
  private restarts = new Map<string, { specVersion: number; made: TaskRecord[] }>();
  private term = 0;

  constructor(history: CommittedHistory, ledger: SlotLedger) {
    this.history = history;
    this.ledger = ledger;
  }

  after(entry: CommittedEntry): void {
    if (entry.term !== this.term) this.restarts = new Map();
    this.term = entry.term;
    for (const { kind, action, object, old } of entry.changes) {
      if (kind !== 'task' || action === 'remove') continue;
      const task = object as Task;
      const service = this.history.tables.service.get(task.serviceId);
      if (!service) continue;
      if (action === 'create') this.checkRestart(service, task);
      if (action === 'create' || task.desiredState !== (old as Task).desiredState) this.checkNumber(service, task);
      if (isLetGo(task, old as Task | undefined)) this.checkStart(service, task);
    }
  }

  /** S3 */
  private checkNumber(service: Service, task: Task): void {
    const meant = [...this.history.tasksOfSlot(service, task)].filter(
      ({ desiredState, status, jobIteration }) =>
        (desiredState === RUNNING || desiredState === COMPLETE) &&
        status.state <= RUNNING &&
        jobIteration === task.jobIteration,
    );
    const most = this.ledger.mayOverlap(service.id) ? 2 : 1;
    if (meant.length > most)
      throw broken('S3 one task per slot', task, `is one of ${meant.length} that are meant to run in the slot`);
  }

  /** S12: does the policy allow the restart. */
  private checkRestart(service: Service, task: Task): void {
    const record = this.ledger.record(task.id)!;
    const { replaces } = record;
    // Another spec: restarts are counted anew.
    if (record.how === 'replacement' || record.how === 'update')
      this.restarts.delete(`${service.id}/${isPerNode(service) ? task.nodeId : task.slot}`);
    if (record.how !== 'restart' || !replaces) return;
    const { condition, maxAttempts, window, delay } = replaces.spec.restart;
    const isJob = replaces.jobIteration !== null;
    if (condition === 'none')
      throw broken('S12 restart policy', task, `replaces ${replaces.id}, which is never to be restarted`);
    if (replaces.status.state === COMPLETE && (condition === 'on-failure' || isJob))
      throw broken('S12 restart policy', task, `replaces ${replaces.id}, which has completed`);
    if (task.desiredState >= RUNNING && delay > 0 && !record.fromDrained && service.spec.mode.kind === 'replicated')
      throw broken('S12 restart delay', task, `replaces ${replaces.id}, and is to start at once`);
    if (maxAttempts === 0) return;
    const slot = isPerNode(service) ? task.nodeId : task.slot;
    const key = `${service.id}/${slot}`;
    const known = this.restarts.get(key);
    const earlier = known?.specVersion === task.specVersion ? known.made : [];
    this.restarts.set(key, { specVersion: task.specVersion, made: [...earlier, record] });
    const failedAt = replaces.status.timestamp;
    const counted =
      window === 0 ? earlier : earlier.filter(({ createdAt }) => createdAt > failedAt - window && createdAt < failedAt);
    if (counted.length >= maxAttempts)
      throw broken(
        'S12 restart attempts',
        task,
        `is restart ${counted.length + 1} of its slot, ${maxAttempts} are allowed`,
      );
  }

  /** S3, S12: is it time for a replacement to start. */
  private checkStart(service: Service, task: Task): void {
    const record = this.ledger.record(task.id);
    if (!record) return;
    const now = task.meta.updatedAt;
    if (!this.wasKept(service, task, record)) this.checkDelay(task, record, now);
    // A new leader does not know what its predecessor was waiting for.
    if (record.term !== this.term || (this.ledger.mayOverlap(service.id) && record.how !== 'restart')) return;
    const others = [...this.history.tasksOfSlot(service, task)].filter(
      (other) => other.id !== task.id && other.status.state <= RUNNING && other.desiredState > COMPLETE,
    );
    const [other] = others;
    const stopped = other && this.ledger.record(other.id)?.stopped;
    if (others.length !== 1 || !other || stopped?.index !== record.createdIndex) return;
    const unreachable = record.fromDown || (other.nodeId !== '' && this.ledger.lastDown(other.nodeId) >= stopped.index);
    if (!unreachable && now - stopped.at < LONGEST_WAIT)
      throw broken(
        'S3 stop before start',
        task,
        `is to start ${(now - stopped.at) / 1e6} s after ${other.id} was told to stop, which still runs`,
      );
  }

  /** An update has found the task waiting, and kept it in place of another one: then it starts when that one has stopped. */
  private wasKept(service: Service, task: Task, record: TaskRecord): boolean {
    for (const other of this.history.tasksOfSlot(service, task))
      if ((this.ledger.record(other.id)?.stopped?.index ?? 0) > record.createdIndex) return true;
    return false;
  }

  private checkDelay(task: Task, { how, replaces, fromDrained, createdAt }: TaskRecord, now: number): void {
    if (how !== 'restart' || !replaces || fromDrained) return;
    // The delay of either: a new leader takes that of the replacement.
    const delay = Math.min(replaces.spec.restart.delay, task.spec.restart.delay);
    if (now - createdAt < delay)
      throw broken(
        'S12 restart delay',
        task,
        `is to start after ${(now - createdAt) / 1e6} s, the delay is ${delay / 1e6} s`,
      );
  }
}
