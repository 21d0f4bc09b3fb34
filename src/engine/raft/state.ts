/** The whole mutable state of one member: plain data, so that a world holding it can be structured-cloned at any moment. */
import type { Entry, HardState, Member, Snapshot } from './types.ts';

export interface RaftState {
  term: number;
}

/**
 * A member that starts with an empty disk. Without founders it knows nobody, never campaigns, and waits for a leader to
 * contact it. With founders (usually itself alone) the log begins with their additions, already committed, in term 1.
 */
export function initialState(_founders: readonly Member[] = []): RaftState {
  throw new Error('not written yet');
}

/** A member that comes back with what its disk has kept. */
export function restoredState(_durable: {
  hardState: HardState;
  entries: readonly Entry[];
  snapshot: Snapshot | null;
}): RaftState {
  throw new Error('not written yet');
}
