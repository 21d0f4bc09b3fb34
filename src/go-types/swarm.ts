/**
 * Go's types of swarm objects, for templates of `inspect`: which fields there are, also where JSON leaves them out.
 * Source: `moby: api/types/swarm/*.go`, `api/types/mount`, `api/types/container` (health).
 */
import {
  type GoStruct,
  type GoType,
  goBool,
  goInt,
  goInt64,
  goInterface,
  goString,
  goUint32,
  goUint64,
  mapOf,
  pointerTo,
} from '../go-template/go-value.ts';
import {
  embed,
  goBytes,
  goDuration,
  goTime,
  keyed,
  listOf,
  omit,
  optional,
  stringMap,
  strings,
  stringType,
  struct,
} from './struct.ts';

/** `os.FileMode`: `-r--r--r--` in print. */
const fileMode: GoType = { kind: 'uint', name: 'fs.FileMode', print: (value) => printMode(Number(value)) };

function printMode(mode: number): string {
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'));
  return `-${bits.join('')}`;
}

const version: GoStruct = {
  ...struct('swarm.Version', { Index: omit(goUint64) }),
  print: (value) => String((value as { Index?: number } | null)?.Index ?? 0),
};

const meta = struct('swarm.Meta', { Version: omit(version), CreatedAt: omit(goTime), UpdatedAt: omit(goTime) });

const annotations = struct('swarm.Annotations', { Name: omit(goString), Labels: stringMap });

export const driver = struct('swarm.Driver', { Name: omit(goString), Options: omit(stringMap) });

const tlsInfo = struct('swarm.TLSInfo', {
  TrustRoot: omit(goString),
  CertIssuerSubject: omit(goBytes),
  CertIssuerPublicKey: omit(goBytes),
});

const platform = struct('swarm.Platform', { Architecture: omit(goString), OS: omit(goString) });

const genericResource = struct('swarm.GenericResource', {
  NamedResourceSpec: optional(struct('swarm.NamedGenericResource', { Kind: omit(goString), Value: omit(goString) })),
  DiscreteResourceSpec: optional(
    struct('swarm.DiscreteGenericResource', { Kind: omit(goString), Value: omit(goInt64) }),
  ),
});

const resources = struct('swarm.Resources', {
  NanoCPUs: omit(goInt64),
  MemoryBytes: omit(goInt64),
  GenericResources: omit(listOf(genericResource)),
});

/** Body of `POST /nodes/{id}/update`. */
export const nodeSpec = struct('swarm.NodeSpec', {
  Annotations: embed(annotations),
  Role: omit(stringType('swarm.NodeRole')),
  Availability: omit(stringType('swarm.NodeAvailability')),
});

const nodeDescription = struct('swarm.NodeDescription', {
  Hostname: omit(goString),
  Platform: omit(platform),
  Resources: omit(resources),
  Engine: omit(
    struct('swarm.EngineDescription', {
      EngineVersion: omit(goString),
      Labels: omit(stringMap),
      Plugins: omit(listOf(struct('swarm.PluginDescription', { Type: omit(goString), Name: omit(goString) }))),
    }),
  ),
  TLSInfo: omit(tlsInfo),
  CSIInfo: omit(listOf(goInterface)),
});

/** `GET /nodes/{id}`. */
export const nodeType: GoType = struct('swarm.Node', {
  ID: goString,
  Meta: embed(meta),
  Spec: omit(nodeSpec),
  Description: omit(nodeDescription),
  Status: omit(
    struct('swarm.NodeStatus', {
      State: omit(stringType('swarm.NodeState')),
      Message: omit(goString),
      Addr: omit(goString),
    }),
  ),
  ManagerStatus: optional(
    struct('swarm.ManagerStatus', {
      Leader: omit(goBool),
      Reachability: omit(stringType('swarm.Reachability')),
      Addr: omit(goString),
    }),
  ),
});

