/**
 * Where a new connection's first packet goes, room by room: each stage looks only at what its own machine knows, does one thing,
 * and names the next. Sources: `moby: daemon/libnetwork/service_linux.go` (marks, DNAT, SNAT, REDIRECT), `drivers/overlay/`
 * (bridge, VXLAN, peers), `resolver.go`; Linux routing for the rest.
 *
 * Simplified: handshake and question are one packet; ARP is asked of the peer table without delay.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { DropReason, Encapsulation, Hop, Room } from '../../../protocol/network-view.ts';
import type { Random } from '../../kernel/random.ts';
import type { FlowFailureReason, ResolveResult, Transport } from '../../runtime/programs/sockets.ts';
import { byAddress, byPublishedPort, choose } from '../balancer.ts';
import { isAddress, isWithin } from '../ipv4.ts';
import { isHeld, type NodeNetwork } from '../node-network.ts';
import type { HostOverlay, Sandbox, VirtualService } from '../node-state.ts';
import { resolveName } from '../resolver.ts';
import { espSpi } from './esp.ts';
import { endText, type Flow, type Packet, type Path, type Stage, type Walk, type Wire } from './flow-state.ts';

/** What happens after a stage: the next one, a wait (a wire is under way), or the end of this packet. */
export type Go = 'on' | 'wait' | 'end';

/** What the engine of packets does for an exploring one. */
export interface Ground {
  readonly now: Micros;
  readonly dice: Random;
  node(machine: string): NodeNetwork;
  /** The machine's name and address by either, or null. */
  machineNamed(nameOrAddress: string): { name: string; address: string } | null;
  /** Does a process of the container take requests on a port, and is it paused. */
  isListening(machine: string, container: string, port: number, protocol: Transport): boolean;
  isFrozen(machine: string, container: string): boolean;
  outsidePort(): number;
  /** The name is known to have these addresses; the first one is taken now. */
  resolved(flow: Flow, walk: Walk, addresses: readonly string[]): void;
  /** Notes a hop; the packet's addresses change as told. */
  hop(flow: Flow, walk: Walk, path: Path, facts: HopFacts): void;
  /** The packet goes no further, and nobody hears of it: the client waits until it gives up. */
  vanish(flow: Flow, walk: Walk, path: Path, room: Room, rule: string, reason: DropReason, detail: string): Go;
  /** The packet is turned away: the refusal goes back the way it came. */
  refuse(
    flow: Flow,
    walk: Walk,
    path: Path,
    room: Room,
    rule: string,
    reason: DropReason,
    refusal: FlowFailureReason,
  ): Go;
  /** Ends the flow at its client, after a while. */
  fail(flow: Flow, walk: Walk, after: Micros, refusal: FlowFailureReason): Go;
  transmit(flow: Flow, walk: Walk, wire: Wire): Go;
  /** The packet has reached what it was sent to: an application, or whoever answers a ping. */
  deliver(flow: Flow, walk: Walk, path: Path, sandbox: Sandbox | null): Go;
}

export interface HopFacts extends Partial<Omit<Hop, 'before' | 'after'>> {
  readonly room: Room;
  readonly rule: string;
  /** What is undone or done here on the way back. */
  readonly back?: string | null;
  readonly change?: Partial<Packet>;
  readonly wire?: Wire;
}

/** Linux gives up asking for an address after three tries. */
const ARP_TIME: Micros = 3_000_000;

export function explore(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  return STAGES[path.stage](ground, flow, walk, path);
}

type StageOf = (ground: Ground, flow: Flow, walk: Walk, path: Path) => Go;

const STAGES: Readonly<Record<Stage, StageOf>> = {
  resolve,
  leave,
  gateway,
  'send-plain': sendPlain,
  eth0,
  nat,
  'published-bridge': publishedBridge,
  'ingress-sandbox': ingressSandbox,
  balancer,
  mark,
  ipvs,
  snat,
  bridge,
  encapsulate,
  'send-tunnel': sendTunnel,
  decapsulate,
  task,
  app,
};

