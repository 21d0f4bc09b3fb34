/**
 * The replicated object store of one manager. `swarmkit: manager/state/store/memory.go`
 *
 * Reads see what has been applied. A write is a transaction over an overlay (`Transaction`) that yields the list of its
 * changes; the manager proposes that list as one raft entry, and every member applies it (`apply`) when it is committed.
 * One write transaction is under way at a time, so a transaction always starts from the newest applied state.
 *
 * Tables, and the index of tasks by service, by node and by slot, are rebuilt from objects; objects are immutable and shared.
 */
import type { Micros } from '../../protocol/events.ts';
import type { ObjectKind, Service, StoreObject, StoreObjects, Task } from './objects.ts';

/** One change of one object; a raft entry carries a list of them. */
export type StoreChange =
  | { readonly action: 'create' | 'update'; readonly object: StoreObject }
  | { readonly action: 'remove'; readonly kind: ObjectKind; readonly id: string };

/** A change as seen by those who watch: with what was before. */
export interface StoreEvent {
  readonly action: 'create' | 'update' | 'remove';
  readonly kind: ObjectKind;
  readonly id: string;
  /** The new object; on removal the last one. */
  readonly object: StoreObject;
  readonly old: StoreObject | undefined;
  /** Trace event that tells of this change; set on the leader before watchers hear of it. */
  cause?: number;
}

type Tables = { [K in ObjectKind]: Map<string, StoreObjects[K]> };

/** Plain data: what a snapshot of the store holds. */
export interface StoreState {
  tables: Tables;
  /** Raft index of the last applied entry: version of what is written next. */
  version: number;
}

export function initialStore(): StoreState {
  return {
    tables: {
      node: new Map(),
      service: new Map(),
      task: new Map(),
      network: new Map(),
      cluster: new Map(),
      secret: new Map(),
      config: new Map(),
    },
    version: 0,
  };
}

/** What both the store and a transaction offer to readers. Lists are in order of creation. */
export interface StoreReader {
  get<K extends ObjectKind>(kind: K, id: string): StoreObjects[K] | undefined;
  all<K extends ObjectKind>(kind: K): Iterable<StoreObjects[K]>;
  count(kind: ObjectKind): number;
  /** By spec name, ignoring case (not for nodes and tasks). */
  byName<K extends 'service' | 'network' | 'secret' | 'config' | 'cluster'>(
    kind: K,
    name: string,
  ): StoreObjects[K] | undefined;
  tasksOfService(serviceId: string): Task[];
  tasksOfNode(nodeId: string): Task[];
  tasksOfSlot(serviceId: string, slot: number): Task[];
}

export class Store implements StoreReader {
  readonly state: StoreState;
  private byService = new Map<string, Map<string, Task>>();
  private byNode = new Map<string, Map<string, Task>>();
  private readonly listeners: ((events: readonly StoreEvent[]) => void)[] = [];

  constructor(state: StoreState) {
    this.state = state;
    this.reindex();
  }

  get<K extends ObjectKind>(kind: K, id: string): StoreObjects[K] | undefined {
    return this.state.tables[kind].get(id);
  }

  all<K extends ObjectKind>(kind: K): Iterable<StoreObjects[K]> {
    return this.state.tables[kind].values();
  }

  count(kind: ObjectKind): number {
    return this.state.tables[kind].size;
  }

  byName<K extends 'service' | 'network' | 'secret' | 'config' | 'cluster'>(
    kind: K,
    name: string,
  ): StoreObjects[K] | undefined {
    return findByName(this.all(kind), name);
  }

  tasksOfService(serviceId: string): Task[] {
    return [...(this.byService.get(serviceId)?.values() ?? [])];
  }

  tasksOfNode(nodeId: string): Task[] {
    return [...(this.byNode.get(nodeId)?.values() ?? [])];
  }

  tasksOfSlot(serviceId: string, slot: number): Task[] {
    return this.tasksOfService(serviceId).filter((task) => task.slot === slot);
  }

