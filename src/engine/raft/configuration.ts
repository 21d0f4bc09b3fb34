/**
 * Who belongs to the cluster, as of the last applied membership change or snapshot (Raft 6; thesis 4).
 * Source: SwarmKit `manager/state/raft/membership/cluster.go` (members and removed IDs), etcd-io/raft `confchange/`.
 * Invariant: an ID is never both member and removed; a removed one never comes back.
 */
import type { ConfEntry, RaftId, Snapshot } from './types.ts';

export interface Configuration {
  /** Member -> its context. */
  members: Map<RaftId, unknown>;
  removed: Set<RaftId>;
  /** The entry that made it so. */
  index: number;
}

export function createConfiguration(): Configuration {
  return { members: new Map(), removed: new Set(), index: 0 };
}

export function configurationOf(snapshot: Snapshot): Configuration {
  return {
    members: new Map(snapshot.members.map((member) => [member.raftId, member.context])),
    removed: new Set(snapshot.removed),
    index: snapshot.index,
  };
}

/** Returns false if the configuration already stands for this entry (a snapshot overtook it). */
export function applyToConfiguration(configuration: Configuration, entry: ConfEntry): boolean {
  if (entry.index <= configuration.index) return false;
  configuration.index = entry.index;
  const { type, raftId, context } = entry.change;
  switch (type) {
    case 'add':
      if (!configuration.removed.has(raftId)) configuration.members.set(raftId, context);
      break;
    case 'update':
      if (configuration.members.has(raftId)) configuration.members.set(raftId, context);
      break;
    case 'remove':
      configuration.members.delete(raftId);
      configuration.removed.add(raftId);
  }
  return true;
}
