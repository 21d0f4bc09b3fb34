/**
 * The objects that the managers replicate: what is wanted (specs) and what is (objects).
 * Vocabulary and shapes: `swarmkit: api/specs.proto`, `api/objects.proto`, `api/types.proto`. Objects are immutable: a
 * change makes a new object, so that whoever holds the old one sees what was. Times are virtual microseconds, durations too.
 */
import type { Micros } from '../../protocol/events.ts';

/** Task states in swarmkit's order and numbers; only ever rising. `swarmkit: api/types.proto TaskState` */
export const TaskState = {
  new: 0,
  pending: 64,
  assigned: 192,
  accepted: 256,
  preparing: 320,
  ready: 384,
  starting: 448,
  running: 512,
  complete: 576,
  shutdown: 640,
  failed: 704,
  rejected: 768,
  remove: 800,
  orphaned: 832,
} as const;
export type TaskStateKey = keyof typeof TaskState;
export type TaskStateValue = (typeof TaskState)[TaskStateKey];

/** The name of a task state, as Docker spells it. */
export function taskStateName(state: TaskStateValue): TaskStateKey {
  return STATE_NAMES.get(state)!;
}
const STATE_NAMES = new Map(Object.entries(TaskState).map(([name, value]) => [value, name as TaskStateKey]));

export type Labels = Readonly<Record<string, string>>;

/** Name and labels of any spec. */
export interface Annotations {
  readonly name: string;
  readonly labels: Labels;
}

