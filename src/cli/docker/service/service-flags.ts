/**
 * Flags of `service create` and `service update`: names, shorthands, value words and defaults are docker's.
 * Those of both commands come first; `create` shows the defaults, `update` does not, since there they mean "as it was".
 * Source: `cli: cli/command/service/opts.go` (`addServiceFlags`), `create.go`, `update.go`.
 */

import { parseDuration, parsePositiveDuration } from '../../../go-template/go-duration.ts';
import { type Flag, type FlagOptions, listFlag, type Parse, parsed, valueFlag } from '../../flags/flag.ts';
import { boolFlag, intFlag, optionalUintFlag, stringFlag, stringListFlag, uintFlag } from '../../flags/flag-types.ts';
import { parseCredentialSpec } from '../../opts/credential-spec.ts';
import { type FileReference, parseFileReference } from '../../opts/file-reference.ts';
import { checkGenericResource } from '../../opts/generic-resource.ts';
import { parseFloat32 } from '../../opts/go-number.ts';
import { parseDnsSearch, parseExtraHost, parseIpAddress } from '../../opts/host-entry.ts';
import { parseEnv, parseLabel } from '../../opts/key-value.ts';
import { parseMemoryBytes } from '../../opts/memory-bytes.ts';
import { parseMount } from '../../opts/mount.ts';
import { parseNanoCpus } from '../../opts/nano-cpus.ts';
import { parseNetworkAttachment } from '../../opts/network-attachment.ts';
import { parsePlacementPreference } from '../../opts/placement-preference.ts';
import { parsePorts } from '../../opts/port.ts';
import { splitWords } from '../../opts/shell-words.ts';
import { parseUlimit } from '../../opts/ulimit.ts';

type Named = Pick<FlagOptions<never>, 'name' | 'description' | 'shorthand' | 'values'>;

/** A duration in nanoseconds; null when not given. */
function durationFlag(options: Named): Flag<number | null> {
  return valueFlag<number | null>({ ...options, valueWord: 'duration', default: null, parse: parseDuration });
}

function positiveDurationFlag(options: Named): Flag<number | null> {
  return valueFlag<number | null>({ ...options, valueWord: 'duration', default: null, parse: parsePositiveDuration });
}

function cpuFlag(options: Named): Flag<number> {
  return valueFlag({ ...options, valueWord: 'decimal', default: 0, parse: parseNanoCpus });
}

function memoryFlag(options: Named): Flag<number> {
  return valueFlag({ ...options, valueWord: 'bytes', default: 0, parse: parseMemoryBytes });
}

function ratioFlag(options: Named): Flag<number> {
  return valueFlag({ ...options, valueWord: 'float', default: 0, parse: parseFloat32 });
}

function wordsFlag(options: Named): Flag<string[]> {
  return valueFlag<string[]>({ ...options, valueWord: 'command', default: [], parse: splitWords });
}

function parsedListFlag<T>(valueWord: string, parse: Parse<T>, options: Named): Flag<readonly T[]> {
  return listFlag<T>({ ...options, valueWord, parse });
}

/** One occurrence of `--publish` can stand for several ports. */
function portFlag(options: Named): Flag<readonly Port[]> {
  return {
    ...options,
    valueWord: 'port',
    defaultText: '',
    default: [],
    accept(text, previous) {
      const ports = parsePorts(text);
      return ports.ok ? parsed([...(previous ?? []), ...ports.value]) : ports;
    },
  };
}

type Port = Extract<ReturnType<typeof parsePorts>, { ok: true }>['value'][number];

function ulimitFlag(options: Named): Flag<readonly Ulimit[]> {
  return {
    ...options,
    valueWord: 'ulimit',
    defaultText: '[]',
    default: [],
    accept(text, previous) {
      const limit = parseUlimit(text);
      if (!limit.ok) return limit;
      return parsed([...(previous ?? []).filter(({ Name }) => Name !== limit.value.Name), limit.value]);
    },
  };
}

