/**
 * Doing something to several containers at once.
 * Simplified: a name is printed if its own container was dealt with; the original prints the first so many names.
 * Source: `cli: cli/command/container/utils.go` (`parallelOperation`).
 */
import { describeError } from '../client.ts';
import type { CommandContext } from '../command.ts';

/** Does it to all at the same time, prints the names as they are done, then what went wrong with the others. */
export async function forEachContainer(
  context: CommandContext,
  act: (name: string) => Promise<unknown>,
): Promise<number> {
  const outcomes = context.args.map((name) => ({ name, error: errorLine(() => act(name)) }));
  const errors: string[] = [];
  for (const { name, error } of outcomes) {
    const line = await error;
    if (line === null) context.out(`${name}\n`);
    else errors.push(line);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

/** The line for what the daemon refuses, or null. */
export async function errorLine(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return line;
  }
}
