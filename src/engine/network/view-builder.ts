/**
 * Makes the network's part of the picture. Nodes count their changes (`NodeNetwork.revisions`), so that what did not change is
 * neither made anew nor compared: the lists are then the same objects as before.
 */
import type {
  BalancerView,
  EndpointView,
  GossipView,
  NetworkView,
  OverlayView,
  PointerView,
} from '../../protocol/network-view.ts';
import { networkKeys } from '../../protocol/snapshot.ts';
import type { Fabric } from './flows/fabric.ts';
import type { NodeNetwork, Revisions } from './node-network.ts';

/** One node's rows, and of which revision they are. */
interface Known {
  revisions: Revisions;
  gossip: readonly GossipView[];
  overlays: readonly OverlayView[];
  endpoints: readonly EndpointView[];
  balancers: readonly BalancerView[];
  pointers: readonly PointerView[];
}

export class NetworkViewBuilder {
  private readonly known = new Map<string, Known>();
  private view: NetworkView = {
    gossip: [],
    overlays: [],
    endpoints: [],
    balancers: [],
    pointers: [],
    flows: [],
    loads: [],
  };
  private flowsAt = -1;

  build(nodes: readonly NodeNetwork[], fabric: Fabric): NetworkView {
    const changed = new Set<keyof Known & keyof NetworkView>();
    for (const node of nodes) this.refresh(node, changed);
    const all = [...this.known.values()];
    const next: { -readonly [K in keyof NetworkView]: NetworkView[K] } = { ...this.view };
    if (changed.has('gossip')) next.gossip = all.flatMap(({ gossip }) => gossip);
    if (changed.has('overlays')) next.overlays = all.flatMap(({ overlays }) => overlays);
    if (changed.has('endpoints')) next.endpoints = all.flatMap(({ endpoints }) => endpoints);
    if (changed.has('balancers')) next.balancers = all.flatMap(({ balancers }) => balancers);
    if (changed.has('pointers')) next.pointers = all.flatMap(({ pointers }) => pointers);
    const isMoved = this.flowsAt !== fabric.moves;
    if (isMoved) next.flows = fabric.flows();
    if (fabric.state.loads.size > 0) next.loads = fabric.loads();
    this.flowsAt = fabric.moves;
    if (changed.size > 0 || isMoved || fabric.state.loads.size > 0) this.view = next;
    return this.view;
  }

  private refresh(node: NodeNetwork, changed: Set<keyof Known & keyof NetworkView>): void {
    const { revisions } = node;
    let known = this.known.get(node.machine);
    if (!known) {
      const none: Revisions = { gossip: -1, places: -1, balancers: -1, pointers: -1 };
      known = { revisions: none, gossip: [], overlays: [], endpoints: [], balancers: [], pointers: [] };
      this.known.set(node.machine, known);
    }
    if (known.revisions.gossip !== revisions.gossip) {
      known.gossip = gossipOf(node);
      changed.add('gossip');
    }
    if (known.revisions.places !== revisions.places) {
      known.overlays = keep(known.overlays, overlaysOf(node), networkKeys.overlays);
      known.endpoints = keep(known.endpoints, endpointsOf(node), networkKeys.endpoints);
      changed.add('overlays').add('endpoints');
    }
    if (known.revisions.balancers !== revisions.balancers) {
      known.balancers = keep(known.balancers, balancersOf(node), networkKeys.balancers);
      changed.add('balancers');
    }
    if (known.revisions.pointers !== revisions.pointers || known.revisions.balancers !== revisions.balancers) {
      known.pointers = keep(known.pointers, pointersOf(node), networkKeys.pointers);
      changed.add('pointers');
    }
    known.revisions = { ...revisions };
  }
}

/** Rows that say the same as before stay the same objects: a node's change is mostly of one row. */
function keep<Row>(before: readonly Row[], after: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  return after.map((row) => {
    const known = old.get(keyOf(row));
    return known && JSON.stringify(known) === JSON.stringify(row) ? known : row;
  });
}

function gossipOf(node: NodeNetwork): GossipView[] {
  if (!node.db.isRunning) return [];
  const members = [...node.db.members()].map(({ machine, name, state, since }) => ({ machine, name, state, since }));
  return [{ machine: node.machine, name: node.db.name, members }];
}

function overlaysOf({ machine, state }: NodeNetwork): OverlayView[] {
  return [...state.present.values()].map(({ id, name, vni, subnet, ingress, internal, encrypted, mtu, balancer }) => ({
    key: `${machine}/${id}`,
    machine,
    network: id,
    name,
    vni,
    subnet,
    ingress,
    internal,
    encrypted,
    mtu,
    balancer,
  }));
}

function endpointsOf({ machine, state }: NodeNetwork): EndpointView[] {
  return [...state.sandboxes.values()].map((sandbox) => ({
    container: sandbox.container,
    machine,
    name: sandbox.name,
    task: sandbox.task,
    service: sandbox.service?.id ?? null,
    interfaces: sandbox.interfaces.map(({ device, kind, network, networkName, address }) => ({
      device,
      kind,
      network,
      networkName,
      address,
    })),
    ports: [
      ...sandbox.ingressPorts.map((port) => ({ ...port, mode: 'ingress' as const })),
      ...sandbox.hostPorts.map((port) => ({ ...port, mode: 'host' as const })),
    ],
    binding: sandbox.binding,
  }));
}

function balancersOf({ machine, state }: NodeNetwork): BalancerView[] {
  return [...state.balancers.values()].flatMap((services) =>
    [...services.values()].map(({ mark, network, service, name, virtualIp, ports, destinations }) => ({
      key: `${machine}/${mark}`,
      machine,
      mark,
      network,
      service,
      name,
      virtualIp,
      ports: ports.map((port) => ({ ...port })),
      destinations: destinations.map(({ endpoint, name: task, address, weight, task: id }) => ({
        endpoint,
        name: task,
        address,
        weight,
        task: id,
      })),
    })),
  );
}

function pointersOf({ machine, state }: NodeNetwork): PointerView[] {
  return [...state.balancers.values()].flatMap((services) =>
    [...services.values()].map(({ mark, last, destinations }) => ({
      balancer: `${machine}/${mark}`,
      last,
      connections: destinations.reduce((sum, { connections }) => sum + connections, 0),
    })),
  );
}