type Ulimit = Extract<ReturnType<typeof parseUlimit>, { ok: true }>['value'];

function fileFlag(kind: 'secret' | 'config', options: Named): Flag<readonly FileReference[]> {
  return parsedListFlag(kind, (text) => parseFileReference(text, kind), options);
}

/** Leaves at once, or waits for the service to converge. */
export const detachFlag = boolFlag({
  name: 'detach',
  shorthand: 'd',
  description: 'Return at once instead of waiting until the service has converged',
});

/** Waits without showing anything. */
export const quietFlag = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Show no progress' });

const orders = ['start-first', 'stop-first'];

/** Flags that `create` and `update` share. */
export const shared = {
  detach: detachFlag,
  quiet: quietFlag,
  workdir: stringFlag({ name: 'workdir', shorthand: 'w', description: 'Working directory in the container' }),
  user: stringFlag({
    name: 'user',
    shorthand: 'u',
    description: 'User in the container (format: <name|uid>[:<group|gid>])',
  }),
  credentialSpec: valueFlag({
    name: 'credential-spec',
    description: 'Credential spec of a managed service account (Windows only)',
    valueWord: 'credential-spec',
    default: { Config: '', File: '', Registry: '' },
    parse: parseCredentialSpec,
  }),
  hostname: stringFlag({ name: 'hostname', description: 'Host name of the container' }),
  entrypoint: wordsFlag({ name: 'entrypoint', description: "Run this instead of the image's ENTRYPOINT" }),
  capAdd: stringListFlag({ name: 'cap-add', description: 'Linux capabilities to add' }),
  capDrop: stringListFlag({ name: 'cap-drop', description: 'Linux capabilities to drop' }),
  limitCpu: cpuFlag({ name: 'limit-cpu', description: 'CPUs a task may use at most' }),
  limitMemory: memoryFlag({ name: 'limit-memory', description: 'Memory a task may use at most' }),
  limitPids: intFlag({
    name: 'limit-pids',
    description: 'Processes a task may have at most (default 0 = unlimited)',
  }),
  reserveCpu: cpuFlag({ name: 'reserve-cpu', description: 'CPUs kept for a task' }),
  reserveMemory: memoryFlag({ name: 'reserve-memory', description: 'Memory kept for a task' }),
  stopGracePeriod: durationFlag({
    name: 'stop-grace-period',
    description: 'How long a container may take to stop before it is killed (ns|us|ms|s|m|h)',
  }),
  replicas: optionalUintFlag({ name: 'replicas', description: 'Number of tasks' }),
  maxConcurrent: optionalUintFlag({
    name: 'max-concurrent',
    description: 'Tasks of a job that run at once (default equal to --replicas)',
  }),
  maxReplicas: uintFlag({
    name: 'replicas-max-per-node',
    description: 'Tasks on one node at most (default 0 = unlimited)',
  }),
  restartCondition: stringFlag({
    name: 'restart-condition',
    description: 'When to restart ("none", "on-failure", "any")',
    values: ['none', 'on-failure', 'any'],
  }),
  restartDelay: durationFlag({ name: 'restart-delay', description: 'Time between restarts (ns|us|ms|s|m|h)' }),
  restartMaxAttempts: optionalUintFlag({ name: 'restart-max-attempts', description: 'Restarts before giving up' }),
  restartWindow: durationFlag({
    name: 'restart-window',
    description: 'Time over which restarts are counted (ns|us|ms|s|m|h)',
  }),
  updateParallelism: uintFlag({
    name: 'update-parallelism',
    description: 'Tasks updated at once (0 to update all at once)',
  }),
  updateDelay: durationFlag({ name: 'update-delay', description: 'Time between updates (ns|us|ms|s|m|h)' }),
  updateMonitor: durationFlag({
    name: 'update-monitor',
    description: 'How long to watch each updated task for failure (ns|us|ms|s|m|h)',
  }),
  updateFailureAction: stringFlag({
    name: 'update-failure-action',
    description: 'What to do when an update fails ("pause", "continue", "rollback")',
    values: ['pause', 'continue', 'rollback'],
  }),
  updateMaxFailureRatio: ratioFlag({
    name: 'update-max-failure-ratio',
    description: 'Share of tasks that may fail in an update',
  }),
  updateOrder: stringFlag({
    name: 'update-order',
    description: 'Order of an update ("start-first", "stop-first")',
    values: orders,
  }),
  rollbackParallelism: uintFlag({
    name: 'rollback-parallelism',
    description: 'Tasks rolled back at once (0 to roll back all at once)',
  }),
  rollbackDelay: durationFlag({ name: 'rollback-delay', description: 'Time between rollbacks (ns|us|ms|s|m|h)' }),
  rollbackMonitor: durationFlag({
    name: 'rollback-monitor',
    description: 'How long to watch each task rolled back for failure (ns|us|ms|s|m|h)',
  }),
  rollbackFailureAction: stringFlag({
    name: 'rollback-failure-action',
    description: 'What to do when a rollback fails ("pause", "continue")',
    values: ['pause', 'continue'],
  }),
  rollbackMaxFailureRatio: ratioFlag({
    name: 'rollback-max-failure-ratio',
    description: 'Share of tasks that may fail in a rollback',
  }),
  rollbackOrder: stringFlag({
    name: 'rollback-order',
    description: 'Order of a rollback ("start-first", "stop-first")',
    values: orders,
  }),
  endpointMode: stringFlag({
    name: 'endpoint-mode',
    description: 'How the name is resolved (vip or dnsrr)',
    values: ['vip', 'dnsrr'],
  }),
  registryAuth: boolFlag({
    name: 'with-registry-auth',
    description: 'Hand the registry credentials on to the swarm agents',
  }),
  noResolveImage: boolFlag({
    name: 'no-resolve-image',
    description: 'Do not ask the registry for digest and platforms of the image',
  }),
  logDriver: stringFlag({ name: 'log-driver', description: 'Driver that keeps the logs' }),
  logOpt: parsedListFlag('list', parseEnv, { name: 'log-opt', description: 'Options of the log driver' }),
  healthCmd: stringFlag({ name: 'health-cmd', description: 'Command that checks health' }),
  healthInterval: positiveDurationFlag({
    name: 'health-interval',
    description: 'Time between two checks (ms|s|m|h)',
  }),
  healthTimeout: positiveDurationFlag({
    name: 'health-timeout',
    description: 'How long one check may take (ms|s|m|h)',
  }),
  healthRetries: intFlag({ name: 'health-retries', description: 'Failures in a row that mean unhealthy' }),
  healthStartPeriod: positiveDurationFlag({
    name: 'health-start-period',
    description: 'Time to start up, in which failures do not count (ms|s|m|h)',
  }),
  healthStartInterval: positiveDurationFlag({
    name: 'health-start-interval',
    description: 'Time between two checks while starting up (ms|s|m|h)',
  }),
  noHealthcheck: boolFlag({ name: 'no-healthcheck', description: "Switch off the image's HEALTHCHECK" }),
  tty: boolFlag({ name: 'tty', shorthand: 't', description: 'Give the container a pseudo-TTY' }),
  readOnly: boolFlag({ name: 'read-only', description: "Mount the container's root filesystem read-only" }),
  stopSignal: stringFlag({ name: 'stop-signal', description: 'Signal that stops the container' }),
  isolation: stringFlag({ name: 'isolation', description: 'Isolation of the containers' }),
  init: boolFlag({
    name: 'init',
    description: 'Run an init in each container that forwards signals and reaps processes',
  }),
  oomScoreAdj: intFlag({ name: 'oom-score-adj', description: "Adjust the host's OOM preferences (-1000 to 1000)" }),
};

