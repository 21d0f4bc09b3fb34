/** Code that a command fetches when it is first needed: for the simulated world that takes no time, however slow the wall is. */
import type { CommandContext } from '../command.ts';

export const fetched = <T>({ process }: CommandContext, code: Promise<T>): Promise<T> =>
  process.host.clock.standStillFor?.(code) ?? code;