/** A mount, of services and of containers. */
export const mount = struct('mount.Mount', {
  Type: omit(stringType('mount.Type')),
  Source: omit(goString),
  Target: omit(goString),
  ReadOnly: omit(goBool),
  Consistency: omit(stringType('mount.Consistency')),
  BindOptions: optional(
    struct('mount.BindOptions', {
      Propagation: omit(stringType('mount.Propagation')),
      NonRecursive: omit(goBool),
      CreateMountpoint: omit(goBool),
    }),
  ),
  VolumeOptions: optional(
    struct('mount.VolumeOptions', {
      NoCopy: omit(goBool),
      Labels: omit(stringMap),
      Subpath: omit(goString),
      DriverConfig: optional(driver),
    }),
  ),
  ImageOptions: optional(struct('mount.ImageOptions', { Subpath: omit(goString) })),
  TmpfsOptions: optional(
    struct('mount.TmpfsOptions', {
      SizeBytes: omit(goInt64),
      Mode: omit(fileMode),
      Options: omit(listOf(strings)),
    }),
  ),
  ClusterOptions: optional(struct('mount.ClusterOptions', {})),
});

export const healthConfig = struct('v1.HealthcheckConfig', {
  Test: omit(strings),
  Interval: omit(goDuration),
  Timeout: omit(goDuration),
  StartPeriod: omit(goDuration),
  StartInterval: omit(goDuration),
  Retries: omit(goInt),
});

const fileTarget = (name: string) => struct(name, { Name: goString, UID: goString, GID: goString, Mode: fileMode });

const privileges = struct('swarm.Privileges', {
  CredentialSpec: pointerTo(struct('swarm.CredentialSpec', { Config: goString, File: goString, Registry: goString })),
  SELinuxContext: pointerTo(
    struct('swarm.SELinuxContext', {
      Disable: goBool,
      User: goString,
      Role: goString,
      Type: goString,
      Level: goString,
    }),
  ),
  Seccomp: optional(
    struct('swarm.SeccompOpts', { Mode: omit(stringType('swarm.SeccompMode')), Profile: omit(goBytes) }),
  ),
  AppArmor: optional(struct('swarm.AppArmorOpts', { Mode: omit(stringType('swarm.AppArmorMode')) })),
  NoNewPrivileges: goBool,
});

const containerSpec = struct('swarm.ContainerSpec', {
  Image: omit(goString),
  Labels: omit(stringMap),
  Command: omit(strings),
  Args: omit(strings),
  Hostname: omit(goString),
  Env: omit(strings),
  Dir: omit(goString),
  User: omit(goString),
  Groups: omit(strings),
  Privileges: optional(privileges),
  Init: optional(goBool),
  StopSignal: omit(goString),
  TTY: omit(goBool),
  OpenStdin: omit(goBool),
  ReadOnly: omit(goBool),
  Mounts: omit(listOf(mount)),
  StopGracePeriod: optional(goDuration),
  Healthcheck: optional(healthConfig),
  Hosts: omit(strings),
  DNSConfig: optional(
    struct('swarm.DNSConfig', { Nameservers: omit(strings), Search: omit(strings), Options: omit(strings) }),
  ),
  Secrets: omit(
    listOf(
      pointerTo(
        struct('swarm.SecretReference', {
          File: pointerTo(fileTarget('swarm.SecretReferenceFileTarget')),
          SecretID: goString,
          SecretName: goString,
        }),
      ),
    ),
  ),
  Configs: omit(
    listOf(
      pointerTo(
        struct('swarm.ConfigReference', {
          File: optional(fileTarget('swarm.ConfigReferenceFileTarget')),
          Runtime: optional(struct('swarm.ConfigReferenceRuntimeTarget', {})),
          ConfigID: goString,
          ConfigName: goString,
        }),
      ),
    ),
  ),
  Isolation: omit(stringType('container.Isolation')),
  Sysctls: omit(stringMap),
  CapabilityAdd: omit(strings),
  CapabilityDrop: omit(strings),
  Ulimits: omit(listOf(pointerTo(struct('units.Ulimit', { Name: goString, Hard: goInt64, Soft: goInt64 })))),
  OomScoreAdj: omit(goInt64),
});

