/**
 * The network of one node: which overlays are here, the sandboxes of its containers, the load balancers and names that follow
 * from what gossip has told it. Sources: `moby: daemon/libnetwork/agent.go, network.go, service_linux.go, drivers/overlay/`,
 * `daemon/cluster/executor/container/adapter.go`.
 *
 * Ingress is here as soon as the node has an address on it, so on every node; any other overlay while a task here needs it.
 * Names and balancers come from the node's own gossip tables alone: what it has not heard of does not exist for it.
 */
import type { EventId } from '../../protocol/events.ts';
import type { Envelope, Hardware } from '../hardware/hardware.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { primaryOf } from '../manager/keymanager/key-manager.ts';
import type { Container } from '../runtime/container.ts';
import type { ContainerNetwork, TaskNetwork } from '../runtime/container-network.ts';
import { hash64 } from '../runtime/registry.ts';
import type { Network, NetworkKey, Node, PortConfig, Task } from '../store/objects.ts';
import { balance, byPublishedPort } from './balancer.ts';
import type { EndpointRecord, TableEntry } from './gossip/messages.ts';
import { NetworkDb } from './gossip/network-db.ts';
import { bare, isWithin, lowestFree, macOf } from './ipv4.ts';
import {
  DEFAULT_DATA_PATH_PORT,
  FIRST_EPHEMERAL_PORT,
  type HostOverlay,
  type Interface,
  initialNodeNetwork,
  type NodeNetworkState,
  type PortMapping,
  type Sandbox,
} from './node-state.ts';
import { type ServiceRecords, serviceRecords } from './service-records.ts';

/** A network of the host alone, as its daemon keeps it. */
export interface LocalNetworkFacts {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly internal: boolean;
  /** Its subnet was asked for. */
  readonly configured?: boolean;
  /** Part of the subnet that addresses are given from; empty: all of it. */
  readonly range?: string;
}

export interface NodeNetworkHost {
  /** Bridges of this host. */
  localNetworks(): readonly LocalNetworkFacts[];
  /** Addresses of the managers, without ports. */
  managers(): readonly string[];
  /** Does a process of the host itself, such as the daemon's swarm part, listen on a port. */
  listensOn(port: number, protocol: string): boolean;
  /** A task of this node, to know what its container needs. */
  task(id: string): Task | null;
}

/** How often parts of a node's knowledge have changed since it was put together: no part of the state. */
export interface Revisions {
  gossip: number;
  /** Networks and containers' interfaces. */
  places: number;
  balancers: number;
  pointers: number;
}

const GATEWAY_BRIDGE = 'docker_gwbridge';
/** `moby: drivers/overlay/joinleave.go`: 50 bytes for VXLAN, then 26 for ESP, down to a multiple of 4. */
const OVERLAY_MTU = 1450;
const ENCRYPTED_MTU = 1424;

export class NodeNetwork implements TaskNetwork, ContainerNetwork {
  readonly state: NodeNetworkState;
  readonly machine: string;
  readonly db: NetworkDb;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly host: NodeNetworkHost;
  readonly revisions: Revisions = { gossip: 0, places: 0, balancers: 0, pointers: 0 };
  /** Made from the tables when asked for; dropped when they change. */
  private readonly records = new Map<string, ServiceRecords>();
  private readonly tunnels = new Map<string, Map<string, string>>();

