/** The daemon's part of `docker info`, for people. Source: `docker/cli: cli/command/system/info.go` (`prettyPrintServerInfo`). */
import type { ClusterInfo, Info, SwarmInfo } from '../../../protocol/engine-api.ts';
import { humanDuration } from '../../opts/human-duration.ts';
import { formatBinarySize } from '../../opts/memory-bytes.ts';

/** All lines, an empty one after them. */
export function serverInfoText(info: Info): string {
  const lines = [
    ...countLines(info),
    ...driverLines(info),
    ...pluginLines(info),
    ` Swarm: ${info.Swarm.LocalNodeState}`,
    ...swarmLines(info.Swarm),
    ...runtimeLines(info),
    ...hostLines(info),
    ...settingLines(info),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** A line for what is known; none otherwise. */
function known(label: string, value: string | undefined): string[] {
  return value ? [` ${label}: ${value}`] : [];
}

/** A title and what belongs to it; nothing if there is nothing. */
function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function countLines(info: Info): string[] {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
  ];
}

function driverLines(info: Info): string[] {
  return [
    ...known('Server Version', info.ServerVersion),
    ...known('Storage Driver', info.Driver),
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ...known('Logging Driver', info.LoggingDriver),
    ...known('Cgroup Driver', info.CgroupDriver),
    ...known('Cgroup Version', info.CgroupVersion),
  ];
}

function pluginLines({ Plugins: plugins, CDISpecDirs: directories }: Info): string[] {
  return [
    ' Plugins:',
    `  Volume: ${(plugins.Volume ?? []).join(' ')}`,
    `  Network: ${(plugins.Network ?? []).join(' ')}`,
    ...(plugins.Authorization?.length ? [`  Authorization: ${plugins.Authorization.join(' ')}`] : []),
    `  Log: ${(plugins.Log ?? []).join(' ')}`,
    ...titled(
      ' CDI spec directories:',
      (directories ?? []).map((directory) => `  ${directory}`),
    ),
  ];
}

function swarmLines(swarm: SwarmInfo): string[] {
  if (swarm.LocalNodeState === 'inactive' || swarm.LocalNodeState === 'locked') return [];
  const showsCluster = swarm.ControlAvailable && swarm.Error === '' && swarm.LocalNodeState !== 'error';
  const managers = (swarm.RemoteManagers ?? []).map((manager) => manager.Addr).sort();
  return [
    `  NodeID: ${swarm.NodeID}`,
    ...(swarm.Error === '' ? [] : [`  Error: ${swarm.Error}`]),
    `  Is Manager: ${swarm.ControlAvailable}`,
    ...(swarm.Cluster && showsCluster ? clusterLines(swarm, swarm.Cluster) : []),
    `  Node Address: ${swarm.NodeAddr}`,
    ...titled(
      '  Manager Addresses:',
      managers.map((address) => `   ${address}`),
    ),
  ];
}

function clusterLines(swarm: SwarmInfo, cluster: ClusterInfo): string[] {
  const { Orchestration, Raft, Dispatcher, EncryptionConfig } = cluster.Spec;
  const pools = cluster.DefaultAddrPool;
  return [
    `  ClusterID: ${cluster.ID}`,
    `  Managers: ${swarm.Managers ?? 0}`,
    `  Nodes: ${swarm.Nodes ?? 0}`,
    ...(pools
      ? [`  Default Address Pool: ${pools.map((pool) => `${pool}  `).join('')}`, `  SubnetSize: ${cluster.SubnetSize}`]
      : []),
    ...(cluster.DataPathPort > 0 ? [`  Data Path Port: ${cluster.DataPathPort}`] : []),
    '  Orchestration:',
    `   Task History Retention Limit: ${Orchestration.TaskHistoryRetentionLimit ?? 0}`,
    '  Raft:',
    `   Snapshot Interval: ${Raft.SnapshotInterval ?? 0}`,
    ...(Raft.KeepOldSnapshots === undefined ? [] : [`   Number of Old Snapshots to Retain: ${Raft.KeepOldSnapshots}`]),
    `   Heartbeat Tick: ${Raft.HeartbeatTick}`,
    `   Election Tick: ${Raft.ElectionTick}`,
    '  Dispatcher:',
    `   Heartbeat Period: ${humanDuration((Dispatcher.HeartbeatPeriod ?? 0) / 1e6)}`,
    ...certificateLines(cluster),
    `  Autolock Managers: ${EncryptionConfig.AutoLockManagers}`,
    `  Root Rotation In Progress: ${cluster.RootRotationInProgress}`,
  ];
}

function certificateLines({ Spec: { CAConfig: config } }: ClusterInfo): string[] {
  const certificate = (config.SigningCACert ?? '').trim();
  return [
    '  CA Configuration:',
    `   Expiry Duration: ${humanDuration((config.NodeCertExpiry ?? 0) / 1e6)}`,
    `   Force Rotate: ${config.ForceRotate ?? 0}`,
    ...(certificate === '' ? [] : [`   Signing CA Certificate: \n${certificate}\n`]),
    ...titled(
      '   External CAs:',
      (config.ExternalCAs ?? []).map((ca) => `     ${ca.Protocol}: ${ca.URL}`),
    ),
  ];
}

function runtimeLines(info: Info): string[] {
  const runtimes = Object.keys(info.Runtimes ?? {}).sort();
  return [
    ...(runtimes.length === 0 ? [] : [` Runtimes: ${runtimes.join(' ')}`, ` Default Runtime: ${info.DefaultRuntime}`]),
    ...(info.OSType === 'linux' ? linuxLines(info) : []),
  ];
}

function linuxLines(info: Info): string[] {
  return [
    ` Init Binary: ${info.InitBinary}`,
    ` containerd version: ${info.ContainerdCommit.ID}`,
    ` runc version: ${info.RuncCommit.ID}`,
    ` init version: ${info.InitCommit.ID}`,
    ...titled(' Security Options:', (info.SecurityOptions ?? []).flatMap(securityLines)),
  ];
}

/** `name=seccomp,profile=builtin` as a name and, below it, its profile. */
function securityLines(option: string): string[] {
  const parts = new Map(option.split(',').map((part) => part.split('=', 2) as [string, string]));
  const profile = parts.get('profile');
  return [`  ${parts.get('name') ?? option}`, ...(profile === undefined ? [] : [`   Profile: ${profile}`])];
}

function hostLines(info: Info): string[] {
  return [
    ...known('Kernel Version', info.KernelVersion),
    ...known('Operating System', info.OperatingSystem),
    ...known('OSType', info.OSType),
    ...known('Architecture', info.Architecture),
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${formatBinarySize(info.MemTotal)}`,
    ...known('Name', info.Name),
    ...known('ID', info.ID),
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
  ];
}

function settingLines(info: Info): string[] {
  const registries = info.RegistryConfig;
  const insecure = [
    ...Object.values(registries?.IndexConfigs ?? {}).flatMap((index) => (index.Secure ? [] : [`  ${index.Name}`])),
    ...(registries?.InsecureRegistryCIDRs ?? []).map((network) => `  ${network}`),
  ];
  return [
    ...known('HTTP Proxy', info.HttpProxy),
    ...known('HTTPS Proxy', info.HttpsProxy),
    ...known('No Proxy', info.NoProxy),
    ...titled(
      ' Labels:',
      (info.Labels ?? []).map((label) => `  ${label}`),
    ),
    ` Experimental: ${info.ExperimentalBuild}`,
    ...titled(' Insecure Registries:', insecure),
    ...titled(
      ' Registry Mirrors:',
      (registries?.Mirrors ?? []).map((mirror) => `  ${mirror}`),
    ),
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...known('Product License', info.ProductLicense),
    ...titled(
      ' Default Address Pools:',
      (info.DefaultAddressPools ?? []).map((pool) => `   Base: ${pool.Base}, Size: ${pool.Size}`),
    ),
  ];
}
