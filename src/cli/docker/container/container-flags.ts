/**
 * Flags of `docker run` and `docker create`, and the request they make.
 * What nothing here acts on (devices, namespaces, weights ...) is sent all the same, and the daemon says that it has discarded it.
 * Source: `cli: cli/command/container/opts.go` (`addFlags`, `parse`).
 */

import { parseDuration } from '../../../go-template/go-duration.ts';
import type { Mount, NetworkAttachmentConfig } from '../../../protocol/engine-api.ts';
import { type Flag, listFlag, type ParseResult, parsed, unparsable, valueFlag } from '../../flags/flag.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag, intFlag, mapFlag, stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { parseExtraHost } from '../../opts/host-entry.ts';
import { parseEnv, parseLabel, toRecord } from '../../opts/key-value.ts';
import { parseMemoryBytes } from '../../opts/memory-bytes.ts';
import { parseMount, withAbsoluteSource } from '../../opts/mount.ts';
import { parseNanoCpus } from '../../opts/nano-cpus.ts';
import { parseNetworkAttachment } from '../../opts/network-attachment.ts';
import { parseExposed, parsePortBindings } from '../../opts/port-binding.ts';
import type { Process } from '../../process.ts';
import type { CommandContext } from '../command.ts';
import { readTextFile } from '../secret/content.ts';
import { readVariables } from '../service/environment.ts';

function duration(name: string, description: string): Flag<number | null> {
  return valueFlag<number | null>({
    name,
    description,
    valueWord: 'duration',
    default: null,
    defaultText: '0s',
    parse: parseDuration,
  });
}

/** Shared by both commands. */
export const containerFlags = {
  addHost: listFlag({
    name: 'add-host',
    description: 'Name of a host and its address (host:ip)',
    parse: parseExtraHost,
  }),
  attach: stringListFlag({ name: 'attach', shorthand: 'a', description: 'Attach to STDIN, STDOUT or STDERR' }),
  capAdd: stringListFlag({ name: 'cap-add', description: 'Linux capabilities to add' }),
  capDrop: stringListFlag({ name: 'cap-drop', description: 'Linux capabilities to drop' }),
  cpus: valueFlag({
    name: 'cpus',
    description: 'CPUs it may use at most',
    valueWord: 'decimal',
    default: 0,
    parse: parseNanoCpus,
  }),
  dns: stringListFlag({ name: 'dns', description: 'Servers to ask for names' }),
  entrypoint: stringFlag({ name: 'entrypoint', description: "Run this instead of the image's ENTRYPOINT" }),
  env: listFlag({ name: 'env', shorthand: 'e', description: 'Environment variables', parse: parseEnv }),
  envFile: stringListFlag({ name: 'env-file', description: 'Files with environment variables' }),
  expose: stringListFlag({ name: 'expose', description: 'A port, or a range of ports, that it listens on' }),
  healthCmd: stringFlag({ name: 'health-cmd', description: 'Command that checks its health' }),
  healthInterval: duration('health-interval', 'Time between two checks (ms|s|m|h)'),
  healthRetries: intFlag({ name: 'health-retries', description: 'Failed checks in a row until it is unhealthy' }),
  healthStartPeriod: duration('health-start-period', 'Time to come up, in which failures do not count (ms|s|m|h)'),
  healthStartInterval: duration('health-start-interval', 'Time between two checks while it comes up (ms|s|m|h)'),
  healthTimeout: duration('health-timeout', 'Time that a check may take (ms|s|m|h)'),
  hostname: stringFlag({ name: 'hostname', shorthand: 'h', description: 'Host name of the container' }),
  init: boolFlag({ name: 'init', description: 'Run a small init in front of the command' }),
  interactive: boolFlag({ name: 'interactive', shorthand: 'i', description: 'Keep standard input open' }),
  ip: stringFlag({ name: 'ip', description: 'IPv4 address to give it (172.30.100.104)' }),
  label: listFlag({ name: 'label', shorthand: 'l', description: 'Labels of the container', parse: parseLabel }),
  memory: valueFlag({
    name: 'memory',
    shorthand: 'm',
    description: 'Memory it may use at most',
    valueWord: 'bytes',
    default: 0,
    parse: parseMemoryBytes,
  }),
  mount: listFlag({
    name: 'mount',
    valueWord: 'mount',
    description: 'A file system to mount in it',
    parse: parseMount,
  }),
  name: stringFlag({ name: 'name', description: 'Name of the container' }),
  network: listFlag({
    name: 'network',
    valueWord: 'network',
    description: 'Network to join',
    parse: parseNetworkAttachment,
  }),
  net: listFlag({
    name: 'net',
    valueWord: 'network',
    description: 'Network to join',
    parse: parseNetworkAttachment,
    hidden: true,
  }),
  networkAlias: stringListFlag({ name: 'network-alias', description: 'Further names in its network' }),
  noHealthcheck: boolFlag({ name: 'no-healthcheck', description: "Do not run the image's health check" }),
  platform: stringFlag({ name: 'platform', description: 'Platform of the image, where it has several' }),
  privileged: boolFlag({ name: 'privileged', description: 'Give it all rights' }),
  publish: stringListFlag({ name: 'publish', shorthand: 'p', description: 'Ports of it to open on the host' }),
  publishAll: boolFlag({
    name: 'publish-all',
    shorthand: 'P',
    description: "Open all its exposed ports on the host, at ports of the host's choice",
  }),
  pull: stringFlag({
    name: 'pull',
    default: 'missing',
    description: 'When to pull the image ("always", "missing", "never")',
    values: ['always', 'missing', 'never'],
  }),
  quiet: boolFlag({ name: 'quiet', shorthand: 'q', description: 'Say nothing of pulling' }),
  readOnly: boolFlag({ name: 'read-only', description: 'Mount its root file system read-only' }),
  restart: stringFlag({
    name: 'restart',
    default: 'no',
    description: 'When to start it again',
    values: ['always', 'no', 'on-failure', 'unless-stopped'],
  }),
  rm: boolFlag({ name: 'rm', description: 'Remove it, and its anonymous volumes, when it ends' }),
  stopSignal: stringFlag({ name: 'stop-signal', description: 'Signal that asks it to end' }),
  stopTimeout: intFlag({ name: 'stop-timeout', description: 'Seconds from that signal to the kill' }),
  tty: boolFlag({ name: 'tty', shorthand: 't', description: 'Give it a pseudo-TTY' }),
  user: stringFlag({ name: 'user', shorthand: 'u', description: 'User (format: "<name|uid>[:<group|gid>]")' }),
  volume: stringListFlag({
    name: 'volume',
    shorthand: 'v',
    description: 'A volume or a directory of the host to mount in it',
  }),
  workdir: stringFlag({ name: 'workdir', shorthand: 'w', description: 'Working directory in the container' }),
};

