/**
 * Generic resources of nodes (`gpu=4`, or `gpu=UUID1` per item) and the shares that tasks take of them.
 * Source: `swarmkit: api/genericresource/`. Tasks ask for counts; they are given a count, or named items.
 */
import type { GenericResource } from '../../store/objects.ts';

/** Are there enough free resources of the kind that is asked for. */
export function hasEnough(free: readonly GenericResource[], wanted: GenericResource): boolean {
  if (typeof wanted.value !== 'number') return false;
  const ofKind = free.filter((resource) => resource.kind === wanted.kind);
  const first = ofKind[0];
  if (!first) return false;
  return wanted.value <= (typeof first.value === 'number' ? first.value : ofKind.length);
}

/** Is this very resource (or so many of its kind) among those of a node. */
export function hasResource(resources: readonly GenericResource[], taken: GenericResource): boolean {
  for (const { kind, value } of resources) {
    if (kind !== taken.kind) continue;
    if (typeof value === 'number') return typeof taken.value === 'number' && taken.value <= value;
    if (typeof taken.value === 'number') return false;
    if (taken.value === value) return true;
  }
  return false;
}

/** Picks what a task that reserves `reservations` gets of the free resources. */
export function claim(
  free: readonly GenericResource[],
  reservations: readonly GenericResource[],
): readonly GenericResource[] {
  return reservations.flatMap(({ kind, value }) => {
    const ofKind = free.filter((resource) => resource.kind === kind);
    const count = Number(value);
    if (typeof ofKind[0]?.value === 'number')
      return ofKind[0].value >= count && count > 0 ? [{ kind, value: count }] : [];
    return ofKind.slice(0, count);
  });
}

/** What is left of the free resources once these were taken. */
export function consume(
  free: readonly GenericResource[],
  taken: readonly GenericResource[],
): readonly GenericResource[] {
  return taken.reduce(
    (left, { kind, value }) =>
      left.flatMap((resource) => {
        if (resource.kind !== kind) return [resource];
        if (typeof resource.value === 'number' && typeof value === 'number')
          return resource.value > value ? [{ kind, value: resource.value - value }] : [];
        return resource.value === value ? [] : [resource];
      }),
    free,
  );
}
