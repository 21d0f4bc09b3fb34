/** What was last seen of one member, so that a look costs little while nothing has changed. */
import type { RaftState } from '../../../engine/raft/state.ts';
import type { Entry, RaftId, Role, Snapshot } from '../../../engine/raft/types.ts';
import type { Member } from './raft-record.ts';

export interface SeenMember {
  /** The state of one life of the member: a restart makes another. Null before the first look. */
  life: RaftState | null;
  term: number;
  role: Role;
  vote: RaftId | null;
  last: number;
  lastEntry: Entry | undefined;
  commit: number;
  applied: number;
  configurationIndex: number;
  snapshot: Snapshot | null;
  /** Entries by index, as far as looked at. */
  readonly entries: Map<number, Entry>;
}

export function unseen(): SeenMember {
  return {
    life: null,
    term: 0,
    role: 'follower',
    vote: null,
    last: 0,
    lastEntry: undefined,
    commit: 0,
    applied: 0,
    configurationIndex: 0,
    snapshot: null,
    entries: new Map(),
  };
}

export function isUnchanged(seen: SeenMember, { state }: Member): boolean {
  const { log } = state;
  const { entries } = log;
  return (
    seen.life === state &&
    seen.term === state.term &&
    seen.commit === log.commit &&
    seen.applied === log.applied &&
    seen.last === log.offset + entries.length &&
    seen.lastEntry === entries[entries.length - 1] &&
    seen.role === state.role &&
    seen.vote === state.vote &&
    seen.configurationIndex === state.configuration.index &&
    seen.snapshot === log.snapshot
  );
}

export function remember(seen: SeenMember, { state }: Member): void {
  const { log } = state;
  seen.life = state;
  seen.term = state.term;
  seen.role = state.role;
  seen.vote = state.vote;
  seen.last = log.offset + log.entries.length;
  seen.lastEntry = log.entries[log.entries.length - 1];
  seen.commit = log.commit;
  seen.applied = log.applied;
  seen.configurationIndex = state.configuration.index;
  seen.snapshot = log.snapshot;
}
