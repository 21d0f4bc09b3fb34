/**
 * S11: rolling updates. Never more slots at once than `parallelism`, and none again before `delay`; with `start-first` a slot
 * that runs goes on running; once more tasks have failed than the ratio allows, no more are replaced and the failure action
 * is taken; a rollback restores the spec before, exactly. Source: `docker service update --help`, `design/orchestrators.md`.
 */
import type { Service, ServiceSpec, Task, UpdateConfig } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import type { SlotLedger } from './slot-ledger.ts';
import { broken } from './task-checker.ts';
import { Violation } from './violation.ts';

const RUNNING = 512;
const COMPLETE = 576;

/** Docker's defaults. */
const DEFAULTS: UpdateConfig = {
  parallelism: 1,
  delay: 0,
  monitor: 5_000_000,
  failureAction: 'pause',
  maxFailureRatio: 0,
  order: 'stop-first',
};

/** What one leader has replaced because of one version of the spec. */
interface Campaign {
  readonly key: string;
  /** Tasks that were made. */
  readonly tasks: string[];
  readonly failed: Set<string>;
  /** Slots of the service when it began: no fewer than have to be changed. */
  readonly slots: number;
  /** More have failed than the ratio allows. */
  exhausted: boolean;
}

export class UpdateChecker implements HistoryListener {
  private readonly history: CommittedHistory;
  private readonly ledger: SlotLedger;
  private readonly campaigns = new Map<string, Campaign>();
  /** What each service was asked to be before its present spec. */
  private readonly previous = new Map<string, { spec: ServiceSpec; before: ServiceSpec | null }>();
  /** Slots that run, of services whose tasks change with the entry. */
  private runningBefore = new Map<string, Set<number>>();

  constructor(history: CommittedHistory, ledger: SlotLedger) {
    this.history = history;
    this.ledger = ledger;
  }

  before(entry: CommittedEntry): void {
    this.runningBefore = new Map();
    for (const { kind, action, object, old } of entry.changes) {
      if (kind === 'service') this.serviceChanged(entry, object as Service, old as Service | undefined, action);
      if (kind === 'task' && action === 'update') this.noteRunning(object as Task);
    }
  }

  after(entry: CommittedEntry): void {
    for (const { kind, action, object, old } of entry.changes) {
      if (kind !== 'task' || action === 'remove') continue;
      if (action === 'create') this.taskMade(entry, object as Task);
      else this.taskChanged(object as Task, old as Task);
    }
    this.checkStartFirst(entry);
  }

  // ---- the spec

  private serviceChanged({ writer }: CommittedEntry, service: Service, old: Service | undefined, action: string): void {
    const known = this.previous.get(service.id);
    if (action === 'remove') {
      this.previous.delete(service.id);
      this.campaigns.delete(service.id);
    } else if (!old || !known) this.previous.set(service.id, { spec: service.spec, before: null });
    else if (service.spec !== old.spec) {
      this.campaigns.delete(service.id);
      const isRollback = service.updateStatus?.state === 'rollback_started';
      if (isRollback && !equal(service.spec, known.before))
        throw new Violation(
          'S11 rollback restores',
          `${nameOf(service)} is rolled back to another spec than it had before`,
        );
      if (writer !== 'controlapi' && !isRollback)
        throw new Violation('S11 rollback restores', `${writer} changes the spec of ${nameOf(service)}`);
      // Automatic rollbacks leave nothing to roll back to.
      const before = isRollback && writer !== 'controlapi' ? null : known.spec;
      this.previous.set(service.id, { spec: service.spec, before });
    }
  }

  // ---- tasks that were replaced

  private taskMade(entry: CommittedEntry, task: Task): void {
    const record = this.ledger.record(task.id);
    const service = this.history.tables.service.get(task.serviceId);
    // A global service's tasks are also replaced, all at once, when their node changes.
    if (record?.how !== 'update' || service?.spec.mode.kind !== 'replicated') return;
    const key = `${entry.term}/${task.specVersion}`;
    let campaign = this.campaigns.get(service.id);
    if (campaign?.key !== key) {
      const slots = new Set([...this.history.tasksOfService(service.id)].map(({ slot }) => slot)).size;
      campaign = { key, tasks: [], failed: new Set(), slots, exhausted: false };
      this.campaigns.set(service.id, campaign);
    }
    const config = configOf(service);
    if (campaign.exhausted)
      throw broken(
        'S11 failures stop an update',
        task,
        `is made by an update of which ${campaign.failed.size} tasks have failed`,
      );
    this.checkPace(task, campaign, config);
    campaign.tasks.push(task.id);
  }