const networkAttachmentConfig = struct('swarm.NetworkAttachmentConfig', {
  Target: omit(goString),
  Aliases: omit(strings),
  DriverOpts: omit(stringMap),
});

const taskSpec = struct('swarm.TaskSpec', {
  ContainerSpec: optional(containerSpec),
  PluginSpec: optional(goInterface),
  NetworkAttachmentSpec: optional(struct('swarm.NetworkAttachmentSpec', { ContainerID: goString })),
  Resources: optional(
    struct('swarm.ResourceRequirements', {
      Limits: optional(
        struct('swarm.Limit', { NanoCPUs: omit(goInt64), MemoryBytes: omit(goInt64), Pids: omit(goInt64) }),
      ),
      Reservations: optional(resources),
    }),
  ),
  RestartPolicy: optional(
    struct('swarm.RestartPolicy', {
      Condition: omit(stringType('swarm.RestartPolicyCondition')),
      Delay: optional(goDuration),
      MaxAttempts: optional(goUint64),
      Window: optional(goDuration),
    }),
  ),
  Placement: optional(
    struct('swarm.Placement', {
      Constraints: omit(strings),
      Preferences: omit(
        listOf(
          struct('swarm.PlacementPreference', {
            Spread: pointerTo(struct('swarm.SpreadOver', { SpreadDescriptor: goString })),
          }),
        ),
      ),
      MaxReplicas: omit(goUint64),
      Platforms: omit(listOf(platform)),
    }),
  ),
  Networks: omit(listOf(networkAttachmentConfig)),
  LogDriver: optional(driver),
  ForceUpdate: goUint64,
  Runtime: omit(stringType('swarm.RuntimeType')),
});

const updateConfig = struct('swarm.UpdateConfig', {
  Parallelism: goUint64,
  Delay: omit(goDuration),
  FailureAction: omit(goString),
  Monitor: omit(goDuration),
  MaxFailureRatio: { kind: 'float', name: 'float32' },
  Order: goString,
});

const portConfig = struct('swarm.PortConfig', {
  Name: omit(goString),
  Protocol: omit(stringType('swarm.PortConfigProtocol')),
  TargetPort: omit(goUint32),
  PublishedPort: omit(goUint32),
  PublishMode: omit(stringType('swarm.PortConfigPublishMode')),
});

const endpointSpec = struct('swarm.EndpointSpec', {
  Mode: omit(stringType('swarm.ResolutionMode')),
  Ports: omit(listOf(portConfig)),
});

/** Body of `POST /services/create` and of updates. */
export const serviceSpec = struct('swarm.ServiceSpec', {
  Annotations: embed(annotations),
  TaskTemplate: omit(taskSpec),
  Mode: omit(
    struct('swarm.ServiceMode', {
      Replicated: optional(struct('swarm.ReplicatedService', { Replicas: optional(goUint64) })),
      Global: optional(struct('swarm.GlobalService', {})),
      ReplicatedJob: optional(
        struct('swarm.ReplicatedJob', { MaxConcurrent: optional(goUint64), TotalCompletions: optional(goUint64) }),
      ),
      GlobalJob: optional(struct('swarm.GlobalJob', {})),
    }),
  ),
  UpdateConfig: optional(updateConfig),
  RollbackConfig: optional(updateConfig),
  Networks: omit(listOf(networkAttachmentConfig)),
  EndpointSpec: optional(endpointSpec),
});