function next(path: Path, stage: Stage): Go {
  path.stage = stage;
  return 'on';
}

// ---- the client

/** Finds the address of a name. */
function resolve(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const { host } = flow.target;
  const answer = lookUp(ground, flow, host);
  const failed = !answer.ok || answer.addresses.length === 0;
  if (flow.origin.kind === 'container' && !isAddress(host) && answer.ok && answer.source !== 'hosts')
    ground.hop(flow, walk, path, {
      room: 'resolver',
      rule: resolverRule(host, answer),
      answer: answer.addresses,
      ...(answer.network !== null && { network: answer.network }),
    });
  if (failed) {
    ground.hop(flow, walk, path, {
      room: 'resolver',
      rule: `nobody knows the name ${host}`,
      result: 'dropped',
      reason: 'name not found',
    });
    return ground.fail(flow, walk, 0, 'name not found');
  }
  flow.remote = { address: answer.addresses[0]!, port: flow.target.port };
  ground.resolved(flow, walk, answer.addresses);
  path.packet = { ...path.packet, dst: answer.addresses[0]! };
  return next(path, 'leave');
}

function lookUp(ground: Ground, flow: Flow, host: string): ResolveResult {
  const outside = (name: string): string | null => ground.machineNamed(name)?.address ?? null;
  if (flow.origin.kind === 'outside') {
    const address = isAddress(host) ? host : outside(host);
    return address
      ? { ok: true, name: host, addresses: [address], source: 'outside', network: null, pointer: null }
      : { ok: false, name: host, reason: 'name not found' };
  }
  const node = ground.node(flow.origin.machine);
  const sandbox = flow.origin.kind === 'container' ? node.state.sandboxes.get(flow.origin.container) : null;
  return resolveName(node, sandbox ?? null, host, { hosts: true, outside, dice: ground.dice });
}

function resolverRule(host: string, answer: ResolveResult & { ok: true }): string {
  const { addresses, network, source } = answer;
  if (source === 'outside') return `127.0.0.11: ${host} is no name of docker's; asked outside: ${addresses[0] ?? ''}`;
  const order = addresses.length > 1 ? ' (shuffled at every query)' : '';
  return `127.0.0.11: ${host} on ${network} is ${addresses.join(', ')}${order}`;
}

/** Routing in the client's own namespace. */
function leave(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  if (flow.origin.kind === 'outside') return leaveOutside(ground, flow, walk, path);
  const node = ground.node(path.machine);
  const { dst } = path.packet;
  const sandbox = flow.origin.kind === 'container' ? node.state.sandboxes.get(flow.origin.container) : undefined;
  if (flow.origin.kind === 'host' || sandbox?.host) return leaveHost(ground, flow, walk, path, node);
  if (!sandbox) return ground.fail(flow, walk, 0, 'network unreachable');
  const start = (src: string): void => {
    path.packet = { ...path.packet, src, srcPort: node.nextPort() };
    flow.local = { address: src, port: path.packet.srcPort };
  };
  if (dst.startsWith('127.') || sandbox.interfaces.some(({ address }) => address === dst)) {
    start(dst);
    path.container = sandbox.container;
    ground.hop(flow, walk, path, { room: 'client', rule: `${sandbox.name} talks to itself`, back: 'answer arrives' });
    return next(path, 'app');
  }
  const route = sandbox.interfaces.find(({ subnet }) => isWithin(dst, subnet));
  if (route && route.kind !== 'gateway' && !node.isOwnAddress(dst)) {
    start(route.address);
    path.network = route.network;
    ground.hop(flow, walk, path, {
      room: 'client',
      rule: `${sandbox.name} sends by ${route.device}: ${dst} is on ${route.networkName}`,
      back: `answer arrives at ${sandbox.name}`,
      network: route.networkName,
      container: sandbox.container,
    });
    return route.kind === 'overlay' && byAddress(node.state, route.network, dst)
      ? next(path, 'balancer')
      : next(path, 'bridge');
  }
  const way = sandbox.interfaces.find(({ kind }) => kind !== 'overlay');
  if (!way) {
    ground.hop(flow, walk, path, {
      room: 'client',
      rule: `${sandbox.name} has no route to ${dst}: it is on ${namesOf(sandbox)}, which is internal`,
      result: 'dropped',
      reason: 'not on this network',
    });
    return ground.fail(flow, walk, 0, 'network unreachable');
  }
  start(way.address);
  ground.hop(flow, walk, path, {
    room: 'client',
    rule: `${dst} is on none of ${namesOf(sandbox)}: default route by ${way.device}`,
    back: `answer arrives at ${sandbox.name}`,
    container: sandbox.container,
  });
  return next(path, 'gateway');
}

