/** `self` as a node's name: the node of the daemon that is asked. Source: `docker/cli: cli/command/node/cmd.go` (`Reference`). */
import type { Info } from '../../../protocol/engine-api.ts';
import type { DockerClient } from '../client.ts';

/** What to ask for. On a daemon without swarm a swarm request is sent, so that its refusal says why. */
export async function resolveNodeReference(
  api: DockerClient,
  reference: string,
): Promise<{ ok: true; id: string } | { ok: false; line: string }> {
  if (reference !== 'self') return { ok: true, id: reference };
  const info = await api.get<Info>('/info');
  if (info.Swarm.NodeID !== '') return { ok: true, id: info.Swarm.NodeID };
  await api.get('/nodes');
  return { ok: false, line: 'node ID not found in /info' };
}