/** `GET /services/{id}`. */
export const serviceType: GoType = struct('swarm.Service', {
  ID: goString,
  Meta: embed(meta),
  Spec: omit(serviceSpec),
  PreviousSpec: optional(serviceSpec),
  Endpoint: omit(
    struct('swarm.Endpoint', {
      Spec: omit(endpointSpec),
      Ports: omit(listOf(portConfig)),
      VirtualIPs: omit(listOf(struct('swarm.EndpointVirtualIP', { NetworkID: omit(goString), Addr: omit(goString) }))),
    }),
  ),
  UpdateStatus: optional(
    struct('swarm.UpdateStatus', {
      State: omit(stringType('swarm.UpdateState')),
      StartedAt: optional(goTime),
      CompletedAt: optional(goTime),
      Message: omit(goString),
    }),
  ),
  ServiceStatus: optional(
    struct('swarm.ServiceStatus', { RunningTasks: goUint64, DesiredTasks: goUint64, CompletedTasks: goUint64 }),
  ),
  JobStatus: optional(struct('swarm.JobStatus', { JobIteration: version, LastExecution: omit(goTime) })),
});

const ipamOptions = struct('swarm.IPAMOptions', {
  Driver: omit(driver),
  Configs: omit(
    listOf(struct('swarm.IPAMConfig', { Subnet: omit(goString), Range: omit(goString), Gateway: omit(goString) })),
  ),
});

const swarmNetwork = struct('swarm.Network', {
  ID: goString,
  Meta: embed(meta),
  Spec: omit(
    struct('swarm.NetworkSpec', {
      Annotations: embed(annotations),
      DriverConfiguration: optional(driver),
      IPv6Enabled: omit(goBool),
      Internal: omit(goBool),
      Attachable: omit(goBool),
      Ingress: omit(goBool),
      IPAMOptions: optional(ipamOptions),
      ConfigFrom: optional(struct('network.ConfigReference', { Network: goString })),
      Scope: omit(goString),
    }),
  ),
  DriverState: omit(driver),
  IPAMOptions: optional(ipamOptions),
});

/** `GET /tasks/{id}`. */
export const taskType: GoType = struct('swarm.Task', {
  ID: goString,
  Meta: embed(meta),
  Annotations: embed(annotations),
  Spec: omit(taskSpec),
  ServiceID: omit(goString),
  Slot: omit(goInt),
  NodeID: omit(goString),
  Status: omit(
    struct('swarm.TaskStatus', {
      Timestamp: omit(goTime),
      State: omit(stringType('swarm.TaskState')),
      Message: omit(goString),
      Err: omit(goString),
      ContainerStatus: optional(
        struct('swarm.ContainerStatus', { ContainerID: goString, PID: goInt, ExitCode: goInt }),
      ),
      PortStatus: omit(struct('swarm.PortStatus', { Ports: omit(listOf(portConfig)) })),
    }),
  ),
  DesiredState: omit(stringType('swarm.TaskState')),
  NetworksAttachments: omit(
    listOf(struct('swarm.NetworkAttachment', { Network: omit(swarmNetwork), Addresses: omit(strings) })),
  ),
  GenericResources: omit(listOf(genericResource)),
  JobIteration: optional(version),
  Volumes: listOf(goInterface),
});

/** Body of `POST /swarm/update`. */
export const swarmSpec = struct('swarm.Spec', {
  Annotations: embed(annotations),
  Orchestration: omit(struct('swarm.OrchestrationConfig', { TaskHistoryRetentionLimit: optional(goInt64) })),
  Raft: omit(
    struct('swarm.RaftConfig', {
      SnapshotInterval: omit(goUint64),
      KeepOldSnapshots: optional(goUint64),
      LogEntriesForSlowFollowers: omit(goUint64),
      ElectionTick: goInt,
      HeartbeatTick: goInt,
    }),
  ),
  Dispatcher: omit(struct('swarm.DispatcherConfig', { HeartbeatPeriod: omit(goDuration) })),
  CAConfig: omit(
    struct('swarm.CAConfig', {
      NodeCertExpiry: omit(goDuration),
      ExternalCAs: omit(
        listOf(
          struct('swarm.ExternalCA', {
            Protocol: goString,
            URL: goString,
            Options: omit(stringMap),
            CACert: goString,
          }),
        ),
      ),
      SigningCACert: omit(goString),
      SigningCAKey: omit(goString),
      ForceRotate: omit(goUint64),
    }),
  ),
  TaskDefaults: omit(struct('swarm.TaskDefaults', { LogDriver: optional(driver) })),
  EncryptionConfig: omit(struct('swarm.EncryptionConfig', { AutoLockManagers: goBool })),
});