/** Flags of `create` alone. */
export const createOnly = {
  mode: stringFlag({
    name: 'mode',
    description: 'Mode of the service ("replicated", "global", "replicated-job", "global-job")',
    default: 'replicated',
    values: ['replicated', 'global', 'replicated-job', 'global-job'],
  }),
  name: stringFlag({ name: 'name', description: 'Name of the service' }),
  labels: parsedListFlag('list', parseLabel, { name: 'label', shorthand: 'l', description: 'Labels of the service' }),
  containerLabels: parsedListFlag('list', parseLabel, {
    name: 'container-label',
    description: 'Labels of the containers',
  }),
  env: parsedListFlag('list', parseEnv, { name: 'env', shorthand: 'e', description: 'Environment variables' }),
  envFile: stringListFlag({ name: 'env-file', description: 'File with environment variables' }),
  mounts: parsedListFlag('mount', parseMount, { name: 'mount', description: 'Mount something into the containers' }),
  constraints: stringListFlag({ name: 'constraint', description: 'Conditions on the nodes' }),
  placementPrefs: parsedListFlag('pref', parsePlacementPreference, {
    name: 'placement-pref',
    description: 'Preference in spreading the tasks',
  }),
  networks: parsedListFlag('network', parseNetworkAttachment, {
    name: 'network',
    description: 'Networks to attach to',
  }),
  secrets: fileFlag('secret', { name: 'secret', description: 'Secrets the service gets' }),
  configs: fileFlag('config', { name: 'config', description: 'Configs the service gets' }),
  ports: portFlag({ name: 'publish', shorthand: 'p', description: 'Publish a port on the nodes' }),
  groups: stringListFlag({ name: 'group', description: 'Further groups of the user in the container' }),
  dns: parsedListFlag('list', parseIpAddress, { name: 'dns', description: 'DNS servers to use' }),
  dnsOptions: stringListFlag({ name: 'dns-option', description: 'Options for DNS' }),
  dnsSearch: parsedListFlag('list', parseDnsSearch, { name: 'dns-search', description: 'DNS domains to search' }),
  hosts: parsedListFlag('list', parseExtraHost, {
    name: 'host',
    description: 'Host names with their addresses (host:ip)',
  }),
  sysctls: stringListFlag({ name: 'sysctl', description: 'Kernel parameters' }),
  ulimits: ulimitFlag({ name: 'ulimit', description: 'Limits of processes' }),
  genericResources: parsedListFlag('list', checkGenericResource, {
    name: 'generic-resource',
    description: 'Resources of your own kinds',
  }),
};