  private checkPace(task: Task, { tasks }: Campaign, { parallelism, delay }: UpdateConfig): void {
    if (parallelism === 0) return;
    const now = task.meta.createdAt;
    let busy = 0;
    for (const id of tasks) {
      const one = this.history.tables.task.get(id);
      const record = this.ledger.record(id);
      if (!one || !record) continue;
      const done = record.ranAt ?? record.endedAt;
      if (done === null ? one.desiredState <= COMPLETE : now - done < delay) busy++;
    }
    if (busy >= parallelism)
      throw broken(
        'S11 parallelism and delay',
        task,
        `is made by an update that is at ${busy} slots already, ${parallelism} are allowed`,
      );
  }

  private taskChanged(task: Task, old: Task): void {
    if (task.status.state <= RUNNING || old.status.state > RUNNING) return;
    const campaign = this.campaigns.get(task.serviceId);
    const service = this.history.tables.service.get(task.serviceId);
    const record = this.ledger.record(task.id);
    if (!campaign?.tasks.includes(task.id) || !service || !record) return;
    const { failureAction, monitor, maxFailureRatio } = configOf(service);
    const inTime = record.ranAt === record.endedAt || task.meta.updatedAt - record.ranAt! <= monitor;
    if (failureAction === 'continue' || !inTime || campaign.key !== `${record.term}/${service.specVersion}`) return;
    campaign.failed.add(task.id);
    if (campaign.failed.size / campaign.slots > maxFailureRatio) campaign.exhausted = true;
  }

  // ---- start-first

  private noteRunning({ serviceId }: Task): void {
    if (this.runningBefore.has(serviceId) || !this.ledger.mayOverlap(serviceId)) return;
    const service = this.history.tables.service.get(serviceId);
    if (service?.spec.mode.kind !== 'replicated' || configOf(service).order !== 'start-first') return;
    this.runningBefore.set(serviceId, this.runningSlots(serviceId));
  }

  private runningSlots(serviceId: string): Set<number> {
    const slots = new Set<number>();
    for (const { slot, status, desiredState } of this.history.tasksOfService(serviceId))
      if (status.state === RUNNING && desiredState === RUNNING) slots.add(slot);
    return slots;
  }

  /** Who stops the task that ran in a slot because of its spec has started another one in its place. */
  private checkStartFirst({ writer, changes, index }: CommittedEntry): void {
    if (writer !== 'replicated') return;
    for (const [serviceId, before] of this.runningBefore) {
      const now = this.runningSlots(serviceId);
      for (const { object, old, action } of changes) {
        const [task, was] = [object as Task, old as Task | undefined];
        if (action !== 'update' || task.serviceId !== serviceId || was?.desiredState !== RUNNING) continue;
        const isUpdate = task.desiredState > COMPLETE && task.desiredState < 800 && !this.isLost(task);
        if (!isUpdate || was.status.state !== RUNNING || !before.has(task.slot) || now.has(task.slot)) continue;
        if (!this.hasOther(task, index))
          throw broken('S11 start-first', task, 'is told to stop before another one runs in its slot');
      }
    }
  }

  /**
   * The slot had another task of the new spec already: an update keeps that one, whether it runs yet or not, also if it only waits
   * for its restart.
   */
  private hasOther({ id, serviceId, slot }: Task, index: number): boolean {
    for (const other of this.history.tasksOfService(serviceId)) {
      if (other.slot !== slot || other.id === id || other.desiredState > RUNNING) continue;
      if (other.desiredState === RUNNING && other.status.state > RUNNING) continue;
      if ((this.ledger.record(other.id)?.createdIndex ?? 0) < index) return true;
    }
    return false;
  }

  private isLost({ nodeId }: Task): boolean {
    const node = this.history.tables.node.get(nodeId);
    return !node || node.status.state === 'down' || node.spec.availability === 'drain';
  }
}

function configOf({ spec, updateStatus }: Service): UpdateConfig {
  return (updateStatus?.state.startsWith('rollback') ? spec.rollback : spec.update) ?? DEFAULTS;
}

function nameOf({ spec }: Service): string {
  return `service ${spec.annotations.name}`;
}

/** Specs as they are written down: how the client spelled them does not matter. */
function equal(a: ServiceSpec, b: ServiceSpec | null): boolean {
  return a === b || (b !== null && JSON.stringify(a) === JSON.stringify(b));
}