/** Bookkeeping of every object. `version` is the raft index at which its last write transaction began. */
export interface Meta {
  readonly version: number;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

interface ObjectBase {
  readonly id: string;
  readonly meta: Meta;
}

// ---- nodes

export type NodeRole = 'worker' | 'manager';
export type Availability = 'active' | 'pause' | 'drain';
export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';

export interface NodeSpec {
  readonly annotations: Annotations;
  /** Role that is wanted; `Node.role` is what the certificate says. */
  readonly desiredRole: NodeRole;
  readonly availability: Availability;
  /** Docker's API knows no membership: a spec that came by it says `pending` to the filter. Absent: `accepted`. */
  readonly membership?: 'pending';
}

export interface GenericResource {
  readonly kind: string;
  /** A count, or the name of one item. */
  readonly value: number | string;
}

export interface Resources {
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly generic: readonly GenericResource[];
}

/** What an agent tells of its machine. */
export interface NodeDescription {
  readonly hostname: string;
  readonly platform: { readonly architecture: string; readonly os: string };
  readonly resources: Resources;
  readonly engineVersion: string;
  readonly engineLabels: Labels;
  readonly plugins: readonly { readonly type: string; readonly name: string }[];
  /** What the node trusts, and who has signed its certificate. Absent: it has not told. */
  readonly tls?: TlsFacts;
}

/** Subject and public key in base64, as X.509 encodes them. */
export interface Issuer {
  readonly subject: string;
  readonly publicKey: string;
}

export interface TlsFacts {
  /** The root certificate that the node trusts. */
  readonly trustRoot: string;
  readonly issuer: Issuer;
}

/** What the store has of a node's certificate. */
export interface NodeCertificate {
  readonly role: NodeRole;
  readonly issuedAt: Micros;
  readonly expiresAt: Micros;
  /** `rotate`: the node is asked to get a new one. `swarmkit: api/types.proto IssuanceStatus` */
  readonly state: 'issued' | 'rotate';
}

export interface Node extends ObjectBase {
  readonly kind: 'node';
  readonly spec: NodeSpec;
  /** Null until the agent has registered once. */
  readonly description: NodeDescription | null;
  readonly status: { readonly state: NodeState; readonly message: string; readonly address: string };
  /** Role in its certificate. */
  readonly role: NodeRole;
  readonly certificate: NodeCertificate;
  /** Network attachments' addresses per network id (the node's load-balancer endpoint). */
  readonly attachments: Readonly<Record<string, string>>;
}

// ---- services and tasks

export interface Mount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** The rest as the client sent it (volume, bind and tmpfs options). */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface HealthConfig {
  readonly test: readonly string[];
  readonly interval: Micros;
  readonly timeout: Micros;
  readonly startPeriod: Micros;
  readonly startInterval: Micros;
  readonly retries: number;
}

export interface FileReference {
  /** Id and name of the secret or config. */
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: number;
}

export interface ContainerSpec {
  /** With digest when it was resolved: `nginx:1.26@sha256:...`. */
  readonly image: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly hostname: string;
  readonly env: readonly string[];
  readonly dir: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly readOnly: boolean;
  readonly init: boolean | null;
  readonly stopSignal: string;
  /** Null: docker's 10 s. */
  readonly stopGracePeriod: Micros | null;
  readonly health: HealthConfig | null;
  readonly hosts: readonly string[];
  readonly mounts: readonly Mount[];
  readonly secrets: readonly FileReference[];
  readonly configs: readonly FileReference[];
  readonly isolation: string;
  /** Fields that the engine carries but does not act on, in Docker's spelling (dns, sysctls, ulimits, capabilities, privileges ...). */
  readonly carried: Readonly<Record<string, unknown>>;
}

export type RestartCondition = 'none' | 'on-failure' | 'any';

export interface RestartPolicy {
  readonly condition: RestartCondition;
  readonly delay: Micros;
  /** 0: no limit. */
  readonly maxAttempts: number;
  /** 0: all time. */
  readonly window: Micros;
}

export interface Placement {
  readonly constraints: readonly string[];
  /** Descriptors such as `node.labels.zone`, in order of the tree's levels. */
  readonly preferences: readonly string[];
  /** 0: no limit. */
  readonly maxReplicas: number;
  readonly platforms: readonly { readonly architecture: string; readonly os: string }[];
}

export interface NetworkAttachmentConfig {
  /** Network id (names are resolved when the spec is accepted). */
  readonly target: string;
  readonly aliases: readonly string[];
  readonly driverOptions: Labels;
  /** Asked for by a container outside services (`--ip`). */
  readonly addresses?: readonly string[];
}

export interface TaskSpec {
  readonly container: ContainerSpec;
  readonly limits: Resources;
  readonly pidsLimit: number;
  readonly reservations: Resources;
  readonly restart: RestartPolicy;
  readonly placement: Placement;
  readonly networks: readonly NetworkAttachmentConfig[];
  /** Counts up with `--force`: makes tasks dirty. */
  readonly forceUpdate: number;
  readonly logDriver: { readonly name: string; readonly options: Labels } | null;
  /** As the client sent it, so that an answer can leave out what was not set: keys of optional groups that were present. */
  readonly present: readonly string[];
  /** Runs nothing: it holds an address for a container that a user started on the task's node (`NetworkAttachmentSpec`). */
  readonly attachment?: { readonly containerId: string };
}

export type ServiceMode =
  | { readonly kind: 'replicated'; readonly replicas: number }
  | { readonly kind: 'global' }
  | { readonly kind: 'replicated-job'; readonly maxConcurrent: number; readonly totalCompletions: number }
  | { readonly kind: 'global-job' };

export interface UpdateConfig {
  readonly parallelism: number;
  readonly delay: Micros;
  readonly monitor: Micros;
  readonly failureAction: 'pause' | 'continue' | 'rollback';
  readonly maxFailureRatio: number;
  readonly order: 'stop-first' | 'start-first';
}

export interface PortConfig {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly targetPort: number;
  /** 0 in a spec: any free one. */
  readonly publishedPort: number;
  readonly publishMode: 'ingress' | 'host';
}

export interface EndpointSpec {
  readonly mode: 'vip' | 'dnsrr';
  readonly ports: readonly PortConfig[];
}

export interface ServiceSpec {
  readonly annotations: Annotations;
  readonly task: TaskSpec;
  readonly mode: ServiceMode;
  /** Null: docker's defaults. */
  readonly update: UpdateConfig | null;
  readonly rollback: UpdateConfig | null;
  readonly endpoint: EndpointSpec | null;
}

export interface Endpoint {
  readonly spec: EndpointSpec;
  readonly ports: readonly PortConfig[];
  readonly virtualIps: readonly { readonly networkId: string; readonly address: string }[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  readonly state: UpdateState;
  readonly startedAt: Micros;
  readonly completedAt: Micros | null;
  readonly message: string;
}

export interface Service extends ObjectBase {
  readonly kind: 'service';
  readonly spec: ServiceSpec;
  /** `meta.version` that the client sent with the last spec update: which version of the spec this is. */
  readonly specVersion: number;
  readonly previousSpec: ServiceSpec | null;
  readonly previousSpecVersion: number | null;
  /** What the allocator has given; null until then. */
  readonly endpoint: Endpoint | null;
  readonly updateStatus: UpdateStatus | null;
  /** Jobs: which run of the job this is. */
  readonly jobIteration: number;
  readonly lastExecution: Micros | null;
}

export interface NetworkAttachment {
  readonly networkId: string;
  /** With mask length, e.g. `10.0.1.5/24`. */
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
}

export interface TaskStatus {
  readonly timestamp: Micros;
  readonly state: TaskStateValue;
  readonly message: string;
  readonly err: string;
  readonly container: { readonly id: string; readonly pid: number; readonly exitCode: number } | null;
  /** Host-mode ports as bound. */
  readonly ports: readonly PortConfig[];
  /** Manager that applied the report, if an agent made it. */
  readonly appliedBy: string;
}

export interface Task extends ObjectBase {
  readonly kind: 'task';
  readonly spec: TaskSpec;
  readonly specVersion: number;
  readonly serviceId: string;
  readonly serviceAnnotations: Annotations;
  /** Replica number from 1; 0 for global services; jobs from 0. */
  readonly slot: number;
  /** Empty until assigned. */
  readonly nodeId: string;
  readonly annotations: Annotations;
  readonly status: TaskStatus;
  readonly desiredState: TaskStateValue;
  readonly networks: readonly NetworkAttachment[];
  readonly endpoint: Endpoint | null;
  readonly logDriver: { readonly name: string; readonly options: Labels } | null;
  readonly assignedGeneric: readonly GenericResource[];
  /** Jobs: which run it belongs to; null for services that are no jobs. */
  readonly jobIteration: number | null;
}

// ---- networks, cluster, secrets, configs

export interface IpamConfig {
  readonly subnet: string;
  readonly range: string;
  readonly gateway: string;
}

export interface NetworkSpec {
  readonly annotations: Annotations;
  readonly driver: string;
  readonly driverOptions: Labels;
  readonly ipv6: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly ipam: { readonly driver: string; readonly configs: readonly IpamConfig[] } | null;
}

export interface Network extends ObjectBase {
  readonly kind: 'network';
  readonly spec: NetworkSpec;
  /** What the allocator has given; null until then. `vni` only for overlays. */
  readonly allocated: { readonly configs: readonly IpamConfig[]; readonly vni: number | null } | null;
  /** `bridge` and `host`: predefined, node-local. */
  readonly predefined: boolean;
}

export interface ClusterSpec {
  readonly annotations: Annotations;
  readonly taskHistoryLimit: number;
  readonly raft: {
    readonly snapshotInterval: number;
    readonly keepOldSnapshots: number;
    readonly logEntriesForSlowFollowers: number;
    readonly heartbeatTick: number;
    readonly electionTick: number;
  };
  readonly dispatcherHeartbeat: Micros;
  readonly certExpiry: Micros;
  /** Counts up to have the root certificate made anew. */
  readonly forceRotate: number;
  /** Root certificate and key that were asked for, as PEM; empty: the swarm makes its own. The key is never told. */
  readonly signingCaCert: string;
  readonly signingCaKey: string;
  readonly externalCas: readonly ExternalCa[];
  readonly autoLock: boolean;
}

/** An authority outside the swarm that signs for it. */
export interface ExternalCa {
  readonly protocol: string;
  readonly url: string;
  readonly options: Labels;
  readonly caCert: string;
}

/** A root certificate, and what it is known by. */
export interface RootCertificate extends Issuer {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of it in base36, as join tokens have it. */
  readonly digest: string;
}

/** The root certificate is being replaced: new certificates are signed by the new one, whose key the old one vouches for. */
export interface RootRotation {
  readonly to: RootCertificate;
  readonly crossSigned: string;
}

/** A key of the network, as nodes are told of it. `swarmkit: api/types.proto EncryptionKey` */
export interface NetworkKey {
  readonly subsystem: 'networking:gossip' | 'networking:ipsec';
  /** Says which keys are older; also the name by which a key is known. */
  readonly lamportTime: number;
  readonly key: string;
}

export interface Cluster extends ObjectBase {
  readonly kind: 'cluster';
  readonly spec: ClusterSpec;
  readonly joinTokens: { readonly worker: string; readonly manager: string };
  readonly rootCa: RootCertificate;
  readonly rootRotation: RootRotation | null;
  /** `forceRotate` of the last rotation. */
  readonly lastForcedRotation: number;
  readonly unlockKey: string;
  readonly defaultAddressPool: readonly string[];
  readonly subnetSize: number;
  readonly dataPathPort: number;
  /** Absent until the first leader has made them. */
  readonly networkBootstrapKeys?: readonly NetworkKey[];
  readonly encryptionKeyLamportClock?: number;
}

export interface Secret extends ObjectBase {
  readonly kind: 'secret';
  readonly spec: {
    readonly annotations: Annotations;
    readonly data: string;
    readonly driver: Readonly<Record<string, unknown>> | null;
    /** Its data is a template. */
    readonly templating?: Readonly<Record<string, unknown>>;
  };
}

export interface Config extends ObjectBase {
  readonly kind: 'config';
  readonly spec: {
    readonly annotations: Annotations;
    readonly data: string;
    readonly templating: Readonly<Record<string, unknown>> | null;
  };
}

/** Every kind of replicated object. */
export interface StoreObjects {
  node: Node;
  service: Service;
  task: Task;
  network: Network;
  cluster: Cluster;
  secret: Secret;
  config: Config;
}
export type ObjectKind = keyof StoreObjects;
export type StoreObject = StoreObjects[ObjectKind];

/** Id and hostname of the cluster object's name. */
export const CLUSTER_NAME = 'default';
