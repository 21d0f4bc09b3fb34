/**
 * What the swarm has decided, in order: the entries of the raft log as soon as some manager has committed them, played into
 * tables of the checkers' own. The rules are held against this history, not against the leader's memory, so that it does not
 * matter who leads, and every change is seen once, with what was there before and with the subsystem that wrote it.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { StoreEntry } from '../../engine/manager/manager.ts';
import type { RaftLog } from '../../engine/raft/log.ts';
import type { Entry } from '../../engine/raft/types.ts';
import type { ObjectKind, Service, StoreObject, StoreObjects, Task } from '../../engine/store/objects.ts';
import type { Micros } from '../../protocol/events.ts';
import { Violation } from './violation.ts';

/** One change of one object. */
export interface Change {
  readonly action: 'create' | 'update' | 'remove';
  readonly kind: ObjectKind;
  readonly id: string;
  /** As it is now; of a removed one what it was last. */
  readonly object: StoreObject;
  readonly old: StoreObject | undefined;
}

/** A committed write: one transaction of one subsystem. */
export interface CommittedEntry {
  readonly index: number;
  readonly term: number;
  readonly writer: string;
  readonly changes: readonly Change[];
}

/** Hears of each write twice: while the tables are as they were, and when they have changed. */
export interface HistoryListener {
  before?(entry: CommittedEntry): void;
  after?(entry: CommittedEntry): void;
}

export type Tables = { readonly [K in ObjectKind]: Map<string, StoreObjects[K]> };

export class CommittedHistory {
  readonly tables: Tables = {
    node: new Map(),
    service: new Map(),
    task: new Map(),
    network: new Map(),
    cluster: new Map(),
    secret: new Map(),
    config: new Map(),
  };
  /** Index of the last write, and of the last entry of any kind that was looked at. */
  written = 0;
  private looked = 0;
  /** When tasks were deleted. */
  private readonly deleted = new Map<string, Micros>();
  private readonly byService = new Map<string, Map<string, Task>>();
  private readonly byNode = new Map<string, Map<string, Task>>();
  private readonly listeners: HistoryListener[] = [];
  private readonly cluster: Cluster;
  private readonly committed: ReadonlyMap<number, { readonly entry: Entry }>;

  /** `committed`: entries by index as others have seen them, for those that a log was rid of as soon as they were committed. */
  constructor(cluster: Cluster, committed: ReadonlyMap<number, { readonly entry: Entry }> = new Map()) {
    this.cluster = cluster;
    this.committed = committed;
  }

  /** To be heard of from the first write on, before `observe` is called. */
  listen(listener: HistoryListener): void {
    this.listeners.push(listener);
  }

  /** Takes up what has been committed since the last call. */
  observe(): void {
    for (const { swarm } of this.cluster.machines) {
      const log = swarm.manager?.state.raftNode.raft.log;
      if (log && log.commit > this.looked) this.takeUp(log);
    }
  }

  /** When a task was deleted; undefined if it never was. */
  deletedAt(taskId: string): Micros | undefined {
    return this.deleted.get(taskId);
  }

  tasksOfService(id: string): Iterable<Task> {
    return this.byService.get(id)?.values() ?? [];
  }

  tasksOfNode(id: string): Iterable<Task> {
    return this.byNode.get(id)?.values() ?? [];
  }

  /** The tasks of the place of one replica: a slot number, or a node for services that run once per node. */
  *tasksOfSlot(service: Service, { slot, nodeId }: Pick<Task, 'slot' | 'nodeId'>): Iterable<Task> {
    const { kind } = service.spec.mode;
    const perNode = kind === 'global' || kind === 'global-job';
    for (const task of this.tasksOfService(service.id))
      if (perNode ? task.nodeId === nodeId : task.slot === slot) yield task;
  }

  private takeUp(log: RaftLog): void {
    if (this.looked === 0 && log.offset > 0) this.adopt();
    for (let index = this.looked + 1; index <= log.commit; index++) {
      const entry = log.entries[index - log.offset - 1] ?? this.committed.get(index)?.entry;
      if (!entry) throw new Error(`checkers: entry ${index} was cut off before anybody looked at it`);
      this.take(entry);
    }
  }

  /** The log was cut off before anybody looked: what the most advanced manager has is taken on trust. */
  private adopt(): void {
    let best: { applied: number; version: number; tables: Tables } | null = null;
    for (const { swarm } of this.cluster.machines) {
      if (!swarm.manager) continue;
      const { store, raftNode } = swarm.manager.state;
      const { applied } = raftNode.raft.log;
      if (!best || applied > best.applied) best = { applied, version: store.version, tables: store.tables };
    }
    if (!best) return;
    for (const kind of Object.keys(this.tables) as ObjectKind[])
      for (const object of best.tables[kind].values()) this.put(object);
    this.written = best.version;
    this.looked = best.applied;
  }

  private take(committed: Entry): void {
    const { index, term } = committed;
    this.looked = index;
    if (committed.type !== 'normal' || committed.data === null) return;
    const { changes, writer } = committed.data as StoreEntry;
    const entry: CommittedEntry = { index, term, writer, changes: changes.map((change) => this.read(change, index)) };
    for (const listener of this.listeners) listener.before?.(entry);
    for (const { action, object } of entry.changes) {
      if (action === 'remove') this.drop(object);
      else this.put(object);
    }
    this.written = index;
    for (const listener of this.listeners) listener.after?.(entry);
  }

  private read(change: StoreEntry['changes'][number], index: number): Change {
    if (change.action === 'remove') {
      const old = this.tables[change.kind].get(change.id);
      if (!old)
        throw new Violation('I17 store', `entry ${index} removes ${change.kind} ${change.id}, which is not there`);
      return { action: 'remove', kind: change.kind, id: change.id, object: old, old };
    }
    const { action, object } = change;
    const old = this.tables[object.kind].get(object.id);
    if ((old === undefined) !== (action === 'create'))
      throw new Violation('I17 store', `entry ${index} is to ${action} ${object.kind} ${object.id}`);
    return { action, kind: object.kind, id: object.id, object, old };
  }

  private put(object: StoreObject): void {
    const table = this.tables[object.kind] as Map<string, StoreObject>;
    const old = table.get(object.id);
    table.set(object.id, object);
    if (object.kind !== 'task') return;
    if (old && (old as Task).nodeId !== object.nodeId) this.byNode.get((old as Task).nodeId)?.delete(old.id);
    into(this.byService, object.serviceId, object);
    if (object.nodeId) into(this.byNode, object.nodeId, object);
  }

  private drop(object: StoreObject): void {
    (this.tables[object.kind] as Map<string, StoreObject>).delete(object.id);
    if (object.kind !== 'task') return;
    this.deleted.set(object.id, this.cluster.now);
    this.byService.get(object.serviceId)?.delete(object.id);
    this.byNode.get(object.nodeId)?.delete(object.id);
  }
}

function into(index: Map<string, Map<string, Task>>, key: string, task: Task): void {
  let tasks = index.get(key);
  if (!tasks) index.set(key, (tasks = new Map()));
  tasks.set(task.id, task);
}
