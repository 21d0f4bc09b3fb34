/**
 * What the page sees of the network: packets room by room, and what each node knows - members, networks, endpoints, balancers -
 * as gossip has told it. Rows are immutable and replaced when they change; what changes at every request (`pointers`) is apart.
 */
import type { EventId, Micros } from './events.ts';

/** Where a flow begins. */
export type FlowOrigin =
  /** A shell on the host, or a process in a container (`docker exec`, a program). `container` is the full id. */
  | { readonly kind: 'host'; readonly machine: string }
  | { readonly kind: 'container'; readonly machine: string; readonly container: string }
  /** A client outside the cluster (a browser): it reaches the machines by their addresses. */
  | { readonly kind: 'outside' };

/** Where a client wants to go: a name or an address, and a port (0 with icmp). */
export interface FlowGoal {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
}

/** The rooms of a host that a packet passes through. */
export type Room =
  | 'client'
  | 'resolver'
  | 'eth0'
  | 'nat'
  | 'docker_gwbridge'
  | 'ingress_sbox'
  | 'lb'
  | 'mark'
  | 'ipvs'
  | 'snat'
  | 'bridge'
  | 'vxlan'
  | 'wire'
  | 'task'
  | 'app';

/** Why a packet went no further. */
export type DropReason =
  | 'name not found'
  | 'port not published'
  | 'no backend'
  | 'connection refused'
  | 'timed out'
  | 'not on this network'
  | 'no such address'
  | 'network not here'
  | 'not decrypted'
  | 'node unreachable'
  | 'port closed'
  | 'lost on the way'
  | 'does not answer'
  | 'connection reset';

/** Addresses of a packet: `10.0.1.5:43210`; without a port for icmp. */
export interface PacketHeader {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly src: string;
  readonly dst: string;
}

/** The outer headers of a packet between two machines' VXLAN devices. */
export interface Encapsulation {
  readonly vni: number;
  readonly network: string;
  readonly outerSrc: string;
  readonly outerDst: string;
  readonly port: number;
  /** What is left for the inner packet: 1450, or 1424 when encrypted. */
  readonly mtu: number;
  /** ESP (IP protocol 50) between the two machines: the SPI, and the tag of the key, its Lamport time. */
  readonly encrypted: { readonly spi: string; readonly key?: number } | null;
}

/** One destination of an IPVS service, as it was when the choice was made. */
export interface Candidate {
  readonly endpoint: string;
  readonly name: string;
  readonly address: string;
  readonly weight: number;
}

/** One hop: the facts of a `packet.hop` event, and a row of a flow's ledger. */
export interface Hop {
  readonly flow: number;
  readonly step: number;
  readonly at: Micros;
  readonly way: 'out' | 'back';
  readonly machine: string;
  readonly room: Room;
  /** What was done, in one line. */
  readonly rule: string;
  readonly before: PacketHeader;
  readonly after: PacketHeader;
  readonly network?: string;
  /** Resolver: what it answered. Balancer: whom it could choose and whom it chose (endpoint). */
  readonly answer?: readonly string[];
  readonly candidates?: readonly Candidate[];
  readonly choice?: string;
  readonly mark?: number;
  readonly encapsulation?: Encapsulation;
  readonly container?: string;
  readonly task?: string;
  readonly result: 'passed' | 'delivered' | 'dropped';
  readonly reason?: DropReason;
  /** The fault behind it, in words: `port 4789/udp is closed on node2`. */
  readonly detail?: string;
  readonly event: EventId;
}

/** One flow as it is remembered, in flight or lately ended. */
export interface FlowView {
  readonly id: number;
  readonly origin: FlowOrigin;
  readonly target: FlowGoal;
  /** The flow that was being handled when this one was opened: what a program asks in order to answer. */
  readonly within: number | null;
  readonly openedAt: Micros;
  readonly state: 'resolving' | 'out' | 'serving' | 'back' | 'held' | 'done' | 'failed';
  readonly hops: readonly Hop[];
  readonly outcome: string;
}