  constructor(kernel: Kernel, hardware: Hardware, machine: string, state: NodeNetworkState, host: NodeNetworkHost) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.host = host;
    this.db = new NetworkDb(kernel, hardware, machine, state.db, {
      bootstrap: () => host.managers(),
      memberChanged: () => this.revisions.gossip++,
      rowChanged: (network, row, visible, old) => this.rowChanged(network, row, visible, old),
    });
  }

  get address(): string {
    return this.hardware.machine(this.machine).address;
  }

  // ---- part of a swarm

  /** The session has told of this node and of the networks that it has addresses on. */
  sessionChanged(networks: readonly Network[], node: Node): void {
    this.db.start();
    this.revisions.places++;
    const { offered, present } = this.state;
    offered.clear();
    for (const network of networks) {
      const balancer = node.attachments[network.id];
      if (balancer !== undefined && network.allocated) offered.set(network.id, overlayOf(network, bare(balancer)));
    }
    for (const overlay of offered.values()) {
      const here = present.get(overlay.id);
      if (here) here.balancer = overlay.balancer;
      else if (overlay.ingress || this.isNeeded(overlay.id)) this.create(overlay);
    }
    for (const id of [...present.keys()]) if (!offered.has(id) && !this.isNeeded(id)) this.destroy(id);
  }

  /** The managers have told of keys. `moby: daemon/libnetwork/agent.go handleKeyChange` */
  keysChanged(keys: readonly NetworkKey[], dataPathPort: number): void {
    this.state.dataPathPort = dataPathPort || DEFAULT_DATA_PATH_PORT;
    if (keys === this.state.keys || keys.length === 0) return;
    const before = this.state.keys;
    this.state.keys = keys;
    const gossip = keys.filter(({ subsystem }) => subsystem === 'networking:gossip');
    this.db.setKeys(
      gossip.map(({ lamportTime }) => lamportTime),
      primaryOf(keys, 'networking:gossip')?.lamportTime ?? 0,
    );
    if (same(keys, before)) return;
    this.kernel.emit('network.keys', this.machine, [`machine:${this.machine}`], {
      gossip: primaryOf(keys, 'networking:gossip')?.lamportTime ?? 0,
      ipsec: primaryOf(keys, 'networking:ipsec')?.lamportTime ?? 0,
      added: keys.filter((key) => !hasKey(before, key)).map(({ lamportTime }) => lamportTime),
      dropped: before.filter((key) => !hasKey(keys, key)).map(({ lamportTime }) => lamportTime),
    });
  }

  /** The tag of the key with which this node encrypts what it sends over encrypted networks. */
  get espKey(): number {
    return primaryOf(this.state.keys, 'networking:ipsec')?.lamportTime ?? 0;
  }

  /** Has it the key with this tag. */
  canDecrypt(tag: number): boolean {
    return this.state.keys.some(
      ({ subsystem, lamportTime }) => subsystem === 'networking:ipsec' && lamportTime === tag,
    );
  }

  /** The node leaves the swarm. */
  leaveSwarm(): void {
    this.db.leave();
    this.forget();
  }

  /** The daemon stops in good order: its peers are told. */
  stop(): void {
    this.db.leave();
    this.halt();
  }

  /** Nothing of this is in memory any more. */
  halt(): void {
    this.db.halt();
    this.forget();
    this.state.sandboxes.clear();
  }

  private forget(): void {
    const { sandboxes } = this.state;
    const db = this.state.db;
    Object.assign(this.state, initialNodeNetwork(), { db, sandboxes });
    for (const part of ['gossip', 'places', 'balancers'] as const) this.revisions[part]++;
    this.records.clear();
    this.tunnels.clear();
  }

  receive(envelope: Envelope): void {
    this.db.receive(envelope);
  }

  // ---- networks of this node

  private isNeeded(network: string): boolean {
    for (const networks of this.state.needs.values()) if (networks.includes(network)) return true;
    for (const { interfaces } of this.state.sandboxes.values())
      if (interfaces.some((one) => one.network === network)) return true;
    return false;
  }

  private create(overlay: HostOverlay): void {
    this.state.present.set(overlay.id, { ...overlay });
    this.revisions.places++;
    if (overlay.ingress && this.state.ingressGateway === '')
      this.state.ingressGateway = this.lease(GATEWAY_BRIDGE) ?? '';
    this.kernel.emit('network.present', this.machine, this.refs(overlay.id), {
      name: overlay.name,
      vni: overlay.vni,
      balancer: overlay.balancer,
    });
    this.db.join(overlay.id);
  }

  private destroy(id: string): void {
    const overlay = this.state.present.get(id);
    if (!overlay) return;
    this.db.quit(id);
    this.state.present.delete(id);
    this.state.balancers.delete(id);
    this.revisions.places++;
    this.revisions.balancers++;
    if (overlay.ingress) this.state.ingressGateway = '';
    this.forgetDerived(id);
    this.kernel.emit('network.absent', this.machine, this.refs(id), { name: overlay.name });
  }

  /** The ingress network of this node, if it has one. */
  get ingress(): HostOverlay | null {
    for (const overlay of this.state.present.values()) if (overlay.ingress) return overlay;
    return null;
  }

  // ---- tasks

  prepare(task: Task): boolean {
    const wanted = task.networks.filter(({ addresses }) => addresses.length > 0).map(({ networkId }) => networkId);
    this.state.needs.set(task.id, wanted);
    let complete = true;
    for (const id of wanted) {
      if (this.state.present.has(id)) continue;
      const overlay = this.state.offered.get(id);
      if (overlay) this.create(overlay);
      else complete = false;
    }
    return complete;
  }

  release(taskId: string): void {
    const wanted = this.state.needs.get(taskId);
    if (!wanted) return;
    this.state.needs.delete(taskId);
    this.dropUnneeded(wanted);
  }

  private dropUnneeded(networks: Iterable<string>): void {
    for (const id of networks) {
      const overlay = this.state.present.get(id);
      if (overlay && !overlay.ingress && !this.isNeeded(id)) this.destroy(id);
    }
  }

  enable(taskId: string): void {
    const sandbox = this.ofTask(taskId);
    if (!sandbox || sandbox.binding === 'enabled') return;
    sandbox.binding = 'enabled';
    this.revisions.places++;
    if (!sandbox.interfaces.some(({ kind }) => kind === 'overlay')) return;
    this.kernel.because(this.told('endpoint.enabled', sandbox), () => this.register(sandbox, false));
  }

  disable(taskId: string): boolean {
    const sandbox = this.ofTask(taskId);
    if (sandbox?.binding !== 'enabled') return false;
    sandbox.binding = 'disabled';
    this.revisions.places++;
    if (!sandbox.interfaces.some(({ kind }) => kind === 'overlay')) return false;
    this.kernel.because(this.told('endpoint.disabled', sandbox), () => this.register(sandbox, true));
    return true;
  }

  /** One for each binding: that of IPv4 and that of IPv6. `executor/container/controller.go parsePortMap` */
  ports(taskId: string): PortConfig[] {
    const ports = this.ofTask(taskId)?.hostPorts ?? [];
    return ports.flatMap(({ protocol, target, published }) => {
      const port: PortConfig = {
        name: '',
        protocol,
        targetPort: target,
        publishedPort: published,
        publishMode: 'host',
      };
      return [port, port];
    });
  }

  /** What a container was given: for those who look at it. */
  attachedOf(container: string): Container['attached'] {
    const sandbox = this.state.sandboxes.get(container);
    if (!sandbox) return { interfaces: [], ports: [] };
    return {
      interfaces: sandbox.interfaces
        .filter(({ kind }) => kind !== 'gateway')
        .map(({ network, networkName, address, subnet }) => ({
          network,
          name: networkName,
          address: `${address}/${subnet.split('/')[1] ?? '24'}`,
        })),
      ports: sandbox.hostPorts.map((port) => ({ ...port, ip: addressOf(port) })),
    };
  }

  /** Puts the rows of a container's endpoints into the endpoint tables. */
  private register(sandbox: Sandbox, serviceDisabled: boolean): void {
    for (const one of sandbox.interfaces) {
      if (one.kind !== 'overlay') continue;
      const isIngress = this.state.present.get(one.network)?.ingress ?? false;
      const record: EndpointRecord = {
        name: sandbox.name,
        serviceName: sandbox.service?.name ?? '',
        serviceId: sandbox.service?.id ?? '',
        virtualIp: sandbox.virtualIps[one.network] ?? '',
        endpointIp: one.address,
        ingressPorts: isIngress ? sandbox.ingressPorts : [],
        aliases: sandbox.aliases[one.network] ?? [],
        taskAliases: [...new Set([sandbox.container.slice(0, 12), sandbox.hostname])],
        serviceDisabled,
        container: sandbox.container,
        task: sandbox.task,
      };
      this.db.putEndpoint(one.network, one.endpoint, record);
    }
  }

  private told(kind: string, sandbox: Sandbox): EventId {
    const refs: `${string}:${string}`[] = [`container:${sandbox.container}`, `machine:${this.machine}`];
    if (sandbox.task) refs.push(`task:${sandbox.task}`);
    if (sandbox.service) refs.push(`service:${sandbox.service.id}`);
    return this.kernel.emit(kind, this.machine, refs, {
      name: sandbox.name,
      addresses: sandbox.interfaces.map(({ networkName, address }) => `${networkName} ${address}`),
    });
  }

  // ---- containers

  /** Makes a container's interfaces. Returns docker's words if an address or a host port cannot be had. */
  attach(container: Container): string | null {
    const { config } = container;
    const networks = wantedNetworks(container);
    const trouble = this.addressTrouble(networks) ?? this.portTrouble(container, networks);
    if (trouble !== null) return trouble;
    const task = container.taskId ? this.host.task(container.taskId) : null;
    const sandbox: Sandbox = {
      container: container.id,
      name: config.name,
      hostname: config.hostname,
      task: container.taskId,
      service: task?.serviceId ? { id: task.serviceId, name: task.serviceAnnotations.name } : null,
      interfaces: [],
      virtualIps: {},
      aliases: {},
      ingressPorts: (task?.endpoint?.ports ?? [])
        .filter(({ publishMode }) => publishMode === 'ingress')
        .map(({ protocol, targetPort, publishedPort }) => ({ protocol, target: targetPort, published: publishedPort })),
      hostPorts: [],
      host: networks.some(({ id, name }) => id === 'host' || name === 'host'),
      binding: 'none',
    };
    for (const { networkId, address } of task?.endpoint?.virtualIps ?? [])
      sandbox.virtualIps[networkId] = bare(address);
    this.state.sandboxes.set(container.id, sandbox);
    this.revisions.places++;
    if (!sandbox.host) this.makeInterfaces(sandbox, networks);
    this.bindPorts(sandbox, container);
    if (!container.taskId) this.register(sandbox, false);
    return null;
  }

  /** Addresses that a user asked for on bridges of this host: why one cannot be had. */
  private addressTrouble(wanted: Container['config']['networks']): string | null {
    for (const { id, name, address, aliases } of wanted) {
      const local = this.localNetwork(id, name);
      if (local?.driver !== 'bridge') continue;
      if (aliases.length > 0 && local.name === 'bridge')
        return 'network-scoped alias is supported only for containers in user defined networks';
      if (address === '') continue;
      if (local.name === 'bridge') return 'user specified IP address is supported on user defined networks only';
      if (!local.configured)
        return 'user specified IP address is supported only when connecting to networks with user configured subnets';
      if (!isWithin(address, local.subnet))
        return `Invalid address ${address}: It does not belong to any of this network's subnets`;
      if (this.takenOn(local.name).has(bare(address))) return 'Address already in use';
    }
    return null;
  }

  // ---- host ports

  /** Why a host port that a container asks for cannot be had; with no interface to lead it to, it is not asked for. */
  private portTrouble(container: Container, networks: Container['config']['networks']): string | null {
    if (!this.leadsOut(networks)) return null;
    const { config } = container;
    for (const port of config.ports) {
      if (port.published === 0) continue;
      const numbers = portNumbers(port);
      const refusals = numbers.map((number) => this.refusalOf(number, port.protocol, port.ip));
      if (refusals.includes(null)) continue;
      const why = numbers.length > 1 ? 'all ports are allocated' : refusals[0]!;
      const endpoint = this.endpointId(GATEWAY_BRIDGE, config.name);
      return `driver failed programming external connectivity on endpoint ${config.name} (${endpoint}): ${why}`;
    }
    return null;
  }

  /** Why nobody can have this port on this address of the host, or null. */
  private refusalOf(port: number, protocol: PortMapping['protocol'], ip: string): string | null {
    const wanted = ip || ANY_ADDRESS;
    const holders: PortMapping[] = [];
    for (const { hostPorts } of this.state.sandboxes.values())
      holders.push(...hostPorts.filter((one) => one.published === port && one.protocol === protocol));
    if (holders.some((one) => addressOf(one) === wanted))
      return `Bind for ${wanted}:${port} failed: port is already allocated`;
    const isHeard =
      holders.some((one) => addressOf(one) === ANY_ADDRESS || wanted === ANY_ADDRESS) ||
      this.isPublished(port, protocol) ||
      this.host.listensOn(port, protocol);
    const family = `${protocol}4`;
    return isHeard
      ? `Error starting userland proxy: listen ${family} ${wanted}:${port}: bind: address already in use`
      : null;
  }

  /** The daemon itself listens on ports of the routing mesh. */
  private isPublished(port: number, protocol: string): boolean {
    const { ingress } = this;
    return ingress !== null && byPublishedPort(this.state, ingress.id, port, protocol) !== null;
  }

  private leadsOut(networks: Container['config']['networks']): boolean {
    return networks.some(({ id, name }) => !['host', 'none'].includes(this.localNetwork(id, name)?.name ?? ''));
  }

  private bindPorts(sandbox: Sandbox, { config }: Container): void {
    sandbox.hostPorts = [];
    if (!sandbox.interfaces.some(({ kind }) => kind !== 'overlay')) return;
    for (const port of config.ports) {
      const { protocol, target, published, ip } = port;
      const free = portNumbers(port).find((number) => this.refusalOf(number, protocol, ip) === null);
      const number = published === 0 ? this.ephemeralHostPort(protocol) : (free ?? published);
      sandbox.hostPorts.push({ protocol, target, published: number, ...(ip !== '' && { ip }) });
    }
  }

  // ---- interfaces

  private makeInterfaces(sandbox: Sandbox, networks: Container['config']['networks']): void {
    for (const { id, name, address, aliases } of networks) {
      const overlay = this.overlayOf(id, name);
      if (overlay && address !== '') {
        sandbox.aliases[overlay.id] = aliases;
        const made = this.addInterface(sandbox, 'overlay', overlay.id, overlay.name, bare(address), overlay.subnet);
        this.db.putPeer(overlay.id, made.endpoint, {
          endpointIp: `${made.address}/${overlay.subnet.split('/')[1] ?? '24'}`,
          endpointMac: made.mac,
          tunnelEndpointIp: this.address,
        });
        continue;
      }
      const local = this.localNetwork(id, name);
      if (local?.driver !== 'bridge') continue;
      sandbox.aliases[local.id] = aliases;
      const given = address !== '' ? bare(address) : this.lease(local.name);
      if (given) this.addInterface(sandbox, 'bridge', local.id, local.name, given, local.subnet);
    }
    this.settleGateway(sandbox);
  }

  /** Whoever is on overlays that are not internal, and on no bridge, goes out by docker_gwbridge. */
  private settleGateway(sandbox: Sandbox): void {
    const overlays = sandbox.interfaces.filter(({ kind }) => kind === 'overlay');
    const isInternal = overlays.every(({ network }) => this.state.present.get(network)?.internal);
    const isNeeded = overlays.length > 0 && !isInternal && !sandbox.interfaces.some(({ kind }) => kind === 'bridge');
    const has = sandbox.interfaces.some(({ kind }) => kind === 'gateway');
    if (has === isNeeded) return;
    if (has) {
      sandbox.interfaces = sandbox.interfaces.filter(({ kind }) => kind !== 'gateway');
      return;
    }
    const given = this.lease(GATEWAY_BRIDGE);
    const subnet = this.localNetwork(GATEWAY_BRIDGE, GATEWAY_BRIDGE)?.subnet ?? '';
    if (given) this.addInterface(sandbox, 'gateway', GATEWAY_BRIDGE, GATEWAY_BRIDGE, given, subnet);
  }

  private localNetwork(id: string, name: string): LocalNetworkFacts | undefined {
    return this.host.localNetworks().find((one) => one.id === id || one.name === (name || id));
  }

  private overlayOf(id: string, name: string): HostOverlay | null {
    const here = this.state.present.get(id);
    if (here) return here;
    for (const overlay of this.state.offered.values()) {
      if (overlay.id !== id && overlay.name !== (name || id)) continue;
      if (!this.state.present.has(overlay.id)) this.create(overlay);
      return this.state.present.get(overlay.id)!;
    }
    return null;
  }

  private addInterface(
    sandbox: Sandbox,
    kind: Interface['kind'],
    network: string,
    networkName: string,
    address: string,
    subnet: string,
  ): Interface {
    const used = new Set(sandbox.interfaces.map(({ device }) => device));
    let number = 0;
    while (used.has(`eth${number}`)) number++;
    const device = `eth${number}`;
    const endpoint = this.endpointId(network, sandbox.name);
    const made: Interface = { device, kind, network, networkName, address, subnet, mac: macOf(address), endpoint };
    sandbox.interfaces.push(made);
    return made;
  }

  rewire(container: Container): string | null {
    const sandbox = this.state.sandboxes.get(container.id);
    if (!sandbox) return null;
    const networks = wantedNetworks(container);
    const has = (one: Interface, { id, name }: { id: string; name: string }): boolean =>
      one.network === id || one.networkName === (name || id);
    const added = networks.filter((wanted) => !sandbox.interfaces.some((one) => has(one, wanted)));
    const trouble = this.addressTrouble(added);
    if (trouble !== null) return trouble;
    const gone = sandbox.interfaces.filter(
      (one) => one.kind !== 'gateway' && !networks.some((wanted) => has(one, wanted)),
    );
    const wasOut = sandbox.interfaces.some(({ kind }) => kind !== 'overlay');
    sandbox.interfaces = sandbox.interfaces.filter((one) => !gone.includes(one));
    for (const { kind, network, endpoint } of gone) {
      if (kind !== 'overlay') continue;
      this.db.remove(network, 'endpoint_table', endpoint);
      this.db.remove(network, 'overlay_peer_table', endpoint);
    }
    this.makeInterfaces(sandbox, added);
    const isOut = sandbox.interfaces.some(({ kind }) => kind !== 'overlay');
    if (wasOut !== isOut) this.bindPorts(sandbox, container);
    this.dropUnneeded(gone.map(({ network }) => network));
    this.revisions.places++;
    if (!container.taskId) this.register(sandbox, false);
    return null;
  }

  detach(container: Container): void {
    const sandbox = this.state.sandboxes.get(container.id);
    if (!sandbox) return;
    this.state.sandboxes.delete(container.id);
    this.revisions.places++;
    const overlays = sandbox.interfaces.filter(({ kind }) => kind === 'overlay');
    for (const { network, endpoint } of overlays) {
      this.db.remove(network, 'endpoint_table', endpoint);
      this.db.remove(network, 'overlay_peer_table', endpoint);
    }
    if (sandbox.task) this.state.needs.delete(sandbox.task);
    this.dropUnneeded(overlays.map(({ network }) => network));
  }

  /** The same for the same container and network, as the daemon's own views have it. */
  private endpointId(network: string, name: string): string {
    return hash64(`endpoint ${network} ${name}`);
  }

  /** The lowest free address of a bridge of this host. */
  private lease(bridge: string): string | null {
    const facts = this.localNetwork(bridge, bridge);
    const subnet = facts?.subnet || (bridge === GATEWAY_BRIDGE ? '172.18.0.0/16' : '');
    return lowestFree(subnet, this.takenOn(bridge), facts?.range ?? '');
  }

  private takenOn(bridge: string): Set<string> {
    const taken = new Set<string>([this.localNetwork(bridge, bridge)?.gateway ?? '172.18.0.1']);
    if (bridge === GATEWAY_BRIDGE && this.state.ingressGateway) taken.add(this.state.ingressGateway);
    for (const { interfaces } of this.state.sandboxes.values())
      for (const one of interfaces) if (one.networkName === bridge) taken.add(one.address);
    return taken;
  }

  private ephemeralHostPort(protocol: string): number {
    for (let port = FIRST_EPHEMERAL_PORT; ; port++) if (!this.holderOf(port, protocol, null)) return port;
  }

  // ---- looking things up

  ofTask(taskId: string): Sandbox | undefined {
    for (const sandbox of this.state.sandboxes.values()) if (sandbox.task === taskId) return sandbox;
    return undefined;
  }

  /** The container that holds a host port on an address of the host; `null`: on any of them. */
  holderOf(port: number, protocol: string, address: string | null): Sandbox | undefined {
    for (const sandbox of this.state.sandboxes.values())
      if (sandbox.hostPorts.some((one) => isHeld(one, port, protocol, address))) return sandbox;
    return undefined;
  }

  /** Is this one of the host's own addresses: its own on the cable, or a bridge's. */
  isOwnAddress(address: string): boolean {
    return (
      address === this.address ||
      address.startsWith('127.') ||
      this.host.localNetworks().some(({ driver, gateway }) => driver === 'bridge' && gateway === address)
    );
  }

  /** Who is on docker_gwbridge: the ingress sandbox, then containers. */
  gateways(): { container: string; address: string }[] {
    const gateways = [...this.state.sandboxes.values()].flatMap(({ container, interfaces }) =>
      interfaces.filter(({ kind }) => kind === 'gateway').map(({ address }) => ({ container, address })),
    );
    const { ingressGateway } = this.state;
    return ingressGateway === '' ? gateways : [{ container: 'ingress-sbox', address: ingressGateway }, ...gateways];
  }

  /** A bridge of this host by its id or name. */
  bridgeOf(network: string): LocalNetworkFacts | undefined {
    return this.localNetwork(network, network);
  }

  /** The container with this address on a network here. */
  at(network: string, address: string): Sandbox | undefined {
    for (const sandbox of this.state.sandboxes.values())
      if (sandbox.interfaces.some((one) => one.network === network && one.address === address)) return sandbox;
    return undefined;
  }

  /** Behind which machine's address an address of an overlay is, as far as this node has heard. */
  tunnelTo(network: string, address: string): string | null {
    let tunnels = this.tunnels.get(network);
    if (!tunnels) {
      tunnels = new Map();
      for (const row of this.db.rows(network))
        if (row.table === 'overlay_peer_table') tunnels.set(bare(row.value.endpointIp), row.value.tunnelEndpointIp);
      this.tunnels.set(network, tunnels);
    }
    return tunnels.get(address) ?? null;
  }

  /** The names of an overlay as this node knows them. */
  recordsOf(network: string): ServiceRecords {
    let records = this.records.get(network);
    if (!records) {
      records = serviceRecords(endpointsAmong(this.db.rows(network)));
      this.records.set(network, records);
    }
    return records;
  }

  /** The names of a bridge of this host: those of the containers on it. */
  bridgeRecords(network: string): ServiceRecords {
    return serviceRecords(this.onBridge(network));
  }

  private *onBridge(network: string): Generator<EndpointRecord> {
    for (const sandbox of this.state.sandboxes.values()) {
      const one = sandbox.interfaces.find((candidate) => candidate.network === network);
      if (!one) continue;
      yield {
        name: sandbox.name,
        serviceName: '',
        serviceId: '',
        virtualIp: '',
        endpointIp: one.address,
        ingressPorts: [],
        aliases: sandbox.aliases[network] ?? [],
        taskAliases: [...new Set([sandbox.container.slice(0, 12), sandbox.hostname])],
        serviceDisabled: false,
        container: sandbox.container,
        task: null,
      };
    }
  }

  /** A port for an outgoing connection of this host. */
  nextPort(): number {
    const port = this.state.nextPort;
    this.state.nextPort = port >= 60_999 ? FIRST_EPHEMERAL_PORT : port + 1;
    return port;
  }

  // ---- what gossip tells

  private rowChanged(network: string, row: TableEntry, visible: boolean, old: TableEntry | null): void {
    this.forgetDerived(network, row.table);
    if (row.table !== 'endpoint_table') return;
    this.revisions.balancers++;
    const before = old?.table === 'endpoint_table' ? old.value : null;
    const record = visible ? row.value : null;
    this.kernel.because(this.heard(network, row.node, row.value, before, record), () =>
      balance(this.state, network, row.key, record, before),
    );
  }

  private heard(
    network: string,
    node: string,
    record: EndpointRecord,
    before: EndpointRecord | null,
    now: EndpointRecord | null,
  ): EventId {
    const what = !now ? 'gone' : now.serviceDisabled ? 'disabled' : before ? 'changed' : 'new';
    const objects: `${string}:${string}`[] = [`machine:${this.machine}`, `network:${network}`];
    if (record.task) objects.push(`task:${record.task}`);
    return this.kernel.emit('gossip.endpoint', this.machine, objects, {
      what,
      own: node === this.db.name,
      name: record.name,
      service: record.serviceName,
      address: record.endpointIp,
      network: this.state.present.get(network)?.name ?? '',
    });
  }

  private forgetDerived(network: string, table?: TableEntry['table']): void {
    if (table !== 'overlay_peer_table') this.records.delete(network);
    if (table !== 'endpoint_table') this.tunnels.delete(network);
  }

  private refs(network: string): `${string}:${string}`[] {
    return [`network:${network}`, `machine:${this.machine}`];
  }
}

