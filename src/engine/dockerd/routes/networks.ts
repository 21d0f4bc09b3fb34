/**
 * `/networks`: what this host has of its own, what it has of the swarm's, and (on managers) the rest of the swarm's.
 * `moby: daemon/server/router/network/network_routes.go`, `daemon/network.go`, `daemon/cluster/networks.go`
 */
import type * as api from '../../../protocol/engine-api.ts';
import { hexId } from '../../kernel/ids.ts';
import { parseCidr } from '../../manager/controlapi/cidr.ts';
import type { Filters } from '../../manager/controlapi/control-request.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import type { Container } from '../../runtime/container.ts';
import type { Network } from '../../store/objects.ts';
import { hereNetworkJson, localNetworkJson } from '../convert/local-network.ts';
import { networkJson, networkSpecFrom } from '../convert/network.ts';
import type { Dockerd } from '../dockerd.ts';
import { noManager } from '../errors.ts';
import { exactly, matches, parseFilters } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call, LocalNetwork } from '../state.ts';

const FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];
const PREDEFINED = ['bridge', 'host', 'none', 'default'];
const LOCAL_DRIVERS = ['', 'default', 'bridge', 'host', 'null', 'ipvlan', 'macvlan'];

export const listNetworks: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    if (daemon.host.swarm.controlAvailable) daemon.control(call, 'swarm', { op: 'network.list', filters: {} });
    else list(daemon, call, []);
  },
  stages: { swarm: (daemon, call, networks: readonly Network[]) => list(daemon, call, networks) },
  failed: { swarm: (daemon, call) => list(daemon, call, []) },
};

function list(daemon: Dockerd, call: Call, fromManager: readonly Network[]): void {
  const parsed = parseFilters(call.request.query?.filters, FILTERS);
  const filters = parsed.ok ? parsed.filters : {};
  const here = new Set(daemon.host.swarm.networks.map(({ id }) => id));
  const networks = [
    ...fromManager
      .filter(({ id, predefined }) => !predefined && !here.has(id))
      .map((n) => networkJson(n, daemon.host.epochMs)),
    ...hostNetworks(daemon),
  ];
  daemon.reply(
    call,
    networks.filter((network) => passes(network, filters)),
  );
}

/** Networks of this host, those of the swarm included that it takes part in. */
function hostNetworks(daemon: Dockerd, verbose = false): api.Network[] {
  return [
    ...daemon.host.swarm.networks.map((network) => hereNetworkJson(network, daemon, verbose)),
    ...daemon.state.disk.networks.map((network) => localNetworkJson(network, daemon)),
  ];
}

function passes(network: api.Network, filters: Filters): boolean {
  const type = PREDEFINED.includes(network.Name) ? 'builtin' : 'custom';
  const dangling = filters.dangling?.[0];
  const isUsed = Object.keys(network.Containers ?? {}).length > 0;
  return (
    exactly(filters, 'driver', network.Driver) &&
    matches(filters, 'name', network.Name) &&
    (!filters.id?.length || filters.id.some((id) => network.Id.startsWith(id))) &&
    exactly(filters, 'scope', network.Scope) &&
    exactly(filters, 'type', type) &&
    hasLabels(filters, 'label', network.Labels ?? {}) &&
    (dangling === undefined || (dangling === 'true' || dangling === '1') === !isUsed)
  );
}

export const inspectNetwork: Route = {
  start(daemon, call) {
    const ref = call.params.id!;
    const verbose = /^(true|1)$/.test(call.request.query?.verbose ?? '');
    const networks = hostNetworks(daemon, verbose);
    const exact = networks.find(({ Id, Name }) => Id === ref || Name === ref);
    if (exact) return daemon.reply(call, exact);
    if (daemon.host.swarm.controlAvailable) return daemon.control(call, 'network', { op: 'network.get', ref });
    byPrefix(daemon, call, `network ${ref} not found`);
  },
  stages: {
    network: (daemon, call, network: Network) => daemon.reply(call, networkJson(network, daemon.host.epochMs)),
  },
  failed: { network: (daemon, call, { message }) => byPrefix(daemon, call, message) },
};

