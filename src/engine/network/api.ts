/**
 * The network towards the rest of the engine: opening flows, looking names up, and what can be seen of a packet on its way.
 * A *flow* is one connection with its question and answer (TCP), one datagram, or one ping. Answers come through the handler
 * that was registered for `reply.kind`, with the token given: data only, so that a world can be cloned at any moment.
 */
import type { EventId, Micros } from '../../protocol/events.ts';
import type { AppRequest, FlowResult, FlowTarget, ResolveResult, Transport } from '../runtime/programs/sockets.ts';

/** Where a flow begins. */
export type FlowOrigin =
  /** A shell on the host, or a process in a container (`docker exec`, a program). `container` is the full id. */
  | { readonly kind: 'host'; readonly machine: string }
  | { readonly kind: 'container'; readonly machine: string; readonly container: string }
  /** A client outside the cluster (a browser): it reaches the machines by their addresses. */
  | { readonly kind: 'outside' };

/** Who is told how a flow ended. */
export interface ReplyTo {
  /** Under which the handler was registered with `onReply`. */
  readonly kind: string;
  readonly machine: string;
  readonly token: string;
}

export interface FlowRequest {
  readonly origin: FlowOrigin;
  /** `host` is a name or an address. From outside: a machine's name or address. */
  readonly target: FlowTarget;
  readonly payload: AppRequest;
  /** Of the whole exchange, as `curl -m`; a connection attempt alone ends after `CONNECT_TIMEOUT`. */
  readonly timeout: Micros;
  /** Keeps the connection open after the answer. */
  readonly hold?: boolean;
  /** Each hop is an event of the trace. Without: the same decisions, only counted. */
  readonly traced: boolean;
  readonly reply: ReplyTo | null;
  /** Takes its counts to this load generator. */
  readonly load?: number;
}

/** What comes back: an answer or failure, something pushed on a held connection, or its end. */
export interface ReplyHandler {
  done(machine: string, token: string, result: FlowResult): void;
  chunk?(machine: string, token: string, body: string): void;
  closed?(machine: string, token: string): void;
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
  | 'node unreachable'
  | 'port closed'
  | 'lost on the way'
  | 'does not answer'
  | 'connection reset';

/** Addresses of a packet: `10.0.1.5:43210`; without a port for icmp. */
export interface PacketHeader {
  readonly protocol: Transport;
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
  /** ESP between the two machines, with the SPI used. */
  readonly encrypted: { readonly spi: string } | null;
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
  readonly target: FlowTarget;
  readonly openedAt: Micros;
  readonly state: 'resolving' | 'out' | 'serving' | 'back' | 'held' | 'done' | 'failed';
  readonly hops: readonly Hop[];
  readonly outcome: string;
}

/** A load generator: so many requests per second towards a target, counted by who answered. */
export interface LoadRequest {
  readonly origin: FlowOrigin;
  /** Several: one after the other in turn (a client that knows all nodes). */
  readonly targets: readonly FlowTarget[];
  readonly payload: AppRequest;
  readonly perSecond: number;
  readonly timeout: Micros;
}

/** Counts of one load generator since it began, and of its last whole second. */
export interface LoadView {
  readonly id: number;
  readonly perSecond: number;
  readonly targets: readonly FlowTarget[];
  readonly running: boolean;
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Answers by container. */
  readonly byContainer: Readonly<Record<string, number>>;
  readonly byFailure: Readonly<Record<string, number>>;
  readonly lastSecond: { readonly sent: number; readonly answered: number; readonly failed: number };
  /** Of the last answers, in microseconds. */
  readonly latency: { readonly median: Micros; readonly p95: Micros; readonly most: Micros };
}

/** The packet engine of the world. */
export interface FabricApi {
  /** Registers whom to tell. Each kind has exactly one handler; registered when the world is put together. */
  onReply(kind: string, handler: ReplyHandler): void;
  /** Opens a flow. Returns its id; the end is told to `reply`. */
  open(request: FlowRequest): number;
  /** Asks again on a held flow: the answer is told under the new token. */
  send(flow: number, payload: AppRequest, token: string): void;
  /** The client gives up, or is gone. */
  close(flow: number): void;
  /** What a look-up gives right now, at once and without a trace: for nslookup and dig. `container` null: the host itself. */
  resolve(machine: string, container: string | null, name: string, options?: { hosts?: boolean }): ResolveResult;
  startLoad(request: LoadRequest): number;
  stopLoad(load: number): void;
  loads(): readonly LoadView[];
  /** Flows in flight, then those that ended last (traced ones only). */
  flows(): readonly FlowView[];
}