function namesOf(sandbox: Sandbox): string {
  return sandbox.interfaces
    .filter(({ kind }) => kind !== 'gateway')
    .map(({ networkName }) => networkName)
    .join(', ');
}

function leaveHost(ground: Ground, flow: Flow, walk: Walk, path: Path, node: NodeNetwork): Go {
  const { dst } = path.packet;
  const isLocal = node.isOwnAddress(dst);
  const src = isLocal ? dst : node.address;
  path.packet = { ...path.packet, src, srcPort: node.nextPort() };
  flow.local = { address: src, port: path.packet.srcPort };
  ground.hop(flow, walk, path, {
    room: 'client',
    rule: isLocal ? `a process on ${path.machine} asks its own host` : `a process on ${path.machine} sends by eth0`,
    back: `answer arrives on ${path.machine}`,
  });
  return isLocal ? next(path, 'nat') : routeFromHost(ground, flow, walk, path);
}

/** From a host: to a container of its own, another machine, or nowhere. */
function routeFromHost(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const { dst } = path.packet;
  const node = ground.node(path.machine);
  for (const sandbox of node.state.sandboxes.values()) {
    if (!sandbox.interfaces.some(({ kind, address }) => kind !== 'overlay' && address === dst)) continue;
    path.container = sandbox.container;
    return next(path, 'published-bridge');
  }
  if (node.isOwnAddress(dst)) return next(path, 'nat');
  if (ground.machineNamed(dst)) return next(path, 'send-plain');
  return ground.vanish(
    flow,
    walk,
    path,
    'eth0',
    `${dst} is no machine of this network: default route, and nobody answers`,
    'not on this network',
    isOverlayAddress(node, dst) ? 'addresses of overlays mean nothing outside of them' : '',
  );
}

function isOverlayAddress(node: NodeNetwork, address: string): boolean {
  for (const { subnet } of node.state.offered.values()) if (isWithin(address, subnet)) return true;
  return address.startsWith('10.');
}

function leaveOutside(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const machine = ground.machineNamed(path.packet.dst);
  if (!machine) return ground.fail(flow, walk, ARP_TIME, 'host unreachable');
  const src = outsideAddress(machine.address);
  path.packet = { ...path.packet, src, srcPort: ground.outsidePort() };
  flow.local = { address: src, port: path.packet.srcPort };
  ground.hop(flow, walk, path, {
    room: 'client',
    rule: `a client outside the cluster sends to ${machine.name}`,
    back: 'answer arrives at the client',
  });
  return next(path, 'send-plain');
}

/** The client outside sits on the machines' network, at its first address. */
function outsideAddress(machine: string): string {
  const parts = machine.split('.');
  return [...parts.slice(0, 3), parts[3] === '1' ? '254' : '1'].join('.');
}

