/**
 * Go's types of `docker info` and `docker version`: what the daemon says together with what the client knows of itself.
 * Source: `moby: api/types/system/info.go`, `docker/cli: cli/command/system/info.go, version.go`.
 */
import {
  type GoStruct,
  goBool,
  goInt,
  goInt64,
  goInterface,
  goString,
  mapOf,
  pointerTo,
} from '../go-template/go-value.ts';
import { embed, keyed, listOf, omit, optional, stringMap, strings, struct } from './struct.ts';
import { swarmInfoType } from './swarm.ts';

const commit = struct('system.Commit', { ID: goString });

const pairs = listOf(strings);

const platform = struct('system.platformInfo', { Name: omit(goString) });

/** `GET /info`. */
export const serverInfo: GoStruct = struct('system.Info', {
  ID: goString,
  Containers: goInt,
  ContainersRunning: goInt,
  ContainersPaused: goInt,
  ContainersStopped: goInt,
  Images: goInt,
  Driver: goString,
  DriverStatus: pairs,
  SystemStatus: omit(pairs),
  Plugins: struct('system.PluginsInfo', { Volume: strings, Network: strings, Authorization: strings, Log: strings }),
  MemoryLimit: goBool,
  SwapLimit: goBool,
  CPUCfsPeriod: keyed('CpuCfsPeriod', goBool),
  CPUCfsQuota: keyed('CpuCfsQuota', goBool),
  CPUShares: goBool,
  CPUSet: goBool,
  PidsLimit: goBool,
  IPv4Forwarding: goBool,
  Debug: goBool,
  NFd: goInt,
  OomKillDisable: goBool,
  NGoroutines: goInt,
  SystemTime: goString,
  LoggingDriver: goString,
  CgroupDriver: goString,
  CgroupVersion: omit(goString),
  NEventsListener: goInt,
  KernelVersion: goString,
  OperatingSystem: goString,
  OSVersion: goString,
  OSType: goString,
  Architecture: goString,
  IndexServerAddress: goString,
  RegistryConfig: pointerTo(
    struct('registry.ServiceConfig', {
      IndexConfigs: mapOf(
        pointerTo(struct('registry.IndexInfo', { Mirrors: strings, Name: goString, Official: goBool, Secure: goBool })),
      ),
      InsecureRegistryCIDRs: strings,
      Mirrors: strings,
    }),
  ),
  NCPU: goInt,
  MemTotal: goInt64,
  GenericResources: listOf(goInterface),
  DockerRootDir: goString,
  HTTPProxy: keyed('HttpProxy', goString),
  HTTPSProxy: keyed('HttpsProxy', goString),
  NoProxy: goString,
  Name: goString,
  Labels: strings,
  ExperimentalBuild: goBool,
  ServerVersion: goString,
  Runtimes: mapOf(
    struct('system.RuntimeWithStatus', {
      Path: keyed('path', goString, true),
      Status: keyed('status', stringMap, true),
    }),
  ),
  DefaultRuntime: goString,
  Swarm: swarmInfoType,
  LiveRestoreEnabled: goBool,
  Isolation: goString,
  InitBinary: goString,
  ContainerdCommit: commit,
  RuncCommit: commit,
  InitCommit: commit,
  SecurityOptions: strings,
  ProductLicense: omit(goString),
  DefaultAddressPools: omit(listOf(struct('system.NetworkAddressPool', { Base: goString, Size: goInt }))),
  CDISpecDirs: strings,
  Warnings: strings,
});

const clientVersion = struct('system.clientVersion', {
  Platform: optional(platform),
  Version: omit(goString),
  APIVersion: keyed('ApiVersion', goString, true),
  DefaultAPIVersion: omit(goString),
  GitCommit: omit(goString),
  GoVersion: omit(goString),
  Os: omit(goString),
  Arch: omit(goString),
  BuildTime: omit(goString),
  Context: goString,
});

const clientFields = {
  ClientInfo: optional(
    struct('system.clientInfo', {
      Debug: goBool,
      clientVersion: embed(clientVersion),
      Plugins: listOf(goInterface),
      Warnings: strings,
    }),
  ),
  ClientErrors: omit(strings),
};

/** The client's part of `docker info` alone. */
export const clientInfoType: GoStruct = struct('system.sparseInfo', clientFields);

/** What templates of `docker info` see. */
export const infoType: GoStruct = struct('system.dockerInfo', {
  Info: embed(serverInfo),
  ServerErrors: omit(strings),
  ...clientFields,
});

/** What templates of `docker version` see. */
export const versionType: GoStruct = struct('system.versionInfo', {
  Client: clientVersion,
  Server: pointerTo(
    struct('types.Version', {
      Platform: omit(struct('struct { Name string }', { Name: goString })),
      Components: omit(
        listOf(struct('types.ComponentVersion', { Name: goString, Version: goString, Details: omit(stringMap) })),
      ),
      Version: goString,
      APIVersion: keyed('ApiVersion', goString),
      MinAPIVersion: omit(goString),
      GitCommit: goString,
      GoVersion: goString,
      Os: goString,
      Arch: goString,
      KernelVersion: omit(goString),
      Experimental: omit(goBool),
      BuildTime: omit(goString),
    }),
  ),
});
