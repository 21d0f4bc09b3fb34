/**
 * The spec that a command line of `service create` asks for, and the contradictions found in it, in the real client's order.
 * Source: `cli: cli/command/service/opts.go` (`ToService`).
 */
import type {
  ContainerSpec,
  HealthConfig,
  NetworkAttachmentConfig,
  ResourceRequirements,
  RestartCondition,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { newCapabilities } from '../../opts/capability.ts';
import { isNoCredentialSpec } from '../../opts/credential-spec.ts';
import { parseGenericResources } from '../../opts/generic-resource.ts';
import { toHostsLine } from '../../opts/host-entry.ts';
import { toRecord } from '../../opts/key-value.ts';
import { withAbsoluteSource } from '../../opts/mount.ts';
import type { CommandContext } from '../command.ts';
import { readEnvironment } from './environment.ts';
import { findNetworks } from './named-object.ts';
import { createOnly as only, shared } from './service-flags.ts';
import {
  defaultRestartPolicy,
  defaultUpdateConfig,
  privilegesWith,
  sentContainerSpec,
  sentHealthConfig,
  sentUpdateConfig,
} from './spec-parts.ts';
import { unlessEmpty, withoutEmpty } from './without-empty.ts';

/** Puts the spec together; networks are looked up on the way, secrets and configs after it. */
export async function createSpec(context: CommandContext): Promise<ParseResult<ServiceSpec>> {
  const { flags, process, api } = context;
  const env = readEnvironment(process, flags.get(only.envFile), flags.get(only.env));
  if (!env.ok) return env;
  const health = healthOf(flags);
  if (!health.ok) return health;
  const mode = modeOf(flags);
  if (!mode.ok) return mode;
  const update = updateConfigOf(flags, 'update');
  const rollback = updateConfigOf(flags, 'rollback');
  if ((mode.value.ReplicatedJob || mode.value.GlobalJob) && (update || rollback)) {
    return unparsable('update and rollback configuration is not supported for jobs');
  }
  const networks = await findNetworks(api, flags.get(only.networks));
  if (!networks.ok) return networks;
  const resources = resourcesOf(flags);
  if (!resources.ok) return resources;
  return parsed({
    ...withoutEmpty({ Name: flags.get(only.name) }),
    Labels: toRecord(flags.get(only.labels)),
    TaskTemplate: taskOf(context, env.value, health.value, networks.value, resources.value),
    Mode: mode.value,
    ...(update && { UpdateConfig: update }),
    ...(rollback && { RollbackConfig: rollback }),
    EndpointSpec: endpointOf(flags),
  });
}

const anyOf = (flags: ParsedFlags, names: readonly { name: string }[]): boolean =>
  names.some(({ name }) => flags.changed(name));

function modeOf(flags: ParsedFlags): ParseResult<ServiceMode> {
  const [replicas, concurrent] = [flags.get(shared.replicas), flags.get(shared.maxConcurrent)];
  const mode = flags.get(only.mode);
  const isGlobal = mode === 'global' || mode === 'global-job';
  const replicasMisplaced = 'replicas can only be used with replicated or replicated-job mode';
  if (mode === 'global' && replicas !== null) return unparsable(replicasMisplaced);
  if (isGlobal && flags.get(shared.maxReplicas) > 0) {
    return unparsable('replicas-max-per-node can only be used with replicated or replicated-job mode');
  }
  if ((isGlobal || mode === 'replicated') && concurrent !== null) {
    return unparsable('max-concurrent can only be used with replicated-job mode');
  }
  if (mode === 'global-job' && replicas !== null) return unparsable(replicasMisplaced);
  switch (mode) {
    case 'global':
      return parsed({ Global: {} });
    case 'global-job':
      return parsed({ GlobalJob: {} });
    case 'replicated':
      return parsed({ Replicated: replicas === null ? {} : { Replicas: replicas } });
    case 'replicated-job':
      return parsed({
        ReplicatedJob: {
          ...((concurrent ?? replicas) !== null && { MaxConcurrent: (concurrent ?? replicas)! }),
          ...(replicas !== null && { TotalCompletions: replicas }),
        },
      });
    default:
      return unparsable(`Unknown mode: ${mode}, only replicated and global supported`);
  }
}

function healthOf(flags: ParsedFlags): ParseResult<HealthConfig | undefined> {
  const command = flags.get(shared.healthCmd);
  const times = [shared.healthInterval, shared.healthTimeout, shared.healthStartPeriod, shared.healthStartInterval];
  const retries = flags.get(shared.healthRetries);
  const isSet = command !== '' || retries !== 0 || times.some((flag) => flags.get(flag) !== null);
  if (flags.get(shared.noHealthcheck)) {
    return isSet ? unparsable('--no-healthcheck conflicts with --health-* options') : parsed({ Test: ['NONE'] });
  }
  if (!isSet) return parsed(undefined);
  const [Interval, Timeout, StartPeriod, StartInterval] = times.map((flag) => flags.get(flag) ?? 0);
  const Test = command === '' ? undefined : ['CMD-SHELL', command];
  return parsed(sentHealthConfig({ Test, Interval, Timeout, StartPeriod, StartInterval, Retries: retries }));
}

/** The flags of updates, or of rollbacks. */
export function updateConfigFlags(kind: 'update' | 'rollback') {
  return kind === 'update'
    ? {
        Parallelism: shared.updateParallelism,
        Delay: shared.updateDelay,
        Monitor: shared.updateMonitor,
        FailureAction: shared.updateFailureAction,
        MaxFailureRatio: shared.updateMaxFailureRatio,
        Order: shared.updateOrder,
      }
    : {
        Parallelism: shared.rollbackParallelism,
        Delay: shared.rollbackDelay,
        Monitor: shared.rollbackMonitor,
        FailureAction: shared.rollbackFailureAction,
        MaxFailureRatio: shared.rollbackMaxFailureRatio,
        Order: shared.rollbackOrder,
      };
}

/** An update config with what the flags say about it; undefined if they say nothing. Values are checked by the daemon. */
export function updateConfigOf(
  flags: ParsedFlags,
  kind: 'update' | 'rollback',
  before: UpdateConfig = defaultUpdateConfig,
): UpdateConfig | undefined {
  const fields = Object.entries(updateConfigFlags(kind)).filter(([, flag]) => flags.changed(flag.name));
  if (fields.length === 0) return undefined;
  const given = Object.fromEntries(fields.map(([field, flag]) => [field, flags.get<unknown>(flag)]));
  return sentUpdateConfig({ ...before, ...given });
}

/** A restart policy with what the flags say about it; undefined if they say nothing. */
export function restartPolicyOf(flags: ParsedFlags, before = defaultRestartPolicy): RestartPolicy | undefined {
  const { restartCondition, restartDelay, restartMaxAttempts, restartWindow } = shared;
  if (!anyOf(flags, [restartCondition, restartDelay, restartMaxAttempts, restartWindow])) return undefined;
  const changed = flags.changed(restartCondition.name);
  const condition = changed ? (flags.get(restartCondition) as RestartCondition) : before.Condition;
  const window = flags.get(restartWindow) ?? before.Window;
  return {
    ...withoutEmpty({ Condition: condition }),
    ...{ Delay: flags.get(restartDelay) ?? before.Delay },
    ...{ MaxAttempts: flags.get(restartMaxAttempts) ?? before.MaxAttempts },
    ...(window !== undefined && { Window: window }),
  };
}

function resourcesOf(flags: ParsedFlags): ParseResult<ResourceRequirements> {
  const generic = parseGenericResources([...flags.get(only.genericResources)]);
  if (!generic.ok) return generic;
  return parsed({
    Limits: withoutEmpty({
      NanoCPUs: flags.get(shared.limitCpu),
      MemoryBytes: flags.get(shared.limitMemory),
      Pids: flags.get(shared.limitPids),
    }),
    Reservations: withoutEmpty({
      NanoCPUs: flags.get(shared.reserveCpu),
      MemoryBytes: flags.get(shared.reserveMemory),
      GenericResources: generic.value,
    }),
  });
}

function endpointOf(flags: ParsedFlags): ServiceSpec['EndpointSpec'] {
  const mode = flags.changed(shared.endpointMode.name) ? flags.get(shared.endpointMode) : 'vip';
  return withoutEmpty({ Mode: mode.toLowerCase() as 'vip' | 'dnsrr', Ports: [...flags.get(only.ports)] });
}

function taskOf(
  context: CommandContext,
  env: string[],
  health: HealthConfig | undefined,
  networks: NetworkAttachmentConfig[],
  resources: ResourceRequirements,
): TaskSpec {
  const { flags } = context;
  const restart = restartPolicyOf(flags);
  const driver = flags.get(shared.logDriver);
  return {
    ContainerSpec: containerOf(context, env, health),
    Resources: resources,
    ...(restart && { RestartPolicy: restart }),
    Placement: withoutEmpty({
      Constraints: [...flags.get(only.constraints)],
      Preferences: [...flags.get(only.placementPrefs)],
      MaxReplicas: flags.get(shared.maxReplicas),
    }),
    ...(networks.length > 0 && { Networks: networks }),
    ...(driver !== '' && { LogDriver: logDriverOf(flags) }),
    ForceUpdate: 0,
  };
}

/** The log driver with its options. */
export function logDriverOf(flags: ParsedFlags): NonNullable<TaskSpec['LogDriver']> {
  const options = unlessEmpty(toRecord(flags.get(shared.logOpt)));
  return { Name: flags.get(shared.logDriver), ...(options && { Options: options }) };
}

function containerOf({ flags, args, process }: CommandContext, env: string[], health?: HealthConfig): ContainerSpec {
  const capabilities = newCapabilities(flags.get(shared.capAdd), flags.get(shared.capDrop));
  const [image, ...rest] = args;
  const credentials = flags.get(shared.credentialSpec);
  return sentContainerSpec({
    Image: image,
    Labels: toRecord(flags.get(only.containerLabels)),
    Command: flags.get(shared.entrypoint),
    Args: rest,
    Hostname: flags.get(shared.hostname),
    Env: env,
    Dir: flags.get(shared.workdir),
    User: flags.get(shared.user),
    Groups: [...flags.get(only.groups)],
    Privileges: isNoCredentialSpec(credentials) ? undefined : privilegesWith(credentials),
    StopSignal: flags.get(shared.stopSignal),
    TTY: flags.get(shared.tty),
    ReadOnly: flags.get(shared.readOnly),
    Mounts: flags.get(only.mounts).map((mount) => withAbsoluteSource(mount, process.cwd)),
    StopGracePeriod: flags.get(shared.stopGracePeriod) ?? undefined,
    Healthcheck: health,
    Hosts: flags.get(only.hosts).map(toHostsLine),
    DNSConfig: withoutEmpty({
      Nameservers: [...flags.get(only.dns)],
      Search: [...flags.get(only.dnsSearch)],
      Options: [...flags.get(only.dnsOptions)],
    }),
    Init: flags.get(shared.init),
    Isolation: flags.get(shared.isolation),
    Sysctls: toRecord(flags.get(only.sysctls)),
    CapabilityAdd: capabilities.add,
    CapabilityDrop: capabilities.drop,
    Ulimits: flags.get(only.ulimits).toSorted((a, b) => (a.Name < b.Name ? -1 : 1)),
    OomScoreAdj: flags.get(shared.oomScoreAdj),
  });
}