/** Out of a container by docker_gwbridge (or its bridge): the host's address takes the place of the container's. */
function gateway(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const { src, dst } = path.packet;
  const own = bridgeNameOf(node, src);
  const isOwn = node.isOwnAddress(dst);
  const other = isOwn ? null : bridgeNameOf(node, dst);
  if (!isOwn && own !== null && node.bridgeOf(own)?.internal)
    return ground.vanish(
      flow,
      walk,
      path,
      'docker_gwbridge',
      `filter DOCKER-ISOLATION-STAGE-1: ${own} is internal: DROP`,
      'not on this network',
      '',
    );
  if (other !== null) {
    const rule =
      other === own
        ? `${own}: its containers may not talk to each other (enable_icc=false)`
        : `filter DOCKER-ISOLATION-STAGE-2: from ${own} to ${other}: DROP`;
    return ground.vanish(flow, walk, path, 'docker_gwbridge', rule, 'not on this network', '');
  }
  ground.hop(flow, walk, path, {
    room: 'docker_gwbridge',
    rule: isOwn ? `${own}: ${dst} is this host` : `nat POSTROUTING MASQUERADE: ${src} becomes ${node.address}`,
    back: isOwn ? null : `masquerade undone: ${node.address} becomes ${src}`,
    change: isOwn ? {} : { src: node.address },
  });
  return isOwn ? next(path, 'nat') : routeFromHost(ground, flow, walk, path);
}

/** The bridge of this host that a container with this address is on. */
function bridgeNameOf(node: NodeNetwork, address: string): string | null {
  for (const { interfaces } of node.state.sandboxes.values())
    for (const one of interfaces) if (one.kind !== 'overlay' && one.address === address) return one.networkName;
  return null;
}

// ---- between machines, without a tunnel

function sendPlain(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const { dst, dstPort, protocol } = path.packet;
  const to = ground.machineNamed(dst)!;
  const from = flow.origin.kind === 'outside' ? '' : path.machine;
  const wire: Wire = {
    from,
    to: to.name,
    port: dstPort,
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    encapsulation: null,
  };
  ground.hop(flow, walk, path, {
    room: 'wire',
    rule: `${from || 'client'} to ${to.name}`,
    back: `${to.name} to ${from || 'client'}`,
    wire,
  });
  path.machine = to.name;
  path.stage = 'eth0';
  return ground.transmit(flow, walk, wire);
}

function eth0(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  ground.hop(flow, walk, path, { room: 'eth0', rule: `arrives at ${path.machine}`, back: `leaves ${path.machine}` });
  return next(path, 'nat');
}

// ---- published ports

/** Chains DOCKER-INGRESS and DOCKER of the host's nat table. */
function nat(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const { dst, dstPort, protocol } = path.packet;
  if (protocol === 'icmp') return ground.deliver(flow, walk, path, null);
  const { ingress } = node;
  const service = ingress ? byPublishedPort(node.state, ingress.id, dstPort, protocol) : null;
  if (ingress && service && node.state.ingressGateway) {
    const to = node.state.ingressGateway;
    ground.hop(flow, walk, path, {
      room: 'nat',
      rule: `DOCKER-INGRESS: ${protocol} dpt:${dstPort} DNAT to ${to}:${dstPort} (ingress_sbox)`,
      back: `DNAT undone: ${to} becomes ${dst}`,
      change: { dst: to },
    });
    path.network = ingress.id;
    path.service = service.service;
    return next(path, 'published-bridge');
  }
  const holder = node.holderOf(dstPort, protocol, dst);
  if (holder) return natToContainer(ground, flow, walk, path, holder);
  for (const sandbox of node.state.sandboxes.values()) {
    if (!sandbox.host || !ground.isListening(path.machine, sandbox.container, dstPort, protocol)) continue;
    path.container = sandbox.container;
    return next(path, 'app');
  }
  return ground.refuse(
    flow,
    walk,
    path,
    'nat',
    `no rule for ${protocol} port ${dstPort}, and nothing listens on it`,
    'port not published',
    'connection refused',
  );
}

