/**
 * `service inspect --pretty`: a service for reading. Tabs, blanks and blank lines are docker's own.
 * Source: `cli: cli/command/service/formatter.go` (`serviceInspectPrettyTemplate`).
 */

import { formatDuration } from '../../../go-template/go-duration.ts';
import type {
  HealthConfig,
  ResourceRequirements,
  Service,
  ServiceSpec,
  UpdateConfig,
} from '../../../protocol/engine-api.ts';
import { ageMilliseconds, humanDuration } from '../../opts/human-duration.ts';
import { sortedRecord } from '../../opts/key-value.ts';
import { formatBinarySize } from '../../opts/memory-bytes.ts';

/** The page for one service. `networkNames` translates IDs of networks. */
export function prettyService(service: Service, networkNames: ReadonlyMap<string, string>, now: number): string {
  const lines = [
    '',
    `ID:\t\t${service.ID}`,
    `Name:\t\t${service.Spec.Name ?? ''}`,
    ...labelLines('Labels:', service.Spec.Labels, '='),
    ...modeLines(service.Spec),
    ...updateStatusLines(service, now),
    ...placementLines(service.Spec),
    ...updateConfigLines('UpdateConfig:', 'Update order:      ', service.Spec.UpdateConfig),
    ...updateConfigLines('RollbackConfig:', 'Rollback order:    ', service.Spec.RollbackConfig),
    ...containerLines(service.Spec),
    ...fileLines(service.Spec),
    ...logDriverLines(service.Spec),
    ...resourceLines(service.Spec.TaskTemplate.Resources),
    ...networkLines(service, networkNames),
    ...healthLines(service.Spec.TaskTemplate.ContainerSpec?.Healthcheck),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** A heading and ` key=value` lines, if there are any. */
function labelLines(heading: string, labels: Record<string, string> | undefined, separator: string): string[] {
  const entries = Object.entries(sortedRecord(Object.entries(labels ?? {})));
  if (entries.length === 0) return [];
  return [heading, ...entries.map(([key, value]) => ` ${key}${value === '' ? '' : separator + value}`)];
}

function modeLines({ Mode }: ServiceSpec): string[] {
  if (Mode.Global) return ['Service Mode:\tGlobal'];
  if (!Mode.Replicated) return ['Service Mode:'];
  const { Replicas } = Mode.Replicated;
  return ['Service Mode:\tReplicated', ...(Replicas === undefined ? [] : [` Replicas:\t${Replicas}`])];
}

function updateStatusLines({ UpdateStatus: status }: Service, now: number): string[] {
  if (!status?.State) return [];
  const ago = (time: string): string => `${humanDuration(ageMilliseconds(time, now))} ago`;
  const isCompleted = status.State === 'completed' && status.CompletedAt !== undefined;
  return [
    'UpdateStatus:',
    ` State:\t\t${status.State}`,
    ...(status.StartedAt === undefined ? [] : [` Started:\t${ago(status.StartedAt)}`]),
    ...(isCompleted ? [` Completed:\t${ago(status.CompletedAt!)}`] : []),
    ` Message:\t${status.Message ?? ''}`,
  ];
}

function placementLines({ TaskTemplate: { Placement } }: ServiceSpec): string[] {
  const preferences = (Placement?.Preferences ?? []).flatMap(({ Spread }) =>
    Spread ? [`spread=${Spread.SpreadDescriptor}`] : [],
  );
  const constraints = Placement?.Constraints ?? [];
  return [
    'Placement:',
    ...(constraints.length > 0 ? [` Constraints:\t[${constraints.join(' ')}]`] : []),
    ...(preferences.length > 0 ? [` Preferences:   [${preferences.join(' ')}]`] : []),
    ...(Placement?.MaxReplicas ? [` Max Replicas Per Node:   ${Placement.MaxReplicas}`] : []),
  ];
}

function updateConfigLines(heading: string, order: string, config: UpdateConfig | undefined): string[] {
  if (!config) return [];
  return [
    heading,
    ` Parallelism:\t${config.Parallelism}`,
    ...(config.Delay ? [` Delay:\t\t${formatDuration(config.Delay)}`] : []),
    ` On failure:\t${config.FailureAction ?? ''}`,
    ...(config.Monitor ? [` Monitoring Period: ${formatDuration(config.Monitor)}`] : []),
    ` Max failure ratio: ${config.MaxFailureRatio}`,
    ` ${order}${config.Order}`,
  ];
}

function containerLines({ TaskTemplate }: ServiceSpec): string[] {
  const spec = TaskTemplate.ContainerSpec ?? {};
  const words = (list: readonly string[]): string => list.map((word) => `${word} `).join('');
  const lines = ['ContainerSpec:', ` Image:\t\t${spec.Image ?? ''}`];
  if (spec.Args?.length) lines.push(` Args:\t\t${words(spec.Args)}`);
  if (spec.Env?.length) lines.push(` Env:\t\t${words(spec.Env)}`);
  if (spec.Dir) lines.push(` Dir:\t\t${spec.Dir}`);
  if (spec.Init !== undefined) lines.push(` Init:\t\t${spec.Init}`);
  if (spec.User) lines.push(` User: ${spec.User}`);
  const [add, drop] = [spec.CapabilityAdd ?? [], spec.CapabilityDrop ?? []];
  if (add.length + drop.length > 0) lines.push('Capabilities:');
  if (add.length > 0) lines.push(` Add: ${add.join(', ')}`);
  if (drop.length > 0) lines.push(` Drop: ${drop.join(', ')}`);
  const limits = (spec.Ulimits ?? []).map(({ Name, Soft, Hard }): [string, string] => [Name, `${Soft}:${Hard}`]);
  lines.push(...labelLines('SysCtls:', spec.Sysctls, ': '));
  lines.push(...labelLines('Ulimits:', sortedRecord(limits), ': '));
  return lines;
}

function fileLines({ TaskTemplate }: ServiceSpec): string[] {
  const { Mounts = [], Configs = [], Secrets = [] } = TaskTemplate.ContainerSpec ?? {};
  const lines: string[] = [];
  if (Mounts.length > 0) lines.push('Mounts:');
  for (const mount of Mounts) {
    lines.push(` Target:\t${mount.Target ?? ''}`, `  Source:\t${mount.Source ?? ''}`);
    lines.push(`  ReadOnly:\t${mount.ReadOnly ?? false}`, `  Type:\t\t${mount.Type ?? ''}`);
  }
  if (Configs.length > 0) lines.push('Configs:');
  for (const { File, ConfigName } of Configs) lines.push(` Target:\t${File?.Name ?? ''}`, `  Source:\t${ConfigName}`);
  if (Secrets.length > 0) lines.push('Secrets:');
  for (const { File, SecretName } of Secrets) lines.push(` Target:\t${File?.Name ?? ''}`, `  Source:\t${SecretName}`);
  return lines;
}

function logDriverLines({ TaskTemplate: { LogDriver } }: ServiceSpec): string[] {
  if (!LogDriver) return [];
  const options = Object.entries(sortedRecord(Object.entries(LogDriver.Options ?? {})));
  return [
    'Log Driver:',
    ...(LogDriver.Name ? [` Name:\t\t${LogDriver.Name}`] : []),
    ...(options.length > 0 ? [' LogOpts:'] : []),
    ...options.map(([key, value]) => `  ${key}${value === '' ? '' : `:       ${value}`}`),
    '',
  ];
}

function resourceLines(resources: ResourceRequirements | undefined): string[] {
  if (!resources) return [];
  const { Limits = {}, Reservations = {} } = resources;
  const amounts = ({ NanoCPUs, MemoryBytes }: { NanoCPUs?: number; MemoryBytes?: number }): string[] => [
    ...(NanoCPUs ? [`  CPU:\t\t${NanoCPUs / 1e9}`] : []),
    ...(MemoryBytes ? [`  Memory:\t${formatBinarySize(MemoryBytes)}`] : []),
  ];
  const reserved = amounts(Reservations);
  const limited = amounts(Limits);
  return [
    'Resources:',
    ...(reserved.length > 0 ? [' Reservations:', ...reserved] : []),
    ...(limited.length > 0 || Limits.Pids ? [' Limits:', ...limited] : []),
    ...(Limits.Pids ? [`  PIDs:\t\t${Limits.Pids}`] : []),
  ];
}

function networkLines({ Spec, Endpoint }: Service, names: ReadonlyMap<string, string>): string[] {
  const networks = (Spec.TaskTemplate.Networks ?? []).map(({ Target = '' }) => names.get(Target) ?? Target);
  const ports = (Endpoint.Ports ?? []).flatMap((port) => [
    ` PublishedPort = ${port.PublishedPort ?? 0}`,
    `  Protocol = ${port.Protocol ?? ''}`,
    `  TargetPort = ${port.TargetPort ?? 0}`,
    `  PublishMode = ${port.PublishMode ?? ''}`,
  ]);
  return [
    ...(networks.length > 0 ? [`Networks:${networks.map((name) => ` ${name}`).join('')} `] : []),
    `Endpoint Mode:\t${Spec.EndpointSpec?.Mode ?? ''}`,
    ...(ports.length > 0 ? ['Ports:', ...ports.slice(0, -1), `${ports.at(-1)} `] : []),
  ];
}

function healthLines(health: HealthConfig | undefined): string[] {
  if (!health) return [];
  const tests = (health.Test ?? []).map((test) => `\t Test = ${test}`);
  return [
    ' Healthcheck:',
    `  Interval = ${formatDuration(health.Interval ?? 0)}`,
    `  Retries = ${health.Retries ?? 0}`,
    `  StartPeriod =\t${formatDuration(health.StartPeriod ?? 0)}`,
    `  Timeout =\t${formatDuration(health.Timeout ?? 0)}`,
    ...(tests.length > 0 ? ['  Tests:', ...tests.slice(0, -1), `${tests.at(-1)} `] : []),
  ];
}