function byPrefix(daemon: Dockerd, call: Call, otherwise: string): void {
  const ref = call.params.id!;
  const found = hostNetworks(daemon).filter(({ Id }) => Id.startsWith(ref));
  if (found.length === 1) daemon.reply(call, found[0]);
  else if (found.length > 1)
    daemon.refuse(call, {
      status: 400,
      message: `network ${ref} is ambiguous (${found.length} matches found on ID prefix)`,
    });
  else daemon.refuse(call, { status: 404, message: otherwise });
}

// ---- create and remove

export const createNetwork: Route = {
  start(daemon, call) {
    const body = daemon.body<api.NetworkCreateRequest>(call);
    const name = body.Name ?? '';
    for (const { Subnet } of body.IPAM?.Config ?? []) {
      if (Subnet && !parseCidr(Subnet))
        return daemon.refuse(call, {
          status: 400,
          message: `Invalid subnet ${Subnet} : invalid CIDR address: ${Subnet}`,
        });
    }
    if (PREDEFINED.includes(name))
      return daemon.refuse(call, {
        status: 403,
        message: `operation is not permitted on predefined ${name} network`,
      });
    if (hostNetworks(daemon).some(({ Name }) => Name === name)) return taken(daemon, call, name);
    if (daemon.host.swarm.controlAvailable) daemon.control(call, 'existing', { op: 'network.get', ref: name });
    else create(daemon, call);
  },
  stages: {
    existing(daemon, call, network: Network) {
      const name = daemon.body<api.NetworkCreateRequest>(call).Name ?? '';
      if (network.spec.annotations.name === name) taken(daemon, call, name);
      else create(daemon, call);
    },
    created: (daemon, call, { id }: { id: string }) => daemon.reply(call, { Id: id, Warning: '' }, 201),
  },
  failed: { existing: (daemon, call) => create(daemon, call) },
};

function taken(daemon: Dockerd, call: Call, name: string): void {
  daemon.refuse(call, { status: 409, message: `network with name ${name} already exists` });
}

/** Overlays are the swarm's; so is whatever is asked for with that scope. */
function create(daemon: Dockerd, call: Call): void {
  const body = daemon.body<api.NetworkCreateRequest>(call);
  const driver = body.Driver ?? '';
  if (driver === 'overlay' || body.Scope === 'swarm') {
    const refusal = daemon.host.swarm.controlAvailable ? null : noManager(daemon.host.swarm);
    if (refusal) return daemon.refuse(call, refusal);
    return daemon.control(call, 'created', { op: 'network.create', spec: networkSpecFrom(body) });
  }
  if (!LOCAL_DRIVERS.includes(driver))
    return daemon.refuse(call, { status: 404, message: `plugin "${driver}" not found` });
  if (driver === 'host' || driver === 'null')
    return daemon.refuse(call, { status: 403, message: `only one instance of "${driver}" network is allowed` });
  const network = localNetwork(daemon, body);
  daemon.state.disk.networks.push(network);
  daemon.event({
    type: 'network',
    action: 'create',
    id: network.id,
    attributes: { name: network.name, type: network.driver },
  });
  daemon.reply(call, { Id: network.id, Warning: '' }, 201);
}

function localNetwork(daemon: Dockerd, body: Partial<api.NetworkCreateRequest>): LocalNetwork {
  const given = body.IPAM?.Config?.[0];
  const subnet = given?.Subnet ?? freeSubnet(daemon);
  return {
    id: hexId(daemon.host.random('ids')),
    name: body.Name ?? '',
    driver: body.Driver === 'default' || !body.Driver ? 'bridge' : body.Driver,
    createdAt: daemon.host.now,
    subnet,
    gateway: given?.Gateway ?? firstAddress(subnet),
    internal: body.Internal ?? false,
    attachable: body.Attachable ?? false,
    options: { ...body.Options },
    labels: { ...body.Labels },
    predefined: false,
  };
}

