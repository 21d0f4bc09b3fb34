/** Containers of a host as Docker's JSON. `moby: daemon/list.go`, `daemon/inspect.go`, `container/state.go` */
import type * as api from '../../../protocol/engine-api.ts';
import { parseCidr } from '../../manager/controlapi/cidr.ts';
import type { Filters } from '../../manager/controlapi/control-request.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import type { Container, ContainerConfig, Image } from '../../runtime/container.ts';
import type { Dockerd } from '../dockerd.ts';
import { exactly, matches } from '../filters.ts';
import { humanDuration } from '../human-duration.ts';
import { attachmentsOf, derivedHex, macAddress } from './endpoint.ts';
import { filled, list, sortedMap, struct } from './go-json.ts';
import { nanos, unixSeconds, ZERO_TIME } from './time.ts';

export const LIST_FILTERS = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];

export function containerMatches(container: Container, filters: Filters, daemon: Dockerd): boolean {
  const { config } = container;
  const runtime = daemon.host.runtime;
  const bound = (key: 'since' | 'before') => runtime.find(filters[key]?.[0] ?? '')?.createdAt;
  return (
    (!filters.id?.length || filters.id.some((id) => container.id.startsWith(id))) &&
    (matches(filters, 'name', config.name) || matches(filters, 'name', `/${config.name}`)) &&
    exactly(filters, 'status', container.state) &&
    exactly(filters, 'health', container.health.status) &&
    (!filters.exited?.length ||
      (container.state === 'exited' && filters.exited.includes(String(container.exitCode)))) &&
    hasLabels(filters, 'label', config.labels) &&
    (!filters.ancestor?.length || filters.ancestor.some((name) => isImage(name, container, daemon))) &&
    (!filters['is-task']?.length || (container.taskId !== null) === (filters['is-task'][0] === 'true')) &&
    (!filters.network?.length ||
      attachmentsOf(container).some(({ id, name }) =>
        filters.network!.some((wanted) => wanted === id || wanted === name),
      )) &&
    (!filters.volume?.length ||
      config.mounts.some(({ source, target }) =>
        filters.volume!.some((wanted) => wanted === source || wanted === target),
      )) &&
    (!filters.since?.length || container.createdAt > (bound('since') ?? Number.POSITIVE_INFINITY)) &&
    (!filters.before?.length || container.createdAt < (bound('before') ?? Number.NEGATIVE_INFINITY))
  );
}

export function containerSummary(container: Container, daemon: Dockerd): api.ContainerSummary {
  const { config } = container;
  const command = commandLine(container, imageOf(container, daemon));
  return {
    Id: container.id,
    Names: [`/${config.name}`],
    Image: config.image,
    ImageID: container.imageId,
    Command: command.join(' '),
    Created: unixSeconds(daemon.host.epochMs, container.createdAt),
    Ports: ports(container, daemon),
    Labels: sortedMap(config.labels),
    State: container.state,
    Status: statusText(container, daemon.host.now),
    HostConfig: { NetworkMode: networkMode(container) },
    NetworkSettings: { Networks: endpoints(container, daemon) },
    Mounts: mounts(container),
  };
}

/** What a container takes of the disk: what was written in its own layer, and with its image. */
export function sizesOf(container: Container, daemon: Dockerd): { SizeRw: number; SizeRootFs: number } {
  const written = Object.values(container.files).reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  return { SizeRw: written, SizeRootFs: written + (imageOf(container, daemon)?.sizeBytes ?? 0) };
}

