/** Signals by name and number. Source: Linux `signal(7)`. */

const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

/** The name without `SIG` of a signal that is given by name or number. */
export function signalName(given: string): string {
  const name = given.toUpperCase().replace(/^SIG/, '');
  return Object.keys(NUMBERS).find((one) => String(NUMBERS[one]) === name) ?? name;
}

/** Its number, if it is one of those that end a process that does nothing about them. */
export function deadlyNumber(name: string): number | undefined {
  return NUMBERS[name];
}
