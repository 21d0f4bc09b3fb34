/**
 * The lines that tell how to join or to unlock a swarm.
 * Source: `docker/cli: cli/command/swarm/join_token.go, unlock_key.go`.
 */
import type { Node, Swarm, SwarmUnlockKeyResponse } from '../../../protocol/engine-api.ts';
import type { DockerClient } from '../client.ts';

/** Asks for this node's address and the token, and says how to join as `role`; nothing if the node is no manager. */
export async function joinCommandText(api: DockerClient, nodeId: string, role: 'worker' | 'manager'): Promise<string> {
  const node = await api.get<Node>(`/nodes/${nodeId}`);
  const swarm = await api.get<Swarm>('/swarm');
  if (!node.ManagerStatus) return '';
  const token = role === 'worker' ? swarm.JoinTokens.Worker : swarm.JoinTokens.Manager;
  return `To add a ${role} to this swarm, run the following command:\n\n    docker swarm join --token ${token} ${node.ManagerStatus.Addr}\n\n`;
}

/** How to unlock, with the key; nothing if there is none. */
export function unlockText(key: string): string {
  if (key === '') return '';
  return [
    'To unlock a swarm manager after it restarts, run the `docker swarm unlock`',
    'command and provide the following key:',
    '',
    `    ${key}`,
    '',
    'Remember to store this key in a password manager, since without it you',
    'will not be able to restart the manager.',
    '',
  ].join('\n');
}

/** The key that unlocks this swarm; empty if it is not locked. */
export async function fetchUnlockKey(api: DockerClient): Promise<string> {
  return (await api.get<SwarmUnlockKeyResponse>('/swarm/unlockkey')).UnlockKey;
}