/** A port published in host mode, or by `docker run -p`. */
function natToContainer(ground: Ground, flow: Flow, walk: Walk, path: Path, holder: Sandbox): Go {
  const { dst, dstPort, protocol } = path.packet;
  const mapping = holder.hostPorts.find((one) => isHeld(one, dstPort, protocol, dst))!;
  const to = holder.interfaces.find(({ kind }) => kind !== 'overlay');
  if (!to)
    return ground.refuse(
      flow,
      walk,
      path,
      'nat',
      'its container has no interface on this host',
      'port not published',
      'connection refused',
    );
  ground.hop(flow, walk, path, {
    room: 'nat',
    rule: `DOCKER: ${protocol} dpt:${dstPort} DNAT to ${to.address}:${mapping.target} (${holder.name})`,
    back: `DNAT undone: ${to.address}:${mapping.target} becomes ${dst}:${dstPort}`,
    change: { dst: to.address, dstPort: mapping.target },
  });
  path.container = holder.container;
  return next(path, 'published-bridge');
}

function publishedBridge(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const sandbox = path.container ? ground.node(path.machine).state.sandboxes.get(path.container) : undefined;
  const name = sandbox?.interfaces.find(({ kind }) => kind !== 'overlay')?.networkName ?? 'docker_gwbridge';
  ground.hop(flow, walk, path, {
    room: 'docker_gwbridge',
    rule: `${name}: to ${sandbox ? sandbox.name : 'ingress_sbox'}`,
    back: `${name}: out of ${sandbox ? sandbox.name : 'ingress_sbox'}`,
  });
  return next(path, path.container ? 'task' : 'ingress-sandbox');
}

function ingressSandbox(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  path.mesh = true;
  ground.hop(flow, walk, path, {
    room: 'ingress_sbox',
    rule: 'enters the ingress sandbox by eth1',
    back: 'leaves the ingress sandbox by eth1',
  });
  return next(path, 'mark');
}

// ---- virtual IPs

/** The virtual IP is in the load balancer's sandbox on the client's own node. */
function balancer(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const overlay = node.state.present.get(path.network ?? '');
  const service = byAddress(node.state, path.network ?? '', path.packet.dst);
  if (!service || !overlay) return next(path, 'bridge');
  path.service = service.service;
  ground.hop(flow, walk, path, {
    room: 'lb',
    rule: `lb-${overlay.name}: ${path.packet.dst} is the virtual IP of ${service.name}, held by this node's load balancer`,
    back: `lb-${overlay.name}: out to the client`,
    network: overlay.name,
  });
  return path.packet.protocol === 'icmp' ? ground.deliver(flow, walk, path, null) : next(path, 'mark');
}

function mark(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const service = serviceOf(ground, path);
  if (!service) return noBackend(ground, flow, walk, path);
  const { dst, dstPort, protocol } = path.packet;
  const what = path.mesh ? `PREROUTING: ${protocol} dpt:${dstPort}` : `INPUT: destination ${dst}`;
  ground.hop(flow, walk, path, {
    room: 'mark',
    rule: `mangle ${what} MARK set ${service.mark} (0x${service.mark.toString(16)})`,
    mark: service.mark,
  });
  return next(path, 'ipvs');
}

function ipvs(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const service = serviceOf(ground, path);
  const candidates = flow.traced
    ? service?.destinations.map(({ endpoint, name, address, weight }) => ({ endpoint, name, address, weight }))
    : undefined;
  const chosen = service ? choose(service) : null;
  if (chosen) ground.node(path.machine).revisions.pointers++;
  if (!service || !chosen) return noBackend(ground, flow, walk, path);
  const { dst } = path.packet;
  ground.hop(flow, walk, path, {
    room: 'ipvs',
    rule: `FWM ${service.mark} rr: ${service.destinations.length} destination${service.destinations.length === 1 ? '' : 's'}, next is ${chosen.name} ${chosen.address}`,
    back: `IPVS undone: ${chosen.address} becomes ${dst}`,
    change: { dst: chosen.address },
    ...(candidates && { candidates, choice: chosen.endpoint, mark: service.mark }),
  });
  return next(path, 'snat');
}

