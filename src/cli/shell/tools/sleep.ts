/** `sleep`, in virtual time. */
import type { Program } from '../../process.ts';
import { fail, INTERRUPTED } from './tool-input.ts';

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** `1.5`, `2m`, `infinity`: seconds, or null. */
export function parseInterval(text: string): number | null {
  if (text === 'infinity' || text === 'inf') return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * unitSeconds[match[2]!]! : null;
}

export const sleep: Program = async (process) => {
  if (process.args.length === 0)
    return fail(process, 'sleep', "missing operand\nTry 'sleep --help' for more information.");
  let seconds = 0;
  for (const argument of process.args) {
    const interval = parseInterval(argument);
    if (interval === null)
      return fail(process, 'sleep', `invalid time interval ‘${argument}’\nTry 'sleep --help' for more information.`);
    seconds += interval;
  }
  await process.host.clock.sleep(seconds * 1000, process.signal);
  return process.signal.aborted ? INTERRUPTED : 0;
};
