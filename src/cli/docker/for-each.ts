/**
 * Commands on several objects: each is tried, errors are collected and printed after the rest.
 * Source: `docker/cli` (`errors.Join` over the arguments).
 */
import { describeError } from './client.ts';
import type { CommandContext } from './command.ts';

/** Runs `act` for each; a refusal of the daemon becomes a line, the others still get their turn. */
export async function forEachReference(
  context: CommandContext,
  references: readonly string[],
  act: (reference: string) => Promise<void>,
): Promise<number> {
  const errors: string[] = [];
  for (const reference of references) {
    try {
      await act(reference);
    } catch (error) {
      const line = describeError(error);
      if (line === null) throw error;
      errors.push(line);
    }
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}