function noBackend(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  return ground.refuse(flow, walk, path, 'ipvs', 'no destination with a weight', 'no backend', 'connection refused');
}

function serviceOf(ground: Ground, path: Path): VirtualService | null {
  return (
    ground
      .node(path.machine)
      .state.balancers.get(path.network ?? '')
      ?.get(path.service ?? '') ?? null
  );
}

function snat(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const to = node.state.present.get(path.network ?? '')?.balancer || path.packet.src;
  ground.hop(flow, walk, path, {
    room: 'snat',
    rule: `nat POSTROUTING ipvs SNAT: ${path.packet.src} becomes ${to}, so that the answer comes back here`,
    back: `SNAT undone: ${to} becomes ${path.packet.src}`,
    change: { src: to, srcPort: node.nextPort() },
  });
  return next(path, 'bridge');
}

// ---- overlays

/** The network's bridge on this machine: the destination is here, or behind the VXLAN device. */
function bridge(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const { dst } = path.packet;
  const network = path.network ?? '';
  const overlay = node.state.present.get(network);
  const sandbox = node.at(network, dst);
  if (sandbox) {
    path.container = sandbox.container;
    ground.hop(flow, walk, path, {
      room: 'bridge',
      rule: `br0: ${dst} is ${sandbox.name}, on this machine`,
      back: 'br0: back to where it came from',
      ...(overlay && { network: overlay.name }),
    });
    return next(path, 'task');
  }
  if (overlay && (dst === overlay.balancer || dst === overlay.gateway) && path.packet.protocol === 'icmp')
    return ground.deliver(flow, walk, path, null);
  if (!overlay || node.tunnelTo(network, dst) === null) {
    ground.hop(flow, walk, path, {
      room: 'bridge',
      rule: `nobody on this network is known to have ${dst}`,
      result: 'dropped',
      reason: 'no such address',
    });
    return ground.fail(flow, walk, ARP_TIME, 'host unreachable');
  }
  return next(path, 'encapsulate');
}

function encapsulate(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const overlay = node.state.present.get(path.network ?? '')!;
  const peer = node.tunnelTo(overlay.id, path.packet.dst);
  if (peer === null) return next(path, 'bridge');
  const encapsulation = encapsulationOf(node, overlay, peer);
  const { encrypted, port } = encapsulation;
  const esp = encrypted ? `, then ESP (protocol 50) with SPI 0x${encrypted.spi}, key ${encrypted.key}` : '';
  ground.hop(flow, walk, path, {
    room: 'vxlan',
    rule: `vxlan0: ${path.packet.dst} is behind ${peer}: wrapped in UDP ${port}, VNI ${overlay.vni}${esp}`,
    back: 'vxlan0: unwrapped',
    network: overlay.name,
    encapsulation,
  });
  return next(path, 'send-tunnel');
}

function encapsulationOf(node: NodeNetwork, overlay: HostOverlay, outerDst: string): Encapsulation {
  const outerSrc = node.address;
  const key = node.espKey;
  return {
    vni: overlay.vni,
    network: overlay.name,
    outerSrc,
    outerDst,
    port: node.state.dataPathPort,
    mtu: overlay.mtu,
    encrypted: overlay.encrypted ? { spi: espSpi(outerSrc, key, outerDst), key } : null,
  };
}

