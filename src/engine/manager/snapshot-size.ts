/**
 * What the object store takes on the wire, as a snapshot: decides in how many messages it travels.
 * Simplified: typical sizes of the protobuf messages (`swarmkit: api/objects.proto`) instead of an encoding, which nobody reads.
 */
import type { ObjectKind } from '../store/objects.ts';
import type { StoreState } from '../store/store.ts';

const TYPICAL_BYTES: Readonly<Record<ObjectKind, number>> = {
  node: 1_200,
  service: 900,
  task: 1_400,
  network: 400,
  cluster: 5_000,
  secret: 300,
  config: 300,
};

export function sizeOfStore({ tables }: StoreState): number {
  let bytes = 0;
  for (const kind of Object.keys(TYPICAL_BYTES) as ObjectKind[]) bytes += TYPICAL_BYTES[kind] * tables[kind].size;
  for (const { spec } of tables.secret.values()) bytes += spec.data.length;
  for (const { spec } of tables.config.values()) bytes += spec.data.length;
  return bytes;
}
