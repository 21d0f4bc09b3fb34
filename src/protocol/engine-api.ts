/**
 * JSON of the Docker Engine API 1.50, in Docker's own spelling: what the daemons answer and the command line reads.
 * Only what this project uses is typed; field order follows the daemon's, since `json` templates print it as it came.
 * Optional means that the daemon leaves the field out when it is empty (Go's `omitempty`).
 * Durations are nanoseconds, CPUs are billionths, sizes are bytes, times are RFC 3339 with nanoseconds.
 * Source: `moby: api/types/swarm/*.go`, `api/types/system/info.go`, `api/types/container/*.go`, `api/swagger.yaml`.
 *
 * Intended use: `import type * as api from '../protocol/engine-api.ts'`, then `api.Service`.
 */

/** Nanoseconds. */
export type Nanos = number;

/** RFC 3339 with up to nine digits after the second; `0001-01-01T00:00:00Z` is Go's zero time. */
export type Time = string;

/** User-defined names and values. */
export type Labels = Record<string, string>;

/** Body of every answer with a status of 400 or more. */
export interface ErrorBody {
  message: string;
}

/** Version of an object: the Raft index of its last change; updates must name it. */
export interface Version {
  Index: number;
}

/** What every swarm object carries. */
export interface Meta {
  Version: Version;
  CreatedAt: Time;
  UpdatedAt: Time;
}

/** Name and labels, first fields of every spec. */
export interface Annotations {
  Name?: string;
  Labels: Labels;
}

/** A driver by name with its options. */
export interface Driver {
  Name?: string;
  Options?: Record<string, string>;
}

/** Answer of `create` requests. */
export interface IdResponse {
  ID: string;
}

// --- Nodes -------------------------------------------------------------------------------------------------------

export type NodeRole = 'worker' | 'manager';
export type NodeAvailability = 'active' | 'pause' | 'drain';
export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';
export type Reachability = 'unknown' | 'unreachable' | 'reachable';

export interface NodeSpec {
  Name?: string;
  Labels: Labels;
  Role: NodeRole;
  Availability: NodeAvailability;
}

export interface Platform {
  Architecture?: string;
  OS?: string;
}

export interface EngineDescription {
  EngineVersion?: string;
  Labels?: Labels;
  Plugins?: { Type?: string; Name?: string }[];
}

export interface TlsInfo {
  /** PEM of the swarm's root certificate. */
  TrustRoot?: string;
  /** Base64 of the DER subject. */
  CertIssuerSubject?: string;
  /** Base64 of the DER public key. */
  CertIssuerPublicKey?: string;
}

export interface NodeDescription {
  Hostname?: string;
  Platform?: Platform;
  Resources?: NodeResources;
  Engine?: EngineDescription;
  TLSInfo?: TlsInfo;
}

/** Resources a node has. */
export interface NodeResources {
  NanoCPUs?: number;
  MemoryBytes?: number;
  GenericResources?: GenericResource[];
}

export type GenericResource =
  | { NamedResourceSpec: { Kind?: string; Value?: string } }
  | { DiscreteResourceSpec: { Kind?: string; Value?: number } };

export interface NodeStatus {
  State?: NodeState;
  Message?: string;
  Addr?: string;
}

export interface ManagerStatus {
  Leader?: boolean;
  Reachability?: Reachability;
  Addr?: string;
}

/** `GET /nodes`, `GET /nodes/{id}`. */
export interface Node extends Meta {
  ID: string;
  Spec: NodeSpec;
  Description: NodeDescription;
  Status: NodeStatus;
  /** Managers only. */
  ManagerStatus?: ManagerStatus;
}

// --- Services ----------------------------------------------------------------------------------------------------

export interface ServiceSpec {
  Name?: string;
  Labels: Labels;
  TaskTemplate: TaskSpec;
  Mode: ServiceMode;
  UpdateConfig?: UpdateConfig;
  RollbackConfig?: UpdateConfig;
  EndpointSpec?: EndpointSpec;
}

/** Exactly one field is set. */
export interface ServiceMode {
  Replicated?: { Replicas?: number };
  Global?: Record<string, never>;
  ReplicatedJob?: { MaxConcurrent?: number; TotalCompletions?: number };
  GlobalJob?: Record<string, never>;
}

