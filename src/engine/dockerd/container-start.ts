/**
 * Starting a container that a user has made: first a place on each of the swarm's networks that it is to be on, one after the
 * other, then the start itself. `moby: daemon/start.go`, `container_operations.go findAndAttachNetwork, allocateNetwork`
 */
import type { AttachResult } from '../network/attachments.ts';
import type { Container } from '../runtime/container.ts';
import type { Dockerd } from './dockerd.ts';

/** A container on its way to its networks. */
export interface Starting {
  readonly container: string;
  /** Networks without a place yet, as its configuration names them; the first is being asked for. */
  readonly left: readonly string[];
  /** By which the runtime's end of the start is known: of a call, or of nobody. */
  readonly token: string;
}

/** Starts a container; the end is told as `RuntimeHost.start` would tell it. */
export function startContainer(daemon: Dockerd, container: Container, token: string): void {
  container.swarmEndpoints = {};
  goOn(daemon, { container: container.id, left: swarmNetworksOf(daemon, container), token });
}

/** A place has been got, or not. Returns false if the token is not one of a start. */
export function placeGot(daemon: Dockerd, token: string, result: AttachResult): boolean {
  const starting = daemon.state.starts.get(token);
  if (!starting) return false;
  daemon.state.starts.delete(token);
  const container = daemon.host.runtime.state.containers.get(starting.container);
  if (!container) return true;
  if (!result.ok) failed(daemon, container, starting, result.message);
  else {
    container.swarmEndpoints = { ...container.swarmEndpoints, [starting.left[0]!]: result.value };
    goOn(daemon, { ...starting, left: starting.left.slice(1) });
  }
  return true;
}

/** Networks of a container that are not this host's own: by the names that its configuration has for them. */
export function swarmNetworksOf(daemon: Dockerd, container: Container): string[] {
  if (container.taskId !== null) return [];
  return container.config.networks
    .map(({ id, name }) => name || id)
    .filter((name) => !name.startsWith('container:') && !isLocal(daemon, name));
}

export function isLocal(daemon: Dockerd, ref: string): boolean {
  return daemon.state.disk.networks.some(({ id, name }) => name === ref || id === ref || id.startsWith(ref));
}

function goOn(daemon: Dockerd, starting: Starting): void {
  const [network] = starting.left;
  const container = daemon.host.runtime.state.containers.get(starting.container);
  if (network === undefined || !container) return daemon.host.runtime.start(starting.container, starting.token);
  if (daemon.host.swarm.localState !== 'active')
    return failed(daemon, container, starting, `network ${network} not found`);
  const token = `start:${daemon.state.nextToken++}`;
  daemon.state.starts.set(token, starting);
  const { address = '' } = container.config.networks.find(({ id, name }) => (name || id) === network) ?? {};
  daemon.host.attachments.attach(token, container.id, network, address === '' ? [] : [address]);
}

/** Gives back the places that it has got. */
function failed(daemon: Dockerd, container: Container, { token }: Starting, message: string): void {
  daemon.host.attachments.leave(container.id);
  container.swarmEndpoints = {};
  container.error = message;
  const kind = message.endsWith(' not found') ? 'not-found' : 'conflict';
  daemon.runtimeDone(token, { ok: false, error: { kind, message } });
}
