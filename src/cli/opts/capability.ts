/** Linux capabilities to add and to drop. Source: `cli: opts/capabilities.go`, `cli/command/service/update.go`. */

const ALL = 'ALL';
const RESET = 'RESET';

function normalized(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => normalize(name.trim().toUpperCase())));
}

function normalize(name: string): string {
  return name === ALL || name === RESET || name.startsWith('CAP_') ? name : `CAP_${name}`;
}

/** What a service says about capabilities; adding wins over dropping. */
export interface Capabilities {
  add: string[];
  drop: string[];
}

function listed(names: Set<string>): string[] {
  return names.has(ALL) ? [ALL] : [...names].sort();
}

/** For a new service: `ALL` stands for all others, `RESET` means nothing. */
export function newCapabilities(add: readonly string[], drop: readonly string[]): Capabilities {
  const [adding, dropping] = [new Set(listed(normalized(add))), new Set(listed(normalized(drop)))];
  adding.delete(RESET);
  dropping.delete(RESET);
  return { add: [...adding].sort(), drop: [...dropping].filter((name) => !adding.has(name)).sort() };
}

/** For an update: adding what was dropped only undoes that, and the other way round; `RESET` empties a list first. */
export function updatedCapabilities(now: Capabilities, add: readonly string[], drop: readonly string[]): Capabilities {
  const [toAdd, toDrop] = [normalized(add), normalized(drop)];
  const adding = toAdd.delete(RESET) ? new Set<string>() : normalized(now.add);
  const dropping = toDrop.delete(RESET) ? new Set<string>() : normalized(now.drop);
  for (const name of toDrop) if (!toAdd.has(name) && !adding.delete(name)) dropping.add(name);
  for (const name of toAdd) if (!dropping.delete(name)) adding.add(name);
  return { add: listed(adding), drop: listed(dropping) };
}
