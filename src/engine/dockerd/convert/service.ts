/** Services as Docker's JSON. `moby: daemon/cluster/convert/service.go ServiceFromGRPC`, `api/types/swarm/service.go` */
import type * as api from '../../../protocol/engine-api.ts';
import type { ServiceWithCounts } from '../../manager/controlapi/control-request.ts';
import { DEFAULT_RESTART, DEFAULT_STOP_GRACE, DEFAULT_UPDATE } from '../../manager/controlapi/defaults.ts';
import type {
  Endpoint,
  EndpointSpec,
  Placement,
  PortConfig,
  Resources,
  Service,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
  UpdateStatus,
} from '../../store/objects.ts';
import { containerSpecJson } from './container-spec.ts';
import { filled, list, sortedMap, struct, when } from './go-json.ts';
import { annotationsJson, head } from './meta.ts';
import { genericJson } from './node.ts';
import { type EpochMs, nanos, rfc3339 } from './time.ts';

export interface ServiceJsonOptions {
  readonly epochMs: EpochMs;
  /** `?insertDefaults=true`: show what holds where the spec says nothing. */
  readonly insertDefaults?: boolean;
  /** `?status=true`: show the counts of tasks. */
  readonly status?: boolean;
}

export function serviceJson(counted: ServiceWithCounts, options: ServiceJsonOptions): api.Service {
  const { service } = counted;
  const { epochMs } = options;
  return struct({
    ...head(service, epochMs),
    Spec: serviceSpecJson(service.spec, options.insertDefaults),
    PreviousSpec: service.previousSpec ? serviceSpecJson(service.previousSpec) : undefined,
    Endpoint: endpointJson(service.endpoint),
    UpdateStatus: service.updateStatus ? updateStatusJson(service.updateStatus, epochMs) : undefined,
    ServiceStatus: when(options.status === true, {
      RunningTasks: counted.runningTasks,
      DesiredTasks: counted.desiredTasks,
      CompletedTasks: counted.completedTasks,
    }),
    JobStatus: jobStatusJson(service, epochMs),
  });
}

export function serviceSpecJson(spec: ServiceSpec, insertDefaults = false): api.ServiceSpec {
  const fallback = insertDefaults ? DEFAULT_UPDATE : null;
  const update = spec.update ?? fallback;
  const rollback = spec.rollback ?? fallback;
  return struct({
    ...annotationsJson(spec.annotations),
    TaskTemplate: { ...taskSpecJson(spec.task, insertDefaults), Runtime: 'container' },
    Mode: modeJson(spec.mode),
    UpdateConfig: update ? updateConfigJson(update) : undefined,
    RollbackConfig: rollback ? updateConfigJson(rollback) : undefined,
    EndpointSpec: spec.endpoint ? endpointSpecJson(spec.endpoint) : undefined,
  });
}

/** A task's spec; a service's template has `Runtime` besides. */
export function taskSpecJson(task: TaskSpec, insertDefaults = false): api.TaskSpec {
  const has = (group: string) => insertDefaults || task.present.includes(group);
  const defaults = insertDefaults ? { stopGracePeriod: DEFAULT_STOP_GRACE } : undefined;
  const { attachment } = task;
  return struct({
    ContainerSpec: attachment ? undefined : containerSpecJson(task.container, defaults),
    NetworkAttachmentSpec: attachment && { ContainerID: attachment.containerId },
    Resources: when(has('resources'), resourcesJson(task)),
    RestartPolicy: when(has('restart'), restartJson(task, insertDefaults)),
    Placement: when(has('placement'), placementJson(task.placement)),
    Networks: filled(
      task.networks.map((network) =>
        struct({
          Target: filled(network.target),
          Aliases: filled(list(network.aliases)),
          DriverOpts: filled(sortedMap(network.driverOptions)),
        }),
      ),
    ),
    LogDriver: task.logDriver
      ? struct({ Name: filled(task.logDriver.name), Options: filled(sortedMap(task.logDriver.options)) })
      : undefined,
    ForceUpdate: task.forceUpdate,
    Runtime: attachment && 'attachment',
  });
}

