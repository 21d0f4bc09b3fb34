/** The start that the page's address asks for. */
import type { Start } from '../protocol/start.ts';
import { defaultStart, startNamed } from '../scenarios/starts.ts';

/** The start the address asks for, or null for the usual one. Throws words for one that does not exist. */
export function startFromAddress(search: string): Start | null {
  // `1+2` is typed as it is: in a query `+` would be a blank.
  const name = new URLSearchParams(search.replaceAll('+', '%2B')).get('start');
  if (name === null || name === '') return null;
  const start = startNamed(name);
  if (!start) throw new Error(`There is no start named "${name}".`);
  return start;
}

/** The start to begin with, and what to say when the address asks for one that does not exist. */
export function requestedStart(search: string): { start: Start; failure: string } {
  const usual = startNamed(defaultStart) as Start;
  try {
    return { start: startFromAddress(search) ?? usual, failure: '' };
  } catch (error) {
    return { start: usual, failure: (error as Error).message };
  }
}