/** Flags of the host's configuration, by the field that carries them. */
const hostFields: Readonly<Record<string, string>> = {
  'blkio-weight': 'BlkioWeight',
  'cgroup-parent': 'CgroupParent',
  cgroupns: 'CgroupnsMode',
  cidfile: 'ContainerIDFile',
  'cpu-period': 'CpuPeriod',
  'cpu-quota': 'CpuQuota',
  'cpu-rt-period': 'CpuRealtimePeriod',
  'cpu-rt-runtime': 'CpuRealtimeRuntime',
  'cpu-shares': 'CpuShares',
  'cpuset-cpus': 'CpusetCpus',
  'cpuset-mems': 'CpusetMems',
  'device-cgroup-rule': 'DeviceCgroupRules',
  'dns-option': 'DnsOptions',
  'dns-search': 'DnsSearch',
  'group-add': 'GroupAdd',
  ipc: 'IpcMode',
  isolation: 'Isolation',
  'kernel-memory': 'KernelMemory',
  link: 'Links',
  'memory-reservation': 'MemoryReservation',
  'memory-swap': 'MemorySwap',
  'oom-kill-disable': 'OomKillDisable',
  'oom-score-adj': 'OomScoreAdj',
  pid: 'PidMode',
  'pids-limit': 'PidsLimit',
  runtime: 'Runtime',
  'security-opt': 'SecurityOpt',
  'shm-size': 'ShmSize',
  ulimit: 'Ulimits',
  userns: 'UsernsMode',
  uts: 'UTSMode',
  'volume-driver': 'VolumeDriver',
  'volumes-from': 'VolumesFrom',
};

