/**
 * Waiting for a container's end. The daemon says at once that it waits, and the exit code when there is one: so `run` can be sure
 * that it will hear of a command that is gone as soon as it was started. Source: `moby: client/container_wait.go`.
 */
import type { DockerClient } from '../client.ts';

/** `next-exit`: that of a container that does not run yet. */
export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

/** Resolves when the daemon waits, to the exit code's promise: null if nobody can tell any more. */
export async function waitForExit(
  api: DockerClient,
  container: string,
  condition: WaitCondition,
): Promise<{ exit: Promise<number | null>; cancel(): void }> {
  let code: number | null = null;
  const stream = await api.stream(
    'POST',
    `/containers/${container}/wait`,
    { query: { condition: condition === 'not-running' ? undefined : condition } },
    (chunk) => {
      if ('json' in chunk) code = (chunk.json as { StatusCode: number }).StatusCode;
    },
  );
  return { exit: stream.done.then(() => code), cancel: stream.cancel };
}
