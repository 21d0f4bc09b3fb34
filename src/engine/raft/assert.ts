/** Stops the world on a broken invariant: a mistake of ours, never something that a network or a user can bring about. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) fail(message);
}

/** For paths so busy that a message must not be composed before it is needed: `if (broken) fail(...)`. */
export function fail(message: string): never {
  throw new Error(`raft: ${message}`);
}
