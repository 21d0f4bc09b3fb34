/** How some parts of two stack files merge in their own way. Source: `cli: cli/compose/loader/merge.go`. */
import type { Shape } from './shape.ts';

/** Items with the same key replace each other; the result is sorted by the key. */
export function mergeByKey<T>(first: T[], second: T[] | null, keyOf: (item: T) => string | number): T[] {
  const items = new Map([...first, ...(second ?? [])].map((item) => [keyOf(item), item]));
  return [...items].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

/** A pointer to a number: also a zero replaces. */
export function replaceByLatest<T>(shape: Shape<T | null>): Shape<T | null> {
  return { ...shape, merge: (first, second) => second ?? first };
}

interface Logging {
  driver: string;
  options: ReadonlyMap<string, string> | null;
}

/**
 * Options of the same driver merge; another driver comes with its own.
 * As in the original, options are lost where the first file names a driver without any.
 */
export function mergeLogging<T extends Logging>(first: T, second: T | null): T {
  if (second === null) return first;
  if (first.driver !== second.driver && first.driver !== '' && second.driver !== '') return second;
  const options = first.options && new Map([...first.options, ...(second.options ?? [])]);
  return { ...first, driver: first.driver || second.driver, options };
}

interface NetworkAttachment {
  aliases: string[] | null;
  ipv4_address: string;
  ipv6_address: string;
}

/** The second file's aliases replace the first's, even if it has none. */
export function mergeNetworkAttachment<T extends NetworkAttachment>(first: T | null, second: T | null): T | null {
  if (first === null || second === null) return second ?? first;
  return {
    ...first,
    aliases: second.aliases,
    ipv4_address: second.ipv4_address || first.ipv4_address,
    ipv6_address: second.ipv6_address || first.ipv6_address,
  };
}
