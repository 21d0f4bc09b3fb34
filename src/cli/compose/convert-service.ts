/** A service of a stack as the spec that is sent. Source: `cli: cli/compose/convert/service.go`. */
import type {
  ConfigReference,
  ContainerSpec,
  CredentialSpec,
  EndpointSpec,
  FailureAction,
  GenericResource,
  HealthConfig,
  NetworkAttachmentConfig,
  PortConfig,
  ResourceRequirements,
  RestartCondition,
  RestartPolicy,
  SecretReference,
  UpdateConfig as SentUpdateConfig,
  ServiceMode,
  ServiceSpec,
  UpdateOrder,
} from '../../protocol/engine-api.ts';
import { privilegesWith, sentContainerSpec, sentHealthConfig, sentUpdateConfig } from '../docker/service/spec-parts.ts';
import { unlessEmpty, withoutEmpty } from '../docker/service/without-empty.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { newCapabilities } from '../opts/capability.ts';
import { cut } from '../opts/cut.ts';
import { parseDecimalInt } from '../opts/go-number.ts';
import { parseNanoCpus } from '../opts/nano-cpus.ts';
import { convertMounts } from './convert-mounts.ts';
import { defaultNetwork } from './convert-networks.ts';
import { imageLabel, recordOf, scoped, stackLabels } from './namespace.ts';
import type { DeployConfig, HealthcheckConfig, ServiceConfig, StackFile, UpdateConfig } from './stack-file.ts';

/** Objects of the engine that the service refers to, with their IDs. */
export interface ServiceFiles {
  secrets: SecretReference[];
  configs: ConfigReference[];
}

/** The spec; the message does not name the service. */
export function convertService(
  stack: string,
  name: string,
  service: ServiceConfig,
  file: StackFile,
  files: ServiceFiles,
): ParseResult<ServiceSpec> {
  const { deploy } = service;
  const mode = convertMode(deploy);
  if (!mode.ok) return mode;
  const mounts = convertMounts(stack, service.volumes ?? [], file.volumes);
  if (!mounts.ok) return mounts;
  const resources = convertResources(deploy);
  if (!resources.ok) return resources;
  const restartPolicy = convertRestartPolicy(service);
  if (!restartPolicy.ok) return restartPolicy;
  const healthcheck = convertHealthcheck(service.healthcheck);
  if (!healthcheck.ok) return healthcheck;
  const networks = convertServiceNetworks(stack, name, service, file);
  if (!networks.ok) return networks;
  const credentials = convertCredentialSpec(stack, service, files.configs);
  if (!credentials.ok) return credentials;
  const task = withoutEmpty(
    {
      ContainerSpec: sentContainerSpec({
        ...containerSpec(stack, service),
        Privileges: privilegesWith(credentials.value),
        Mounts: mounts.value,
        Healthcheck: healthcheck.value ?? undefined,
        Secrets: files.secrets,
        Configs: files.configs,
      }),
      Resources: resources.value,
      RestartPolicy: restartPolicy.value ?? undefined,
      Placement: placement(deploy),
      Networks: networks.value,
      LogDriver: logDriver(service),
      ForceUpdate: 0,
    },
    ['ForceUpdate'],
  );
  return parsed(
    withoutEmpty({
      Name: scoped(stack, name),
      Labels: stackLabels(stack, deploy.labels, { [imageLabel]: service.image }),
      TaskTemplate: task,
      Mode: mode.value,
      UpdateConfig: convertUpdateConfig(deploy.update_config),
      RollbackConfig: convertUpdateConfig(deploy.rollback_config),
      EndpointSpec: endpointSpec(service),
    }),
  );
}

/** What needs no look at anything else. */
function containerSpec(stack: string, service: ServiceConfig): ContainerSpec {
  const capabilities = newCapabilities(service.cap_add ?? [], service.cap_drop ?? []);
  return {
    Image: service.image,
    Labels: stackLabels(stack, service.labels),
    Command: service.entrypoint ?? [],
    Args: service.command ?? [],
    Hostname: service.hostname,
    Env: environment(service),
    Dir: service.working_dir,
    User: service.user,
    Init: service.init ?? undefined,
    StopSignal: service.stop_signal,
    TTY: service.tty,
    OpenStdin: service.stdin_open,
    ReadOnly: service.read_only,
    StopGracePeriod: service.stop_grace_period ?? undefined,
    Hosts: (service.extra_hosts ?? []).map(hostEntry),
    DNSConfig: dnsConfig(service),
    Isolation: service.isolation,
    Sysctls: service.sysctls ? recordOf(service.sysctls) : undefined,
    CapabilityAdd: capabilities.add,
    CapabilityDrop: capabilities.drop,
    Ulimits: ulimits(service),
  };
}