/** Those that have a form of their own. */
const shapedFlags = {
  annotation: mapFlag({ name: 'annotation', description: 'Annotations, for the runtime' }),
  blkioWeightDevice: pathRateFlag('blkio-weight-device', 'Weight of its block I/O on a device', 'Weight'),
  device: stringListFlag({ name: 'device', description: 'A device of the host for it' }),
  deviceReadBps: pathRateFlag('device-read-bps', 'Bytes per second that it may read from a device', 'Rate'),
  deviceReadIops: pathRateFlag('device-read-iops', 'Reads per second from a device', 'Rate'),
  deviceWriteBps: pathRateFlag('device-write-bps', 'Bytes per second that it may write to a device', 'Rate'),
  deviceWriteIops: pathRateFlag('device-write-iops', 'Writes per second to a device', 'Rate'),
  domainname: stringFlag({ name: 'domainname', description: 'NIS domain of the container' }),
  labelFile: stringListFlag({ name: 'label-file', description: 'Files with labels, one a line' }),
  logDriver: stringFlag({ name: 'log-driver', description: 'What takes its log' }),
  logOpt: stringListFlag({ name: 'log-opt', description: 'Options for that' }),
  macAddress: stringFlag({ name: 'mac-address', description: 'MAC address of the container (92:d0:c6:0a:29:33)' }),
  memorySwappiness: intFlag({
    name: 'memory-swappiness',
    default: -1,
    description: 'How readily it is swapped out (0 to 100)',
  }),
  storageOpt: stringListFlag({ name: 'storage-opt', description: 'Options for its storage' }),
  sysctl: sysctlFlag(),
  tmpfs: stringListFlag({ name: 'tmpfs', description: 'A folder to keep in memory' }),
};

const plainFlags = flagLines(`
  --blkio-weight uint16  Weight of its block I/O, 10 to 1000; 0 for none (default 0)
  --cgroup-parent string  Control group above its own
  --cgroupns string  Namespace of its control group (host|private)
  --cidfile string  File to write its ID to
  --cpu-period int  Period of the CPU quota
  --cpu-quota int  CPU time in a period
  --cpu-rt-period int  Period of real-time CPU, in microseconds
  --cpu-rt-runtime int  Real-time CPU in a period, in microseconds
  -c, --cpu-shares int  Share of the CPUs, as a weight
  --cpuset-cpus string  CPUs to run on (0-3, 0,1)
  --cpuset-mems string  Memory nodes to use (0-3, 0,1)
  --device-cgroup-rule list  A rule for devices that it may use
  --dns-option list  Options for asking for names
  --dns-search list  Domains to look for names in
  --disable-content-trust  Do not check signatures (default true)
  --gpus gpu-request  GPUs for it ('all': all of them)
  --group-add list  Further groups
  --ip6 string  IPv6 address to give it (2001:db8::33)
  --ipc string  Its namespace of inter-process communication
  --isolation string  How it is kept apart
  --kernel-memory bytes  Memory of the kernel that it may use
  --link list  Another container to link to
  --link-local-ip list  Link-local addresses to give it
  --memory-reservation bytes  Memory that is kept for it
  --memory-swap bytes  Memory and swap together; '-1': as much swap as there is
  --oom-kill-disable  Do not kill it when memory runs out
  --oom-score-adj int  How readily it is killed then (-1000 to 1000)
  --pid string  Its namespace of processes
  --pids-limit int  Processes that it may have; -1: as many as it likes
  --runtime string  Runtime to use
  --security-opt list  Security options
  --shm-size bytes  Size of /dev/shm
  --ulimit ulimit  Limits of its processes (default [])
  --use-api-socket  Mount the daemon's socket, with credentials
  --userns string  Its namespace of users
  --uts string  Its namespace of host names
  --volume-driver string  What keeps its volumes
  --volumes-from list  Containers whose volumes it gets
`);

/** All of them, for the help and for reading. */
export const allContainerFlags: readonly Flag<unknown>[] = [
  ...Object.values(containerFlags),
  ...Object.values(shapedFlags),
  ...plainFlags,
  // Shown here alone: elsewhere -h asks for help, too.
  boolFlag({ name: 'help', description: 'Print this' }),
];

