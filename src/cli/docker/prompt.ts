/** Asking before something is destroyed. Source: `cli: internal/prompt/prompt.go` (`Confirm`). */
import type { CommandContext } from './command.ts';

/** Puts the question; anything but `y` means no. */
export async function confirm({ process, out }: CommandContext, question: string): Promise<boolean> {
  out(`${question} [y/N] `);
  const answer = await process.stdin.read(process.signal);
  return (answer ?? '').trim().toLowerCase() === 'y';
}