/** The column STATUS of `docker ps`. */
export function statusText(container: Container, now: number): string {
  const { state, health, exitCode } = container;
  const since = (at: number | null) => humanDuration(now - (at ?? now));
  const up = `Up ${since(container.startedAt)}`;
  switch (state) {
    case 'running':
      if (health.status === 'none') return up;
      return `${up} (${health.status === 'starting' ? 'health: starting' : health.status})`;
    case 'paused':
      return `${up} (Paused)`;
    case 'restarting':
      return `Restarting (${exitCode}) ${since(container.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
    case 'exited':
      return container.finishedAt === null ? 'Created' : `Exited (${exitCode}) ${since(container.finishedAt)} ago`;
  }
}

/** Does a name or an ID mean the image of this container, as the host knows images? */
function isImage(name: string, { imageId }: Container, { host }: Dockerd): boolean {
  return host.runtime.image(name)?.id === imageId || imageId === name || imageId.startsWith(`sha256:${name}`);
}

function imageOf(container: Container, daemon: Dockerd): Image | undefined {
  const named = daemon.host.runtime.image(container.config.image);
  return named?.id === container.imageId ? named : undefined;
}

/** What runs: the container's own words, else the image's. */
function commandLine({ config }: Container, image: Image | undefined): string[] {
  const entrypoint = config.entrypoint.length > 0 ? config.entrypoint : (image?.entrypoint ?? []);
  const isOwn = config.command.length > 0 || config.entrypoint.length > 0;
  return [...entrypoint, ...(isOwn ? config.command : (image?.command ?? []))];
}

function ports(container: Container, daemon: Dockerd): api.ContainerPort[] {
  if (container.state !== 'running' && container.state !== 'paused') return [];
  const published = boundPorts(container).flatMap((port) => {
    const both = { PrivatePort: port.target, PublicPort: port.published, Type: port.protocol };
    return addressesOf(port).map((IP) => ({ IP, ...both }));
  });
  const taken = new Set(boundPorts(container).map(({ target, protocol }) => `${target}/${protocol}`));
  const exposed = (imageOf(container, daemon)?.exposed ?? []).filter((port) => !taken.has(port));
  return [
    ...published,
    ...exposed.map((port) => {
      const [number, protocol] = port.split('/');
      return { PrivatePort: Number(number), Type: (protocol ?? 'tcp') as api.PortProtocol };
    }),
  ];
}

/** Host ports as they are bound. */
function boundPorts({ attached }: Container): ContainerConfig['ports'] {
  return attached.ports;
}

/** Asked for on no address in particular, a port is bound on all of both families. */
function addressesOf({ ip }: { ip: string }): string[] {
  return ip === '' || ip === '0.0.0.0' ? ['0.0.0.0', '::'] : [ip];
}

function networkMode(container: Container): string {
  const [first] = container.config.networks;
  return container.config.mode ?? (first ? attachmentsOf(container)[0]!.name : 'bridge');
}

function endpoints(container: Container, daemon: Dockerd): Record<string, api.EndpointSettings> {
  const settings: Record<string, api.EndpointSettings> = {};
  for (const attachment of attachmentsOf(container))
    settings[attachment.name] = endpointSettings(container, attachment, daemon);
  return sortedMap(settings);
}

function endpointSettings(
  container: Container,
  { id, name, address, aliases }: ContainerConfig['networks'][number],
  daemon: Dockerd,
): api.EndpointSettings {
  const { config, swarmEndpoints = {} } = container;
  const isUp = container.state === 'running' || container.state === 'paused';
  const cidr = isUp ? parseCidr(address) : null;
  const own = config.networks.find((one) => one.name === name || one.id === id);
  const given = Object.values(swarmEndpoints).find(({ network }) => network === id)?.address ?? own?.address ?? '';
  const local = daemon.state.disk.networks.find((network) => network.id === id || network.name === name);
  const isNamed = !['bridge', 'host', 'none'].includes(name);
  return {
    IPAMConfig: given === '' ? null : { IPv4Address: given.split('/')[0]! },
    Links: null,
    Aliases: aliases.length > 0 ? list(aliases) : null,
    MacAddress: cidr ? macAddress(address) : '',
    DriverOpts: null,
    GwPriority: 0,
    NetworkID: local?.id ?? id,
    EndpointID: isUp ? derivedHex(`endpoint ${id} ${config.name}`) : '',
    Gateway: cidr && !local?.internal ? (local?.gateway ?? '') : '',
    IPAddress: cidr ? address.split('/')[0]! : '',
    IPPrefixLen: cidr ? cidr.bits : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: isNamed ? [...new Set([config.name, ...aliases, container.id.slice(0, 12), config.hostname])] : null,
  };
}

/** What is said of the default bridge in a second place. */
function defaultBridge(container: Container, daemon: Dockerd): object {
  const { bridge } = endpoints(container, daemon);
  return {
    EndpointID: bridge?.EndpointID ?? '',
    Gateway: bridge?.Gateway ?? '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: bridge?.IPAddress ?? '',
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: '',
    MacAddress: bridge?.MacAddress ?? '',
  };
}

function mounts({ config }: Container): api.MountPoint[] {
  return config.mounts.map(({ type, source, target, readOnly }) =>
    struct({
      Type: type as api.MountType,
      Name: type === 'volume' ? source : undefined,
      Source: type === 'volume' ? `/var/lib/docker/volumes/${source}/_data` : source,
      Destination: target,
      Driver: type === 'volume' ? 'local' : undefined,
      Mode: type === 'volume' ? 'z' : '',
      RW: !readOnly,
      Propagation: type === 'bind' ? 'rprivate' : '',
    }),
  );
}

export function containerInspect(container: Container, daemon: Dockerd): api.ContainerInspect {
  const { config } = container;
  const image = imageOf(container, daemon);
  const [path = '', ...args] = commandLine(container, image);
  const isUp = container.state === 'running' || container.state === 'paused';
  const sandbox = derivedHex(`sandbox ${container.id}`);
  return {
    Id: container.id,
    Created: daemon.time(container.createdAt),
    Path: path,
    Args: args,
    State: stateJson(container, daemon),
    Image: container.imageId,
    ResolvConfPath: `/var/lib/docker/containers/${container.id}/resolv.conf`,
    HostnamePath: `/var/lib/docker/containers/${container.id}/hostname`,
    HostsPath: `/var/lib/docker/containers/${container.id}/hosts`,
    LogPath: `/var/lib/docker/containers/${container.id}/${container.id}-json.log`,
    Name: `/${config.name}`,
    RestartCount: container.restarts,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: 'docker-default',
    ExecIDs: null,
    HostConfig: {
      NetworkMode: networkMode(container),
      PortBindings: wantedBindings(config.ports),
      RestartPolicy: { Name: config.restart, MaximumRetryCount: config.restartTries ?? 0 },
      AutoRemove: config.autoRemove,
      Memory: config.memoryBytes,
      NanoCpus: config.nanoCpus,
    },
    Mounts: mounts(container),
    Config: configJson(container, image),
    NetworkSettings: {
      Bridge: '',
      SandboxID: isUp ? sandbox : '',
      SandboxKey: isUp ? `/var/run/docker/netns/${sandbox.slice(0, 12)}` : '',
      Ports: isUp ? portBindings(boundPorts(container), image) : {},
      HairpinMode: false,
      LinkLocalIPv6Address: '',
      LinkLocalIPv6PrefixLen: 0,
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      ...defaultBridge(container, daemon),
      Networks: endpoints(container, daemon),
    },
  } as api.ContainerInspect;
}

function stateJson(container: Container, daemon: Dockerd): api.ContainerInspect['State'] {
  const { state, health } = container;
  return struct({
    Status: state,
    Running: state === 'running' || state === 'paused',
    Paused: state === 'paused',
    Restarting: state === 'restarting',
    OOMKilled: container.oomKilled,
    Dead: state === 'dead',
    Pid: container.pid,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: container.startedAt === null ? ZERO_TIME : daemon.time(container.startedAt),
    FinishedAt: container.finishedAt === null ? ZERO_TIME : daemon.time(container.finishedAt),
    Health:
      health.status === 'none' ? undefined : { Status: health.status, FailingStreak: health.failingStreak, Log: [] },
  });
}

function configJson({ config }: Container, image: Image | undefined): api.ContainerInspect['Config'] {
  const command = config.command.length > 0 ? config.command : (image?.command ?? []);
  const entrypoint = config.entrypoint.length > 0 ? config.entrypoint : (image?.entrypoint ?? []);
  return struct({
    Hostname: config.hostname,
    Domainname: '',
    User: config.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ExposedPorts: filled(Object.fromEntries((image?.exposed ?? []).map((port) => [port, {}]))),
    Tty: config.tty,
    OpenStdin: config.openStdin,
    StdinOnce: false,
    Env: list(config.env),
    Cmd: command.length > 0 ? list(command) : null,
    Healthcheck: config.health
      ? struct({
          Test: filled(list(config.health.test)),
          Interval: filled(nanos(config.health.interval)),
          Timeout: filled(nanos(config.health.timeout)),
          StartPeriod: filled(nanos(config.health.startPeriod)),
          StartInterval: filled(nanos(config.health.startInterval)),
          Retries: filled(config.health.retries),
        })
      : undefined,
    Image: config.image,
    Volumes: null,
    WorkingDir: config.workingDir,
    Entrypoint: entrypoint.length > 0 ? list(entrypoint) : null,
    OnBuild: null,
    Labels: sortedMap(config.labels),
    StopSignal: filled(config.stopSignal),
  }) as api.ContainerInspect['Config'];
}

/** Published ports; with an image also those it exposes, unbound. */
function portBindings(
  ports: ContainerConfig['ports'],
  image?: Image,
): Record<string, { HostIp: string; HostPort: string }[] | null> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[] | null> = {};
  for (const port of image?.exposed ?? []) bindings[port] = null;
  for (const port of ports) {
    const key = `${port.target}/${port.protocol}`;
    const bound = addressesOf(port).map((HostIp) => ({ HostIp, HostPort: String(port.published) }));
    bindings[key] = [...(bindings[key] ?? []), ...bound];
  }
  return sortedMap(bindings);
}

/** Ports as they were asked for; those of `--publish-all` were not. */
function wantedBindings(ports: ContainerConfig['ports']): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { target, published, last, protocol, ip } of ports) {
    const key = `${target}/${protocol}`;
    const HostPort = last === undefined ? String(published || '') : `${published}-${last}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: ip, HostPort }];
  }
  return sortedMap(bindings);
}