/** Sorted; a variable without a value is its name alone. */
function environment({ environment: variables }: ServiceConfig): string[] {
  return [...(variables ?? [])].map(([name, value]) => (value === null ? name : `${name}=${value}`)).sort();
}

/** `host:address` as `address host`. */
function hostEntry(entry: string): string {
  const { head, rest } = cut(entry, ':');
  return `${rest ?? ''} ${head}`;
}

function dnsConfig({ dns, dns_search: search }: ServiceConfig) {
  if (dns === null && search === null) return undefined;
  return withoutEmpty({ Nameservers: dns ?? [], Search: search ?? [] });
}

function ulimits({ ulimits: limits }: ServiceConfig) {
  const named = [...(limits ?? [])].flatMap(([name, limit]) => (limit ? [{ name, ...limit }] : []));
  return named
    .map(({ name, single, soft, hard }) => ({ Name: name, Hard: single || hard, Soft: single || soft }))
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

function logDriver({ logging }: ServiceConfig) {
  if (logging === null) return undefined;
  return withoutEmpty({
    Name: logging.driver,
    Options: logging.options ? unlessEmpty(recordOf(logging.options)) : undefined,
  });
}

function placement({ placement: { constraints, preferences, max_replicas_per_node: most } }: DeployConfig) {
  return withoutEmpty({
    Constraints: constraints ?? [],
    Preferences: (preferences ?? []).map(({ spread }) => ({ Spread: { SpreadDescriptor: spread } })),
    MaxReplicas: most,
  });
}

function endpointSpec({ deploy, ports }: ServiceConfig): EndpointSpec {
  const sent = (ports ?? []).map((port) =>
    withoutEmpty({
      Protocol: port.protocol as PortConfig['Protocol'],
      TargetPort: port.target,
      PublishedPort: port.published,
      PublishMode: port.mode as PortConfig['PublishMode'],
    }),
  );
  return withoutEmpty({
    Mode: deploy.endpoint_mode.toLowerCase() as EndpointSpec['Mode'],
    Ports: sent.sort((a, b) => (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0)),
  });
}

function convertMode({ mode, replicas }: DeployConfig): ParseResult<ServiceMode> {
  const misplaced = 'replicas can only be used with replicated or replicated-job mode';
  switch (mode) {
    case 'global-job':
      return replicas === null ? parsed({ GlobalJob: {} }) : unparsable(misplaced);
    case 'global':
      return replicas === null ? parsed({ Global: {} }) : unparsable(misplaced);
    case 'replicated-job':
      return parsed({
        ReplicatedJob: replicas === null ? {} : { MaxConcurrent: replicas, TotalCompletions: replicas },
      });
    case 'replicated':
    case '':
      return parsed({ Replicated: replicas === null ? {} : { Replicas: replicas } });
    default:
      return unparsable(`Unknown mode: ${mode}`);
  }
}

function convertResources({ resources }: DeployConfig): ParseResult<ResourceRequirements> {
  const converted: ResourceRequirements = {};
  const { limits, reservations } = resources;
  if (limits) {
    const cpus = limits.cpus === '' ? parsed(0) : parseNanoCpus(limits.cpus);
    if (!cpus.ok) return cpus;
    converted.Limits = withoutEmpty({ NanoCPUs: cpus.value, MemoryBytes: limits.memory, Pids: limits.pids });
  }
  if (reservations) {
    const cpus = reservations.cpus === '' ? parsed(0) : parseNanoCpus(reservations.cpus);
    if (!cpus.ok) return cpus;
    const generic = (reservations.generic_resources ?? []).map(
      ({ discrete_resource_spec: resource }): GenericResource =>
        resource
          ? { DiscreteResourceSpec: withoutEmpty({ Kind: resource.kind, Value: resource.value }) }
          : ({} as GenericResource),
    );
    converted.Reservations = withoutEmpty({
      NanoCPUs: cpus.value,
      MemoryBytes: reservations.memory,
      GenericResources: generic,
    });
  }
  return parsed(converted);
}

/** `deploy.restart_policy`, or else what `restart` means for a service. */
function convertRestartPolicy({ restart, deploy }: ServiceConfig): ParseResult<RestartPolicy | null> {
  const policy = deploy.restart_policy;
  if (!policy) return restartPolicyFrom(restart);
  return parsed({
    ...(policy.condition !== '' && { Condition: policy.condition as RestartCondition }),
    ...(policy.delay !== null && { Delay: policy.delay }),
    ...(policy.max_attempts !== null && { MaxAttempts: policy.max_attempts }),
    ...(policy.window !== null && { Window: policy.window }),
  });
}

function restartPolicyFrom(restart: string): ParseResult<RestartPolicy | null> {
  const { head: name, rest } = cut(restart, ':');
  if (rest !== null && name === '') return unparsable('invalid restart policy format: no policy provided before colon');
  const attempts = rest ? parseDecimalInt(rest) : parsed(0);
  if (!attempts.ok) return unparsable('invalid restart policy format: maximum retry count must be an integer');
  switch (name) {
    case '':
    case 'no':
      return parsed(null);
    case 'always':
    case 'unless-stopped':
      return parsed({ Condition: 'any' });
    case 'on-failure':
      return parsed({ Condition: 'on-failure', MaxAttempts: attempts.value });
    default:
      return unparsable(`unknown restart policy: ${restart}`);
  }
}

function convertHealthcheck(healthcheck: HealthcheckConfig | null): ParseResult<HealthConfig | null> {
  if (!healthcheck) return parsed(null);
  if (healthcheck.disable) {
    if (healthcheck.test?.length) return unparsable("test and disable can't be set at the same time");
    return parsed({ Test: ['NONE'] });
  }
  return parsed(
    sentHealthConfig({
      Test: healthcheck.test ?? [],
      Interval: healthcheck.interval ?? 0,
      Timeout: healthcheck.timeout ?? 0,
      StartPeriod: healthcheck.start_period ?? 0,
      StartInterval: healthcheck.start_interval ?? 0,
      Retries: healthcheck.retries ?? 0,
    }),
  );
}

function convertUpdateConfig(config: UpdateConfig | null): SentUpdateConfig | undefined {
  if (!config) return undefined;
  return sentUpdateConfig({
    Parallelism: config.parallelism ?? 1,
    Delay: config.delay,
    FailureAction: config.failure_action as FailureAction,
    Monitor: config.monitor,
    MaxFailureRatio: config.max_failure_ratio,
    Order: config.order as UpdateOrder,
  });
}

/** Services are known by their short name in networks of the swarm, not in those of the host. */
function convertServiceNetworks(
  stack: string,
  name: string,
  service: ServiceConfig,
  file: StackFile,
): ParseResult<NetworkAttachmentConfig[]> {
  const used = service.networks?.size ? [...service.networks] : [[defaultNetwork, null] as const];
  const attachments: (NetworkAttachmentConfig & { Target: string })[] = [];
  for (const [networkName, attachment] of used) {
    const network = file.networks.get(networkName);
    if (!network && networkName !== defaultNetwork) return unparsable(`undefined network "${networkName}"`);
    const target = network?.name || scoped(stack, networkName);
    const aliases = [...(attachment?.aliases ?? []), ...(isUserDefined(target) ? [name] : [])];
    const options = attachment?.driver_opts ? unlessEmpty(recordOf(attachment.driver_opts)) : undefined;
    attachments.push({
      Target: target,
      ...(aliases.length > 0 && { Aliases: aliases }),
      ...(options && { DriverOpts: options }),
    });
  }
  return parsed(attachments.sort((a, b) => (a.Target < b.Target ? -1 : a.Target > b.Target ? 1 : 0)));
}

/** Is it none of the names that every engine gives a meaning to? */
export function isUserDefined(network: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(network) && !network.startsWith('container:');
}

function convertCredentialSpec(
  stack: string,
  { credential_spec: spec }: ServiceConfig,
  configs: readonly ConfigReference[],
): ParseResult<CredentialSpec | null> {
  const given = [spec.config && '"Config"', spec.file && '"File"', spec.registry && '"Registry"'].filter(Boolean);
  if (given.length === 0) return parsed(null);
  if (given.length > 1) {
    const all = given.length === 2 ? given.join(' and ') : `${given.slice(0, -1).join(', ')}, and ${given.at(-1)}`;
    return unparsable(`invalid credential spec: cannot specify both ${all}`);
  }
  const sent = { Config: spec.config, File: spec.file, Registry: spec.registry };
  if (spec.config === '') return parsed(sent);
  const names = [spec.config, scoped(stack, spec.config)];
  const config = names.flatMap((name) => configs.find(({ ConfigName }) => ConfigName === name) ?? [])[0];
  if (config) return parsed({ ...sent, Config: config.ConfigID });
  return unparsable(`invalid credential spec: spec specifies config ${spec.config}, but no such config can be found`);
}
