/**
 * How a reference becomes an object: full id, else exact name, else unique id prefix.
 * Source: `moby: daemon/cluster/helpers.go`. Simplified: the daemon asks the manager up to three times for this; here
 * the manager does the three look-ups itself, in one request.
 */
import type { StoreObjects } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import { type Refusal, refuseBare } from './refusal.ts';
import { taskName } from './task-name.ts';

/** Kinds that commands refer to. */
export type ReferredKind = Exclude<keyof StoreObjects, 'cluster'>;

type Found<K extends ReferredKind> = { readonly ok: true; readonly object: StoreObjects[K] } | Refusal;

/** The one object that `ref` means, or docker's words for why there is none. */
export function find<K extends ReferredKind>(reader: StoreReader, kind: K, ref: string): Found<K> {
  const byId = reader.get(kind, ref);
  if (byId) return { ok: true, object: byId };
  const isCalled = NAMED[kind];
  let matches = select(reader, kind, (object) => isCalled(object, ref));
  if (matches.length === 0) matches = select(reader, kind, (object) => object.id.startsWith(ref));
  if (matches.length > 1)
    return refuseBare('InvalidArgument', `${kind} ${ref} is ambiguous (${matches.length} matches found)`);
  const object = matches[0];
  return object ? { ok: true, object } : refuseBare('NotFound', `${kind} ${ref} not found`);
}

/** Secrets and configs are found by a name index that ignores case; the others' names are compared once more as written. */
const NAMED: { [K in ReferredKind]: (object: StoreObjects[K], name: string) => boolean } = {
  node: (node, name) => node.description?.hostname === name,
  service: (service, name) => service.spec.annotations.name === name,
  task: (task, name) => taskName(task) === name,
  network: (network, name) => network.spec.annotations.name === name,
  secret: (secret, name) => secret.spec.annotations.name.toLowerCase() === name.toLowerCase(),
  config: (config, name) => config.spec.annotations.name.toLowerCase() === name.toLowerCase(),
};

function select<K extends ReferredKind>(
  reader: StoreReader,
  kind: K,
  wanted: (object: StoreObjects[K]) => boolean,
): StoreObjects[K][] {
  const objects: StoreObjects[K][] = [];
  for (const object of reader.all(kind)) if (wanted(object)) objects.push(object);
  return objects;
}
