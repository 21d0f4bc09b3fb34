/**
 * Requests that no client would send: bodies of any shape, odd values in good ones, unknown names, strange filters. The daemon
 * answers each; and what it refuses has changed nothing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestHost } from '../../engine/dockerd/testing-host.ts';
import type { ApiMethod } from '../../protocol/api.ts';

const oddNumber = fc.constantFrom<unknown>(
  0,
  1,
  -1,
  2,
  0.5,
  1e6,
  65535,
  65536,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1e308,
);
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    '../../etc',
    '%',
    'a/b',
    '\u0000',
    'x'.repeat(300),
    'ünïcode',
    '💥',
  ),
  fc.constantFrom(
    '{{',
    '{{.Node.ID}}',
    '{{range}}',
    '*',
    '[',
    '(',
    'a=b=c',
    '!=',
    '==',
    'node.labels.a==b',
    'node.ip==1',
  ),
  fc.constantFrom(
    '10.0.0.0/8',
    '::1/64',
    '10.9.0.7',
    '0s',
    'none',
    'host',
    'bridge',
    'ingress',
    'job',
    'sctp',
    'SIGUSR1',
  ),
  fc.string(),
);
/** Values that fit nowhere, or only nearly. */
const odd = fc.oneof(
  oddNumber,
  oddText,
  fc.constantFrom<unknown>(null, true, [], {}, [null], [[]], [{}], ['a'], { a: 'b' }, { '': '' }),
  fc.jsonValue(),
);

/** Mostly a value of the same kind. */
function oddLike(value: unknown): fc.Arbitrary<unknown> {
  const alike = (): fc.Arbitrary<unknown> => {
    if (typeof value === 'number') return oddNumber;
    if (typeof value === 'string') return oddText;
    if (typeof value === 'boolean') return fc.boolean();
    if (Array.isArray(value)) return fc.constantFrom<unknown>([], [null], [...value, ...value], [...value, null]);
    return fc.constantFrom<unknown>({}, null);
  };
  return fc.oneof({ weight: 6, arbitrary: alike() }, { weight: 1, arbitrary: odd });
}

const name = fc.oneof(
  fc.constantFrom(
    'web',
    'nosuch',
    'n1',
    'node1',
    'key',
    'net',
    'vol',
    'box',
    '__proto__',
    'constructor',
    '%',
    '%zz',
    '..',
    '%2F',
    ' ',
    'ü',
    '*',
  ),
  fc.string({ minLength: 1, maxLength: 80 }),
);

const SERVICE = {
  Name: 'api',
  Labels: { tier: 'one' },
  TaskTemplate: {
    ContainerSpec: {
      Image: 'nginx:1.26',
      Labels: { a: 'b' },
      Command: ['nginx'],
      Args: ['-g', 'daemon off;'],
      Hostname: '{{.Node.Hostname}}',
      Env: ['A=1', 'B={{.Task.Slot}}'],
      Dir: '/',
      User: 'root',
      Groups: ['wheel'],
      TTY: false,
      Init: true,
      StopSignal: 'SIGTERM',
      StopGracePeriod: 5e9,
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Timeout: 1e9, StartPeriod: 0, Retries: 3 },
      Hosts: ['10.0.0.1 a'],
      DNSConfig: { Nameservers: ['8.8.8.8'] },
      Mounts: [
        { Type: 'volume', Source: 'vol', Target: '/data', VolumeOptions: { Labels: { a: 'b' } } },
        { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 1000, Mode: 448 } },
        { Type: 'bind', Source: '/etc', Target: '/host', ReadOnly: true, BindOptions: { Propagation: 'rprivate' } },
      ],
      Secrets: [{ File: { Name: 'key', UID: '0', GID: '0', Mode: 292 }, SecretID: 'SECRET', SecretName: 'key' }],
      Configs: [{ File: { Name: '/conf', UID: '0', GID: '0', Mode: 292 }, ConfigID: 'CONFIG', ConfigName: 'conf' }],
      Sysctls: { 'net.core.somaxconn': '1024' },
      CapabilityAdd: ['CAP_NET_ADMIN'],
      Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
      Privileges: { NoNewPrivileges: true, Seccomp: { Mode: 'default' } },
    },
    Resources: {
      Limits: { NanoCPUs: 1e9, MemoryBytes: 1e9, Pids: 100 },
      Reservations: { NanoCPUs: 1e8, GenericResources: [{ DiscreteResourceSpec: { Kind: 'ssd', Value: 1 } }] },
    },
    RestartPolicy: { Condition: 'any', Delay: 5e9, MaxAttempts: 3, Window: 1e9 },
    Placement: {
      Constraints: ['node.role==manager'],
      Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }],
      MaxReplicas: 2,
      Platforms: [{ Architecture: 'amd64', OS: 'linux' }],
    },
    Networks: [{ Target: 'net', Aliases: ['a'] }],
    LogDriver: { Name: 'json-file', Options: { 'max-size': '1m' } },
    ForceUpdate: 0,
    Runtime: 'container',
  },
  Mode: { Replicated: { Replicas: 2 } },
  UpdateConfig: {
    Parallelism: 1,
    Delay: 1e9,
    FailureAction: 'pause',
    Monitor: 5e9,
    MaxFailureRatio: 0.1,
    Order: 'stop-first',
  },
  RollbackConfig: { Parallelism: 1, FailureAction: 'pause', Monitor: 5e9, MaxFailureRatio: 0, Order: 'stop-first' },
  EndpointSpec: {
    Mode: 'vip',
    Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }],
  },
};