/** `/dev/sda:100` */
function pathRateFlag(name: string, description: string, field: 'Weight' | 'Rate'): Flag<readonly object[]> {
  return listFlag({
    name,
    description,
    defaultText: '[]',
    parse: (text) => {
      const [path = '', value = ''] = text.split(':');
      if (!text.includes(':')) return unparsable(`bad format: ${text}`);
      if (!path.startsWith('/dev/')) return unparsable(`bad format for device path: ${text}`);
      if (name.endsWith('-bps')) {
        const bytes = parseMemoryBytes(value);
        if (!bytes.ok)
          return unparsable(
            `invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`,
          );
        return parsed({ Path: path, [field]: bytes.value });
      }
      if (!/^\d+$/.test(value))
        return unparsable(
          field === 'Weight'
            ? `invalid weight for device: ${text}`
            : `invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`,
        );
      const number = Number(value);
      if (field === 'Weight' && number > 0 && (number < 10 || number > 1000))
        return unparsable(`invalid weight for device: ${text}`);
      return parsed({ Path: path, [field]: number });
    },
  });
}

/** Only settings that have a namespace. Source: `cli: opts/opts.go` (`ValidateSysctl`). */
function sysctlFlag(): Flag<Readonly<Record<string, string>>> {
  const flag = mapFlag({ name: 'sysctl', description: 'Settings of the kernel for it' });
  return {
    ...flag,
    accept: (text, previous) =>
      text.includes('=') && OWN_SYSCTLS.test(text)
        ? flag.accept(text, previous)
        : unparsable(`sysctl '${text}' is not allowed`),
  };
}

const OWN_SYSCTLS = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)=|net\.|fs\.mqueue\.)/;

/** Fields of the host's configuration that were asked for. */
function hostExtras({ flags, process }: CommandContext): Record<string, unknown> {
  const f = shapedFlags;
  const given = plainFlags.filter((flag) => flags.changed(flag) && flag.name in hostFields);
  const { columns = 0, rows = 0 } = process.stdout.terminal ?? {};
  const gpus = plainFlags.find(({ name }) => name === 'gpus')!;
  return {
    ...Object.fromEntries(given.map((flag) => [hostFields[flag.name], flags.get(flag)])),
    ...(flags.changed(gpus) && { DeviceRequests: [gpuRequest(String(flags.get(gpus)))] }),
    Annotations: flags.get(f.annotation),
    BlkioWeightDevice: flags.get(f.blkioWeightDevice),
    BlkioDeviceReadBps: flags.get(f.deviceReadBps),
    BlkioDeviceReadIOps: flags.get(f.deviceReadIops),
    BlkioDeviceWriteBps: flags.get(f.deviceWriteBps),
    BlkioDeviceWriteIOps: flags.get(f.deviceWriteIops),
    ConsoleSize: [rows, columns],
    Devices: flags.get(f.device).map(deviceOf),
    ...(flags.get(containerFlags.init) && { Init: true }),
    LogConfig: { Type: flags.get(f.logDriver), Config: toRecord(flags.get(f.logOpt)) },
    MemorySwappiness: flags.get(f.memorySwappiness),
    StorageOpt: toRecord(flags.get(f.storageOpt)),
    Sysctls: flags.get(f.sysctl),
    Tmpfs: Object.fromEntries(flags.get(f.tmpfs).map((text) => [cutAt(text, ':')[0], cutAt(text, ':')[1]])),
  };
}

function cutAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `/dev/sda:/dev/xvda:rwm` */
function deviceOf(text: string): Record<string, string> {
  const [onHost = '', second, third] = text.split(':');
  const isMode = second !== undefined && /^[rwm]+$/.test(second);
  return {
    PathOnHost: onHost,
    PathInContainer: second === undefined || isMode ? onHost : second,
    CgroupPermissions: third ?? (isMode ? second : 'rwm'),
  };
}

/** `all`, a number, or fields separated by commas. */
function gpuRequest(text: string): Record<string, unknown> {
  const fields = Object.fromEntries(
    text.split(',').map((pair) => (pair.includes('=') ? cutAt(pair, '=') : ['count', pair])),
  );
  const count = fields.count ?? (fields.device === undefined ? '1' : '0');
  return {
    Driver: fields.driver ?? '',
    Count: count === 'all' ? -1 : Number(count),
    DeviceIDs: fields.device === undefined ? null : [fields.device],
    Capabilities: [['gpu']],
    Options: {},
  };
}

