/**
 * IPVS on one node: per network and service one virtual service with a firewall mark, scheduler `rr`, weights 1 and 0.
 * Sources: `moby: daemon/libnetwork/service_linux.go`; Linux `net/netfilter/ipvs/ip_vs_rr.c`: the pointer stands at the
 * destination chosen last, the next one with a weight is taken; new destinations come to the head of the list.
 * Each node has its own pointers: even totals are nobody's promise.
 */
import type { EndpointRecord } from './gossip/messages.ts';
import type { Destination, NodeNetworkState, VirtualService } from './node-state.ts';

/** Takes up a row of the endpoint table that has come, changed, or gone (`record` null). */
export function balance(
  state: NodeNetworkState,
  network: string,
  endpoint: string,
  record: EndpointRecord | null,
  old: EndpointRecord | null,
): void {
  if (old && (!record || record.serviceId !== old.serviceId || record.virtualIp !== old.virtualIp))
    removeDestination(state, network, old.serviceId, endpoint);
  if (!record || record.serviceId === '' || record.virtualIp === '') return;
  const service = serviceFor(state, network, record);
  const weight = record.serviceDisabled ? 0 : 1;
  const known = service.destinations.find((destination) => destination.endpoint === endpoint);
  if (known) {
    known.weight = weight;
    known.address = record.endpointIp;
    return;
  }
  service.destinations.unshift({
    endpoint,
    name: record.name,
    address: record.endpointIp,
    weight,
    container: record.container,
    task: record.task,
    connections: 0,
  });
}

function serviceFor(state: NodeNetworkState, network: string, record: EndpointRecord): VirtualService {
  let services = state.balancers.get(network);
  if (!services) state.balancers.set(network, (services = new Map()));
  let service = services.get(record.serviceId);
  if (!service) {
    service = {
      service: record.serviceId,
      name: record.serviceName,
      network,
      virtualIp: record.virtualIp,
      mark: state.nextMark++,
      ports: [],
      destinations: [],
      last: null,
    };
    services.set(record.serviceId, service);
  }
  for (const port of record.ingressPorts) {
    const isKnown = service.ports.some(
      ({ published, protocol }) => published === port.published && protocol === port.protocol,
    );
    if (!isKnown) service.ports.push({ ...port });
  }
  return service;
}

function removeDestination(state: NodeNetworkState, network: string, id: string, endpoint: string): void {
  const services = state.balancers.get(network);
  const service = services?.get(id);
  if (!services || !service) return;
  const at = service.destinations.findIndex((destination) => destination.endpoint === endpoint);
  if (at < 0) return;
  if (service.last === endpoint) service.last = service.destinations[at - 1]?.endpoint ?? null;
  service.destinations.splice(at, 1);
  if (service.destinations.length === 0) services.delete(id);
  if (services.size === 0) state.balancers.delete(network);
}

/** The destination for a new connection, or null if none has a weight. Moves the pointer. */
export function choose(service: VirtualService): Destination | null {
  const { destinations, last } = service;
  const from = destinations.findIndex((destination) => destination.endpoint === last);
  for (let i = 1; i <= destinations.length; i++) {
    const candidate = destinations[(from + i) % destinations.length]!;
    if (candidate.weight === 0) continue;
    service.last = candidate.endpoint;
    candidate.connections++;
    return candidate;
  }
  return null;
}

/** The virtual service with this virtual IP on a network. */
export function byAddress(state: NodeNetworkState, network: string, address: string): VirtualService | null {
  for (const service of state.balancers.get(network)?.values() ?? []) if (service.virtualIp === address) return service;
  return null;
}

/** The service that is published on this port in an ingress network. */
export function byPublishedPort(
  state: NodeNetworkState,
  network: string,
  port: number,
  protocol: string,
): VirtualService | null {
  for (const service of state.balancers.get(network)?.values() ?? [])
    if (service.ports.some((one) => one.published === port && one.protocol === protocol)) return service;
  return null;
}