const NODE = { Name: '', Labels: { a: 'b' }, Role: 'manager', Availability: 'active' };
const CLUSTER = {
  Name: 'default',
  Labels: {},
  Orchestration: { TaskHistoryRetentionLimit: 5 },
  Raft: {
    SnapshotInterval: 10000,
    KeepOldSnapshots: 0,
    LogEntriesForSlowFollowers: 500,
    ElectionTick: 10,
    HeartbeatTick: 1,
  },
  Dispatcher: { HeartbeatPeriod: 5e9 },
  CAConfig: { NodeCertExpiry: 7776e12, ExternalCAs: [{ Protocol: 'cfssl', URL: 'https://ca', CACert: '' }] },
  TaskDefaults: {},
  EncryptionConfig: { AutoLockManagers: false },
};
const FILE = { Name: 'file', Labels: { a: 'b' }, Data: 'aGVsbG8=', Templating: { Name: 'golang' } };
const VOLUME = { Name: 'vol2', Driver: 'local', DriverOpts: { a: 'b' }, Labels: { a: 'b' } };
const NETWORK = {
  Name: 'net2',
  Driver: 'overlay',
  IPAM: {
    Driver: 'default',
    Options: {},
    Config: [{ Subnet: '10.9.0.0/24', Gateway: '10.9.0.1', IPRange: '10.9.0.0/25' }],
  },
  Internal: false,
  Attachable: true,
  Options: { a: 'b' },
  Labels: { a: 'b' },
};
const CONTAINER = {
  Image: 'nginx:1.26',
  Cmd: ['nginx'],
  Env: ['A=1'],
  Labels: { a: 'b' },
  ExposedPorts: { '80/tcp': {} },
  Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 },
  StopTimeout: 3,
  HostConfig: {
    Binds: ['vol:/data', '/etc:/host:ro'],
    Mounts: [{ Type: 'volume', Source: 'vol', Target: '/more' }],
    NetworkMode: 'bridge',
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8081' }] },
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
  },
  NetworkingConfig: { EndpointsConfig: { bridge: { Aliases: ['a'], IPAMConfig: { IPv4Address: '' } } } },
};
const INIT = {
  ListenAddr: '0.0.0.0:2377',
  AdvertiseAddr: '',
  DataPathAddr: '',
  DataPathPort: 4789,
  Spec: CLUSTER,
  SubnetSize: 24,
  DefaultAddrPool: ['10.0.0.0/8'],
};
const JOIN = {
  ListenAddr: '0.0.0.0:2377',
  AdvertiseAddr: '',
  RemoteAddrs: ['10.0.0.1:2377'],
  JoinToken: 'SWMTKN-1-a-b',
  Availability: 'active',
};