/** Which streams are wanted: those of `--attach`; without it output, and input if it is interactive. None in the background. */
export function wantedStreams(
  { flags }: CommandContext,
  isDetached = false,
): { stdin: boolean; stdout: boolean; stderr: boolean } {
  const named = flags.get(containerFlags.attach).map((name) => name.toLowerCase());
  if (isDetached) return { stdin: false, stdout: false, stderr: false };
  const all = named.length === 0;
  return {
    stdin: all ? flags.get(containerFlags.interactive) : named.includes('stdin'),
    stdout: all || named.includes('stdout'),
    stderr: all || named.includes('stderr'),
  };
}

/** The body of `POST /containers/create`; or what does not fit together. */
export function createBody(context: CommandContext, isDetached: boolean): ParseResult<Record<string, unknown>> {
  const { flags, args, process } = context;
  const { get } = { get: flags.get.bind(flags) };
  const f = containerFlags;
  const environment = readVariables(process, get(f.envFile), get(f.env));
  if (!environment.ok) return environment;
  const ports = parsePortBindings(get(f.publish));
  if (!ports.ok) return ports;
  const exposed = parseExposed(get(f.expose));
  if (!exposed.ok) return exposed;
  const restart = restartPolicy(get(f.restart));
  if (!restart.ok) return restart;
  if (get(f.rm) && restart.value.Name !== 'no' && restart.value.Name !== '')
    return unparsable('conflicting options: cannot specify both --restart and --rm');
  const health = healthcheck(context);
  if (!health.ok) return health;
  const networks = networksOf(context);
  if (!networks.ok) return networks;
  const binds = get(f.volume).filter((text) => text.includes(':'));
  const anonymous = get(f.volume).filter((text) => !text.includes(':'));
  const labelsFromFiles = readLabels(process, get(shapedFlags.labelFile));
  if (!labelsFromFiles.ok) return labelsFromFiles;
  const complaint = hostComplaint(context);
  if (complaint !== null) return unparsable(complaint);
  const streams = wantedStreams(context, isDetached);
  const [image = '', ...command] = args;
  const entrypoint = get(f.entrypoint);
  return parsed({
    Hostname: get(f.hostname),
    Domainname: get(shapedFlags.domainname),
    User: get(f.user),
    AttachStdin: streams.stdin,
    AttachStdout: streams.stdout,
    AttachStderr: streams.stderr,
    ExposedPorts: Object.fromEntries([...Object.keys(ports.value), ...exposed.value].map((port) => [port, {}])),
    Tty: get(f.tty),
    OpenStdin: get(f.interactive),
    // Input that is attached ends with the first client.
    StdinOnce: get(f.interactive) && streams.stdin,
    Env: environment.value,
    Cmd: command.length > 0 ? command : null,
    Image: image,
    Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
    WorkingDir: get(f.workdir),
    Entrypoint: flags.changed(f.entrypoint) ? [entrypoint] : null,
    Labels: toRecord([...labelsFromFiles.value, ...get(f.label)]),
    ...(get(f.stopSignal) !== '' && { StopSignal: get(f.stopSignal) }),
    ...(flags.changed(f.stopTimeout) && { StopTimeout: get(f.stopTimeout) }),
    ...(health.value && { Healthcheck: health.value }),
    HostConfig: {
      ...hostExtras(context),
      Binds: binds.length > 0 ? binds.map((text) => absoluteBind(text, process.cwd)) : null,
      NetworkMode: networks.value.mode,
      PortBindings: ports.value,
      PublishAllPorts: get(f.publishAll),
      RestartPolicy: restart.value,
      AutoRemove: get(f.rm),
      ExtraHosts: get(f.addHost),
      Dns: get(f.dns),
      CapAdd: get(f.capAdd),
      CapDrop: get(f.capDrop),
      Privileged: get(f.privileged),
      ReadonlyRootfs: get(f.readOnly),
      Memory: get(f.memory),
      NanoCpus: get(f.cpus),
      ...(get(f.mount).length > 0 && {
        Mounts: get(f.mount).map((mount: Mount) => withAbsoluteSource(mount, process.cwd)),
      }),
    },
    NetworkingConfig: { EndpointsConfig: networks.value.endpoints },
  });
}

/** What is wrong with flags of the host's configuration; null: nothing. */
function hostComplaint({ flags }: CommandContext): string | null {
  const security = plainFlags.find(({ name }) => name === 'security-opt')!;
  const odd = (flags.get(security) as readonly string[]).find(
    (option) => !/[=:]/.test(option) && option !== 'no-new-privileges',
  );
  if (odd !== undefined) return `Invalid --security-opt: ${JSON.stringify(odd)}`;
  if (flags.get(shapedFlags.logDriver) === 'none' && flags.get(shapedFlags.logOpt).length > 0)
    return 'invalid logging opts for driver none';
  return null;
}