  /** Hears the changes of each applied entry, once all of them are in the tables (`EventCommit`). */
  onCommit(listener: (events: readonly StoreEvent[]) => void): void {
    this.listeners.push(listener);
  }

  /** Applies a committed entry at raft index `index` and returns what changed. Removing or updating what is not there is a mistake of ours. */
  apply(changes: readonly StoreChange[], index: number): readonly StoreEvent[] {
    const events: StoreEvent[] = [];
    for (const change of changes) events.push(this.applyOne(change));
    this.state.version = index;
    for (const listener of this.listeners) listener(events);
    return events;
  }

  /** Replaces everything by a snapshot's state. Watchers are not told: who restores also restarts them. */
  restore(state: StoreState): void {
    this.state.tables = cloneTables(state.tables);
    this.state.version = state.version;
    this.reindex();
  }

  /** The state for a raft snapshot: objects shared, tables copied. */
  save(): StoreState {
    return { tables: cloneTables(this.state.tables), version: this.state.version };
  }

  private applyOne(change: StoreChange): StoreEvent {
    if (change.action === 'remove') {
      const table = this.state.tables[change.kind] as Map<string, StoreObject>;
      const old = table.get(change.id);
      if (!old) throw new Error(`store: removal of absent ${change.kind} ${change.id}`);
      table.delete(change.id);
      if (old.kind === 'task') this.unindex(old);
      return { action: 'remove', kind: change.kind, id: change.id, object: old, old };
    }
    const { object } = change;
    const table = this.state.tables[object.kind] as Map<string, StoreObject>;
    const old = table.get(object.id);
    if ((old === undefined) !== (change.action === 'create'))
      throw new Error(`store: ${change.action} of ${object.kind} ${object.id}`);
    table.set(object.id, object);
    if (object.kind === 'task') {
      // Its service's list keeps its order: the same as after a restore.
      if (old && (old as Task).nodeId !== object.nodeId) this.byNode.get((old as Task).nodeId)?.delete(old.id);
      this.index(object);
    }
    return { action: change.action, kind: object.kind, id: object.id, object, old };
  }

  private reindex(): void {
    this.byService = new Map();
    this.byNode = new Map();
    for (const task of this.state.tables.task.values()) this.index(task);
  }

  private index(task: Task): void {
    into(this.byService, task.serviceId, task);
    if (task.nodeId) into(this.byNode, task.nodeId, task);
  }

  private unindex(task: Task): void {
    this.byService.get(task.serviceId)?.delete(task.id);
    this.byNode.get(task.nodeId)?.delete(task.id);
  }
}

/**
 * A write transaction: reads see its own writes. `changes()` is what it did, at most one change per object.
 * Objects given to `create` and `update` get their `meta` from here: whatever meta they carry is replaced.
 */
export class Transaction implements StoreReader {
  private readonly base: Store;
  private readonly now: Micros;
  private readonly overlay = new Map<string, StoreChange>();
  private readonly newIds: { [K in ObjectKind]?: string[] } = {};

  constructor(base: Store, now: Micros) {
    this.base = base;
    this.now = now;
  }

  get<K extends ObjectKind>(kind: K, id: string): StoreObjects[K] | undefined {
    const change = this.overlay.get(id);
    if (!change) return this.base.get(kind, id);
    return change.action === 'remove' ? undefined : (change.object as StoreObjects[K]);
  }

  *all<K extends ObjectKind>(kind: K): Iterable<StoreObjects[K]> {
    for (const object of this.base.all(kind)) {
      const seen = this.overlay.size === 0 ? object : this.get(kind, object.id);
      if (seen) yield seen as StoreObjects[K];
    }
    for (const id of this.newIds[kind] ?? []) {
      const object = this.get(kind, id);
      if (object) yield object;
    }
  }

