/** From `POST /containers/create` to what the runtime runs. `moby: api/types/container`. What the engine does not act on is dropped. */
import type * as api from '../../../protocol/engine-api.ts';
import { seconds } from '../../kernel/time.ts';
import { parseImageReference } from '../../manager/controlapi/image-reference.ts';
import type { ContainerConfig } from '../../runtime/container.ts';
import { type Conversion, converted, unfit } from './conversion.ts';
import { fromNanos } from './time.ts';

type Words = string | readonly string[] | null;

export interface GivenContainer {
  Hostname: string;
  User: string;
  Tty: boolean;
  OpenStdin: boolean;
  StdinOnce: boolean;
  Env: readonly string[] | null;
  Cmd: Words;
  Entrypoint: Words;
  Image: string;
  ExposedPorts: Record<string, object> | null;
  Labels: Record<string, string> | null;
  WorkingDir: string;
  StopSignal: string;
  StopTimeout: number;
  Healthcheck: api.HealthConfig | null;
  NetworkingConfig: {
    EndpointsConfig?: Record<
      string,
      { Aliases?: readonly string[] | null; IPAMConfig?: { IPv4Address?: string } | null } | null
    > | null;
  } | null;
  HostConfig: {
    Binds?: readonly string[] | null;
    Mounts?: readonly api.Mount[] | null;
    NetworkMode?: string;
    PortBindings?: Record<string, readonly { HostIp?: string; HostPort?: string }[] | null> | null;
    RestartPolicy?: { Name?: string; MaximumRetryCount?: number };
    PublishAllPorts?: boolean;
    AutoRemove?: boolean;
    Init?: boolean | null;
    Memory?: number;
    NanoCpus?: number;
  };
}

export const RESTARTS = ['no', 'always', 'on-failure', 'unless-stopped'] as const;

export function containerConfigFrom(given: Partial<GivenContainer>, name: string): Conversion<ContainerConfig> {
  const image = given.Image ?? '';
  if (image === '') return unfit('no command specified');
  if (!parseImageReference(image) && !/^(sha256:)?[0-9a-f]{12,64}$/.test(image))
    return unfit('invalid reference format');
  const host = given.HostConfig ?? {};
  const restart = RESTARTS.find((policy) => policy === (host.RestartPolicy?.Name || 'no'));
  if (!restart)
    return unfit(
      `invalid restart policy: unknown policy '${host.RestartPolicy?.Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  const network = host.NetworkMode ?? 'default';
  return converted({
    name,
    image,
    entrypoint: words(given.Entrypoint),
    command: words(given.Cmd),
    env: [...(given.Env ?? [])],
    hostname: given.Hostname ?? '',
    labels: { ...given.Labels },
    workingDir: given.WorkingDir ?? '',
    user: given.User ?? '',
    tty: given.Tty ?? false,
    openStdin: given.OpenStdin ?? false,
    stdinOnce: given.StdinOnce ?? false,
    ...(host.Init && { init: true }),
    stopSignal: given.StopSignal ?? '',
    stopGrace: seconds(given.StopTimeout ?? 10),
    health: healthFrom(given.Healthcheck),
    mounts: [...(host.Binds ?? []).map(bindFrom), ...(host.Mounts ?? []).map(mountFrom)],
    networks: networksFrom(network, given.NetworkingConfig),
    mode: network === 'default' || network === '' ? 'bridge' : network,
    ports: Object.entries(host.PortBindings ?? {}).flatMap(([port, bindings]) => portsFrom(port, bindings ?? [])),
    autoRemove: host.AutoRemove ?? false,
    restart,
    restartTries: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memoryBytes: host.Memory ?? 0,
    nanoCpus: host.NanoCpus ?? 0,
  });
}

/** The first one is the mode's; others may follow. On the default bridge there are no names, so nothing to say of it. */
function networksFrom(
  mode: string,
  given: GivenContainer['NetworkingConfig'] | undefined,
): ContainerConfig['networks'] {
  const endpoints = given?.EndpointsConfig ?? {};
  const names = new Set([...(DEFAULTS.includes(mode) ? [] : [mode]), ...Object.keys(endpoints)]);
  const isNews = (name: string): boolean =>
    !DEFAULTS.includes(name) || names.size > 1 || Boolean(endpoints[name]?.IPAMConfig?.IPv4Address);
  return [...names].filter(isNews).map((name) => ({
    id: name === 'default' ? 'bridge' : name,
    name: name === 'default' ? 'bridge' : name,
    address: endpoints[name]?.IPAMConfig?.IPv4Address ?? '',
    aliases: [...(endpoints[name]?.Aliases ?? [])],
  }));
}

const DEFAULTS = ['default', 'bridge', ''];

function words(given: Words | undefined): string[] {
  if (!given) return [];
  return typeof given === 'string' ? [given] : [...given];
}

/** Docker's defaults: `moby: daemon/health.go`. */
function healthFrom(given: api.HealthConfig | null | undefined): ContainerConfig['health'] {
  if (!given?.Test?.length || given.Test[0] === 'NONE') return null;
  return {
    test: [...given.Test],
    interval: fromNanos(given.Interval || 30e9),
    timeout: fromNanos(given.Timeout || 30e9),
    startPeriod: fromNanos(given.StartPeriod ?? 0),
    startInterval: fromNanos(given.StartInterval || 5e9),
    retries: given.Retries || 3,
  };
}

/** `source:target[:ro]`: a path is bound, a name is a volume. */
function bindFrom(text: string): ContainerConfig['mounts'][number] {
  const [source = '', target = '', mode = ''] = text.split(':');
  return { type: source.startsWith('/') ? 'bind' : 'volume', source, target, readOnly: mode.split(',').includes('ro') };
}

function mountFrom(mount: api.Mount): ContainerConfig['mounts'][number] {
  return {
    type: mount.Type ?? 'volume',
    source: mount.Source ?? '',
    target: mount.Target ?? '',
    readOnly: mount.ReadOnly ?? false,
  };
}

function portsFrom(
  port: string,
  bindings: readonly { HostIp?: string; HostPort?: string }[],
): ContainerConfig['ports'][number][] {
  const [target, protocol = 'tcp'] = port.split('/') as [string, string?];
  return bindings.map(({ HostIp, HostPort = '' }) => {
    const [first = '', last] = HostPort.split('-');
    return {
      target: Number(target),
      published: Number(first || 0),
      ...(last !== undefined && { last: Number(last) }),
      protocol: protocol as 'tcp' | 'udp' | 'sctp',
      ip: HostIp ?? '',
    };
  });
}
