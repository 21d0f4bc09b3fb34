/**
 * `/networks`: what this host has of its own, what it has of the swarm's, and (on managers) the rest of the swarm's.
 * `moby: daemon/server/router/network/network_routes.go`, `daemon/network.go`, `daemon/cluster/networks.go`
 */
import { networkConnectRequest, networkCreateRequest, networkDisconnectRequest } from '../../../go-types/requests.ts';
import type * as api from '../../../protocol/engine-api.ts';
import type { Micros } from '../../../protocol/events.ts';
import { hexId } from '../../kernel/ids.ts';
import { overlaps, parseSubnet, type Subnet } from '../../manager/allocator/address-book.ts';
import { parseCidr } from '../../manager/controlapi/cidr.ts';
import type { Filters } from '../../manager/controlapi/control-request.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import type { Container, ContainerConfig, SwarmEndpoint } from '../../runtime/container.ts';
import type { Network } from '../../store/objects.ts';
import { attachmentsOf } from '../convert/endpoint.ts';
import { hereNetworkJson, localNetworkJson } from '../convert/local-network.ts';
import { networkJson, networkSpecFrom } from '../convert/network.ts';
import type { Dockerd } from '../dockerd.ts';
import { type Failure, noManager } from '../errors.ts';
import { exactly, isTrue, matches, type ParsedFilters, parseFilters } from '../filters.ts';
import { pluginStages, seekPlugin } from '../plugin-search.ts';
import type { Route } from '../route.ts';
import type { Call, LocalNetwork } from '../state.ts';

const FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];
const PREDEFINED = ['bridge', 'host', 'none', 'default'];
const LOCAL_DRIVERS = ['', 'default', 'bridge', 'host', 'null', 'ipvlan', 'macvlan'];

export const listNetworks: Route = {
  start(daemon, call) {
    const parsed = listFilters(call);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    if (daemon.host.swarm.controlAvailable) daemon.control(call, 'swarm', { op: 'network.list', filters: {} });
    else list(daemon, call, []);
  },
  stages: { swarm: (daemon, call, networks: readonly Network[]) => list(daemon, call, networks) },
  failed: { swarm: (daemon, call) => list(daemon, call, []) },
};

