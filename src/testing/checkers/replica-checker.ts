/**
 * I15, I17: every manager's store is what the committed history makes of it, at whatever entry it has applied last; each write
 * starts from the newest state, so versions grow and no change is based on an old one. Source: `design/store.md`.
 *
 * A store that follows is looked at where the entry has changed it; one that has begun anew (a restart, a snapshot) is looked at
 * as a whole once it has caught up.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { StoreEntry } from '../../engine/manager/manager.ts';
import type { ObjectKind, StoreObject } from '../../engine/store/objects.ts';
import type { StoreState } from '../../engine/store/store.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { Violation } from './violation.ts';

interface Followed {
  store: StoreState;
  tables: StoreState['tables'];
  version: number;
  /** It has begun anew, and has not been looked at as a whole since. */
  unseen: boolean;
}

export class ReplicaChecker implements HistoryListener {
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  private readonly followed = new Map<string, Followed>();

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
  }

  /** I17 */
  before({ index, changes }: CommittedEntry): void {
    for (const { action, object, old, kind, id } of changes) {
      if (action === 'remove') continue;
      const { version } = object.meta;
      if (version !== this.history.written)
        throw new Violation(
          'I17 versions',
          `entry ${index} writes ${kind} ${id} at version ${version}, the store was at ${this.history.written}`,
        );
      if (old && old.meta.version >= version)
        throw new Violation(
          'I17 versions',
          `entry ${index} puts ${kind} ${id} from version ${old.meta.version} to ${version}`,
        );
    }
  }

  /** I15. To be called after every event. */
  observe(): void {
    for (const { name, swarm } of this.cluster.machines) {
      const state = swarm.manager?.state;
      if (!state) continue;
      const { store, raftNode } = state;
      let seen = this.followed.get(name);
      if (seen?.store !== store || seen.tables !== store.tables) {
        seen = { store, tables: store.tables, version: store.version, unseen: true };
        this.followed.set(name, seen);
      }
      if (seen.version < store.version) {
        this.compareChanged(name, store, raftNode.raft.log, seen.version);
        seen.version = store.version;
      }
      if (seen.unseen && store.version === this.history.written) {
        this.compareAll(name, store);
        seen.unseen = false;
      }
    }
  }

  /** Everything on every manager that has caught up. */
  compare(): void {
    for (const { name, swarm } of this.cluster.machines) {
      const store = swarm.manager?.state.store;
      if (store?.version === this.history.written) this.compareAll(name, store);
    }
  }

  private compareChanged(
    name: string,
    store: StoreState,
    log: { offset: number; entries: readonly { type: string; data?: unknown }[] },
    from: number,
  ): void {
    const last = new Map<string, { index: number; kind: ObjectKind; object: StoreObject | null }>();
    for (let index = Math.max(from, log.offset) + 1; index <= store.version; index++) {
      const entry = log.entries[index - log.offset - 1];
      if (entry?.type !== 'normal' || !entry.data) continue;
      for (const change of (entry.data as StoreEntry).changes) {
        if (change.action === 'remove') last.set(change.id, { index, kind: change.kind, object: null });
        else last.set(change.object.id, { index, kind: change.object.kind, object: change.object });
      }
    }
    for (const [id, { index, kind, object }] of last)
      if (!same(store.tables[kind].get(id) ?? null, object))
        throw new Violation('I15 stores agree', `${name} has applied entry ${index}, and holds another ${kind} ${id}`);
  }

  private compareAll(name: string, store: StoreState): void {
    for (const kind of Object.keys(this.history.tables) as ObjectKind[]) {
      const [own, decided] = [store.tables[kind], this.history.tables[kind]];
      if (own.size !== decided.size)
        throw new Violation(
          'I15 stores agree',
          `${name} holds ${own.size} of kind ${kind}, ${decided.size} were decided`,
        );
      for (const [id, object] of decided)
        if (!same(own.get(id) ?? null, object))
          throw new Violation('I15 stores agree', `${name} holds another ${kind} ${id} than was decided`);
    }
  }
}

/** Objects are shared as a rule; after a restore they are equal copies. */
function same(a: StoreObject | null, b: StoreObject | null): boolean {
  return a === b || (a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b));
}
