/**
 * Go's types of what clients send besides specs: the bodies of requests. What the daemon does not look at is left out.
 * Source: `moby: api/types/swarm/swarm.go`, `api/types/network/network.go`, `api/types/container`, `api/types/volume`,
 * `api/types/strslice/strslice.go`.
 */
import { type GoType, goBool, goInt, goInt64, goString, goUint32, mapOf, pointerTo } from '../go-template/go-value.ts';
import { decode } from './decode.ts';
import { embed, keyed, listOf, optional, stringMap, strings, stringType, struct } from './struct.ts';
import { healthConfig, mount, swarmSpec } from './swarm.ts';

/** `POST /swarm/init`. */
export const initRequest = struct('swarm.InitRequest', {
  ListenAddr: goString,
  AdvertiseAddr: goString,
  DataPathAddr: goString,
  DataPathPort: goUint32,
  ForceNewCluster: goBool,
  Spec: swarmSpec,
  AutoLockManagers: goBool,
  Availability: stringType('swarm.NodeAvailability'),
  DefaultAddrPool: strings,
  SubnetSize: goUint32,
});

/** `POST /swarm/join`. */
export const joinRequest = struct('swarm.JoinRequest', {
  ListenAddr: goString,
  AdvertiseAddr: goString,
  DataPathAddr: goString,
  RemoteAddrs: strings,
  JoinToken: goString,
  Availability: stringType('swarm.NodeAvailability'),
});

/** `POST /swarm/unlock`. */
export const unlockRequest = struct('swarm.UnlockRequest', { UnlockKey: goString });

/** `POST /volumes/create`. */
export const volumeCreateRequest = struct('volume.CreateOptions', {
  Driver: goString,
  DriverOpts: stringMap,
  Labels: stringMap,
  Name: goString,
});

const ipam = struct('network.IPAM', {
  Driver: goString,
  Options: stringMap,
  Config: listOf(
    struct('network.IPAMConfig', {
      Subnet: goString,
      IPRange: goString,
      Gateway: goString,
      AuxAddress: keyed('AuxiliaryAddresses', stringMap, true),
    }),
  ),
});

/** `POST /networks/create`. */
export const networkCreateRequest = struct('network.CreateRequest', {
  CreateOptions: embed(
    struct('network.CreateOptions', {
      Driver: goString,
      Scope: goString,
      EnableIPv4: optional(goBool),
      EnableIPv6: optional(goBool),
      IPAM: pointerTo(ipam),
      Internal: goBool,
      Attachable: goBool,
      Ingress: goBool,
      ConfigOnly: goBool,
      ConfigFrom: pointerTo(struct('network.ConfigReference', { Network: goString })),
      Options: stringMap,
      Labels: stringMap,
    }),
  ),
  Name: goString,
});

const endpointSettings = struct('network.EndpointSettings', {
  IPAMConfig: pointerTo(
    struct('network.EndpointIPAMConfig', { IPv4Address: goString, IPv6Address: goString, LinkLocalIPs: strings }),
  ),
  Links: strings,
  Aliases: strings,
  MacAddress: goString,
  DriverOpts: stringMap,
});

/** `POST /networks/{id}/connect`. */
export const networkConnectRequest = struct('network.ConnectOptions', {
  Container: goString,
  EndpointConfig: optional(endpointSettings),
});

/** `POST /networks/{id}/disconnect`. */
export const networkDisconnectRequest = struct('network.DisconnectOptions', { Container: goString, Force: goBool });

/** One word or several, as Dockerfiles have them. */
const words: GoType = {
  kind: 'interface',
  read: (json) => {
    const several = decode(strings, json);
    return several.ok ? several : decode(goString, json);
  },
};

const portSet = mapOf(struct('struct {}', {}));

/** Anything. */
const any: GoType = { kind: 'interface' };

const restartPolicy = struct('container.RestartPolicy', {
  Name: stringType('container.RestartPolicyMode'),
  MaximumRetryCount: goInt,
});

const resources = struct('container.Resources', {
  Memory: goInt64,
  NanoCPUs: keyed('NanoCpus', goInt64),
  BlkioWeight: goUint32,
  BlkioWeightDevice: listOf(any),
  CPUPeriod: keyed('CpuPeriod', goInt64),
  CPURealtimePeriod: keyed('CpuRealtimePeriod', goInt64),
  CPUShares: keyed('CpuShares', goInt64),
  CpusetCpus: goString,
  CpusetMems: goString,
  DeviceCgroupRules: strings,
  DeviceRequests: listOf(any),
  Devices: listOf(any),
  KernelMemory: goInt64,
  PidsLimit: optional(goInt64),
  Ulimits: listOf(any),
});

/** `POST /containers/{id}/update`. */
export const containerUpdateRequest = struct('container.UpdateConfig', {
  Resources: embed(resources),
  RestartPolicy: restartPolicy,
});

/** `POST /auth`. */
export const authRequest = struct('registry.AuthConfig', {
  Username: keyed('username', goString),
  Password: keyed('password', goString),
  ServerAddress: keyed('serveraddress', goString),
});

/** `POST /containers/create`. */
export const containerCreateRequest = struct('container.CreateRequest', {
  Config: embed(
    struct('container.Config', {
      Hostname: goString,
      User: goString,
      AttachStdin: goBool,
      AttachStdout: goBool,
      AttachStderr: goBool,
      ExposedPorts: portSet,
      Tty: goBool,
      OpenStdin: goBool,
      StdinOnce: goBool,
      Env: strings,
      Cmd: words,
      Healthcheck: optional(healthConfig),
      Image: goString,
      WorkingDir: goString,
      Entrypoint: words,
      Labels: stringMap,
      StopSignal: goString,
      StopTimeout: optional(goInt),
    }),
  ),
  HostConfig: optional(
    struct('container.HostConfig', {
      Binds: strings,
      NetworkMode: stringType('container.NetworkMode'),
      PortBindings: mapOf(listOf(struct('nat.PortBinding', { HostIP: keyed('HostIp', goString), HostPort: goString }))),
      RestartPolicy: restartPolicy,
      AutoRemove: goBool,
      Init: optional(goBool),
      PublishAllPorts: goBool,
      Mounts: listOf(mount),
      Resources: embed(resources),
      IpcMode: stringType('container.IpcMode'),
      PidMode: stringType('container.PidMode'),
      UsernsMode: stringType('container.UsernsMode'),
      Links: strings,
      SecurityOpt: strings,
      StorageOpt: stringMap,
      Sysctls: stringMap,
      VolumesFrom: strings,
      Tmpfs: stringMap,
    }),
  ),
  NetworkingConfig: optional(
    struct('network.NetworkingConfig', { EndpointsConfig: mapOf(pointerTo(endpointSettings)) }),
  ),
});

/** `POST /containers/{id}/exec`. */
export const execCreateRequest = struct('container.ExecOptions', {
  User: goString,
  Privileged: goBool,
  Tty: goBool,
  ConsoleSize: optional({ kind: 'interface' }),
  AttachStdin: goBool,
  AttachStderr: goBool,
  AttachStdout: goBool,
  DetachKeys: goString,
  Env: strings,
  WorkingDir: goString,
  Cmd: strings,
});

/** `POST /exec/{id}/start`. */
export const execStartRequest = struct('container.ExecStartOptions', {
  Detach: goBool,
  Tty: goBool,
});
