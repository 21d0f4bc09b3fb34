/** Volumes of a host as Docker's JSON. `moby: api/types/volume` */
import type * as api from '../../../protocol/engine-api.ts';
import type { Volume } from '../../runtime/container.ts';
import { sortedMap } from './go-json.ts';
import { type EpochMs, rfc3339 } from './time.ts';

export function volumeJson(volume: Volume, epochMs: EpochMs): api.Volume {
  const created = rfc3339(epochMs, volume.createdAt);
  return {
    CreatedAt: `${created.slice(0, 19)}Z`,
    Driver: volume.driver,
    Labels: Object.keys(volume.labels).length === 0 ? null : sortedMap(volume.labels),
    Mountpoint: `/var/lib/docker/volumes/${volume.name}/_data`,
    Name: volume.name,
    Options: Object.keys(volume.options).length === 0 ? null : sortedMap(volume.options),
    Scope: 'local',
  };
}