function hasKey(keys: readonly NetworkKey[], { lamportTime }: NetworkKey): boolean {
  return keys.some((key) => key.lamportTime === lamportTime);
}

function same(keys: readonly NetworkKey[], others: readonly NetworkKey[]): boolean {
  return keys.length === others.length && keys.every((key) => hasKey(others, key));
}

/** Docker's address for all of the host's. */
const ANY_ADDRESS = '0.0.0.0';

function addressOf({ ip }: PortMapping): string {
  return ip || ANY_ADDRESS;
}

export function isHeld(mapping: PortMapping, port: number, protocol: string, address: string | null): boolean {
  const at = addressOf(mapping);
  const isHeard = address === null || at === ANY_ADDRESS || at === address || (at === '127.0.0.1' && address === at);
  return mapping.published === port && mapping.protocol === protocol && isHeard;
}

/** The ports of a range, or the one port. */
function portNumbers({ published, last }: { published: number; last?: number }): number[] {
  return Array.from({ length: (last ?? published) - published + 1 }, (_, i) => published + i);
}

/** Networks of a container, with the addresses that the swarm has given it there; without any the default bridge. */
function wantedNetworks({ config, swarmEndpoints }: Container): Container['config']['networks'] {
  const { networks, offline } = config;
  if (networks.length === 0 && !offline) return [{ id: 'bridge', name: 'bridge', address: '', aliases: [] }];
  return networks.map((one) => {
    const given = swarmEndpoints?.[one.name || one.id];
    return given ? { ...one, id: given.network, name: given.networkName, address: given.address } : one;
  });
}

function* endpointsAmong(rows: Iterable<TableEntry>): Generator<EndpointRecord> {
  for (const row of rows) if (row.table === 'endpoint_table') yield row.value;
}

function overlayOf(network: Network, balancer: string): HostOverlay {
  const { spec, allocated } = network;
  const encrypted = 'encrypted' in spec.driverOptions && spec.driverOptions.encrypted !== 'false';
  const mtu = Number(spec.driverOptions['com.docker.network.driver.mtu'] ?? 0);
  return {
    id: network.id,
    name: spec.annotations.name,
    vni: allocated?.vni ?? 0,
    subnet: allocated?.configs[0]?.subnet ?? '',
    gateway: bare(allocated?.configs[0]?.gateway ?? ''),
    ingress: spec.ingress,
    internal: spec.internal,
    encrypted,
    mtu: mtu > 0 ? mtu - 50 : encrypted ? ENCRYPTED_MTU : OVERLAY_MTU,
    balancer,
  };
}