function resourcesJson(task: TaskSpec): api.ResourceRequirements {
  const { limits, reservations, present } = task;
  return struct({
    Limits: when(present.includes('limits'), {
      ...amountsJson(limits),
      ...struct({ Pids: filled(task.pidsLimit) }),
    }),
    Reservations: when(present.includes('reservations'), {
      ...amountsJson(reservations),
      ...struct({ GenericResources: filled(reservations.generic.map(genericJson)) }),
    }),
  });
}

function amountsJson({ nanoCpus, memoryBytes }: Resources): { NanoCPUs?: number; MemoryBytes?: number } {
  return struct({ NanoCPUs: filled(nanoCpus), MemoryBytes: filled(memoryBytes) });
}

function restartJson({ restart, present }: TaskSpec, insertDefaults: boolean): api.RestartPolicy {
  const policy = present.includes('restart') ? restart : DEFAULT_RESTART;
  return struct({
    Condition: policy.condition,
    Delay: when(insertDefaults || present.includes('restart.delay'), nanos(policy.delay)),
    MaxAttempts: policy.maxAttempts,
    Window: when(present.includes('restart.window'), nanos(policy.window)),
  });
}

function placementJson(placement: Placement): api.Placement {
  return struct({
    Constraints: filled(list(placement.constraints)),
    Preferences: filled(placement.preferences.map((spread) => ({ Spread: { SpreadDescriptor: spread } }))),
    MaxReplicas: filled(placement.maxReplicas),
    Platforms: filled(
      placement.platforms.map(({ architecture, os }) => struct({ Architecture: filled(architecture), OS: filled(os) })),
    ),
  });
}

function modeJson(mode: ServiceMode): api.ServiceMode {
  switch (mode.kind) {
    case 'replicated':
      return { Replicated: { Replicas: mode.replicas } };
    case 'global':
      return { Global: {} };
    case 'replicated-job':
      return { ReplicatedJob: { MaxConcurrent: mode.maxConcurrent, TotalCompletions: mode.totalCompletions } };
    case 'global-job':
      return { GlobalJob: {} };
  }
}

function updateConfigJson(config: UpdateConfig): api.UpdateConfig {
  return struct({
    Parallelism: config.parallelism,
    Delay: filled(nanos(config.delay)),
    FailureAction: config.failureAction,
    Monitor: filled(nanos(config.monitor)),
    MaxFailureRatio: config.maxFailureRatio,
    Order: config.order,
  });
}

function endpointSpecJson({ mode, ports }: EndpointSpec): api.EndpointSpec {
  return struct({ Mode: mode, Ports: filled(ports.map(portJson)) });
}

function endpointJson(endpoint: Endpoint | null): api.Endpoint {
  if (!endpoint) return { Spec: {} };
  return struct({
    Spec: endpointSpecJson(endpoint.spec),
    Ports: filled(endpoint.ports.map(portJson)),
    VirtualIPs: filled(
      endpoint.virtualIps.map(({ networkId, address }) => struct({ NetworkID: networkId, Addr: filled(address) })),
    ),
  });
}

export function portJson(port: PortConfig): api.PortConfig {
  return struct({
    Name: filled(port.name),
    Protocol: port.protocol,
    TargetPort: filled(port.targetPort),
    PublishedPort: filled(port.publishedPort),
    PublishMode: port.publishMode,
  });
}

function updateStatusJson(status: UpdateStatus, epochMs: EpochMs): api.UpdateStatus {
  return struct({
    State: status.state,
    StartedAt: rfc3339(epochMs, status.startedAt),
    CompletedAt: status.completedAt === null ? undefined : rfc3339(epochMs, status.completedAt),
    Message: filled(status.message),
  });
}

function jobStatusJson(service: Service, epochMs: EpochMs): api.JobStatus | undefined {
  if (service.lastExecution === null) return undefined;
  return {
    JobIteration: { Index: service.jobIteration },
    LastExecution: rfc3339(epochMs, service.lastExecution),
  };
}
