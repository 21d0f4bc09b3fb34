/**
 * What a stack file says, as the loader holds it: services, networks, volumes, secrets, configs.
 * Fields stand in the order in which `docker stack config` prints them. Source: `cli: cli/compose/types/types.go`.
 * Simplified: `oom_score_adj` is missing, as the original forgets it (it has no name for it when it decodes).
 */
import { mergeByKey, mergeLogging, mergeNetworkAttachment, replaceByLatest } from './merge.ts';
import {
  bytes,
  duration,
  type Infer,
  listOf,
  mapOf,
  merging,
  natural,
  optional,
  ratio,
  type Shape,
  struct,
  text,
  transformed,
  truth,
  whole,
} from './shape.ts';
import {
  commandWords,
  durationNanos,
  externalName,
  healthcheckTest,
  hosts,
  longMount,
  longPorts,
  memoryAmount,
  networkMap,
  oneText,
  pairs,
  sourceOnly,
  texts,
  textValues,
  ulimitPair,
  variables,
  withContext,
} from './transforms.ts';

/** Also a zero of the second file counts. */
const count = replaceByLatest(optional(natural));
const time = transformed(duration, durationNanos);
const size = transformed(bytes, memoryAmount);
const textList = transformed(listOf(text), oneText);
const command = merging(transformed(listOf(text), commandWords), (first, second) =>
  second && second.length > 0 ? second : first,
);
const options = transformed(mapOf(text), textValues);
const labels = transformed(mapOf(text), pairs);
const hostList = transformed(listOf(text), hosts);

/** A variable without a value, null, takes that of the container's host: docker then leaves it out. */
const environment = transformed(mapOf(optional(text), optional(text).merge), variables);

const build = transformed(
  struct({
    context: text,
    dockerfile: text,
    args: environment,
    labels,
    cache_from: textList,
    extra_hosts: hostList,
    network: text,
    target: text,
  }),
  withContext,
);

const fileReference = transformed(
  struct({ source: text, target: text, uid: text, gid: text, mode: optional(natural) }, { uid: 'UID', gid: 'GID' }),
  sourceOnly,
);
const fileReferences = merging(listOf(fileReference), (first, second) =>
  mergeByKey(first, second, ({ source }) => source),
);

const healthcheck = struct({
  test: transformed(listOf(text), healthcheckTest),
  timeout: optional(time),
  interval: optional(time),
  retries: count,
  start_period: optional(time),
  start_interval: optional(time),
  disable: truth,
});

const updateConfig = struct({
  parallelism: count,
  delay: time,
  failure_action: text,
  monitor: time,
  max_failure_ratio: ratio,
  order: text,
});

const resources = struct({
  limits: optional(struct({ cpus: text, memory: size, pids: whole }, { cpus: 'cpus', memory: 'memory', pids: 'pids' })),
  reservations: optional(
    struct(
      {
        cpus: text,
        memory: size,
        generic_resources: listOf(struct({ discrete_resource_spec: optional(struct({ kind: text, value: whole })) })),
      },
      { cpus: 'cpus', memory: 'memory' },
    ),
  ),
});

const deploy = struct({
  mode: text,
  replicas: count,
  labels,
  update_config: optional(updateConfig),
  rollback_config: optional(updateConfig),
  resources,
  restart_policy: optional(
    struct({
      condition: text,
      delay: optional(time),
      max_attempts: count,
      window: optional(time),
    }),
  ),
  placement: struct({
    constraints: listOf(text),
    preferences: listOf(struct({ spread: text })),
    max_replicas_per_node: natural,
  }),
  endpoint_mode: text,
});

const networkAttachment = optional(
  struct({ aliases: listOf(text), driver_opts: options, ipv4_address: text, ipv6_address: text }),
);

const port = struct({ mode: text, target: natural, published: natural, protocol: text });

const mount = transformed(
  struct(
    {
      type: text,
      source: text,
      target: text,
      read_only: truth,
      consistency: text,
      bind: optional(struct({ propagation: text })),
      volume: optional(struct({ nocopy: truth, subpath: text }, { nocopy: 'nocopy', subpath: 'subpath' })),
      image: optional(struct({ subpath: text }, { subpath: 'subpath' })),
      tmpfs: optional(struct({ size: whole })),
      cluster: optional(struct({})),
    },
    {},
  ),
  longMount,
);

const pair = struct({ single: whole, soft: whole, hard: whole });

/** One number stands for both limits, and is printed as one. */
const ulimit: Shape<Infer<typeof pair> | null> = {
  ...optional(transformed(pair, ulimitPair)),
  print: (value) => (value && value.single !== 0 ? whole.print(value.single) : optional(pair).print(value)),
  merge: (first, second) => second ?? first,
};

