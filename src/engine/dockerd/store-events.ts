/** Changes of the swarm as Docker's events; only managers see them. `moby: daemon/cluster/events`, `daemon/events.go ProcessClusterNotifications` */
import type { EventMessage } from '../../protocol/engine-api.ts';
import type { Config, Network, Node, Secret, Service } from '../store/objects.ts';
import type { StoreEvent } from '../store/store.ts';
import { eventMessage, type NewEvent } from './event-log.ts';
import type { DockerdHost } from './host.ts';

/** Tasks and the cluster object make no events; nor does what a cluster begins with, since nobody watches it yet. */
export function storeEventMessages(
  events: readonly StoreEvent[],
  host: Pick<DockerdHost, 'epochMs' | 'now' | 'swarm'>,
): EventMessage[] {
  return events.flatMap((event) => {
    if (event.kind === 'task' || event.kind === 'cluster' || isOfTheBeginning(event, host.swarm.nodeId)) return [];
    const message: NewEvent = {
      type: event.kind,
      action: event.action,
      id: event.id,
      attributes: attributes(event),
      scope: 'swarm',
    };
    return [eventMessage(message, host)];
  });
}

function isOfTheBeginning({ kind, object, action }: StoreEvent, ownId: string): boolean {
  if (kind === 'network')
    return action !== 'remove' && ((object as Network).predefined || (object as Network).spec.ingress);
  return kind === 'node' && object.id === ownId && (object as Node).description === null;
}

function attributes({ kind, object, old, action }: StoreEvent): Record<string, string> {
  if (kind === 'node') return nodeAttributes(object as Node, action === 'update' ? (old as Node) : undefined);
  const { name } = (object as Service | Network | Secret | Config).spec.annotations;
  if (kind !== 'service' || action !== 'update') return { name };
  return { name, ...serviceChanges(object as Service, old as Service) };
}

function nodeAttributes(node: Node, old: Node | undefined): Record<string, string> {
  const name = node.description?.hostname ?? '';
  if (!old) return { name };
  return {
    name,
    ...changed('state', old.status.state, node.status.state),
    ...changed('availability', old.spec.availability, node.spec.availability),
    ...changed('role', old.spec.desiredRole, node.spec.desiredRole),
  };
}

function serviceChanges(service: Service, old: Service): Record<string, string> {
  return {
    ...changed('image', old.spec.task.container.image, service.spec.task.container.image),
    ...changed('replicas', replicas(old), replicas(service)),
    ...changed('updatestate', old.updateStatus?.state ?? '', service.updateStatus?.state ?? ''),
  };
}

function replicas({ spec: { mode } }: Service): string {
  return mode.kind === 'replicated' ? String(mode.replicas) : '';
}

function changed(name: string, from: string, to: string): Record<string, string> {
  if (from === to || to === '') return {};
  return from === '' ? { [`${name}.new`]: to } : { [`${name}.new`]: to, [`${name}.old`]: from };
}