/** Docker's local pools: 172.17.0.0/16 and up, then 192.168.0.0/20 and up. */
function freeSubnet(daemon: Dockerd): string {
  const used = new Set(daemon.state.disk.networks.map(({ subnet }) => subnet));
  for (let i = 17; i < 32; i++) if (!used.has(`172.${i}.0.0/16`)) return `172.${i}.0.0/16`;
  for (let i = 0; i < 256; i += 16) if (!used.has(`192.168.${i}.0/20`)) return `192.168.${i}.0/20`;
  return '';
}

function firstAddress(subnet: string): string {
  const cidr = parseCidr(subnet);
  if (!cidr) return '';
  const size = 2 ** (32 - cidr.bits);
  const first = Math.floor(cidr.address / size) * size + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}

export const removeNetwork: Route = {
  start(daemon, call) {
    const ref = call.params.id!;
    const local = findLocal(daemon, ref);
    if (local) return removeLocal(daemon, call, local);
    if (daemon.host.swarm.controlAvailable) return daemon.control(call, 'removed', { op: 'network.remove', ref });
    const isHere = daemon.host.swarm.networks.some((n) => n.id === ref || n.spec.annotations.name === ref);
    const refusal = noManager(daemon.host.swarm);
    daemon.refuse(call, isHere && refusal ? refusal : { status: 404, message: `network ${ref} not found` });
  },
  stages: { removed: (daemon, call) => daemon.reply(call, null, 204) },
};

function findLocal(daemon: Dockerd, ref: string): LocalNetwork | undefined {
  const { networks } = daemon.state.disk;
  const exact = networks.find(({ id, name }) => name === ref || id === ref);
  const byId = networks.filter(({ id }) => id.startsWith(ref));
  return exact ?? (byId.length === 1 ? byId[0] : undefined);
}

function removeLocal(daemon: Dockerd, call: Call, network: LocalNetwork): void {
  if (network.predefined)
    return daemon.refuse(call, {
      status: 403,
      message: `${network.name} is a pre-defined network and cannot be removed`,
    });
  const users = Object.values(localNetworkJson(network, daemon).Containers);
  if (users.length > 0) {
    const endpoints = users.map(({ Name, EndpointID }) => `name:"${Name}" id:"${EndpointID.slice(0, 12)}"`).join(', ');
    return daemon.refuse(call, {
      status: 403,
      message: `error while removing network: network ${network.name} has active endpoints (${endpoints})`,
    });
  }
  daemon.state.disk.networks = daemon.state.disk.networks.filter(({ id }) => id !== network.id);
  daemon.event({
    type: 'network',
    action: 'destroy',
    id: network.id,
    attributes: { name: network.name, type: network.driver },
  });
  daemon.reply(call, null, 204);
}

/**
 * Those of this host that no container is on; on a manager then those of the swarm that nothing uses. `moby: daemon/prune.go`
 */
export const pruneNetworks: Route = {
  start(daemon, call) {
    const unused = daemon.state.disk.networks.filter(
      (network) =>
        !network.predefined &&
        network.name !== 'docker_gwbridge' &&
        ![...daemon.host.runtime.state.containers.values()].some((container) => isOn(container, network)),
    );
    daemon.state.disk.networks = daemon.state.disk.networks.filter((network) => !unused.includes(network));
    call.partial = unused.map(({ name }) => name);
    if (daemon.host.swarm.controlAvailable) daemon.control(call, 'swarm', { op: 'network.list', filters: {} });
    else daemon.reply(call, { NetworksDeleted: unused.length > 0 ? call.partial : null });
  },
  stages: {
    swarm(daemon, call, networks: readonly Network[]) {
      const left = networks.filter(({ spec, predefined }) => !predefined && !spec.ingress);
      call.partial = { deleted: call.partial, left: left.map(({ id, spec }) => ({ id, name: spec.annotations.name })) };
      pruneNext(daemon, call);
    },
    removed: (daemon, call) => pruneNext(daemon, call, true),
  },
  failed: {
    swarm: (daemon, call) => daemon.reply(call, { NetworksDeleted: call.partial }),
    // In use: it stays.
    removed: (daemon, call) => pruneNext(daemon, call, false),
  },
};