/** `GET /swarm` and the cluster in `GET /info`, without tokens. */
export const clusterInfoType = struct('swarm.ClusterInfo', {
  ID: goString,
  Meta: embed(meta),
  Spec: swarmSpec,
  TLSInfo: tlsInfo,
  RootRotationInProgress: goBool,
  DefaultAddrPool: strings,
  SubnetSize: goUint32,
  DataPathPort: goUint32,
});

/** The `Swarm` part of `GET /info`. */
export const swarmInfoType = struct('swarm.Info', {
  NodeID: goString,
  NodeAddr: goString,
  LocalNodeState: stringType('swarm.LocalNodeState'),
  ControlAvailable: goBool,
  Error: goString,
  RemoteManagers: listOf(struct('swarm.Peer', { NodeID: goString, Addr: goString })),
  Nodes: omit(goInt),
  Managers: omit(goInt),
  Cluster: optional(clusterInfoType),
  Warnings: omit(strings),
});

/** `GET /networks/{id}`. */
export const networkType: GoType = struct('network.Inspect', {
  Name: goString,
  ID: keyed('Id', goString),
  Created: goTime,
  Scope: goString,
  Driver: goString,
  EnableIPv4: goBool,
  EnableIPv6: goBool,
  IPAM: struct('network.IPAM', {
    Driver: goString,
    Options: stringMap,
    Config: listOf(
      struct('network.IPAMConfig', {
        Subnet: omit(goString),
        IPRange: omit(goString),
        Gateway: omit(goString),
        AuxAddress: keyed('AuxiliaryAddresses', stringMap, true),
      }),
    ),
  }),
  Internal: goBool,
  Attachable: goBool,
  Ingress: goBool,
  ConfigFrom: struct('network.ConfigReference', { Network: goString }),
  ConfigOnly: goBool,
  Containers: mapOf(
    struct('network.EndpointResource', {
      Name: goString,
      EndpointID: goString,
      MacAddress: goString,
      IPv4Address: goString,
      IPv6Address: goString,
    }),
  ),
  Options: stringMap,
  Labels: stringMap,
  Peers: omit(listOf(struct('network.PeerInfo', { Name: goString, IP: goString }))),
  Services: omit(
    mapOf(
      struct('network.ServiceInfo', {
        VIP: goString,
        Ports: strings,
        LocalLBIndex: goInt,
        Tasks: listOf(
          struct('network.Task', { Name: goString, EndpointID: goString, EndpointIP: goString, Info: stringMap }),
        ),
      }),
    ),
  ),
});

/** `GET /volumes/{name}`. */
export const volumeType: GoType = struct('volume.Volume', {
  ClusterVolume: optional(goInterface),
  CreatedAt: omit(goString),
  Driver: goString,
  Labels: stringMap,
  Mountpoint: goString,
  Name: goString,
  Options: stringMap,
  Scope: goString,
  Status: omit(mapOf(goInterface)),
  UsageData: optional(struct('volume.UsageData', { RefCount: goInt64, Size: goInt64 })),
});

/** Body of `POST /secrets/create` and of updates. */
export const secretSpec = struct('swarm.SecretSpec', {
  Annotations: embed(annotations),
  Data: omit(goBytes),
  Driver: optional(driver),
  Templating: optional(driver),
});

/** `GET /secrets/{id}`. */
export const secretType: GoType = struct('swarm.Secret', {
  ID: goString,
  Meta: embed(meta),
  Spec: secretSpec,
});

/** Body of `POST /configs/create` and of updates. */
export const configSpec = struct('swarm.ConfigSpec', {
  Annotations: embed(annotations),
  Data: omit(goBytes),
  Templating: optional(driver),
});

/** `GET /configs/{id}`. */
export const configType: GoType = struct('swarm.Config', {
  ID: goString,
  Meta: embed(meta),
  Spec: configSpec,
});
