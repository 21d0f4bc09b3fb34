/** Containers by full id, name or unique id prefix. `moby: daemon/container.go GetContainer` */
import type { Container } from '../../runtime/container.ts';
import type { Dockerd } from '../dockerd.ts';
import type { RuntimeHost } from '../host.ts';
import type { Call } from '../state.ts';

/** The container that the call's path names; if there is none, the call is refused and the result is undefined. */
export function findContainer(daemon: Dockerd, call: Call, prefix = ''): Container | undefined {
  const ref = call.params.id!;
  const container = daemon.host.runtime.find(ref);
  if (container) return container;
  const matches = prefixMatches(daemon.host.runtime, ref);
  if (matches > 1)
    daemon.refuse(call, { status: 400, message: `${prefix}multiple IDs found with provided prefix: ${ref}` });
  else daemon.refuse(call, { status: 404, message: `${prefix}No such container: ${ref}` });
  return undefined;
}

function prefixMatches({ state }: RuntimeHost, ref: string): number {
  let count = 0;
  for (const id of state.containers.keys()) if (id.startsWith(ref)) count++;
  return count;
}