export type FailureAction = 'pause' | 'continue' | 'rollback';
export type UpdateOrder = 'stop-first' | 'start-first';

/** How an update or a rollback goes on. */
export interface UpdateConfig {
  /** Tasks at once; 0 = all. */
  Parallelism: number;
  Delay?: Nanos;
  FailureAction?: FailureAction;
  Monitor?: Nanos;
  MaxFailureRatio: number;
  Order: UpdateOrder;
}

export type PublishMode = 'ingress' | 'host';
export type PortProtocol = 'tcp' | 'udp' | 'sctp';

export interface PortConfig {
  Name?: string;
  Protocol?: PortProtocol;
  TargetPort?: number;
  PublishedPort?: number;
  PublishMode?: PublishMode;
}

export interface EndpointSpec {
  Mode?: 'vip' | 'dnsrr';
  Ports?: PortConfig[];
}

export interface EndpointVirtualIP {
  NetworkID?: string;
  Addr?: string;
}

export interface Endpoint {
  Spec: EndpointSpec;
  Ports?: PortConfig[];
  VirtualIPs?: EndpointVirtualIP[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  State?: UpdateState;
  StartedAt?: Time;
  CompletedAt?: Time;
  Message?: string;
}

/** Present with `GET /services?status=true`. */
export interface ServiceStatus {
  RunningTasks: number;
  DesiredTasks: number;
  CompletedTasks: number;
}

export interface JobStatus {
  JobIteration: Version;
  LastExecution?: Time;
}

/** `GET /services`, `GET /services/{id}`. */
export interface Service extends Meta {
  ID: string;
  Spec: ServiceSpec;
  PreviousSpec?: ServiceSpec;
  Endpoint: Endpoint;
  UpdateStatus?: UpdateStatus;
  ServiceStatus?: ServiceStatus;
  JobStatus?: JobStatus;
}

/** Answer of `POST /services/create`. */
export interface ServiceCreateResponse {
  ID: string;
  Warnings?: string[] | null;
}

/** Answer of `POST /services/{id}/update`. */
export interface ServiceUpdateResponse {
  Warnings: string[] | null;
}

// --- Tasks -------------------------------------------------------------------------------------------------------

export type TaskState =
  | 'new'
  | 'allocated'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned';

export interface TaskSpec {
  ContainerSpec?: ContainerSpec;
  NetworkAttachmentSpec?: { ContainerID: string };
  Resources?: ResourceRequirements;
  RestartPolicy?: RestartPolicy;
  Placement?: Placement;
  Networks?: NetworkAttachmentConfig[];
  LogDriver?: Driver;
  /** Changes whenever `service update --force` is given. */
  ForceUpdate: number;
  Runtime?: string;
}

export interface ContainerSpec {
  Image?: string;
  Labels?: Labels;
  Command?: string[];
  Args?: string[];
  Hostname?: string;
  Env?: string[];
  Dir?: string;
  User?: string;
  Groups?: string[];
  Privileges?: Privileges;
  StopSignal?: string;
  TTY?: boolean;
  OpenStdin?: boolean;
  ReadOnly?: boolean;
  Mounts?: Mount[];
  StopGracePeriod?: Nanos;
  Healthcheck?: HealthConfig;
  Hosts?: string[];
  DNSConfig?: DnsConfig;
  Secrets?: SecretReference[];
  Configs?: ConfigReference[];
  Init?: boolean;
  Isolation?: string;
  Sysctls?: Record<string, string>;
  CapabilityAdd?: string[];
  CapabilityDrop?: string[];
  Ulimits?: { Name: string; Soft: number; Hard: number }[];
  OomScoreAdj?: number;
}

/** Rights of a container beyond its capabilities. */
export interface Privileges {
  CredentialSpec: CredentialSpec | null;
  SELinuxContext: null;
  NoNewPrivileges: boolean;
}

/** Where a Windows service account is described; all but one are empty. */
export interface CredentialSpec {
  Config: string;
  File: string;
  Registry: string;
}

export type MountType = 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';

export interface Mount {
  Type?: MountType;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: {
    Propagation?: string;
    NonRecursive?: boolean;
    CreateMountpoint?: boolean;
    ReadOnlyNonRecursive?: boolean;
    ReadOnlyForceRecursive?: boolean;
  };
  VolumeOptions?: { NoCopy?: boolean; Labels?: Labels; Subpath?: string; DriverConfig?: Driver };
  ImageOptions?: { Subpath?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

export interface HealthConfig {
  Test?: string[];
  Interval?: Nanos;
  Timeout?: Nanos;
  StartPeriod?: Nanos;
  StartInterval?: Nanos;
  Retries?: number;
}

export interface DnsConfig {
  Nameservers?: string[];
  Search?: string[];
  Options?: string[];
}

/** Where a secret or a config appears in a container. */
export interface FileTarget {
  Name: string;
  UID: string;
  GID: string;
  Mode: number;
}

export interface SecretReference {
  File?: FileTarget;
  SecretID: string;
  SecretName: string;
}

export interface ConfigReference {
  File?: FileTarget;
  Runtime?: Record<string, never>;
  ConfigID: string;
  ConfigName: string;
}

export interface ResourceRequirements {
  Limits?: { NanoCPUs?: number; MemoryBytes?: number; Pids?: number };
  Reservations?: { NanoCPUs?: number; MemoryBytes?: number; GenericResources?: GenericResource[] };
}

export type RestartCondition = 'none' | 'on-failure' | 'any';

export interface RestartPolicy {
  Condition?: RestartCondition;
  Delay?: Nanos;
  MaxAttempts?: number;
  Window?: Nanos;
}

export interface Placement {
  Constraints?: string[];
  Preferences?: { Spread?: { SpreadDescriptor: string } }[];
  MaxReplicas?: number;
  Platforms?: Platform[];
}

export interface NetworkAttachmentConfig {
  Target?: string;
  Aliases?: string[];
  DriverOpts?: Record<string, string>;
}

export interface ContainerStatus {
  ContainerID: string;
  PID: number;
  ExitCode: number;
}

export interface TaskStatus {
  Timestamp?: Time;
  State?: TaskState;
  Message?: string;
  Err?: string;
  ContainerStatus?: ContainerStatus;
  PortStatus?: { Ports?: PortConfig[] };
}

export interface NetworkAttachment {
  Network?: SwarmNetwork;
  Addresses?: string[];
}

/** A swarm network as tasks carry it. */
export interface SwarmNetwork extends Meta {
  ID: string;
  Spec: {
    Name?: string;
    Labels: Labels;
    DriverConfiguration?: Driver;
    IPv6Enabled?: boolean;
    Internal?: boolean;
    Attachable?: boolean;
    Ingress?: boolean;
    IPAMOptions?: { Driver?: Driver; Configs?: IpamConfig[] };
    Scope?: string;
  };
  DriverState?: Driver;
  IPAMOptions?: { Driver?: Driver; Configs?: IpamConfig[] };
}

/** `GET /tasks`, `GET /tasks/{id}`. */
export interface Task extends Meta {
  ID: string;
  Name?: string;
  Labels: Labels;
  Spec: TaskSpec;
  ServiceID?: string;
  /** 0 or absent for global services. */
  Slot?: number;
  NodeID?: string;
  Status: TaskStatus;
  DesiredState?: TaskState;
  NetworksAttachments?: NetworkAttachment[];
  GenericResources?: GenericResource[];
  JobIteration?: Version;
  Volumes?: unknown[] | null;
}

// --- Swarm -------------------------------------------------------------------------------------------------------

export interface ExternalCa {
  Protocol: string;
  URL: string;
  Options?: Record<string, string>;
  CACert?: string;
}

export interface SwarmSpec {
  Name?: string;
  Labels: Labels;
  Orchestration: { TaskHistoryRetentionLimit?: number };
  Raft: RaftConfig;
  Dispatcher: { HeartbeatPeriod?: Nanos };
  CAConfig: CaConfig;
  TaskDefaults: { LogDriver?: Driver };
  EncryptionConfig: { AutoLockManagers: boolean };
}

export interface RaftConfig {
  SnapshotInterval?: number;
  KeepOldSnapshots?: number;
  LogEntriesForSlowFollowers?: number;
  ElectionTick: number;
  HeartbeatTick: number;
}

export interface CaConfig {
  NodeCertExpiry?: Nanos;
  ExternalCAs?: ExternalCa[];
  SigningCACert?: string;
  SigningCAKey?: string;
  ForceRotate?: number;
}

/** The swarm without its tokens, as in `GET /info`. */
export interface ClusterInfo extends Meta {
  ID: string;
  Spec: SwarmSpec;
  TLSInfo: TlsInfo;
  RootRotationInProgress: boolean;
  DefaultAddrPool: string[] | null;
  SubnetSize: number;
  DataPathPort: number;
}

/** `GET /swarm`. */
export interface Swarm extends ClusterInfo {
  JoinTokens: { Worker: string; Manager: string };
}

/** Body of `POST /swarm/init`; the answer is the node's ID as a JSON string. */
export interface SwarmInitRequest {
  ListenAddr: string;
  AdvertiseAddr: string;
  DataPathAddr: string;
  DataPathPort: number;
  ForceNewCluster: boolean;
  Spec: SwarmSpec;
  AutoLockManagers: boolean;
  Availability: NodeAvailability;
  DefaultAddrPool: string[] | null;
  SubnetSize: number;
}

/** Body of `POST /swarm/join`. */
export interface SwarmJoinRequest {
  ListenAddr: string;
  AdvertiseAddr: string;
  DataPathAddr: string;
  RemoteAddrs: string[] | null;
  JoinToken: string;
  Availability: NodeAvailability;
}

/** Query of `POST /swarm/leave`. */
export interface SwarmLeaveQuery {
  /** `1` with `--force`. */
  force?: string;
}

/** Query of `POST /swarm/update`; the body is a `SwarmSpec`. */
export interface SwarmUpdateQuery {
  version: string;
  rotateWorkerToken: 'true' | 'false';
  rotateManagerToken: 'true' | 'false';
  rotateManagerUnlockKey: 'true' | 'false';
}

/** Body of `POST /swarm/unlock`. */
export interface SwarmUnlockRequest {
  UnlockKey: string;
}

/** `GET /swarm/unlockkey`: an empty string when the swarm is not locked. */
export interface SwarmUnlockKeyResponse {
  UnlockKey: string;
}

export type LocalNodeState = 'inactive' | 'pending' | 'active' | 'error' | 'locked';

/** The `Swarm` part of `GET /info`. */
export interface SwarmInfo {
  NodeID: string;
  NodeAddr: string;
  LocalNodeState: LocalNodeState;
  ControlAvailable: boolean;
  Error: string;
  RemoteManagers: { NodeID: string; Addr: string }[] | null;
  Nodes?: number;
  Managers?: number;
  Cluster?: ClusterInfo;
  Warnings?: string[];
}

// --- System ------------------------------------------------------------------------------------------------------

/** `GET /info`. */
export interface Info {
  ID: string;
  Containers: number;
  ContainersRunning: number;
  ContainersPaused: number;
  ContainersStopped: number;
  Images: number;
  Driver: string;
  DriverStatus: [string, string][];
  SystemStatus?: [string, string][];
  Plugins: PluginsInfo;
  MemoryLimit: boolean;
  SwapLimit: boolean;
  CpuCfsPeriod: boolean;
  CpuCfsQuota: boolean;
  CPUShares: boolean;
  CPUSet: boolean;
  PidsLimit: boolean;
  IPv4Forwarding: boolean;
  Debug: boolean;
  NFd: number;
  OomKillDisable: boolean;
  NGoroutines: number;
  SystemTime: string;
  LoggingDriver: string;
  CgroupDriver: string;
  CgroupVersion?: string;
  NEventsListener: number;
  KernelVersion: string;
  OperatingSystem: string;
  OSVersion: string;
  OSType: string;
  Architecture: string;
  IndexServerAddress: string;
  RegistryConfig: RegistryConfig | null;
  NCPU: number;
  MemTotal: number;
  GenericResources: GenericResource[] | null;
  DockerRootDir: string;
  HttpProxy: string;
  HttpsProxy: string;
  NoProxy: string;
  Name: string;
  Labels: string[];
  ExperimentalBuild: boolean;
  ServerVersion: string;
  Runtimes: Record<string, { path: string; status?: Record<string, string> }>;
  DefaultRuntime: string;
  Swarm: SwarmInfo;
  LiveRestoreEnabled: boolean;
  Isolation: string;
  InitBinary: string;
  ContainerdCommit: Commit;
  RuncCommit: Commit;
  InitCommit: Commit;
  SecurityOptions: string[];
  ProductLicense?: string;
  DefaultAddressPools?: { Base: string; Size: number }[];
  CDISpecDirs?: string[];
  Warnings: string[] | null;
}

export interface PluginsInfo {
  Volume: string[];
  Network: string[];
  Authorization: string[] | null;
  Log: string[];
}

export interface Commit {
  ID: string;
}

export interface RegistryConfig {
  InsecureRegistryCIDRs: string[];
  IndexConfigs: Record<string, { Name: string; Mirrors: string[]; Secure: boolean; Official: boolean }>;
  Mirrors: string[];
}

/** `GET /version`. */
export interface VersionInfo {
  Platform: { Name: string };
  Components: { Name: string; Version: string; Details?: Record<string, string> }[];
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  GitCommit: string;
  GoVersion: string;
  Os: string;
  Arch: string;
  KernelVersion: string;
  BuildTime: string;
}

/** One message of `GET /events`. */
export interface EventMessage {
  /** Old names of `Action`, `Actor.ID` and the image; only for containers and images. */
  status?: string;
  id?: string;
  from?: string;
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope?: 'local' | 'swarm';
  /** Seconds since the epoch. */
  time: number;
  timeNano: number;
}

// --- Networks ----------------------------------------------------------------------------------------------------

export interface IpamConfig {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

export interface Ipam {
  Driver: string;
  Options: Record<string, string> | null;
  Config: IpamConfig[] | null;
}

/** `GET /networks`, `GET /networks/{id}`. */
export interface Network {
  Name: string;
  Id: string;
  Created: Time;
  Scope: 'local' | 'swarm' | 'global';
  Driver: string;
  EnableIPv4: boolean;
  EnableIPv6: boolean;
  IPAM: Ipam;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom: { Network: string };
  ConfigOnly: boolean;
  Containers: Record<string, NetworkContainer>;
  Options: Record<string, string> | null;
  Labels: Labels | null;
  Peers?: { Name: string; IP: string }[];
  /** Only with `?verbose=true`. */
  Services?: Record<string, NetworkService>;
}

export interface NetworkContainer {
  Name: string;
  EndpointID: string;
  MacAddress: string;
  IPv4Address: string;
  IPv6Address: string;
}

export interface NetworkService {
  VIP: string;
  Ports: string[];
  LocalLBIndex: number;
  Tasks: { Name: string; EndpointID: string; EndpointIP: string; Info: Record<string, string> }[];
}

/** Body of `POST /networks/create`. */
export interface NetworkCreateRequest {
  Name: string;
  Driver: string;
  Scope: string;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  IPAM: { Driver: string; Options: Record<string, string> | null; Config: IpamConfig[] | null };
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigOnly: boolean;
  ConfigFrom?: { Network: string };
  Options: Record<string, string>;
  Labels: Labels;
}

/** Answer of `POST /networks/create`. */
export interface NetworkCreateResponse {
  Id: string;
  Warning: string;
}

// --- Containers, images, volumes ---------------------------------------------------------------------------------

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerPort {
  IP?: string;
  PrivatePort: number;
  PublicPort?: number;
  Type: PortProtocol;
}

/** `GET /containers/json`. */
export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Command: string;
  /** Seconds since the epoch. */
  Created: number;
  Ports: ContainerPort[];
  SizeRw?: number;
  SizeRootFs?: number;
  Labels: Labels;
  State: ContainerState;
  /** For people: `Up 2 minutes (healthy)`. */
  Status: string;
  HostConfig: { NetworkMode?: string };
  NetworkSettings: { Networks: Record<string, EndpointSettings> };
  Mounts: MountPoint[];
}

export interface EndpointSettings {
  IPAMConfig?: { IPv4Address?: string } | null;
  Links?: string[] | null;
  Aliases?: string[] | null;
  MacAddress: string;
  DriverOpts?: Record<string, string> | null;
  GwPriority?: number;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  DNSNames?: string[] | null;
}

export interface MountPoint {
  Type?: MountType;
  Name?: string;
  Source: string;
  Destination: string;
  Driver?: string;
  Mode: string;
  RW: boolean;
  Propagation: string;
}

export interface Health {
  Status: 'none' | 'starting' | 'healthy' | 'unhealthy';
  FailingStreak: number;
  Log: { Start: Time; End: Time; ExitCode: number; Output: string }[] | null;
}

/** `GET /containers/{id}/json`. */
export interface ContainerInspect {
  Id: string;
  Created: Time;
  Path: string;
  Args: string[];
  State: {
    Status: ContainerState;
    Running: boolean;
    Paused: boolean;
    Restarting: boolean;
    OOMKilled: boolean;
    Dead: boolean;
    Pid: number;
    ExitCode: number;
    Error: string;
    StartedAt: Time;
    FinishedAt: Time;
    Health?: Health;
  };
  Image: string;
  Name: string;
  RestartCount: number;
  Driver: string;
  Platform: string;
  HostConfig: { NetworkMode?: string; Memory?: number; NanoCpus?: number; [field: string]: unknown };
  Mounts: MountPoint[];
  Config: {
    Hostname: string;
    Domainname?: string;
    User: string;
    Tty: boolean;
    OpenStdin: boolean;
    Env: string[] | null;
    Cmd: string[] | null;
    Healthcheck?: HealthConfig;
    Image: string;
    WorkingDir: string;
    Entrypoint: string[] | null;
    Labels: Labels;
    StopSignal?: string;
    ExposedPorts?: Record<string, Record<string, never>>;
  };
  NetworkSettings: {
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    Networks: Record<string, EndpointSettings>;
    [field: string]: unknown;
  };
}

/** Body of `POST /containers/{id}/exec`. */
export interface ExecCreateRequest {
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  Tty?: boolean;
  /** Rows and columns. */
  ConsoleSize?: [number, number];
  Detach?: boolean;
  DetachKeys?: string;
  Env?: string[] | null;
  User?: string;
  WorkingDir?: string;
  Privileged?: boolean;
  Cmd: string[];
}

/** Answer of `POST /containers/{id}/exec` and of other container requests that make something. */
export interface ContainerIdResponse {
  Id: string;
}

/** `GET /exec/{id}/json`. */
export interface ExecInspect {
  ID: string;
  Running: boolean;
  ExitCode: number | null;
  ContainerID: string;
  Pid: number;
}

/** `GET /images/json`. */
export interface ImageSummary {
  Id: string;
  ParentId: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  /** Seconds since the epoch. */
  Created: number;
  Size: number;
  SharedSize: number;
  Containers: number;
  Labels: Labels | null;
}

/** `GET /distribution/{name}/json`: the digest a tag stands for at the registry. */
export interface DistributionInspect {
  Descriptor: { mediaType: string; digest: string; size: number };
  Platforms: { architecture: string; os: string }[];
}

/** `GET /volumes/{name}`. */
export interface Volume {
  CreatedAt?: Time;
  Driver: string;
  Labels: Labels | null;
  Mountpoint: string;
  Name: string;
  Options: Record<string, string> | null;
  Scope: 'local' | 'global';
  /** In `GET /system/df` only. */
  UsageData?: { RefCount: number; Size: number };
}

/** `GET /volumes`. */
export interface VolumeList {
  Volumes: Volume[] | null;
  Warnings: string[] | null;
}

// --- Secrets and configs -----------------------------------------------------------------------------------------

export interface SecretSpec {
  Name?: string;
  Labels: Labels;
  /** Base64; never in answers. */
  Data?: string;
  Driver?: Driver;
  Templating?: Driver;
}

/** `GET /secrets`, `GET /secrets/{id}`. */
export interface Secret extends Meta {
  ID: string;
  Spec: SecretSpec;
}

export interface ConfigSpec {
  Name?: string;
  Labels: Labels;
  /** Base64. */
  Data?: string;
  Templating?: Driver;
}

/** `GET /configs`, `GET /configs/{id}`. */
export interface Config extends Meta {
  ID: string;
  Spec: ConfigSpec;
}