function removal(name: string, description: string): Flag<readonly string[]> {
  return stringListFlag({ name, description });
}

/** Flags of `update` alone. */
export const updateOnly = {
  image: stringFlag({ name: 'image', description: 'Image of the service' }),
  args: wordsFlag({ name: 'args', description: 'Arguments of the command' }),
  rollback: boolFlag({ name: 'rollback', description: 'Go back to the previous specification' }),
  force: boolFlag({ name: 'force', description: 'Update even if nothing has changed' }),
  envAdd: parsedListFlag('list', parseEnv, { name: 'env-add', description: 'Add or change an environment variable' }),
  envRm: removal('env-rm', 'Remove an environment variable'),
  groupAdd: stringListFlag({ name: 'group-add', description: 'Add a group of the user in the container' }),
  groupRm: removal('group-rm', 'Remove a group of the user in the container'),
  labelAdd: parsedListFlag('list', parseLabel, { name: 'label-add', description: 'Add or change a label' }),
  labelRm: removal('label-rm', 'Remove a label by its key'),
  containerLabelAdd: parsedListFlag('list', parseLabel, {
    name: 'container-label-add',
    description: 'Add or change a label of the containers',
  }),
  containerLabelRm: removal('container-label-rm', 'Remove a label of the containers by its key'),
  mountAdd: parsedListFlag('mount', parseMount, { name: 'mount-add', description: 'Add or change a mount' }),
  mountRm: removal('mount-rm', 'Remove a mount by its target'),
  publishAdd: portFlag({ name: 'publish-add', description: 'Add or change a published port' }),
  publishRm: portFlag({ name: 'publish-rm', description: 'Remove a published port by its target port' }),
  constraintAdd: stringListFlag({ name: 'constraint-add', description: 'Add a condition on the nodes' }),
  constraintRm: removal('constraint-rm', 'Remove a condition on the nodes'),
  placementPrefAdd: parsedListFlag('pref', parsePlacementPreference, {
    name: 'placement-pref-add',
    description: 'Add a preference in spreading the tasks',
  }),
  placementPrefRm: parsedListFlag('pref', parsePlacementPreference, {
    name: 'placement-pref-rm',
    description: 'Remove a preference in spreading the tasks',
  }),
  networkAdd: parsedListFlag('network', parseNetworkAttachment, {
    name: 'network-add',
    description: 'Attach to a network',
  }),
  networkRm: removal('network-rm', 'Detach from a network'),
  secretAdd: fileFlag('secret', { name: 'secret-add', description: 'Give the service a secret' }),
  secretRm: removal('secret-rm', 'Take a secret away'),
  configAdd: fileFlag('config', { name: 'config-add', description: 'Give the service a config' }),
  configRm: removal('config-rm', 'Take a config away'),
  dnsAdd: parsedListFlag('list', parseIpAddress, { name: 'dns-add', description: 'Add a DNS server' }),
  dnsRm: removal('dns-rm', 'Remove a DNS server'),
  dnsOptionAdd: stringListFlag({ name: 'dns-option-add', description: 'Add an option for DNS' }),
  dnsOptionRm: removal('dns-option-rm', 'Remove an option for DNS'),
  dnsSearchAdd: parsedListFlag('list', parseDnsSearch, {
    name: 'dns-search-add',
    description: 'Add a DNS domain to search',
  }),
  dnsSearchRm: removal('dns-search-rm', 'Remove a DNS domain to search'),
  hostAdd: parsedListFlag('list', parseExtraHost, {
    name: 'host-add',
    description: 'Add a host name with its address ("host:ip")',
  }),
  hostRm: removal('host-rm', 'Remove a host name with its address ("host:ip")'),
  sysctlAdd: stringListFlag({ name: 'sysctl-add', description: 'Add or change a kernel parameter' }),
  sysctlRm: removal('sysctl-rm', 'Remove a kernel parameter'),
  ulimitAdd: ulimitFlag({ name: 'ulimit-add', description: 'Add or change a limit of processes' }),
  ulimitRm: removal('ulimit-rm', 'Remove a limit of processes'),
  genericResourceAdd: parsedListFlag('list', checkGenericResource, {
    name: 'generic-resource-add',
    description: 'Add a resource of your own kind',
  }),
  genericResourceRm: removal('generic-resource-rm', 'Remove a resource of your own kind'),
};

