/** Networks as their host knows them: with the containers attached here. `moby: daemon/network.go buildNetworkResource` */
import type * as api from '../../../protocol/engine-api.ts';
import type { NetworkServiceFacts } from '../../network/network-view.ts';
import type { Network } from '../../store/objects.ts';
import type { Dockerd } from '../dockerd.ts';
import type { LocalNetwork } from '../state.ts';
import { attachmentsOf, derivedHex, macAddress } from './endpoint.ts';
import { sortedMap, struct } from './go-json.ts';
import { networkJson } from './network.ts';

/** A swarm network that this host takes part in. */
export function hereNetworkJson(network: Network, daemon: Dockerd, verbose = false): api.Network {
  const { name } = network.spec.annotations;
  const peers = daemon.host.swarm.peers?.(network.id) ?? [];
  const address = daemon.host.swarm.attachment(network.id);
  const balancer = address ? { [`lb-${name}`]: endpointJson(network.id, `${name}-endpoint`, address) } : {};
  return {
    ...networkJson(network, daemon.host.epochMs),
    Driver: network.spec.driver,
    Containers: { ...containersOn(network.id, name, daemon), ...balancer },
    Labels: sortedMap(network.spec.annotations.labels),
    ...(peers.length > 0 && { Peers: peers.map(({ name: Name, address: IP }) => ({ Name, IP })) }),
    ...(verbose && { Services: servicesJson(daemon.host.swarm.services?.(network.id) ?? []) }),
  };
}

/** For `network inspect --verbose`: every service on the network, with its tasks on all nodes. */
function servicesJson(services: readonly NetworkServiceFacts[]): Record<string, api.NetworkService> {
  return Object.fromEntries(
    services.map(({ name, virtualIp, ports, localIndex, tasks }) => [
      name,
      {
        VIP: virtualIp,
        Ports: ports.map(({ target, published }) => `Target: ${target}, Publish: ${published}`),
        LocalLBIndex: localIndex,
        Tasks: tasks.map((task) => ({
          Name: task.name,
          EndpointID: task.endpoint,
          EndpointIP: task.address,
          Info: { 'Host IP': task.hostAddress },
        })),
      },
    ]),
  );
}

/** A network of this host alone. */
export function localNetworkJson(network: LocalNetwork, daemon: Dockerd): api.Network {
  const { subnet, gateway } = network;
  return {
    Name: network.name,
    Id: network.id,
    Created: daemon.time(network.createdAt),
    Scope: 'local',
    Driver: network.driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: network.predefined || network.name === 'docker_gwbridge' ? null : {},
      Config: subnet ? [struct({ Subnet: subnet, IPRange: network.range || undefined, Gateway: gateway })] : null,
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers:
      network.name === 'docker_gwbridge' ? gatewaysOn(network, daemon) : containersOn(network.id, network.name, daemon),
    Options: sortedMap(network.options),
    Labels: sortedMap(network.labels),
  };
}

/** Who goes out by docker_gwbridge: the ingress sandbox, and containers on overlays; known by their sandboxes. */
function gatewaysOn(network: LocalNetwork, daemon: Dockerd): Record<string, api.NetworkContainer> {
  const mask = network.subnet.split('/')[1] ?? '16';
  const attached: Record<string, api.NetworkContainer> = {};
  for (const { container, address } of daemon.host.swarm.gateways?.() ?? []) {
    const name = container === 'ingress-sbox' ? container : derivedHex(`sandbox ${container}`).slice(0, 12);
    attached[container] = endpointJson(network.id, `gateway_${name}`, `${address}/${mask}`);
  }
  return sortedMap(attached);
}

function containersOn(id: string, name: string, daemon: Dockerd): Record<string, api.NetworkContainer> {
  const attached: Record<string, api.NetworkContainer> = {};
  for (const container of daemon.host.runtime.state.containers.values()) {
    if (container.state !== 'running' && container.state !== 'paused') continue;
    const attachment = attachmentsOf(container).find((one) => one.id === id || one.name === name);
    if (attachment) attached[container.id] = endpointJson(id, container.config.name, attachment.address);
  }
  return sortedMap(attached);
}

function endpointJson(network: string, name: string, address: string): api.NetworkContainer {
  return {
    Name: name,
    EndpointID: derivedHex(`endpoint ${network} ${name}`),
    MacAddress: macAddress(address),
    IPv4Address: address,
    IPv6Address: '',
  };
}