interface Pruning {
  deleted: string[];
  left: { id: string; name: string }[];
  current?: string;
}

function pruneNext(daemon: Dockerd, call: Call, wasRemoved = false): void {
  const pruning = call.partial as Pruning;
  if (wasRemoved && pruning.current) pruning.deleted.push(pruning.current);
  const next = pruning.left.shift();
  if (!next) return daemon.reply(call, { NetworksDeleted: pruning.deleted.length > 0 ? pruning.deleted : null });
  pruning.current = next.name;
  daemon.control(call, 'removed', { op: 'network.remove', ref: next.id });
}

function isOn({ config }: Container, { id, name }: LocalNetwork): boolean {
  return config.networks.some((one) => one.id === id || one.name === name);
}

// ---- containers and networks

/** Simplified: a running container cannot be put on an overlay. */
export const connectNetwork: Route = { start: (daemon, call) => changeAttachment(daemon, call, true) };
export const disconnectNetwork: Route = { start: (daemon, call) => changeAttachment(daemon, call, false) };

interface ConnectRequest {
  Container: string;
  EndpointConfig?: { Aliases?: readonly string[] | null; IPAMConfig?: { IPv4Address?: string } | null } | null;
}

function changeAttachment(daemon: Dockerd, call: Call, connect: boolean): void {
  const ref = call.params.id!;
  const body = daemon.body<ConnectRequest>(call);
  const container = daemon.host.runtime.find(body.Container ?? '');
  const swarm = daemon.host.swarm.networks.find(({ id, spec }) => id === ref || spec.annotations.name === ref);
  const network = findLocal(daemon, ref);
  if (!swarm && !network) return daemon.refuse(call, { status: 404, message: `network ${ref} not found` });
  if (!container) return daemon.refuse(call, { status: 404, message: `No such container: ${body.Container ?? ''}` });
  if (swarm && !swarm.spec.attachable)
    return daemon.refuse(call, {
      status: 403,
      message: `Could not attach to network ${ref}: rpc error: code = PermissionDenied desc = network ${ref} not manually attachable`,
    });
  if (network?.driver === 'host' || network?.driver === 'null')
    return daemon.refuse(call, {
      status: 403,
      message:
        network.driver === 'host'
          ? 'container cannot be connected to host network - container must be created in host network'
          : 'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    });
  const id = network?.id ?? swarm!.id;
  const name = network?.name ?? swarm!.spec.annotations.name;
  const own = container.config.networks;
  const before = own.length > 0 ? own : [{ id: 'bridge', name: 'bridge', address: '', aliases: [] }];
  const others = before.filter((attached) => attached.id !== id && attached.name !== name);
  if (connect === others.length < before.length)
    return daemon.refuse(call, {
      status: 403,
      message: connect
        ? `endpoint with name ${container.config.name} already exists in network ${name}`
        : `container ${container.id} is not connected to network ${name}`,
    });
  const { Aliases, IPAMConfig } = body.EndpointConfig ?? {};
  const added = { id, name, address: IPAMConfig?.IPv4Address ?? '', aliases: [...(Aliases ?? [])] };
  // Off its last network a container is on none, not on the default one.
  const left = others.length > 0 ? others : [{ id: 'none', name: 'none', address: '', aliases: [] }];
  const kept = others.filter((attached) => attached.name !== 'none');
  daemon.host.runtime.setNetworks(container.id, connect ? [...kept, added] : left);
  daemon.event({
    type: 'network',
    action: connect ? 'connect' : 'disconnect',
    id,
    attributes: { container: container.id, name, type: network?.driver ?? 'overlay' },
  });
  daemon.reply(call, null);
}
