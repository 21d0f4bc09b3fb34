/**
 * Flags of `docker run` and `docker create`, and the request they make.
 * Simplified: flags of devices, namespaces, security, weights and Windows are left out: nothing here acts on them.
 * Source: `cli: cli/command/container/opts.go` (`addFlags`, `parse`).
 */

import { parseDuration } from '../../../go-template/go-duration.ts';
import type { Mount, NetworkAttachmentConfig } from '../../../protocol/engine-api.ts';
import { type Flag, listFlag, type ParseResult, parsed, unparsable, valueFlag } from '../../flags/flag.ts';
import { boolFlag, intFlag, stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { parseExtraHost } from '../../opts/host-entry.ts';
import { parseEnv, parseLabel, toRecord } from '../../opts/key-value.ts';
import { parseMemoryBytes } from '../../opts/memory-bytes.ts';
import { parseMount, withAbsoluteSource } from '../../opts/mount.ts';
import { parseNanoCpus } from '../../opts/nano-cpus.ts';
import { parseNetworkAttachment } from '../../opts/network-attachment.ts';
import { parseExposed, parsePortBindings } from '../../opts/port-binding.ts';
import type { CommandContext } from '../command.ts';
import { readVariables } from '../service/environment.ts';

function duration(name: string, description: string): Flag<number | null> {
  return valueFlag<number | null>({ name, description, valueWord: 'duration', default: null, parse: parseDuration });
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

/** The body of `POST /containers/create`; or what does not fit together. */
export function createBody(context: CommandContext): ParseResult<Record<string, unknown>> {
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
  const [image = '', ...command] = args;
  const entrypoint = get(f.entrypoint);
  return parsed({
    Hostname: get(f.hostname),
    Domainname: '',
    User: get(f.user),
    AttachStdin: get(f.interactive),
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: Object.fromEntries([...Object.keys(ports.value), ...exposed.value].map((port) => [port, {}])),
    Tty: get(f.tty),
    OpenStdin: get(f.interactive),
    StdinOnce: get(f.interactive),
    Env: environment.value,
    Cmd: command.length > 0 ? command : null,
    Image: image,
    Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
    WorkingDir: get(f.workdir),
    Entrypoint: flags.changed(f.entrypoint) ? [entrypoint] : null,
    Labels: toRecord(get(f.label)),
    ...(get(f.stopSignal) !== '' && { StopSignal: get(f.stopSignal) }),
    ...(flags.changed(f.stopTimeout) && { StopTimeout: get(f.stopTimeout) }),
    ...(health.value && { Healthcheck: health.value }),
    HostConfig: {
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

/** `on-failure:5` */
function restartPolicy(text: string): ParseResult<{ Name: string; MaximumRetryCount: number }> {
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
