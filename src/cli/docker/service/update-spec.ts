/**
 * What `service update` makes of a service's spec: every `--x-add` and `--x-rm`, and every flag that replaces a value.
 * Works on a copy, step by step; steps that ask the daemon (networks, secrets, configs) are in `update.ts`.
 * Source: `cli: cli/command/service/update.go` (`updateService` and its parts).
 */
import type {
  ContainerSpec,
  DnsConfig,
  GenericResource,
  HealthConfig,
  Mount,
  PortConfig,
  ServiceSpec,
  TaskSpec,
} from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { updatedCapabilities } from '../../opts/capability.ts';
import { cut } from '../../opts/cut.ts';
import { parseGenericResources } from '../../opts/generic-resource.ts';
import { toHostsLine } from '../../opts/host-entry.ts';
import { sortedRecord, toRecord, withInheritedValue } from '../../opts/key-value.ts';
import { withAbsoluteSource } from '../../opts/mount.ts';
import { portKey } from '../../opts/port.ts';
import type { Process } from '../../process.ts';
import { logDriverOf, restartPolicyOf, updateConfigOf } from './create-spec.ts';
import { updateOnly as only, shared } from './service-flags.ts';
import { sentHealthConfig } from './spec-parts.ts';
import { withoutEmpty } from './without-empty.ts';

/** The spec after all flags that need no daemon; or the first contradiction. */
export function updateSpec(before: ServiceSpec, flags: ParsedFlags, process: Process): ParseResult<ServiceSpec> {
  const change = new Change(before, flags, process);
  const problem = change.apply();
  return problem === null ? parsed(change.spec) : unparsable(problem);
}

class Change {
  readonly spec: ServiceSpec;
  readonly #flags: ParsedFlags;
  readonly #process: Process;

  constructor(before: ServiceSpec, flags: ParsedFlags, process: Process) {
    this.spec = {
      ...before,
      TaskTemplate: { ...before.TaskTemplate, ContainerSpec: { ...before.TaskTemplate.ContainerSpec } },
    };
    this.#flags = flags;
    this.#process = process;
  }

  /** Returns what is wrong, or null. */
  apply(): string | null {
    this.#labels();
    this.#container();
    const mounts = this.#mounts();
    if (mounts !== null) return mounts;
    this.#limits();
    const generic = this.#genericResources();
    if (generic !== null) return generic;
    this.#placement();
    const replicas = this.#replicas();
    if (replicas !== null) return replicas;
    this.#configs();
    this.#endpoint();
    this.#lists();
    if (this.#flags.get(shared.logDriver) !== '') this.#task.LogDriver = logDriverOf(this.#flags);
    if (this.#flags.get(only.force)) this.#task.ForceUpdate = (this.#task.ForceUpdate ?? 0) + 1;
    const health = this.#health();
    if (health !== null) return health;
    this.#capabilities();
    return null;
  }

  get #task(): TaskSpec {
    return this.spec.TaskTemplate;
  }

  get #containerSpec(): ContainerSpec {
    return this.spec.TaskTemplate.ContainerSpec!;
  }

  #changed(...flags: readonly { name: string }[]): boolean {
    return flags.some(({ name }) => this.#flags.changed(name));
  }