/** What the help of `create` shows as defaults: SwarmKit's own. */
const shownDefaults: Record<string, string> = {
  'stop-grace-period': '10s',
  'restart-condition': '"any"',
  'restart-delay': '5s',
  'update-parallelism': '1',
  'update-delay': '0s',
  'update-monitor': '5s',
  'update-failure-action': '"pause"',
  'update-max-failure-ratio': '0',
  'update-order': '"stop-first"',
  'rollback-parallelism': '1',
  'rollback-delay': '0s',
  'rollback-monitor': '5s',
  'rollback-failure-action': '"pause"',
  'rollback-max-failure-ratio': '0',
  'rollback-order': '"stop-first"',
  'endpoint-mode': '"vip"',
};

/** All flags of `service create`. */
export const createFlags: readonly Flag<unknown>[] = [
  ...Object.values<Flag<unknown>>(shared).map((flag) => {
    const defaultText = shownDefaults[flag.name];
    return defaultText === undefined ? flag : { ...flag, defaultText };
  }),
  ...Object.values<Flag<unknown>>(createOnly),
];

/** All flags of `service update`. */
export const updateFlags: readonly Flag<unknown>[] = [
  ...Object.values<Flag<unknown>>(shared),
  ...Object.values<Flag<unknown>>(updateOnly),
];