export const serviceShape = struct(
  {
    build,
    cap_add: listOf(text),
    cap_drop: listOf(text),
    cgroupns_mode: text,
    cgroup_parent: text,
    command,
    configs: fileReferences,
    container_name: text,
    credential_spec: struct({ config: text, file: text, registry: text }),
    depends_on: listOf(text),
    deploy,
    devices: listOf(text),
    dns: textList,
    dns_search: textList,
    domainname: text,
    entrypoint: command,
    environment,
    env_file: textList,
    expose: transformed(listOf(text), texts),
    external_links: listOf(text),
    extra_hosts: hostList,
    hostname: text,
    healthcheck: optional(healthcheck),
    image: text,
    init: optional(truth),
    ipc: text,
    isolation: text,
    labels,
    links: listOf(text),
    logging: merging(optional(struct({ driver: text, options })), mergeLogging),
    mac_address: text,
    network_mode: text,
    networks: transformed(mapOf(networkAttachment, mergeNetworkAttachment), networkMap),
    pid: text,
    ports: merging(transformed(listOf(port), longPorts), (first, second) =>
      mergeByKey(first, second, ({ published }) => published),
    ),
    privileged: truth,
    read_only: truth,
    restart: text,
    secrets: fileReferences,
    security_opt: listOf(text),
    shm_size: text,
    stdin_open: truth,
    stop_grace_period: optional(time),
    stop_signal: text,
    sysctls: labels,
    tmpfs: textList,
    tty: truth,
    ulimits: mapOf(ulimit, ulimit.merge),
    user: text,
    userns_mode: text,
    volumes: merging(listOf(mount), (first, second) => mergeByKey(first, second, ({ target }) => target)),
    working_dir: text,
  },
  {
    dns: 'DNS',
    domainname: 'domainname',
    healthcheck: 'HealthCheck',
    isolation: 'isolation',
  },
);

const externalStruct = transformed(struct({ name: text, external: truth }), externalName);

/** Printed as a truth value, unless it still has a name of its own. */
const external: Shape<Infer<typeof externalStruct>> = {
  ...externalStruct,
  print: (value) =>
    value.name === '' ? truth.print(value.external) : externalStruct.print({ ...value, external: false }),
};

const network = struct({
  name: text,
  driver: text,
  driver_opts: options,
  ipam: struct({ driver: text, config: listOf(optional(struct({ subnet: text }))) }),
  external,
  internal: truth,
  attachable: truth,
  labels,
});

const segments = listOf(struct({ segments: labels }));

const volume = struct(
  {
    name: text,
    driver: text,
    driver_opts: options,
    external,
    labels,
    'x-cluster-spec': optional(
      struct({
        group: text,
        access_mode: optional(
          struct({
            scope: text,
            sharing: text,
            mount_volume: optional(struct({ fs_type: text, mount_flags: listOf(text) })),
            block_volume: optional(struct({})),
          }),
        ),
        accessibility_requirements: optional(struct({ requisite: segments, preferred: segments })),
        capacity_range: optional(struct({ required_bytes: size, limit_bytes: size })),
        secrets: listOf(struct({ key: text, secret: text })),
        availability: text,
      }),
    ),
  },
  { 'x-cluster-spec': 'x-cluster-spec' },
);

const fileObject = struct({
  name: text,
  file: text,
  external,
  labels,
  driver: text,
  driver_opts: options,
  template_driver: text,
});

export const networksShape = mapOf(network);
export const volumesShape = mapOf(volume);
export const fileObjectsShape = mapOf(fileObject);

export type ServiceConfig = Infer<typeof serviceShape>;
export type NetworkConfig = Infer<typeof network>;
export type VolumeConfig = Infer<typeof volume>;
/** A secret or a config. */
export type FileObjectConfig = Infer<typeof fileObject>;
/** A service's use of a secret or a config. */
export type FileReferenceConfig = Infer<typeof fileReference>;
export type MountConfig = Infer<typeof mount>;
export type DeployConfig = Infer<typeof deploy>;
export type HealthcheckConfig = Infer<typeof healthcheck>;
export type UpdateConfig = Infer<typeof updateConfig>;
export type RestartPolicyConfig = NonNullable<DeployConfig['restart_policy']>;

/** All files together. */
export interface StackFile {
  version: string;
  /** By name. */
  services: ReadonlyMap<string, ServiceConfig>;
  networks: ReadonlyMap<string, NetworkConfig>;
  volumes: ReadonlyMap<string, VolumeConfig>;
  secrets: ReadonlyMap<string, FileObjectConfig>;
  configs: ReadonlyMap<string, FileObjectConfig>;
  /** `x-` fields of the first file. */
  extras: ReadonlyMap<string, import('./value.ts').Value>;
}