/** Where something is posted, and what usually is. `*` is a name. */
const POSTS: readonly (readonly [string, unknown])[] = [
  ['/services/create', SERVICE],
  ['/services/*/update?version=*', SERVICE],
  ['/services/web/update?version=VERSION', SERVICE],
  ['/services/web/update?version=VERSION&rollback=*', SERVICE],
  ['/nodes/*/update?version=*', NODE],
  ['/nodes/n1/update?version=VERSION', NODE],
  ['/swarm/init', INIT],
  ['/swarm/join', JOIN],
  ['/swarm/update?version=*', CLUSTER],
  ['/swarm/update?version=VERSION&rotateWorkerToken=*', CLUSTER],
  ['/swarm/unlock', { UnlockKey: 'SWMKEY-1-x' }],
  ['/swarm/leave?force=*', undefined],
  ['/secrets/create', FILE],
  ['/secrets/*/update?version=*', FILE],
  ['/configs/create', FILE],
  ['/configs/*/update?version=*', FILE],
  ['/volumes/create', VOLUME],
  ['/volumes/prune?filters=FILTERS', undefined],
  ['/networks/create', NETWORK],
  ['/networks/*/connect', { Container: 'box', EndpointConfig: { Aliases: ['a'] } }],
  ['/networks/*/disconnect', { Container: 'box', Force: true }],
  ['/networks/prune?filters=FILTERS', undefined],
  ['/containers/create?name=*', CONTAINER],
  ['/containers/*/start', undefined],
  ['/containers/*/stop?t=*', undefined],
  ['/containers/*/kill?signal=*', undefined],
  ['/containers/*/rename?name=*', undefined],
  ['/containers/box/exec', { Cmd: ['ls'], Env: ['A=1'], Tty: false }],
  ['/containers/prune?filters=FILTERS', undefined],
  ['/exec/*/start', { Detach: false }],
];

const GETS = [
  '/services?filters=FILTERS',
  '/services/*?insertDefaults=*',
  '/services/*/logs?stdout=1&tail=*&since=*',
  '/tasks?filters=FILTERS',
  '/tasks/*',
  '/tasks/*/logs?stdout=1&tail=*',
  '/nodes?filters=FILTERS',
  '/nodes/*',
  '/secrets?filters=FILTERS',
  '/secrets/*',
  '/configs?filters=FILTERS',
  '/configs/*',
  '/networks?filters=FILTERS',
  '/networks/*?verbose=*',
  '/volumes?filters=FILTERS',
  '/volumes/*',
  '/containers/json?all=1&filters=FILTERS',
  '/containers/*/json?size=*',
  '/containers/*/top?ps_args=*',
  '/containers/*/logs?stdout=1&tail=*&since=*&until=*',
  '/images/json?filters=FILTERS',
  '/images/*/json',
  '/distribution/*/json',
  '/events?since=*&until=*&filters=FILTERS',
  '/swarm',
  '/info',
  '/system/df',
];

const DELETES = [
  '/services/*',
  '/nodes/*?force=*',
  '/secrets/*',
  '/configs/*',
  '/networks/*',
  '/volumes/*?force=*',
  '/containers/*?force=*',
  '/images/*',
];

const FILTER_KEYS = [
  'id',
  'name',
  'label',
  'role',
  'mode',
  'node',
  'service',
  'desired-state',
  'membership',
  'driver',
  'dangling',
  'scope',
  'type',
  'until',
  'bogus',
  '__proto__',
];
const filters = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...FILTER_KEYS), fc.array(name, { maxLength: 3 }))
    .map((given) => JSON.stringify(given)),
  odd.map((value) => JSON.stringify(value) ?? ''),
  fc.string(),
);

/** A body with up to three of its values replaced, each anywhere in it. */
function spoilt(good: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(good);
  if (places.length === 0) return odd;
  const change = fc
    .constantFrom(...places)
    .chain((at) => fc.record({ at: fc.constant(at), to: oddLike(valueAt(good, at)) }));
  return fc
    .array(change, { minLength: 0, maxLength: 3 })
    .map((changes) => changes.reduce((body, { at, to }) => replaced(body, at, to), good));
}

type Place = readonly string[];

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...placesIn(inner).map((place) => [key, ...place])]);
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
}

function replaced(value: unknown, [key, ...rest]: Place, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((inner, i) => (String(i) === key ? replaced(inner, rest, to) : inner));
  if (typeof value !== 'object' || value === null) return value;
  const inner = (value as Record<string, unknown>)[key];
  return { ...value, [key]: replaced(inner, rest, to) };
}