/** Counts of one load generator since it began, and of its last whole second. */
export interface LoadView {
  readonly id: number;
  readonly perSecond: number;
  readonly targets: readonly FlowGoal[];
  readonly running: boolean;
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Answers by container. */
  readonly byContainer: Readonly<Record<string, number>>;
  readonly byFailure: Readonly<Record<string, number>>;
  /** The same failures by the place where the packet went no further. */
  readonly failures: readonly LoadFailure[];
  readonly lastSecond: { readonly sent: number; readonly answered: number; readonly failed: number };
  /** Of the last answers, in microseconds. */
  readonly latency: { readonly median: Micros; readonly p95: Micros; readonly most: Micros };
}

/** So many requests of a load that ended at one place; machine and room are empty where no packet was dropped. */
export interface LoadFailure {
  readonly machine: string;
  readonly room: Room | '';
  readonly reason: string;
  readonly detail: string;
  readonly count: number;
  readonly lastAt: Micros;
}

/** Who is there, as one machine sees it (SWIM). */
export interface GossipView {
  readonly machine: string;
  /** Its own name among the members: 12 hex digits. */
  readonly name: string;
  readonly members: readonly {
    readonly machine: string;
    readonly name: string;
    readonly state: 'alive' | 'suspect' | 'failed' | 'left';
    readonly since: Micros;
  }[];
}

/** An overlay network as it is on one machine. */
export interface OverlayView {
  /** `MACHINE/NETWORK` */
  readonly key: string;
  readonly machine: string;
  readonly network: string;
  readonly name: string;
  readonly vni: number;
  readonly subnet: string;
  readonly ingress: boolean;
  readonly internal: boolean;
  readonly encrypted: boolean;
  readonly mtu: number;
  /** The machine's load-balancer address on it. */
  readonly balancer: string;
}

/** The network namespace of a running container. */
export interface EndpointView {
  /** Container id. */
  readonly container: string;
  readonly machine: string;
  readonly name: string;
  readonly task: string | null;
  readonly service: string | null;
  readonly interfaces: readonly {
    readonly device: string;
    readonly kind: 'overlay' | 'bridge' | 'gateway';
    readonly network: string;
    readonly networkName: string;
    readonly address: string;
  }[];
  readonly ports: readonly {
    readonly protocol: 'tcp' | 'udp' | 'sctp';
    readonly published: number;
    readonly target: number;
    readonly mode: 'ingress' | 'host';
  }[];
  /** Registered for names and load balancing: not (yet), yes, or being stopped (weight 0). */
  readonly binding: 'none' | 'enabled' | 'disabled';
}

/** An IPVS service on one machine. */
export interface BalancerView {
  /** `MACHINE/MARK` */
  readonly key: string;
  readonly machine: string;
  readonly mark: number;
  readonly network: string;
  readonly service: string;
  readonly name: string;
  readonly virtualIp: string;
  readonly ports: readonly {
    readonly protocol: 'tcp' | 'udp' | 'sctp';
    readonly published: number;
    readonly target: number;
  }[];
  /** In the order in which the pointer goes. */
  readonly destinations: readonly {
    readonly endpoint: string;
    readonly name: string;
    readonly address: string;
    readonly weight: number;
    readonly task: string | null;
  }[];
}

/** Where the round robin of a balancer stands. */
export interface PointerView {
  readonly balancer: string;
  /** Endpoint chosen last. */
  readonly last: string | null;
  readonly connections: number;
}

/** The network's part of a picture. */
export interface NetworkView {
  readonly gossip: readonly GossipView[];
  readonly overlays: readonly OverlayView[];
  readonly endpoints: readonly EndpointView[];
  readonly balancers: readonly BalancerView[];
  readonly pointers: readonly PointerView[];
  /** Watched flows in flight, then those that ended last. */
  readonly flows: readonly FlowView[];
  readonly loads: readonly LoadView[];
}
