/** Stops the world on a broken invariant: a mistake of ours, never something that a network or a user can bring about. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`raft: ${message}`);
}