  count(kind: ObjectKind): number {
    let n = this.base.count(kind);
    for (const change of this.overlay.values()) {
      if (change.action === 'create' && change.object.kind === kind) n++;
      if (change.action === 'remove' && change.kind === kind && this.base.get(kind, change.id)) n--;
    }
    return n;
  }

  byName<K extends 'service' | 'network' | 'secret' | 'config' | 'cluster'>(
    kind: K,
    name: string,
  ): StoreObjects[K] | undefined {
    return findByName(this.all(kind), name);
  }

  tasksOfService(serviceId: string): Task[] {
    return this.tasksWhere(this.base.tasksOfService(serviceId), (task) => task.serviceId === serviceId);
  }

  tasksOfNode(nodeId: string): Task[] {
    return this.tasksWhere(this.base.tasksOfNode(nodeId), (task) => task.nodeId === nodeId);
  }

  tasksOfSlot(serviceId: string, slot: number): Task[] {
    return this.tasksOfService(serviceId).filter((task) => task.slot === slot);
  }

  /** Adds an object; its id must be new. */
  create(object: StoreObject): void {
    if (this.get(object.kind, object.id)) throw new Error(`store: ${object.kind} ${object.id} exists`);
    const meta = { version: this.base.state.version, createdAt: this.now, updatedAt: this.now };
    this.overlay.set(object.id, { action: 'create', object: { ...object, meta } });
    (this.newIds[object.kind] ??= []).push(object.id);
  }

  /** Replaces an object that is there. */
  update(object: StoreObject): void {
    const old = this.get(object.kind, object.id);
    if (!old) throw new Error(`store: ${object.kind} ${object.id} is not there`);
    const fresh = this.overlay.get(object.id)?.action === 'create';
    const meta = { version: this.base.state.version, createdAt: old.meta.createdAt, updatedAt: this.now };
    this.overlay.set(object.id, { action: fresh ? 'create' : 'update', object: { ...object, meta } });
  }

  /** Removes an object that is there. */
  remove(kind: ObjectKind, id: string): void {
    if (!this.get(kind, id)) throw new Error(`store: ${kind} ${id} is not there`);
    if (this.base.get(kind, id)) this.overlay.set(id, { action: 'remove', kind, id });
    else this.overlay.delete(id);
  }

  /** How many objects this transaction has changed so far. `Batch` in swarmkit splits at 200. */
  get size(): number {
    return this.overlay.size;
  }

  /** What it did, in the order of first touch. */
  changes(): StoreChange[] {
    return [...this.overlay.values()];
  }

  private tasksWhere(base: Task[], belongs: (task: Task) => boolean): Task[] {
    if (this.overlay.size === 0) return base;
    const tasks: Task[] = [];
    const seen = new Set<string>();
    for (const { id } of base) {
      seen.add(id);
      const task = this.get('task', id);
      if (task && belongs(task)) tasks.push(task);
    }
    for (const [id, change] of this.overlay) {
      if (change.action === 'remove' || change.object.kind !== 'task' || seen.has(id)) continue;
      if (belongs(change.object)) tasks.push(change.object);
    }
    return tasks;
  }
}

function findByName<T extends StoreObject>(objects: Iterable<T>, name: string): T | undefined {
  const wanted = name.toLowerCase();
  for (const object of objects) {
    if ((object as unknown as Service).spec.annotations.name.toLowerCase() === wanted) return object;
  }
  return undefined;
}

function into(index: Map<string, Map<string, Task>>, key: string, task: Task): void {
  let tasks = index.get(key);
  if (!tasks) index.set(key, (tasks = new Map()));
  tasks.set(task.id, task);
}

function cloneTables(tables: Tables): Tables {
  return {
    node: new Map(tables.node),
    service: new Map(tables.service),
    task: new Map(tables.task),
    network: new Map(tables.network),
    cluster: new Map(tables.cluster),
    secret: new Map(tables.secret),
    config: new Map(tables.config),
  };
}