interface Hostile {
  readonly method: ApiMethod;
  readonly path: string;
  readonly body?: unknown;
}

const path = (pattern: string): fc.Arbitrary<string> =>
  fc.tuple(name, name, filters).map(([first, second, given]) => {
    const [before = '', query = ''] = pattern.split('?');
    const plain = before.replace('*', () => encodeURIComponent(first).replace(/%25/g, '%'));
    return query === ''
      ? plain
      : `${plain}?${query.replaceAll('*', () => second.replace(/[&?]/g, '')).replace('FILTERS', () => given.replace(/[&?]/g, ''))}`;
  });

const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...POSTS).chain(([pattern, good]) =>
      fc.record({
        method: fc.constant<ApiMethod>('POST'),
        path: path(pattern),
        body: fc.oneof({ weight: 5, arbitrary: spoilt(good) }, odd),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...GETS)
      .chain((pattern) => fc.record({ method: fc.constant<ApiMethod>('GET'), path: path(pattern) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...DELETES)
      .chain((pattern) => fc.record({ method: fc.constant<ApiMethod>('DELETE'), path: path(pattern) })),
  },
);

function hostWithThings(): TestHost {
  const host = new TestHost();
  host.leader.addNode('n2', 'node2', 'worker');
  host.leader.addNetwork('net', 'net');
  host.leader.addNetwork('mesh', 'ingress', true);
  host.container('box');
  for (const kind of ['secrets', 'configs'])
    expectCreated(host.ask('POST', `/${kind}/create`, { Name: kind === 'secrets' ? 'key' : 'conf', Data: 'aGk=' }));
  expectCreated(host.ask('POST', '/volumes/create', { Name: 'vol' }));
  expectCreated(
    host.ask('POST', '/services/create', { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx:1.26' } } }),
  );
  return host;
}

function expectCreated([status, body]: [number, unknown]): void {
  expect(status, JSON.stringify(body)).toBe(201);
}

/** All that the swarm and the host remember. */
function remembered(host: TestHost): string {
  const { store } = host.leader;
  const swarm = KINDS.map((kind) => [...store.all(kind)]);
  const { networks } = host.dockerd.state.disk;
  const { volumes, containers } = host.runtime.state;
  return JSON.stringify({ swarm, networks, volumes: [...volumes], containers: [...containers.keys()] });
}

const KINDS = ['cluster', 'node', 'service', 'task', 'network', 'secret', 'config'] as const;

/** Known only when they have been made: ids of the secret and the config. */
function withIds(host: TestHost, body: unknown): unknown {
  const { store } = host.leader;
  const [secret, config] = [[...store.all('secret')][0]?.id ?? 'gone', [...store.all('config')][0]?.id ?? 'gone'];
  const text = JSON.stringify(body)?.replaceAll('"SECRET"', `"${secret}"`).replaceAll('"CONFIG"', `"${config}"`);
  return text === undefined ? undefined : JSON.parse(text);
}

function version(host: TestHost, path_: string): string {
  const { store } = host.leader;
  const kind = path_.startsWith('/services') ? 'service' : path_.startsWith('/nodes') ? 'node' : 'cluster';
  return String([...store.all(kind)][0]?.meta.version);
}

describe('hostile requests', () => {
  it('are all answered, and change nothing when refused', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 12 }), (requests) => {
        const host = hostWithThings();
        for (const { method, path: wanted, body } of requests) {
          const before = remembered(host);
          const sent = wanted.replace('VERSION', version(host, wanted));
          const asked = host.asked.length;
          const id = host.send(method, sent, withIds(host, body));
          host.pass(0);
          const reply = host.replies.get(id);
          if (!reply || reply.status < 400) continue;
          expect(remembered(host), `${method} ${sent}`).toBe(before);
          expect(host.asked.slice(asked).filter(({ what }) => !what.startsWith('no'))).toEqual([]);
          expect(typeof (reply.body as { message: unknown }).message).toBe('string');
        }
        host.pass(60_000_000);
      }),
      { numRuns: 600, seed: 7 },
    );
  }, 60_000);
});
