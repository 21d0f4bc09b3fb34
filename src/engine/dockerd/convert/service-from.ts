/**
 * From Docker's JSON to a service spec. `moby: daemon/cluster/convert/service.go ServiceSpecToGRPC`
 * Network targets are ids already. `present` notes which optional groups were there, so that an answer leaves out the others.
 */
import type * as api from '../../../protocol/engine-api.ts';
import { DEFAULT_RESTART, DEFAULT_UPDATE, NO_PLACEMENT, NO_RESOURCES } from '../../manager/controlapi/defaults.ts';
import type {
  EndpointSpec,
  Placement,
  PortConfig,
  Resources,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../store/objects.ts';
import { containerSpecFrom } from './container-spec.ts';
import { type Conversion, converted, unfit } from './conversion.ts';
import { genericFrom } from './node.ts';
import { fromNanos } from './time.ts';

/** What a client may leave out, it may: all of Go's fields have zero values. */
export type GivenServiceSpec = Partial<api.ServiceSpec>;

/** `name` is what a service without one is called. */
export function serviceSpecFrom(given: GivenServiceSpec, name: string): Conversion<ServiceSpec> {
  const task = taskSpecFrom(given.TaskTemplate ?? { ForceUpdate: 0 });
  if (!task.ok) return task;
  const update = updateConfigFrom(given.UpdateConfig);
  if (!update.ok) return update;
  const rollback = updateConfigFrom(given.RollbackConfig);
  if (!rollback.ok) return rollback;
  const endpoint = endpointFrom(given.EndpointSpec);
  if (!endpoint.ok) return endpoint;
  const mode = modeFrom(given.Mode ?? {});
  if (!mode.ok) return mode;
  return converted({
    annotations: { name: given.Name || name, labels: { ...given.Labels } },
    task: task.value,
    mode: mode.value,
    update: update.value,
    rollback: rollback.value,
    endpoint: endpoint.value,
  });
}

function taskSpecFrom(given: api.TaskSpec): Conversion<TaskSpec> {
  if (given.Runtime && given.Runtime !== 'container') return unfit('unsupported runtime');
  if (!given.ContainerSpec) return unfit('mismatched Runtime and *Spec fields');
  const container = containerSpecFrom(given.ContainerSpec);
  if (!container.ok) return container;
  const restart = restartFrom(given.RestartPolicy);
  if (!restart.ok) return restart;
  const { Limits: limits, Reservations: reservations } = given.Resources ?? {};
  return converted({
    container: container.value,
    limits: resourcesFrom(limits),
    pidsLimit: limits?.Pids ?? 0,
    reservations: resourcesFrom(reservations),
    restart: restart.value,
    placement: placementFrom(given.Placement),
    networks: (given.Networks ?? []).map((network) => ({
      target: network.Target ?? '',
      aliases: [...(network.Aliases ?? [])],
      driverOptions: { ...network.DriverOpts },
    })),
    forceUpdate: given.ForceUpdate ?? 0,
    logDriver: given.LogDriver ? { name: given.LogDriver.Name ?? '', options: { ...given.LogDriver.Options } } : null,
    present: presentGroups(given),
  });
}

function presentGroups(given: api.TaskSpec): string[] {
  const { Resources: resources, RestartPolicy: restart } = given;
  const groups: [string, unknown][] = [
    ['resources', resources],
    ['limits', resources?.Limits],
    ['reservations', resources?.Reservations],
    ['restart', restart],
    ['restart.delay', restart?.Delay],
    ['restart.window', restart?.Window],
    ['placement', given.Placement],
  ];
  return groups.filter(([, value]) => value !== undefined && value !== null).map(([name]) => name);
}

function resourcesFrom(
  given:
    | { NanoCPUs?: number; MemoryBytes?: number; GenericResources?: api.GenericResource[] | null }
    | undefined
    | null,
): Resources {
  if (!given) return NO_RESOURCES;
  return {
    nanoCpus: given.NanoCPUs ?? 0,
    memoryBytes: given.MemoryBytes ?? 0,
    generic: (given.GenericResources ?? []).map(genericFrom),
  };
}

function restartFrom(given: api.RestartPolicy | undefined | null): Conversion<RestartPolicy> {
  if (!given) return converted(DEFAULT_RESTART);
  const condition: string = given.Condition || 'any';
  if (condition !== 'none' && condition !== 'on-failure' && condition !== 'any')
    return unfit(`invalid RestartCondition: ${JSON.stringify(condition)}`);
  return converted({
    condition,
    delay: given.Delay === undefined || given.Delay === null ? DEFAULT_RESTART.delay : fromNanos(given.Delay),
    maxAttempts: given.MaxAttempts ?? 0,
    window: fromNanos(given.Window ?? 0),
  });
}

function placementFrom(given: api.Placement | undefined | null): Placement {
  if (!given) return NO_PLACEMENT;
  return {
    constraints: [...(given.Constraints ?? [])],
    preferences: (given.Preferences ?? []).flatMap(({ Spread }) => (Spread ? [Spread.SpreadDescriptor ?? ''] : [])),
    maxReplicas: given.MaxReplicas ?? 0,
    platforms: (given.Platforms ?? []).map((p) => ({ architecture: p.Architecture ?? '', os: p.OS ?? '' })),
  };
}

/** Simplified: a monitor of 0 is stored as the default that it stands for, so answers always show it. */
function updateConfigFrom(given: Partial<api.UpdateConfig> | undefined | null): Conversion<UpdateConfig | null> {
  if (!given) return converted(null);
  const failureAction: string = given.FailureAction || 'pause';
  if (failureAction !== 'pause' && failureAction !== 'continue' && failureAction !== 'rollback')
    return unfit(`unrecognized update failure action ${failureAction}`);
  const order: string = given.Order || 'stop-first';
  if (order !== 'stop-first' && order !== 'start-first') return unfit(`unrecognized update order ${order}`);
  return converted({
    parallelism: given.Parallelism ?? 0,
    delay: fromNanos(given.Delay ?? 0),
    monitor: given.Monitor ? fromNanos(given.Monitor) : DEFAULT_UPDATE.monitor,
    failureAction,
    maxFailureRatio: given.MaxFailureRatio ?? 0,
    order,
  });
}

function endpointFrom(given: api.EndpointSpec | undefined | null): Conversion<EndpointSpec | null> {
  if (!given) return converted(null);
  const mode: string = given.Mode || 'vip';
  if (mode !== 'vip' && mode !== 'dnsrr') return unfit(`invalid resolution mode: ${JSON.stringify(mode)}`);
  return converted({ mode, ports: (given.Ports ?? []).map(portFrom) });
}

/** Unknown words fall back to the first of their kind, as Go's enum tables do. */
function portFrom(given: api.PortConfig): PortConfig {
  const protocol: string = (given.Protocol ?? '').toLowerCase();
  return {
    name: given.Name ?? '',
    protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
    targetPort: given.TargetPort ?? 0,
    publishedPort: given.PublishedPort ?? 0,
    publishMode: given.PublishMode === 'host' ? 'host' : 'ingress',
  };
}

function modeFrom(given: api.ServiceMode): Conversion<ServiceMode> {
  const { Global, Replicated, ReplicatedJob, GlobalJob } = given;
  if ([Global, Replicated, ReplicatedJob, GlobalJob].filter(Boolean).length > 1)
    return unfit('must specify only one service mode');
  if (Global) return converted({ kind: 'global' });
  if (GlobalJob) return converted({ kind: 'global-job' });
  if (ReplicatedJob) {
    const maxConcurrent = ReplicatedJob.MaxConcurrent ?? 1;
    return converted({
      kind: 'replicated-job',
      maxConcurrent,
      totalCompletions: ReplicatedJob.TotalCompletions ?? maxConcurrent,
    });
  }
  return converted({ kind: 'replicated', replicas: Replicated?.Replicas ?? 1 });
}
