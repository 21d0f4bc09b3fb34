/** The container of a service's tasks, both ways. `moby: daemon/cluster/convert/container.go`, `api/types/swarm/container.go` */
import type * as api from '../../../protocol/engine-api.ts';
import type { ContainerSpec, FileReference, HealthConfig, Mount } from '../../store/objects.ts';
import { type Conversion, converted, unfit } from './conversion.ts';
import { filled, list, sortedMap, struct } from './go-json.ts';
import { fromNanos, nanos } from './time.ts';

/** Fields that the engine only carries, in Docker's spelling. */
const CARRIED = [
  'Privileges',
  'DNSConfig',
  'Sysctls',
  'CapabilityAdd',
  'CapabilityDrop',
  'Ulimits',
  'OomScoreAdj',
] as const;

const MOUNT_TYPES: readonly string[] = ['bind', 'volume', 'tmpfs', 'npipe', 'cluster', 'image'];
const MOUNT_OPTIONS = ['Consistency', 'BindOptions', 'VolumeOptions', 'TmpfsOptions', 'ImageOptions', 'ClusterOptions'];

export function containerSpecFrom(given: api.ContainerSpec): Conversion<ContainerSpec> {
  for (const { Type: type } of given.Mounts ?? []) {
    if (type && !MOUNT_TYPES.includes(type)) return unfit(`invalid MountType: ${JSON.stringify(type)}`);
  }
  for (const { File, Runtime } of given.Configs ?? []) {
    if (!File && !Runtime) return unfit('invalid Config: either File or Runtime should be set');
    if (File && Runtime) return unfit('invalid Config: cannot specify both File and Runtime');
  }
  return converted({
    image: given.Image ?? '',
    labels: { ...given.Labels },
    command: [...(given.Command ?? [])],
    args: [...(given.Args ?? [])],
    hostname: given.Hostname ?? '',
    env: [...(given.Env ?? [])],
    dir: given.Dir ?? '',
    user: given.User ?? '',
    groups: [...(given.Groups ?? [])],
    tty: given.TTY ?? false,
    openStdin: given.OpenStdin ?? false,
    readOnly: given.ReadOnly ?? false,
    init: given.Init ?? null,
    stopSignal: given.StopSignal ?? '',
    stopGracePeriod: typeof given.StopGracePeriod === 'number' ? fromNanos(given.StopGracePeriod) : null,
    health: given.Healthcheck ? healthFrom(given.Healthcheck) : null,
    hosts: [...(given.Hosts ?? [])],
    mounts: (given.Mounts ?? []).map(mountFrom),
    secrets: (given.Secrets ?? []).map(({ SecretID, SecretName, File }) => fileFrom(SecretID, SecretName, File)),
    configs: (given.Configs ?? []).map(({ ConfigID, ConfigName, File }) => fileFrom(ConfigID, ConfigName, File)),
    isolation: given.Isolation || 'default',
    carried: carriedFrom(given),
  });
}

function carriedFrom(given: api.ContainerSpec): Record<string, unknown> {
  const source = given as Record<string, unknown>;
  const carried: Record<string, unknown> = {};
  for (const field of CARRIED)
    if (source[field] !== undefined && source[field] !== null) carried[field] = source[field];
  return carried;
}

function healthFrom(given: api.HealthConfig): HealthConfig {
  return {
    test: [...(given.Test ?? [])],
    interval: fromNanos(given.Interval ?? 0),
    timeout: fromNanos(given.Timeout ?? 0),
    startPeriod: fromNanos(given.StartPeriod ?? 0),
    startInterval: fromNanos(given.StartInterval ?? 0),
    retries: given.Retries ?? 0,
  };
}

function mountFrom(given: api.Mount): Mount {
  const source = given as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const field of MOUNT_OPTIONS) if (source[field]) options[field] = source[field];
  return {
    type: given.Type || 'bind',
    source: given.Source ?? '',
    target: given.Target ?? '',
    readOnly: given.ReadOnly ?? false,
    options,
  };
}

function fileFrom(id: string, name: string, file: api.FileTarget | undefined): FileReference {
  return {
    id: id ?? '',
    name: name ?? '',
    target: file?.Name ?? '',
    uid: file?.UID ?? '',
    gid: file?.GID ?? '',
    mode: file?.Mode ?? 0,
  };
}

/** `defaults` fills in what the spec leaves open, as `?insertDefaults=true` asks for. */
export function containerSpecJson(spec: ContainerSpec, defaults?: { stopGracePeriod: number }): api.ContainerSpec {
  const { carried } = spec;
  const grace = spec.stopGracePeriod ?? defaults?.stopGracePeriod;
  return struct({
    Image: filled(spec.image),
    Labels: filled(sortedMap(spec.labels)),
    Command: filled(list(spec.command)),
    Args: filled(list(spec.args)),
    Hostname: filled(spec.hostname),
    Env: filled(list(spec.env)),
    Dir: filled(spec.dir),
    User: filled(spec.user),
    Groups: filled(list(spec.groups)),
    Privileges: carried.Privileges,
    Init: spec.init ?? undefined,
    StopSignal: filled(spec.stopSignal),
    TTY: filled(spec.tty),
    OpenStdin: filled(spec.openStdin),
    ReadOnly: filled(spec.readOnly),
    Mounts: filled(spec.mounts.map(mountJson)),
    StopGracePeriod: grace === undefined ? undefined : nanos(grace),
    Healthcheck: spec.health ? healthJson(spec.health) : undefined,
    Hosts: filled(list(spec.hosts)),
    DNSConfig: carried.DNSConfig ?? (defaults ? {} : undefined),
    Secrets: filled(spec.secrets.map((file) => ({ File: targetJson(file), SecretID: file.id, SecretName: file.name }))),
    Configs: filled(spec.configs.map(configReferenceJson)),
    Isolation: filled(spec.isolation),
    Sysctls: filled(carried.Sysctls),
    CapabilityAdd: filled(carried.CapabilityAdd),
    CapabilityDrop: filled(carried.CapabilityDrop),
    Ulimits: filled(carried.Ulimits),
    OomScoreAdj: filled(carried.OomScoreAdj),
  }) as api.ContainerSpec;
}

function healthJson(health: HealthConfig): api.HealthConfig {
  return struct({
    Test: filled(list(health.test)),
    Interval: filled(nanos(health.interval)),
    Timeout: filled(nanos(health.timeout)),
    StartPeriod: filled(nanos(health.startPeriod)),
    StartInterval: filled(nanos(health.startInterval)),
    Retries: filled(health.retries),
  });
}

function mountJson(mount: Mount): api.Mount {
  return struct({
    Type: mount.type,
    Source: filled(mount.source),
    Target: filled(mount.target),
    ReadOnly: filled(mount.readOnly),
    ...mount.options,
  });
}

function targetJson({ target, uid, gid, mode }: FileReference): api.FileTarget {
  return { Name: target, UID: uid, GID: gid, Mode: mode };
}

/** A config without a file is one for the runtime (a credential spec). */
function configReferenceJson(file: FileReference): api.ConfigReference {
  const reference = { ConfigID: file.id, ConfigName: file.name };
  return file.target === '' ? { Runtime: {}, ...reference } : { File: targetJson(file), ...reference };
}
