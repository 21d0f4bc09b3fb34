/** What every swarm object carries: version, times, name and labels. */

import type * as api from '../../../protocol/engine-api.ts';
import type { Annotations, Meta, StoreObject } from '../../store/objects.ts';
import { filled, sortedMap, struct } from './go-json.ts';
import { type EpochMs, rfc3339 } from './time.ts';

/** First fields of an object. */
export function head({ id, meta }: StoreObject, epochMs: EpochMs): { ID: string } & api.Meta {
  return { ID: id, ...metaJson(meta, epochMs) };
}

function metaJson(meta: Meta, epochMs: EpochMs): api.Meta {
  return {
    Version: { Index: meta.version },
    CreatedAt: rfc3339(epochMs, meta.createdAt),
    UpdatedAt: rfc3339(epochMs, meta.updatedAt),
  };
}

/** First fields of a spec. */
export function annotationsJson({ name, labels }: Annotations): api.Annotations {
  return struct({ Name: filled(name), Labels: sortedMap(labels) });
}

export function annotationsFrom(spec: { Name?: string; Labels?: api.Labels | null }): Annotations {
  return { name: spec.Name ?? '', labels: { ...spec.Labels } };
}
