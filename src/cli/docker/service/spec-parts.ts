/**
 * Parts of a service's spec that `create` and `update` both start from, and the order in which Docker writes its fields.
 * Source: `swarmkit: api/defaults/service.go`, `moby: api/types/swarm/container.go`.
 */
import type {
  ContainerSpec,
  CredentialSpec,
  HealthConfig,
  Privileges,
  RestartPolicy,
  UpdateConfig,
} from '../../../protocol/engine-api.ts';
import { unlessEmpty, withoutEmpty } from './without-empty.ts';

const second = 1_000_000_000;

/** How updates and rollbacks go when nothing is said. */
export const defaultUpdateConfig: UpdateConfig = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: 5 * second,
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

/** How tasks are restarted when nothing is said. */
export const defaultRestartPolicy: RestartPolicy = { Condition: 'any', Delay: 5 * second, MaxAttempts: 0 };

/** An update config as it is sent: parallelism, ratio and order always, the rest unless empty. */
export function sentUpdateConfig(config: UpdateConfig): UpdateConfig {
  const { Parallelism, Delay, FailureAction, Monitor, MaxFailureRatio, Order } = config;
  return withoutEmpty({ Parallelism, Delay, FailureAction, Monitor, MaxFailureRatio, Order }, [
    'Parallelism',
    'MaxFailureRatio',
    'Order',
  ]);
}

/** A health check as it is sent. */
export function sentHealthConfig(config: HealthConfig): HealthConfig {
  const { Test, Interval, Timeout, StartPeriod, StartInterval, Retries } = config;
  return withoutEmpty({ Test, Interval, Timeout, StartPeriod, StartInterval, Retries });
}

/** Privileges that only name a credential spec. */
export function privilegesWith(spec: CredentialSpec | null, before?: Privileges): Privileges {
  return { SELinuxContext: null, NoNewPrivileges: false, ...before, CredentialSpec: spec };
}

/** A container's spec as it is sent: Docker's order, nothing empty but what may be (`Init: false`, a grace period of 0). */
export function sentContainerSpec(spec: ContainerSpec): ContainerSpec {
  const ordered: ContainerSpec = {
    Image: spec.Image,
    Labels: unlessEmpty(spec.Labels),
    Command: spec.Command,
    Args: spec.Args,
    Hostname: spec.Hostname,
    Env: spec.Env,
    Dir: spec.Dir,
    User: spec.User,
    Groups: spec.Groups,
    Privileges: spec.Privileges,
    Init: spec.Init,
    StopSignal: spec.StopSignal,
    TTY: spec.TTY,
    OpenStdin: spec.OpenStdin,
    ReadOnly: spec.ReadOnly,
    Mounts: spec.Mounts,
    StopGracePeriod: spec.StopGracePeriod,
    Healthcheck: spec.Healthcheck,
    Hosts: spec.Hosts,
    DNSConfig: spec.DNSConfig,
    Secrets: spec.Secrets,
    Configs: spec.Configs,
    Isolation: spec.Isolation,
    Sysctls: unlessEmpty(spec.Sysctls),
    CapabilityAdd: spec.CapabilityAdd,
    CapabilityDrop: spec.CapabilityDrop,
    Ulimits: spec.Ulimits,
    OomScoreAdj: spec.OomScoreAdj,
  };
  const pointers = (['Init', 'StopGracePeriod'] as const).filter((field) => spec[field] !== undefined);
  return withoutEmpty(ordered, pointers);
}
