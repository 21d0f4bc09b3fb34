/**
 * What a daemon gets from the machine it runs on. The machine implements it; tests have a fake one.
 * Whatever takes time is asked for with a token and answered later through the daemon's `controlDone`, `swarmDone`,
 * `runtimeDone`, `logLine`, `logsEnd` or `timer`; it may be answered at once.
 */
import type { ApiChunk, ApiResponse } from '../../protocol/api.ts';
import type { LocalNodeState } from '../../protocol/engine-api.ts';
import type { Micros } from '../../protocol/events.ts';
import type { Random } from '../kernel/random.ts';
import type { ControlRequest } from '../manager/controlapi/control-request.ts';
import type { LogOptions, LogSelector } from '../manager/messages.ts';
import type { Attachments } from '../network/attachments.ts';
import type { NetworkPeer, NetworkServiceFacts } from '../network/network-view.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Availability, ClusterSpec, Network } from '../store/objects.ts';

export interface DockerdHost {
  /** Host name. */
  readonly machine: string;
  /** The machine's address, without a port. */
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly now: Micros;
  /** Milliseconds since the Unix epoch at virtual time zero. */
  readonly epochMs: number;
  /** Dice for a purpose. */
  random(purpose: string): Random;

  /** The answer to a request, or its head if it streams. */
  reply(id: number, response: ApiResponse): void;
  chunk(id: number, chunk: ApiChunk): void;
  end(id: number, error?: string): void;

  readonly swarm: SwarmFacts;
  /**
   * Asks the swarm's control API. Answered through `controlDone`: here if this manager leads, else by the leader, with
   * `context deadline exceeded` after 20 s at the latest.
   */
  control(token: string, request: ControlRequest): void;
  /** These four are answered through `swarmDone`: `init` with the node's id, the others with nothing. */
  swarmInit(token: string, request: SwarmInit): void;
  swarmJoin(token: string, request: SwarmJoin): void;
  /** All checks are made: leave. */
  swarmLeave(token: string, force: boolean): void;
  swarmUnlock(token: string, key: string): void;

  readonly runtime: RuntimeHost;
  /** Places on the swarm's networks for containers outside services: answered through `attached`. */
  readonly attachments: Pick<Attachments, 'attach' | 'leave'>;
  readonly logs: LogBroker;

  /** Calls the daemon's `timer(kind, data)`, unless it has stopped by then. Returns a handle for `cancel`. */
  schedule(delay: Micros, kind: string, data: unknown): number;
  cancel(handle: number): void;
}

/** What the daemon knows of its own place in a swarm without asking anybody. */
export interface SwarmFacts {
  readonly localState: LocalNodeState;
  /** Empty outside a swarm. */
  readonly nodeId: string;
  /** Address that this node advertises, without a port; empty outside a swarm. */
  readonly nodeAddress: string;
  /** A manager process runs here. */
  readonly isManager: boolean;
  /** Its control API answers (it has joined the raft group). */
  readonly controlAvailable: boolean;
  readonly error: string;
  /** Managers this node knows of; `address` is `ip:port`. */
  readonly remoteManagers: readonly { readonly nodeId: string; readonly address: string }[];
  /** Swarm networks that this node takes part in: `ingress`, and those of its tasks. */
  readonly networks: readonly Network[];
  /** This node's own address in a swarm network (its load balancer's), with mask length, or null. */
  attachment(networkId: string): string | null;
  /** Nodes that take part in a network, as this node has heard. */
  peers?(networkId: string): readonly NetworkPeer[];
  /** Sandboxes on docker_gwbridge with their addresses: `ingress-sbox`, and containers. */
  gateways?(): readonly { readonly container: string; readonly address: string }[];
  /** Services on a network, as this node has heard. */
  services?(networkId: string): readonly NetworkServiceFacts[];
}

/** What `swarm init` asks for: addresses are resolved, the spec is complete. */
export interface SwarmInit {
  /** `ip:port` */
  readonly listenAddress: string;
  /** `ip:port` */
  readonly advertiseAddress: string;
  readonly dataPathPort: number;
  readonly forceNewCluster: boolean;
  readonly spec: ClusterSpec;
  readonly availability: Availability;
  /** Empty: the built-in one. */
  readonly defaultAddressPool: readonly string[];
  readonly subnetSize: number;
}

export interface SwarmJoin {
  readonly listenAddress: string;
  readonly advertiseAddress: string;
  /** `ip:port` of managers to ask. */
  readonly remoteAddresses: readonly string[];
  readonly token: string;
  readonly availability: Availability;
}

/** Outcome of an operation that the machine does: docker's status and words if it fails. */
export type Outcome<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Containers, images and volumes of this host. Operations with a token are answered through `runtimeDone`. */
export type RuntimeHost = Pick<
  Runtime,
  | 'state'
  | 'find'
  | 'image'
  | 'pull'
  | 'create'
  | 'createTime'
  | 'start'
  | 'stop'
  | 'kill'
  | 'remove'
  | 'exec'
  | 'execInput'
  | 'filesOf'
  | 'update'
  | 'containerInput'
  | 'endExec'
  | 'rename'
  | 'pause'
  | 'setNetworks'
  | 'removeImage'
  | 'untagImage'
  | 'tagImage'
  | 'pushImage'
  | 'keepBuilt'
  | 'ensureVolume'
  | 'removeVolume'
>;

/** Whose logs are wanted, and which part of them. */
export type LogSelection = LogSelector & LogOptions;

/** Where a line of a swarm log comes from. */
export interface LogContext {
  readonly nodeId: string;
  readonly serviceId: string;
  readonly taskId: string;
}

/** Collects logs of tasks from their nodes. `swarmkit: manager/logbroker` */
export interface LogBroker {
  /** Lines come through `logLine(token, ...)`; `logsEnd(token, error)` when there are no more (never with `follow`). */
  subscribe(token: string, selection: LogSelection): void;
  unsubscribe(token: string): void;
}
