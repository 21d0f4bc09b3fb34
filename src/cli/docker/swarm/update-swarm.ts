/** Sends a changed spec of the swarm, naming the version it was read at. Source: `moby: client/swarm_update.go`. */
import type { Swarm, SwarmSpec } from '../../../protocol/engine-api.ts';
import type { DockerClient } from '../client.ts';

/** Which secrets to make anew. */
export interface Rotation {
  worker?: boolean;
  manager?: boolean;
  unlockKey?: boolean;
}

/** `POST /swarm/update`. */
export async function updateSwarm(
  api: DockerClient,
  swarm: Swarm,
  spec: SwarmSpec,
  rotation: Rotation = {},
): Promise<void> {
  await api.post('/swarm/update', {
    query: {
      version: String(swarm.Version.Index),
      rotateWorkerToken: String(rotation.worker ?? false),
      rotateManagerToken: String(rotation.manager ?? false),
      rotateManagerUnlockKey: String(rotation.unlockKey ?? false),
    },
    body: spec,
  });
}