/** `moby: daemon/network/filter.go`. Spelt as recorded with 20.10. */
function listFilters(call: Call): ParsedFilters {
  const parsed = parseFilters(call.request.query?.filters, FILTERS);
  if (!parsed.ok) return parsed;
  const { dangling = [], type = [] } = parsed.filters;
  const odd = type.find((value) => value !== 'custom' && value !== 'builtin');
  if (odd !== undefined) return { ok: false, failure: { status: 400, message: `invalid filter: 'type'='${odd}'` } };
  if (dangling.length > 1 || dangling.some((value) => !/^(true|1|false|0)$/.test(value)))
    return {
      ok: false,
      failure: {
        status: 400,
        message: `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
      },
    };
  return parsed;
}

function list(daemon: Dockerd, call: Call, fromManager: readonly Network[]): void {
  const parsed = listFilters(call);
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
  const isBuiltin = PREDEFINED.includes(network.Name);
  const dangling = filters.dangling?.[0];
  return (
    exactly(filters, 'driver', network.Driver) &&
    matches(filters, 'name', network.Name) &&
    matches(filters, 'id', network.Id) &&
    exactly(filters, 'scope', network.Scope) &&
    exactly(filters, 'type', isBuiltin ? 'builtin' : 'custom') &&
    hasLabels(filters, 'label', network.Labels ?? {}) &&
    // A list does not look at who uses a network: only the predefined ones count as used.
    (dangling === undefined || isTrue(dangling) === !isBuiltin)
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
  body: networkCreateRequest,
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
    ...pluginStages,
  },
  failed: { existing: (daemon, call) => create(daemon, call) },
};

function taken(daemon: Dockerd, call: Call, name: string): void {
  daemon.refuse(call, { status: 409, message: `network with name ${name} already exists` });
}

const FROM_WORKER =
  'Cannot create a multi-host network from a worker node. Please create the network from a manager node.';

/** Overlays are the swarm's; so is whatever is asked for with that scope. */
function create(daemon: Dockerd, call: Call): void {
  const body = daemon.body<api.NetworkCreateRequest>(call);
  const driver = body.Driver ?? '';
  if (driver === 'overlay' || body.Scope === 'swarm') {
    const { controlAvailable, isManager, localState } = daemon.host.swarm;
    if (!controlAvailable && !isManager && localState === 'active')
      return daemon.refuse(call, { status: 403, message: FROM_WORKER });
    const refusal = controlAvailable ? null : noManager(daemon.host.swarm);
    if (refusal) return daemon.refuse(call, refusal);
    return daemon.control(call, 'created', { op: 'network.create', spec: networkSpecFrom(body) });
  }
  if (!LOCAL_DRIVERS.includes(driver))
    return seekPlugin(daemon, call, { status: 404, message: `plugin "${driver}" not found` });
  if (driver === 'host' || driver === 'null')
    return daemon.refuse(call, { status: 403, message: `only one instance of "${driver}" network is allowed` });
  const network = localNetwork(daemon, body);
  if (usedSubnets(daemon).some((subnet) => overlaps(subnet, parseSubnet(network.subnet))))
    return daemon.refuse(call, { status: 403, message: 'Pool overlaps with other one on this address space' });
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
    configured: given?.Subnet !== undefined,
    range: given?.IPRange ?? '',
    internal: body.Internal ?? false,
    attachable: body.Attachable ?? false,
    options: { ...body.Options },
    labels: { ...body.Labels },
    predefined: false,
  };
}

/** Subnets of this host's networks, and of the swarm's that it takes part in. */
function usedSubnets(daemon: Dockerd): Subnet[] {
  const local = daemon.state.disk.networks.map(({ subnet }) => subnet);
  const swarm = daemon.host.swarm.networks.flatMap(
    ({ allocated }) => allocated?.configs.map((one) => one.subnet) ?? [],
  );
  return [...local, ...swarm].filter((subnet) => subnet !== '').map(parseSubnet);
}

/** Docker's local pools: 172.17.0.0/16 and up, then 192.168.0.0/20 and up; not the one that the machines are in. */
function freeSubnet(daemon: Dockerd): string {
  const used = [...usedSubnets(daemon), parseSubnet(`${daemon.host.address}/24`)];
  const isFree = (subnet: string): boolean => !used.some((other) => overlaps(other, parseSubnet(subnet)));
  for (let i = 17; i < 32; i++) if (isFree(`172.${i}.0.0/16`)) return `172.${i}.0.0/16`;
  for (let i = 0; i < 256; i += 16) if (isFree(`192.168.${i}.0/20`)) return `192.168.${i}.0/20`;
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
    const parsed = parseFilters(call.request.query?.filters, PRUNE_FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { filters } = parsed;
    const unused = daemon.state.disk.networks.filter(
      (network) =>
        !network.predefined &&
        isPruned(filters, network.labels, network.createdAt, daemon) &&
        Object.keys(localNetworkJson(network, daemon).Containers).length === 0,
    );
    daemon.state.disk.networks = daemon.state.disk.networks.filter((network) => !unused.includes(network));
    call.partial = unused.map(({ name }) => name);
    if (daemon.host.swarm.controlAvailable) daemon.control(call, 'swarm', { op: 'network.list', filters: {} });
    else daemon.reply(call, { NetworksDeleted: unused.length > 0 ? call.partial : null });
  },
  stages: {
    swarm(daemon, call, networks: readonly Network[]) {
      const parsed = parseFilters(call.request.query?.filters, PRUNE_FILTERS);
      const filters = parsed.ok ? parsed.filters : {};
      const left = networks.filter(
        ({ spec, predefined, meta }) =>
          !predefined && !spec.ingress && isPruned(filters, spec.annotations.labels, meta.createdAt, daemon),
      );
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

const PRUNE_FILTERS = ['label', 'label!', 'until'];

/** Do the filters leave it among those that may go. */
function isPruned(
  filters: Filters,
  labels: Readonly<Record<string, string>>,
  createdAt: Micros,
  daemon: Dockerd,
): boolean {
  const until = filters.until?.[0];
  const isOld = until === undefined || createdAt <= momentOf(until, daemon);
  const isKept = Boolean(filters['label!']?.length) && hasLabels({ label: filters['label!']! }, 'label', labels);
  return isOld && !isKept && hasLabels(filters, 'label', labels);
}

/** `10m`, `1h30m` ago, or a Unix time in seconds. */
function momentOf(text: string, { host }: Dockerd): Micros {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1e6 - host.epochMs * 1e3;
  const units: Record<string, number> = { h: 3.6e9, m: 6e7, s: 1e6, ms: 1e3 };
  let ago = 0;
  for (const [, value, unit] of text.matchAll(/([\d.]+)(ms|[hms])/g)) ago += Number(value) * units[unit!]!;
  return host.now - ago;
}

// ---- containers and networks

interface ConnectRequest {
  Container: string;
  EndpointConfig?: { Aliases?: readonly string[] | null; IPAMConfig?: { IPv4Address?: string } | null } | null;
}

/** A running container gets its place on a network of the swarm now; any other when it starts. */
export const connectNetwork: Route = {
  body: networkConnectRequest,
  start(daemon, call) {
    const container = containerOf(daemon, call);
    if (!container) return;
    const ref = call.params.id!;
    const local = findLocal(daemon, ref);
    const isKnown = local !== undefined || isHere(daemon, ref) || isRunning(container);
    const conflict = isKnown ? modeConflict(container, local?.name ?? ref) : null;
    if (conflict) return daemon.refuse(call, conflict);
    if (!isRunning(container)) return connect(daemon, call, container, local?.name ?? ref);
    const name = local?.name ?? swarmName(daemon, ref);
    if (local && isConnected(container, local.id, name))
      return refuseConnect(
        daemon,
        call,
        `endpoint with name ${container.config.name} already exists in network ${name}`,
      );
    if (local) return connect(daemon, call, container, name);
    if (isConnected(container, ref, name))
      return refuseConnect(daemon, call, `${container.config.name} is already attached to network ${name}`);
    if (daemon.host.swarm.localState !== 'active')
      return daemon.refuse(call, { status: 404, message: `network ${ref} not found` });
    const { address } = endpointOf(daemon, call);
    const token = daemon.token(call, 'placed');
    daemon.host.attachments.attach(token, container.id, ref, address === '' ? [] : [address]);
  },
  stages: {
    placed(daemon, call, endpoint: SwarmEndpoint) {
      const container = containerOf(daemon, call);
      if (!container) return;
      container.swarmEndpoints = { ...container.swarmEndpoints, [endpoint.networkName]: endpoint };
      connect(daemon, call, container, endpoint.networkName);
    },
  },
};

export const disconnectNetwork: Route = {
  body: networkDisconnectRequest,
  start(daemon, call) {
    const container = containerOf(daemon, call);
    if (!container) return;
    const ref = call.params.id!;
    const local = findLocal(daemon, ref);
    const name = local?.name ?? swarmName(daemon, ref);
    if (!isRunning(container)) {
      if (isConnected(container, local?.id ?? ref, name)) return disconnect(daemon, call, container, name);
      const message = `container ${container.id} is not connected to the network ${ref}`;
      return refuseConnect(daemon, call, message);
    }
    if (!local && !isHere(daemon, ref))
      return daemon.refuse(call, { status: 404, message: `network ${ref} not found` });
    if (local?.driver === 'host') return refuseConnect(daemon, call, HOST_MODE);
    if (isConnected(container, local?.id ?? ref, name)) return disconnect(daemon, call, container, name);
    refuseConnect(daemon, call, `container ${container.id} is not connected to network ${name}`);
  },
};

function refuseConnect(daemon: Dockerd, call: Call, message: string): void {
  daemon.refuse(call, { status: 403, message });
}

function containerOf(daemon: Dockerd, call: Call): Container | null {
  const ref = daemon.body<ConnectRequest>(call).Container ?? '';
  const container = daemon.host.runtime.find(ref);
  if (container) return container;
  daemon.refuse(call, { status: 404, message: `No such container: ${ref}` });
  return null;
}

const HOST_MODE = 'container cannot be disconnected from host network or connected to host network';

/** `moby: daemon/container_operations.go updateNetworkSettings`: host and none go with nothing else. */
function modeConflict(container: Container, name: string): Failure | null {
  const others = attachmentsOf(container).map((one) => one.name);
  if (name === 'host' || others.includes('host')) return { status: 403, message: HOST_MODE };
  if (!others.includes('none') && (name !== 'none' || others.length === 0)) return null;
  return {
    status: 403,
    message: 'container cannot be connected to multiple networks with one of the networks in private (none) mode',
  };
}

function isRunning({ state }: Container): boolean {
  return state === 'running' || state === 'paused';
}

function isConnected(container: Container, id: string, name: string): boolean {
  return attachmentsOf(container).some((one) => one.id === id || one.name === name);
}

/** The network's name, if this host takes part in it. */
function swarmName(daemon: Dockerd, ref: string): string {
  const network = daemon.host.swarm.networks.find(({ id }) => id === ref);
  return network?.spec.annotations.name ?? ref;
}

function isHere(daemon: Dockerd, ref: string): boolean {
  return daemon.host.swarm.networks.some(({ id, spec }) => id === ref || spec.annotations.name === ref);
}

function endpointOf(daemon: Dockerd, call: Call): { address: string; aliases: string[] } {
  const { Aliases, IPAMConfig } = daemon.body<ConnectRequest>(call).EndpointConfig ?? {};
  return { address: IPAMConfig?.IPv4Address ?? '', aliases: [...(Aliases ?? [])] };
}

/** What a container's configuration says, the default bridge included. */
function networksOf({ config }: Container): ContainerConfig['networks'] {
  if (config.networks.length > 0 || config.offline) return config.networks;
  return [{ id: 'bridge', name: 'bridge', address: '', aliases: [] }];
}

function connect(daemon: Dockerd, call: Call, container: Container, name: string): void {
  const id = findLocal(daemon, name)?.id ?? name;
  change(daemon, call, container, [...networksOf(container), { id, name, ...endpointOf(daemon, call) }], {
    action: 'connect',
    name,
  });
}

function disconnect(daemon: Dockerd, call: Call, container: Container, name: string): void {
  const left = networksOf(container).filter((one) => (one.name || one.id) !== name && one.id !== call.params.id);
  change(daemon, call, container, left, { action: 'disconnect', name });
}

function change(
  daemon: Dockerd,
  call: Call,
  container: Container,
  networks: ContainerConfig['networks'],
  { action, name }: { action: 'connect' | 'disconnect'; name: string },
): void {
  const local = findLocal(daemon, name);
  const id = local?.id ?? container.swarmEndpoints?.[name]?.network ?? name;
  const changed = daemon.host.runtime.setNetworks(container.id, networks);
  if (!changed.ok || action === 'disconnect') {
    daemon.host.attachments.leave(container.id, [name, id]);
    const { [name]: _gone, ...left } = container.swarmEndpoints ?? {};
    container.swarmEndpoints = left;
  }
  if (!changed.ok) return refuseConnect(daemon, call, changed.error.message);
  const type = local?.driver ?? 'overlay';
  if (isRunning(container))
    daemon.event({ type: 'network', action, id, attributes: { container: container.id, name, type } });
  daemon.reply(call, null);
}
