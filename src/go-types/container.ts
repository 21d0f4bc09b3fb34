/**
 * Go's type of an inspected container, as far as the daemon here tells of one: a template that asks for more sees the JSON as it
 * came. Source: `moby: api/types/container/container.go, network_settings.go`, `api/types/network/endpoint.go`.
 */
import {
  type GoType,
  goBool,
  goInt,
  goInt64,
  goInterface,
  goString,
  mapOf,
  pointerTo,
} from '../go-template/go-value.ts';
import { listOf, omit, optional, stringMap, strings, struct } from './struct.ts';

const portMap: GoType = {
  ...mapOf(listOf(struct('nat.PortBinding', { HostIp: goString, HostPort: goString }))),
  name: 'nat.PortMap',
} as GoType;

const endpointSettings = struct('network.EndpointSettings', {
  IPAMConfig: pointerTo(
    struct('network.EndpointIPAMConfig', {
      IPv4Address: omit(goString),
      IPv6Address: omit(goString),
      LinkLocalIPs: omit(strings),
    }),
  ),
  Links: strings,
  Aliases: strings,
  MacAddress: goString,
  DriverOpts: stringMap,
  GwPriority: goInt,
  NetworkID: goString,
  EndpointID: goString,
  Gateway: goString,
  IPAddress: goString,
  IPPrefixLen: goInt,
  IPv6Gateway: goString,
  GlobalIPv6Address: goString,
  GlobalIPv6PrefixLen: goInt,
  DNSNames: strings,
});

const health = struct('container.Health', { Status: goString, FailingStreak: goInt, Log: goInterface });

const healthcheck = struct('container.HealthConfig', {
  Test: omit(strings),
  Interval: omit(goInt64),
  Timeout: omit(goInt64),
  StartPeriod: omit(goInt64),
  StartInterval: omit(goInt64),
  Retries: omit(goInt),
});

const mountPoint = struct('container.MountPoint', {
  Type: omit(goString),
  Name: omit(goString),
  Source: goString,
  Destination: goString,
  Driver: omit(goString),
  Mode: goString,
  RW: goBool,
  Propagation: goString,
});

/** `GET /containers/{id}/json`. */
export const containerType: GoType = struct('container.InspectResponse', {
  Id: goString,
  Created: goString,
  Path: goString,
  Args: strings,
  State: pointerTo(
    struct('container.State', {
      Status: goString,
      Running: goBool,
      Paused: goBool,
      Restarting: goBool,
      OOMKilled: goBool,
      Dead: goBool,
      Pid: goInt,
      ExitCode: goInt,
      Error: goString,
      StartedAt: goString,
      FinishedAt: goString,
      Health: optional(health),
    }),
  ),
  Image: goString,
  ResolvConfPath: goString,
  HostnamePath: goString,
  HostsPath: goString,
  LogPath: goString,
  Name: goString,
  RestartCount: goInt,
  Driver: goString,
  Platform: goString,
  MountLabel: goString,
  ProcessLabel: goString,
  AppArmorProfile: goString,
  ExecIDs: strings,
  HostConfig: pointerTo(
    struct('container.HostConfig', {
      NetworkMode: goString,
      PortBindings: portMap,
      RestartPolicy: struct('container.RestartPolicy', { Name: goString, MaximumRetryCount: goInt }),
      AutoRemove: goBool,
      Memory: goInt64,
      NanoCpus: goInt64,
    }),
  ),
  Mounts: listOf(mountPoint),
  Config: pointerTo(
    struct('container.Config', {
      Hostname: goString,
      Domainname: goString,
      User: goString,
      AttachStdin: goBool,
      AttachStdout: goBool,
      AttachStderr: goBool,
      ExposedPorts: omit(mapOf(struct('struct {}', {}))),
      Tty: goBool,
      OpenStdin: goBool,
      StdinOnce: goBool,
      Env: strings,
      Cmd: strings,
      Healthcheck: optional(healthcheck),
      Image: goString,
      Volumes: mapOf(struct('struct {}', {})),
      WorkingDir: goString,
      Entrypoint: strings,
      OnBuild: strings,
      Labels: stringMap,
      StopSignal: omit(goString),
    }),
  ),
  NetworkSettings: pointerTo(
    struct('container.NetworkSettings', {
      Bridge: goString,
      SandboxID: goString,
      SandboxKey: goString,
      Ports: portMap,
      HairpinMode: goBool,
      LinkLocalIPv6Address: goString,
      LinkLocalIPv6PrefixLen: goInt,
      SecondaryIPAddresses: goInterface,
      SecondaryIPv6Addresses: goInterface,
      EndpointID: goString,
      Gateway: goString,
      GlobalIPv6Address: goString,
      GlobalIPv6PrefixLen: goInt,
      IPAddress: goString,
      IPPrefixLen: goInt,
      IPv6Gateway: goString,
      MacAddress: goString,
      Networks: mapOf(pointerTo(endpointSettings)),
    }),
  ),
});