/** Labels of `--label-file`: one a line; empty lines and comments are skipped. */
function readLabels(process: Process, files: readonly string[]): ParseResult<string[]> {
  const labels: string[] = [];
  for (const file of files) {
    const text = readTextFile(process, file);
    if (!text.ok) return text;
    for (const line of text.value.split('\n')) {
      const label = line.trim();
      if (label === '' || label.startsWith('#')) continue;
      const checked = parseLabel(label);
      if (!checked.ok) return checked;
      labels.push(label);
    }
  }
  return parsed(labels);
}

/** `on-failure:5` */
export function restartPolicy(text: string): ParseResult<{ Name: string; MaximumRetryCount: number }> {
  const [name = '', count, more] = text.split(':');
  if (text !== '' && name === '') return unparsable('invalid restart policy format: no policy provided before colon');
  if (more !== undefined) return unparsable('invalid restart policy format');
  if (count !== undefined && !/^\d+$/.test(count))
    return unparsable('invalid restart policy format: maximum retry count must be an integer');
  return parsed({ Name: name, MaximumRetryCount: Number(count ?? 0) });
}

function healthcheck({ flags }: CommandContext): ParseResult<Record<string, unknown> | null> {
  const f = containerFlags;
  const given = [
    f.healthCmd,
    f.healthInterval,
    f.healthRetries,
    f.healthStartPeriod,
    f.healthStartInterval,
    f.healthTimeout,
  ];
  const isGiven = given.some((flag) => flags.changed(flag as Flag<unknown>));
  if (flags.get(f.noHealthcheck))
    return isGiven ? unparsable('--no-healthcheck conflicts with --health-* options') : parsed({ Test: ['NONE'] });
  if (!isGiven) return parsed(null);
  const command = flags.get(f.healthCmd);
  return parsed({
    ...(command !== '' && { Test: ['CMD-SHELL', command] }),
    Interval: flags.get(f.healthInterval) ?? 0,
    Timeout: flags.get(f.healthTimeout) ?? 0,
    StartPeriod: flags.get(f.healthStartPeriod) ?? 0,
    StartInterval: flags.get(f.healthStartInterval) ?? 0,
    Retries: flags.get(f.healthRetries),
  });
}

type Endpoints = Record<string, { Aliases: string[] | null; IPAMConfig: { IPv4Address: string } | null }>;

/** Networks by flag: the first one is the mode. Aliases and the address given apart are the first one's. */
function networksOf({ flags }: CommandContext): ParseResult<{ mode: string; endpoints: Endpoints }> {
  const f = containerFlags;
  const wanted = [...flags.get(f.network), ...flags.get(f.net)];
  const endpoints: Endpoints = {};
  for (const [index, network] of wanted.entries()) {
    const { Target = '', Aliases = [] } = network as NetworkAttachmentConfig;
    if (Target in endpoints) return unparsable(`network "${Target}" is specified multiple times`);
    const aliases = [...(index === 0 ? flags.get(f.networkAlias) : []), ...(Aliases ?? [])];
    if (aliases.length > 0 && !isUserDefined(Target)) return unparsable(NO_ALIASES);
    const ip = index === 0 ? flags.get(f.ip) : '';
    endpoints[Target] = {
      Aliases: aliases.length > 0 ? aliases : null,
      IPAMConfig: ip === '' ? null : { IPv4Address: ip },
    };
  }
  if (wanted.length === 0 && flags.get(f.networkAlias).length > 0) return unparsable(NO_ALIASES);
  if (wanted.length === 0 && flags.changed(f.ip))
    endpoints.default = { Aliases: null, IPAMConfig: { IPv4Address: flags.get(f.ip) } };
  return parsed({ mode: wanted[0]?.Target ?? 'default', endpoints });
}

const NO_ALIASES = 'network-scoped aliases are only supported for user-defined networks';

function isUserDefined(network: string): boolean {
  return !['default', 'bridge', 'host', 'none', ''].includes(network) && !network.startsWith('container:');
}

function absoluteBind(text: string, cwd: string): string {
  return text.startsWith('.') ? `${cwd}/${text.replace(/^\.\//, '')}` : text;
}
