/**
 * What one node knows of an overlay, for `docker network inspect` and for the page. `moby: daemon/network.go buildPeerInfo,
 * buildServiceAttachments`, `daemon/libnetwork/agent.go Services`: told by gossip alone.
 */
import { parseAddress } from '../manager/allocator/address-book.ts';
import type { EndpointRecord } from './gossip/messages.ts';
import type { NodeNetwork } from './node-network.ts';

export interface NetworkPeer {
  readonly name: string;
  readonly address: string;
}

export interface NetworkServiceFacts {
  readonly name: string;
  readonly virtualIp: string;
  readonly ports: readonly { readonly target: number; readonly published: number }[];
  /** Firewall mark on this node. */
  readonly localIndex: number;
  readonly tasks: readonly {
    readonly name: string;
    readonly endpoint: string;
    readonly address: string;
    /** Address of the machine that it runs on. */
    readonly hostAddress: string;
  }[];
}

/** Members that take part in a network, this node first. */
export function peersOf(node: NodeNetwork, network: string): NetworkPeer[] {
  if (!node.db.has(network)) return [];
  const others = node.db.peersOf(network).map(({ name, address }) => ({ name, address }));
  return [{ name: node.db.name, address: node.address }, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** Services with enabled tasks on a network, by name; containers outside services are one without a name. */
export function servicesOn(node: NodeNetwork, network: string): NetworkServiceFacts[] {
  const services = new Map<string, { record: EndpointRecord; tasks: NetworkServiceFacts['tasks'][number][] }>();
  const addresses = new Map([...node.db.members()].map((member) => [member.name, member.address]));
  for (const row of node.db.rows(network)) {
    if (row.table !== 'endpoint_table' || row.value.serviceDisabled) continue;
    const { serviceId, name, endpointIp } = row.value;
    const service = services.get(serviceId) ?? { record: row.value, tasks: [] };
    service.tasks.push({ name, endpoint: row.key, address: endpointIp, hostAddress: addresses.get(row.node) ?? '' });
    services.set(serviceId, service);
  }
  return [...services.values()]
    .map(({ record, tasks }) => ({
      name: record.serviceName,
      virtualIp: record.virtualIp || '<nil>',
      ports: record.ingressPorts.map(({ target, published }) => ({ target, published })),
      localIndex: node.state.balancers.get(network)?.get(record.serviceId)?.mark ?? 0,
      tasks: tasks.sort((a, b) => parseAddress(a.address) - parseAddress(b.address)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
