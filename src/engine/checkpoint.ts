/**
 * A world, kept: a copy of its state that shares with it what is never edited once made. So a moment of a small cluster takes a
 * millisecond and some hundred kilobytes, and a history of them can be held in memory.
 */
import { copyState } from './kernel/copy-state.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Machine } from './machine.ts';

/** Opaque to everybody but `Cluster`. Plain data: it can be structured-cloned. */
export interface Checkpoint<State = unknown> {
  readonly state: State;
  /** What the state has in common with the world it was taken of, with all that hangs on it. */
  readonly shared: readonly object[];
  /** How many objects it holds for itself: what it takes of memory. */
  readonly weight: number;
}

/** Copies the state of a world. */
export function takeCheckpoint<State>(state: State, kernel: Kernel, machines: readonly Machine[]): Checkpoint<State> {
  const shared = [...neverEdited(kernel, machines)];
  for (const part of shared) remember(part);
  const { copy, weight } = copyState(state, fixed);
  return { state: copy, shared, weight };
}

/** State for a new world; the checkpoint can be used again. */
export function stateOf<State>({ state, shared }: Checkpoint<State>): State {
  for (const part of shared) remember(part);
  return copyState(state, fixed).copy;
}

/** Events of the trace, entries of Raft's logs, objects of the replicated store. */
function* neverEdited({ state }: Kernel, machines: readonly Machine[]): Generator<object> {
  yield* state.trace.ring.events;
  for (const { swarm } of machines) {
    const { manager } = swarm;
    if (!manager) continue;
    for (const table of Object.values(manager.store.state.tables)) yield* (table as Map<string, object>).values();
    yield* manager.raftNode.raft.state.log.entries;
  }
}

/** Objects known to be never edited. What somebody else holds of one (a task's spec) has to stay the same object, too. */
const fixed = new WeakSet<object>();

function remember(root: object): void {
  const open: unknown[] = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part !== 'object' || part === null || fixed.has(part)) continue;
    fixed.add(part);
    if (part instanceof Map) open.push(...part.keys(), ...part.values());
    else if (part instanceof Set) open.push(...part);
    else for (const inner of Object.values(part)) if (typeof inner === 'object' && inner !== null) open.push(inner);
  }
}
