/** `/info`. `moby: daemon/info.go`, `api/types/system/info.go` */
import type * as api from '../../../protocol/engine-api.ts';
import type { ControlInfo } from '../../manager/controlapi/control-request.ts';
import type { Dockerd } from '../dockerd.ts';
import type { DockerdHost } from '../host.ts';
import { ENGINE_VERSION, KERNEL_VERSION, OPERATING_SYSTEM } from '../version.ts';
import { filled, struct } from './go-json.ts';
import { clusterInfoJson, EMPTY_CLUSTER_INFO } from './swarm.ts';
import { rfc3339 } from './time.ts';

/** Docker's own words, for two managers. */
const TWO_MANAGERS = `WARNING: Running Swarm in a two-manager configuration. This configuration provides
         no fault tolerance, and poses a high risk to lose control over the cluster.
         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the
         Swarm for fault-tolerance.`;

/** `asked` is null on workers, and where the control API did not answer: then `error` says why. */
export function swarmInfoJson(host: DockerdHost, asked: ControlInfo | null, error: string): api.SwarmInfo {
  const { swarm } = host;
  const remotes = swarm.remoteManagers.map(({ nodeId, address }) => ({ NodeID: nodeId, Addr: address }));
  const cluster = asked ? clusterInfoJson(asked.cluster, host.epochMs) : EMPTY_CLUSTER_INFO;
  return struct({
    NodeID: swarm.nodeId,
    NodeAddr: swarm.nodeAddress,
    LocalNodeState: swarm.localState,
    ControlAvailable: swarm.controlAvailable,
    Error: error || swarm.error,
    RemoteManagers: remotes.length === 0 ? null : remotes,
    Nodes: filled(asked?.nodes ?? 0),
    Managers: filled(asked?.managers ?? 0),
    Cluster: swarm.controlAvailable ? cluster : undefined,
    Warnings: asked?.managers === 2 ? [TWO_MANAGERS] : undefined,
  });
}

export function infoJson({ host, state }: Dockerd, swarm: api.SwarmInfo): api.Info {
  const { runtime } = host;
  const containers = [...runtime.state.containers.values()];
  const count = (...states: string[]) => containers.filter((container) => states.includes(container.state)).length;
  const running = count('running', 'restarting');
  const paused = count('paused');
  return {
    ID: state.disk.id,
    Containers: containers.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: containers.length - running - paused,
    Images: runtime.state.images.size,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ['Using metacopy', 'false'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Authorization: null,
      Log: ['awslogs', 'fluentd', 'gcplogs', 'gelf', 'journald', 'json-file', 'local', 'splunk', 'syslog'],
    },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: false,
    NFd: 40 + 8 * running,
    OomKillDisable: false,
    NGoroutines: 60 + 10 * running,
    SystemTime: rfc3339(host.epochMs, host.now),
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    NEventsListener: state.eventStreams.size,
    KernelVersion: KERNEL_VERSION,
    OperatingSystem: OPERATING_SYSTEM,
    OSVersion: '12',
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'],
      IndexConfigs: { 'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true } },
      Mirrors: [],
    },
    NCPU: host.cpus,
    MemTotal: host.memoryBytes,
    GenericResources: null,
    DockerRootDir: '/var/lib/docker',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: host.machine,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: ENGINE_VERSION,
    Runtimes: {
      'io.containerd.runc.v2': { path: 'runc' },
      'io.containerd.runtime.v1.linux': { path: 'runc' },
      runc: { path: 'runc' },
    },
    DefaultRuntime: 'runc',
    Swarm: swarm,
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: '05044ec0a9a75232cad458027ca83437aae3f4da' },
    RuncCommit: { ID: 'v1.2.5-0-g59923ef' },
    InitCommit: { ID: 'de40ad0' },
    SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
    CDISpecDirs: ['/etc/cdi', '/var/run/cdi'],
    Warnings: swarm.Warnings ?? null,
  };
}