function sendTunnel(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const overlay = node.state.present.get(path.network ?? '');
  const peer = overlay ? node.tunnelTo(overlay.id, path.packet.dst) : null;
  const to = peer === null ? null : ground.machineNamed(peer);
  if (!overlay || peer === null || !to)
    return ground.vanish(flow, walk, path, 'vxlan', 'the peer is gone', 'no such address', '');
  const encapsulation = encapsulationOf(node, overlay, peer);
  const { port, encrypted } = encapsulation;
  const outer = encrypted ? `ESP around UDP ${port}` : `UDP ${port}`;
  const wire: Wire = { from: path.machine, to: to.name, port, protocol: 'udp', encapsulation };
  ground.hop(flow, walk, path, {
    room: 'wire',
    rule: `${path.machine} to ${to.name}: ${outer}, VNI ${overlay.vni}`,
    back: `${to.name} to ${path.machine}: ${outer}, VNI ${overlay.vni}`,
    network: overlay.name,
    encapsulation,
    wire,
  });
  path.machine = to.name;
  path.stage = 'decapsulate';
  return ground.transmit(flow, walk, wire);
}

function decapsulate(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const node = ground.node(path.machine);
  const overlay = node.state.present.get(path.network ?? '');
  if (!overlay)
    return ground.vanish(
      flow,
      walk,
      path,
      'vxlan',
      'this machine has no such network (any more)',
      'network not here',
      '',
    );
  ground.hop(flow, walk, path, {
    room: 'vxlan',
    rule: `vxlan0: VNI ${overlay.vni} is ${overlay.name}: unwrapped`,
    back: `vxlan0: wrapped for the way back, VNI ${overlay.vni}`,
    network: overlay.name,
  });
  const { dst } = path.packet;
  if (node.at(overlay.id, dst) || path.packet.protocol === 'icmp') return next(path, 'bridge');
  return ground.vanish(flow, walk, path, 'bridge', `br0: nobody here has ${dst} any more`, 'no such address', '');
}

// ---- the task

/** In the task's namespace: what came by the mesh is redirected to the target port. */
function task(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const sandbox = ground.node(path.machine).state.sandboxes.get(path.container ?? '');
  if (!sandbox) return ground.vanish(flow, walk, path, 'task', 'the container is gone', 'no such address', '');
  const { dstPort, protocol } = path.packet;
  const facts = { container: sandbox.container, ...(sandbox.task !== null && { task: sandbox.task }) };
  if (!path.mesh) {
    ground.hop(flow, walk, path, {
      room: 'task',
      rule: `arrives in ${sandbox.name}`,
      back: `leaves ${sandbox.name}`,
      ...facts,
    });
    return next(path, 'app');
  }
  const port = sandbox.ingressPorts.find((one) => one.published === dstPort && one.protocol === protocol);
  if (!port)
    return ground.refuse(
      flow,
      walk,
      path,
      'task',
      `${sandbox.name} takes no port ${dstPort} from ingress`,
      'connection refused',
      'connection refused',
    );
  ground.hop(flow, walk, path, {
    room: 'task',
    rule: `nat PREROUTING REDIRECT: port ${dstPort} becomes ${port.target}`,
    back: `REDIRECT undone: port ${port.target} becomes ${dstPort}`,
    change: { dstPort: port.target },
    ...facts,
  });
  return next(path, 'app');
}

function app(ground: Ground, flow: Flow, walk: Walk, path: Path): Go {
  const sandbox = ground.node(path.machine).state.sandboxes.get(path.container ?? '');
  if (!sandbox) return ground.vanish(flow, walk, path, 'app', 'the container is gone', 'no such address', '');
  const { dstPort, protocol, dst } = path.packet;
  if (protocol === 'icmp') return ground.deliver(flow, walk, path, sandbox);
  if (!ground.isListening(path.machine, sandbox.container, dstPort, protocol))
    return ground.refuse(
      flow,
      walk,
      path,
      'app',
      `nothing listens on ${endText(protocol, dst, dstPort)}`,
      'connection refused',
      'connection refused',
    );
  if (ground.isFrozen(path.machine, sandbox.container))
    return ground.vanish(
      flow,
      walk,
      path,
      'app',
      `${sandbox.name} is paused: it takes the connection, and says nothing`,
      'does not answer',
      '',
    );
  return ground.deliver(flow, walk, path, sandbox);
}
