/**
 * Requests that no client would send: bodies of any shape, odd values in good ones, unknown names, strange filters.
 * In bodies `SECRET` and `CONFIG` stand for ids, in queries `VERSION` for the object's version.
 */
import fc from 'fast-check';
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

/** A value of the same kind. */
function alike(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === 'number') return oddNumber;
  if (typeof value === 'string') return oddText;
  if (typeof value === 'boolean') return fc.boolean();
  if (Array.isArray(value)) return fc.constantFrom<unknown>([], [null], [...value, ...value], [...value, null]);
  return fc.constantFrom<unknown>({}, null);
}

/** Mostly a value of the same kind. */
function anything(value: unknown): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: alike(value) }, { weight: 1, arbitrary: odd });
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
      Reservations: { NanoCPUs: 1e8, MemoryBytes: 1e7 },
    },
    RestartPolicy: { Condition: 'any', Delay: 5e9, MaxAttempts: 3, Window: 1e9 },
    Placement: {
      Constraints: ['node.platform.os==linux'],
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
  ['/services/web/update?version=VERSION', { ...SERVICE, Name: 'web', EndpointSpec: {} }],
  ['/services/web/update?version=VERSION&rollback=*', { ...SERVICE, Name: 'web' }],
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
function spoilt(good: unknown, to: (value: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const places = placesIn(good);
  if (places.length === 0) return odd;
  const change = fc
    .constantFrom(...places)
    .chain((at) => fc.record({ at: fc.constant(at), to: to(valueAt(good, at)) }));
  return fc
    .array(change, { minLength: 0, maxLength: 3 })
    .map((changes) => changes.reduce((body, change) => replaced(body, change.at, change.to), good));
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

/** A request; its path has the query with it. */
export interface Hostile {
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

type Posts = readonly (readonly [string, unknown])[];

function posts(patterns: Posts, body: (good: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<Hostile> {
  return fc
    .constantFrom(...patterns)
    .chain(([pattern, good]) =>
      fc.record({ method: fc.constant<ApiMethod>('POST'), path: path(pattern), body: body(good) }),
    );
}

function requests(method: ApiMethod, patterns: readonly string[]): fc.Arbitrary<Hostile> {
  return fc
    .constantFrom(...patterns)
    .chain((pattern) => fc.record({ method: fc.constant(method), path: path(pattern) }));
}

const anyBody = (good: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: spoilt(good, anything) }, odd);

/** Any request. */
export const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 4, arbitrary: posts(POSTS, anyBody) },
  { weight: 1, arbitrary: requests('GET', GETS) },
  { weight: 1, arbitrary: requests('DELETE', DELETES) },
);

/** Requests of which the swarm takes most, each with something odd in it. */
export const hostileWrite: fc.Arbitrary<Hostile> = posts(
  POSTS.filter(([pattern]) => pattern.includes('VERSION') || pattern.includes('/create')),
  (good) => spoilt(good, alike),
);
