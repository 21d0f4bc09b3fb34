/**
 * The way out when the majority is gone for good: the disk of one member is rewritten so that it wakes up as the only one.
 * Source: SwarmKit `manager/state/raft/storage.go` loadAndStart, createConfChangeEnts.
 * It breaks Raft's promises on purpose: what others may have committed meanwhile is lost.
 */
import { applyToConfiguration, type Configuration, configurationOf, createConfiguration } from './configuration.ts';
import { type Durable, entriesThatFollow } from './state.ts';
import type { ConfChange, ConfEntry, Entry, Member } from './types.ts';

/** Drops what is not committed, removes every other member, and keeps everything else, the term and the ID included. */
export function forceNewCluster({ hardState, entries, snapshot }: Durable, self: Member): Durable {
  const committed = entriesThatFollow(entries, snapshot).filter(({ index }) => index <= hardState.commit);
  const changes = changesToAlone(
    committed,
    snapshot === null ? createConfiguration() : configurationOf(snapshot),
    self,
  );
  const last = Math.max(committed.at(-1)?.index ?? 0, snapshot?.index ?? 0);
  const added = changes.map(
    (change, i): ConfEntry => ({ index: last + 1 + i, term: hardState.term, type: 'conf', change }),
  );
  return { hardState: { ...hardState, commit: last + added.length }, entries: [...committed, ...added], snapshot };
}

function changesToAlone(committed: readonly Entry[], configuration: Configuration, self: Member): ConfChange[] {
  for (const entry of committed) if (entry.type === 'conf') applyToConfiguration(configuration, entry);
  const isMember = configuration.members.has(self.raftId);
  const others = [...configuration.members].filter(([raftId]) => raftId !== self.raftId);
  return [
    { type: isMember ? 'update' : 'add', ...self },
    ...others.map(([raftId, context]): ConfChange => ({ type: 'remove', raftId, context })),
  ];
}