  #labels(): void {
    const flags = this.#flags;
    this.spec.Labels = mergedRecord(this.spec.Labels, flags.get(only.labelRm), flags.get(only.labelAdd));
    const container = this.#containerSpec;
    container.Labels = mergedRecord(
      container.Labels,
      flags.get(only.containerLabelRm),
      flags.get(only.containerLabelAdd),
    );
  }

  /** Fields that a flag simply replaces. */
  #container(): void {
    const flags = this.#flags;
    const container = this.#containerSpec;
    if (this.#changed(only.image)) container.Image = flags.get(only.image);
    if (this.#changed(only.args)) container.Args = flags.get(only.args);
    if (this.#changed(shared.entrypoint)) container.Command = flags.get(shared.entrypoint);
    container.Env = this.#environment(container.Env ?? []);
    if (this.#changed(shared.workdir)) container.Dir = flags.get(shared.workdir);
    if (this.#changed(shared.user)) container.User = flags.get(shared.user);
    if (this.#changed(shared.hostname)) container.Hostname = flags.get(shared.hostname);
    if (this.#changed(shared.init)) container.Init = flags.get(shared.init);
    if (this.#changed(shared.isolation)) container.Isolation = flags.get(shared.isolation);
    if (this.#changed(shared.oomScoreAdj)) container.OomScoreAdj = flags.get(shared.oomScoreAdj);
    if (this.#changed(shared.stopGracePeriod)) container.StopGracePeriod = flags.get(shared.stopGracePeriod) ?? 0;
    if (this.#changed(shared.tty)) container.TTY = flags.get(shared.tty);
    if (this.#changed(shared.readOnly)) container.ReadOnly = flags.get(shared.readOnly);
    if (this.#changed(shared.stopSignal)) container.StopSignal = flags.get(shared.stopSignal);
    const removedSysctls = Object.keys(toRecord(flags.get(only.sysctlRm)));
    container.Sysctls = mergedRecord(container.Sysctls, removedSysctls, flags.get(only.sysctlAdd));
    container.Ulimits = this.#ulimits(container.Ulimits ?? []);
  }

  #environment(before: string[]): string[] {
    const removed = new Set(this.#flags.get(only.envRm));
    const nameOf = (variable: string): string => cut(variable, '=').head;
    const variables = new Map(
      before.filter((variable) => !removed.has(nameOf(variable))).map((variable) => [nameOf(variable), variable]),
    );
    for (const added of this.#flags.get(only.envAdd)) {
      variables.set(nameOf(added), withInheritedValue(added, this.#process.env));
    }
    return [...variables.values()];
  }

  #ulimits(before: NonNullable<ContainerSpec['Ulimits']>): ContainerSpec['Ulimits'] {
    const removed = Object.keys(toRecord(this.#flags.get(only.ulimitRm)));
    const limits = new Map(before.filter(({ Name }) => !removed.includes(Name)).map((limit) => [limit.Name, limit]));
    for (const limit of this.#flags.get(only.ulimitAdd)) limits.set(limit.Name, limit);
    return [...limits.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  #mounts(): string | null {
    const mounts = new Map<string, Mount>();
    for (const mount of this.#flags.get(only.mountAdd)) {
      if (mounts.has(mount.Target ?? '')) return 'duplicate mount target';
      mounts.set(mount.Target ?? '', withAbsoluteSource(mount, this.#process.cwd));
    }
    for (const mount of this.#containerSpec.Mounts ?? []) {
      if (!mounts.has(mount.Target ?? '')) mounts.set(mount.Target ?? '', mount);
    }
    for (const target of this.#flags.get(only.mountRm)) mounts.delete(target);
    const key = ({ Source = '', Target = '' }: Mount): string => `${Source}\0${Target}`;
    this.#containerSpec.Mounts = [...mounts.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    return null;
  }

  #limits(): void {
    const { limitCpu, limitMemory, limitPids, reserveCpu, reserveMemory } = shared;
    const flags = this.#flags;
    if (!this.#changed(limitCpu, limitMemory, limitPids, reserveCpu, reserveMemory)) return;
    const resources = {
      Limits: { ...this.#task.Resources?.Limits },
      Reservations: { ...this.#task.Resources?.Reservations },
    };
    if (this.#changed(limitCpu)) resources.Limits.NanoCPUs = flags.get(limitCpu);
    if (this.#changed(limitMemory)) resources.Limits.MemoryBytes = flags.get(limitMemory);
    if (this.#changed(limitPids)) resources.Limits.Pids = flags.get(limitPids);
    if (this.#changed(reserveCpu)) resources.Reservations.NanoCPUs = flags.get(reserveCpu);
    if (this.#changed(reserveMemory)) resources.Reservations.MemoryBytes = flags.get(reserveMemory);
    this.#task.Resources = {
      Limits: withoutEmpty(resources.Limits),
      Reservations: withoutEmpty(resources.Reservations),
    };
  }

  #genericResources(): string | null {
    if (!this.#changed(only.genericResourceAdd, only.genericResourceRm)) return null;
    const reservations = { ...this.#task.Resources?.Reservations };
    const added = parseGenericResources([...this.#flags.get(only.genericResourceAdd)]);
    if (!added.ok) return added.message;
    const resources = new Map<string, GenericResource>();
    for (const resource of [...(reservations.GenericResources ?? []), ...added.value]) {
      if ('DiscreteResourceSpec' in resource) resources.set(resource.DiscreteResourceSpec.Kind ?? '', resource);
    }
    for (const kind of this.#flags.get(only.genericResourceRm)) {
      if (!resources.delete(kind)) return `could not find generic-resource \`${kind}\` to remove it`;
    }
    reservations.GenericResources = [...resources.values()];
    this.#task.Resources = { ...this.#task.Resources, Reservations: withoutEmpty(reservations) };
    return null;
  }

  #placement(): void {
    const restart = restartPolicyOf(this.#flags, this.#task.RestartPolicy);
    if (restart) this.#task.RestartPolicy = restart;
    const placement = { ...this.#task.Placement };
    if (this.#changed(only.constraintAdd, only.constraintRm)) {
      const removed = this.#flags.get(only.constraintRm);
      const constraints = [...(placement.Constraints ?? []), ...this.#flags.get(only.constraintAdd)];
      placement.Constraints = constraints.filter((constraint) => !removed.includes(constraint)).sort();
    }
    if (this.#changed(only.placementPrefAdd, only.placementPrefRm)) {
      const removed = this.#flags.get(only.placementPrefRm).map(({ Spread }) => Spread?.SpreadDescriptor);
      const kept = (placement.Preferences ?? []).filter(({ Spread }) => !removed.includes(Spread?.SpreadDescriptor));
      placement.Preferences = [...kept, ...this.#flags.get(only.placementPrefAdd)];
    }
    if (this.#changed(shared.maxReplicas)) placement.MaxReplicas = this.#flags.get(shared.maxReplicas);
    const isTouched = this.#changed(
      only.constraintAdd,
      only.constraintRm,
      only.placementPrefAdd,
      only.placementPrefRm,
      shared.maxReplicas,
    );
    if (isTouched) this.#task.Placement = withoutEmpty(placement);
  }

  #replicas(): string | null {
    if (!this.#changed(shared.replicas)) return null;
    if (!this.spec.Mode.Replicated) return 'replicas can only be used with replicated mode';
    this.spec.Mode = { Replicated: { Replicas: this.#flags.get(shared.replicas) ?? 0 } };
    return null;
  }

  #configs(): void {
    const update = updateConfigOf(this.#flags, 'update', this.spec.UpdateConfig);
    if (update) this.spec.UpdateConfig = update;
    const rollback = updateConfigOf(this.#flags, 'rollback', this.spec.RollbackConfig);
    if (rollback) this.spec.RollbackConfig = rollback;
  }

  #endpoint(): void {
    const endpoint = { ...this.spec.EndpointSpec };
    if (this.#changed(shared.endpointMode)) {
      endpoint.Mode = this.#flags.get(shared.endpointMode) as 'vip' | 'dnsrr';
    }
    if (this.#changed(only.publishAdd, only.publishRm)) {
      endpoint.Ports = changedPorts(
        endpoint.Ports ?? [],
        this.#flags.get(only.publishRm),
        this.#flags.get(only.publishAdd),
      );
    }
    if (this.#changed(shared.endpointMode, only.publishAdd, only.publishRm)) {
      this.spec.EndpointSpec = withoutEmpty(endpoint);
    }
  }

  /** Lists of texts: groups, DNS, hosts. */
  #lists(): void {
    const flags = this.#flags;
    const container = this.#containerSpec;
    if (this.#changed(only.groupAdd, only.groupRm)) {
      const removed = flags.get(only.groupRm);
      const groups = [...(container.Groups ?? []), ...flags.get(only.groupAdd)];
      container.Groups = groups.filter((group) => !removed.includes(group)).sort();
    }
    const dns = [only.dnsAdd, only.dnsRm, only.dnsOptionAdd, only.dnsOptionRm, only.dnsSearchAdd, only.dnsSearchRm];
    if (this.#changed(...dns)) container.DNSConfig = this.#dns(container.DNSConfig ?? {});
    if (this.#changed(only.hostAdd, only.hostRm)) {
      container.Hosts = changedHosts(container.Hosts ?? [], flags.get(only.hostRm), flags.get(only.hostAdd));
    }
  }

  #dns(before: DnsConfig): DnsConfig {
    const flags = this.#flags;
    return withoutEmpty({
      Nameservers: mergedList(before.Nameservers, flags.get(only.dnsRm), flags.get(only.dnsAdd)),
      Search: mergedList(before.Search, flags.get(only.dnsSearchRm), flags.get(only.dnsSearchAdd)),
      Options: mergedList(before.Options, flags.get(only.dnsOptionRm), flags.get(only.dnsOptionAdd)),
    });
  }

  #health(): string | null {
    const { healthCmd, healthInterval, healthRetries, healthTimeout, healthStartPeriod, noHealthcheck } = shared;
    const settings = [healthCmd, healthInterval, healthRetries, healthTimeout, healthStartPeriod];
    if (!this.#changed(noHealthcheck, ...settings)) return null;
    const container = this.#containerSpec;
    if (this.#flags.get(noHealthcheck)) {
      if (this.#changed(...settings)) return '--no-healthcheck conflicts with --health-* options';
      container.Healthcheck = { Test: ['NONE'] };
      return null;
    }
    container.Healthcheck = sentHealthConfig(this.#healthSettings({ ...container.Healthcheck }));
    return null;
  }

  #healthSettings(health: HealthConfig): HealthConfig {
    const { healthCmd, healthInterval, healthRetries, healthTimeout, healthStartPeriod } = shared;
    const flags = this.#flags;
    if (health.Test?.[0] === 'NONE') health.Test = undefined;
    if (this.#changed(healthInterval)) health.Interval = flags.get(healthInterval) ?? 0;
    if (this.#changed(healthTimeout)) health.Timeout = flags.get(healthTimeout) ?? 0;
    if (this.#changed(healthStartPeriod)) health.StartPeriod = flags.get(healthStartPeriod) ?? 0;
    if (this.#changed(healthRetries)) health.Retries = flags.get(healthRetries);
    if (this.#changed(healthCmd)) {
      health.Test = flags.get(healthCmd) === '' ? undefined : ['CMD-SHELL', flags.get(healthCmd)];
    }
    return health;
  }

  #capabilities(): void {
    if (!this.#changed(shared.capAdd, shared.capDrop)) return;
    const container = this.#containerSpec;
    const now = { add: container.CapabilityAdd ?? [], drop: container.CapabilityDrop ?? [] };
    const next = updatedCapabilities(now, this.#flags.get(shared.capAdd), this.#flags.get(shared.capDrop));
    container.CapabilityAdd = next.add;
    container.CapabilityDrop = next.drop;
  }
}

/** First the removals, then the additions, as for every list of labels. */
function mergedRecord(
  before: Record<string, string> | undefined,
  removed: readonly string[],
  added: readonly string[],
): Record<string, string> {
  const kept = Object.entries(before ?? {}).filter(([key]) => !removed.includes(key));
  return sortedRecord(new Map([...kept, ...Object.entries(toRecord(added))]));
}

/** Additions, then removals, without doubles, sorted. */
function mergedList(before: string[] | undefined, removed: readonly string[], added: readonly string[]): string[] {
  const all = new Set([...(before ?? []), ...added]);
  return [...all].filter((entry) => !removed.includes(entry)).sort();
}

/** A port goes by target, protocol and mode, whatever it is published as. */
function changedPorts(
  before: PortConfig[],
  removed: readonly PortConfig[],
  added: readonly PortConfig[],
): PortConfig[] {
  const target = ({ TargetPort, Protocol, PublishMode }: PortConfig): string =>
    `${TargetPort}/${Protocol || 'tcp'}/${PublishMode || 'ingress'}`;
  const ports = new Map(before.map((port) => [portKey(port), port]));
  const gone = new Set(removed.map(target));
  const kept = [...ports.values()].filter((port) => !gone.has(target(port)));
  const fresh = added.filter((port) => !ports.has(portKey(port)));
  return [...kept, ...fresh].sort((a, b) => (portKey(a) < portKey(b) ? -1 : 1));
}

/** Entries are `address name [alias...]`; a removal takes one name out, from one address or from all. */
function changedHosts(before: string[], removed: readonly string[], added: readonly string[]): string[] {
  const removals = removed.map((entry) => cut(entry, ':'));
  const kept = before.flatMap((entry) => {
    const [address = '', ...names] = entry.split(/\s+/).filter((part) => part !== '');
    const left = names.filter(
      (name) => !removals.some(({ head, rest }) => head === name && (!rest || rest === address)),
    );
    return left.length === 0 ? [] : [`${address} ${left.join(' ')}`];
  });
  return [...new Set([...kept, ...added.map(toHostsLine)])];
}
