/** A stack's name, before the names of all that belongs to it and in their labels. Source: `cli: cli/compose/convert/compose.go`. */
import { sortedRecord } from '../opts/key-value.ts';

/** The label that says which stack something belongs to. */
export const namespaceLabel = 'com.docker.stack.namespace';

/** The label in which a service keeps its image as the file names it. */
export const imageLabel = 'com.docker.stack.image';

/** `web` of the stack `shop` is `shop_web`. */
export function scoped(stack: string, name: string): string {
  return `${stack}_${name}`;
}

/** The name without that of the stack. */
export function descoped(stack: string, name: string): string {
  return name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name;
}

/** The labels with the stack's own, by name. */
export function stackLabels(
  stack: string,
  labels: ReadonlyMap<string, string> | null,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return sortedRecord(Object.entries({ ...Object.fromEntries(labels ?? []), [namespaceLabel]: stack, ...more }));
}

/** A map of the file as JSON has it, by name. */
export function recordOf(map: ReadonlyMap<string, string>): Record<string, string> {
  return sortedRecord(map);
}
