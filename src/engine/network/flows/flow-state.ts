/** Flows and the packets of theirs that are on their way: plain data. */
import type { EventId, Micros } from '../../../protocol/events.ts';
import type {
  DropReason,
  Encapsulation,
  FlowOrigin,
  FlowView,
  Hop,
  LoadFailure,
  Room,
} from '../../../protocol/network-view.ts';
import type {
  AppRequest,
  AppResponse,
  FlowFailureReason,
  FlowTarget,
  Transport,
} from '../../runtime/programs/sockets.ts';
import type { LoadRequest, ReplyTo } from '../api.ts';

/** Addresses as they stand in a packet right now. */
export interface Packet {
  readonly protocol: Transport;
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
}

/** How a packet leaves a machine: the machine's own network, from outside, or through a tunnel. */
export interface Wire {
  /** Empty: the client outside. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly encapsulation: Encapsulation | null;
}

/** A place on the way that the connection's packets pass from now on (conntrack): out in this order, back in reverse. */
export interface Leg {
  readonly machine: string;
  readonly room: Room;
  readonly rule: string;
  /** What happens here on the way back; null: nothing of note. */
  readonly back: string | null;
  readonly before: Packet;
  readonly after: Packet;
  readonly network: string | null;
  readonly wire: Wire | null;
}

/** Where an exploring packet is, and what comes next. */
export interface Path {
  stage: Stage;
  machine: string;
  packet: Packet;
  /** Overlay or bridge that it is on. */
  network: string | null;
  /** Virtual service that balances it. */
  service: string | null;
  /** Came through the routing mesh: the task redirects the port. */
  mesh: boolean;
  /** Container that it has reached. */
  container: string | null;
}

export type Stage =
  | 'resolve'
  | 'leave'
  | 'gateway'
  | 'send-plain'
  | 'eth0'
  | 'nat'
  | 'published-bridge'
  | 'ingress-sandbox'
  | 'balancer'
  | 'mark'
  | 'ipvs'
  | 'snat'
  | 'bridge'
  | 'encapsulate'
  | 'send-tunnel'
  | 'decapsulate'
  | 'task'
  | 'app';

/** What a packet carries. */
export type Cargo =
  | { readonly kind: 'question'; readonly payload: AppRequest }
  | { readonly kind: 'answer'; readonly response: AppResponse }
  | { readonly kind: 'refusal'; readonly reason: FlowFailureReason }
  | { readonly kind: 'push'; readonly body: string }
  | { readonly kind: 'close' };

/** A packet on its way. While it explores (`path`), legs are laid; later ones follow them. */
export interface Walk {
  id: number;
  flow: number;
  way: 'out' | 'back';
  path: Path | null;
  /** Leg that it is at. */
  at: number;
  cargo: Cargo;
  cause: EventId;
  /** How often it was sent over the present wire. */
  attempts: number;
}

export interface Flow {
  readonly id: number;
  readonly origin: FlowOrigin;
  readonly target: FlowTarget;
  readonly hold: boolean;
  readonly traced: boolean;
  /** Flow that was being handled when this one was opened. */
  readonly within: number | null;
  readonly load: number | null;
  reply: ReplyTo | null;
  state: FlowView['state'];
  /** When the present question was asked. */
  askedAt: Micros;
  readonly openedAt: Micros;
  readonly timeout: Micros;
  timer: number;
  remote: { address: string; port: number } | null;
  local: { address: string; port: number } | null;
  /** A name with several addresses, whose client takes the next one if one cannot be reached; null for all others. */
  choice: {
    readonly question: AppRequest;
    left: readonly string[];
    /** When the present try began. */
    since: Micros;
    tried: { readonly address: string; readonly reason: FlowFailureReason; readonly took: Micros }[];
  } | null;
  /** The client takes the first address of a name and no other. */
  readonly firstAddressOnly: boolean;
  legs: Leg[];
  /** Who was reached, and whom it sees as its client. */
  server: {
    machine: string;
    container: string;
    task: string | null;
    port: number;
    peer: { address: string; port: number };
  } | null;
  hops: Hop[];
  steps: number;
  dropped: { machine: string; room: Room; reason: DropReason; detail: string } | null;
  event: EventId;
}

/** A load generator and its counts. */
export interface Load {
  readonly id: number;
  readonly request: LoadRequest;
  running: boolean;
  cause: EventId;
  next: number;
  sent: number;
  answered: number;
  failed: number;
  inFlight: number;
  byContainer: Record<string, number>;
  byFailure: Record<string, number>;
  /** By place and reason. */
  failures: Map<string, LoadFailure>;
  second: { at: number; sent: number; answered: number; failed: number };
  last: { sent: number; answered: number; failed: number };
  /** Of the last answers: a ring. */
  latencies: number[];
}

export interface FabricState {
  flows: Map<number, Flow>;
  walks: Map<number, Walk>;
  nextFlow: number;
  nextWalk: number;
  /** Traced flows that ended last, newest last. */
  recent: FlowView[];
  loads: Map<number, Load>;
  nextLoad: number;
  outsidePort: number;
}

export function initialFabric(): FabricState {
  return {
    flows: new Map(),
    walks: new Map(),
    nextFlow: 1,
    nextWalk: 1,
    recent: [],
    loads: new Map(),
    nextLoad: 1,
    outsidePort: 40_000,
  };
}

/** `10.0.1.5:43210`; icmp has no ports. */
export function endText(protocol: Transport, address: string, port: number): string {
  return protocol === 'icmp' ? address : `${address}:${port}`;
}
