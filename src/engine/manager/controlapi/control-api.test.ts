/** The control API on a store, case by case: what is accepted, what is refused, in docker's words. */
import { beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../kernel/time.ts';
import { type Cluster, type PortConfig, type ServiceSpec, TaskState } from '../../store/objects.ts';
import type { NodeWithStatus, ServiceWithCounts, TasksWithNetworks } from './control-request.ts';
import { DEFAULT_CLUSTER_SPEC, DEFAULT_UPDATE, emptyContainerSpec, NO_PLACEMENT, NO_RESOURCES } from './defaults.ts';
import { familiarString, parseImageReference } from './image-reference.ts';
import { serviceSpec, TestLeader, words } from './testing-leader.ts';

let leader: TestLeader;
beforeEach(() => {
  leader = new TestLeader();
});

function port(published: number, publishMode: PortConfig['publishMode'] = 'ingress', target = 80): PortConfig {
  return { name: '', protocol: 'tcp', targetPort: target, publishedPort: published, publishMode };
}

const container = (change: object) => ({ container: { ...emptyContainerSpec('nginx'), ...change } });
const file = (name: string, target: string, id = 'x') => ({ id, name, target, uid: '0', gid: '0', mode: 292 });
const mount = (target: string) => ({ type: 'volume' as const, source: 'v', target, readOnly: false, options: {} });
const health = (change: object) => ({
  health: { test: [], interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0, ...change },
});

const INVALID = 'rpc error: code = InvalidArgument desc = ';

describe('a service spec that is wrong in itself', () => {
  const cases: [string, ServiceSpec, string][] = [
    ['no name', serviceSpec(''), 'meta: name must be provided'],
    ['bad name', serviceSpec('bad_name!'), 'name must be valid as a DNS name component'],
    ['name that begins with a dash', serviceSpec('-x'), 'name must be valid as a DNS name component'],
    ['long name', serviceSpec('a'.repeat(64)), 'name must be 63 characters or fewer'],
    ['no image', serviceSpec('a', {}, container({ image: '' })), 'ContainerSpec: image reference must be provided'],
    [
      'upper-case image',
      serviceSpec('a', {}, container({ image: 'NGINX' })),
      'ContainerSpec: "NGINX" is not a valid repository/tag',
    ],
    [
      'little memory',
      serviceSpec('a', {}, { limits: { ...NO_RESOURCES, memoryBytes: 1024 } }),
      'invalid memory value 1024: Must be at least 4MiB',
    ],
    [
      'little processor',
      serviceSpec('a', {}, { reservations: { ...NO_RESOURCES, nanoCpus: 100 } }),
      'invalid cpu value 1e-07: Must be at least 0.001',
    ],
    [
      'two mounts at one place',
      serviceSpec('a', {}, container({ mounts: [mount('/d'), mount('/d')] })),
      'ContainerSpec: duplicate mount point: /d',
    ],
    [
      'short probes',
      serviceSpec('a', {}, container(health({ interval: 10 }))),
      'ContainerSpec: Interval in HealthConfig cannot be less than 1ms',
    ],
    [
      'negative retries',
      serviceSpec('a', {}, container(health({ retries: -1 }))),
      'ContainerSpec: Retries in HealthConfig cannot be negative',
    ],
    [
      'two secrets in one file',
      serviceSpec('a', {}, container({ secrets: [file('s1', 'f'), file('s2', 'f')] })),
      "secret references 's1' and 's2' have a conflicting target: 'f'",
    ],
    [
      'a secret without id',
      serviceSpec('a', {}, container({ secrets: [file('s', 'f', '')] })),
      'malformed secret reference',
    ],
    [
      'a secret that is not there',
      serviceSpec('a', {}, container({ secrets: [file('s', 'f')] })),
      'secret not found: s',
    ],
    [
      'two configs that are not there',
      serviceSpec('a', {}, container({ configs: [file('c', 'f'), file('d', 'g')] })),
      'configs not found: c, d',
    ],
    [
      'dnsrr with ingress',
      serviceSpec('a', { endpoint: { mode: 'dnsrr', ports: [port(80)] } }),
      "EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
    ],
    [
      'the same port twice',
      serviceSpec('a', { endpoint: { mode: 'vip', ports: [port(80), port(80, 'ingress', 81)] } }),
      'EndpointSpec: duplicate published ports provided',
    ],
    [
      'failure ratio above 1',
      serviceSpec('a', { update: { ...DEFAULT_UPDATE, maxFailureRatio: 2 } }),
      'TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1',
    ],
    [
      'update config of a job',
      serviceSpec('a', { mode: { kind: 'global-job' }, update: DEFAULT_UPDATE }),
      'Jobs may not have an update config',
    ],
  ];
  it.each(cases)('%s', (_, spec, message) => {
    expect(words(leader.write({ op: 'service.create', spec }))).toBe(INVALID + message);
    expect(leader.store.count('service')).toBe(0);
  });

  it('a constraint without == or != is refused as Unknown', () => {
    const spec = serviceSpec('a', {}, { placement: { ...NO_PLACEMENT, constraints: ['node.role=manager'] } });
    expect(words(leader.write({ op: 'service.create', spec }))).toBe(
      'rpc error: code = Unknown desc = constraint expected one operator from ==, !=',
    );
  });
});

describe('a service among others', () => {
  it('has a name of its own, upper and lower case the same', () => {
    leader.service(serviceSpec('web'));
    expect(words(leader.write({ op: 'service.create', spec: serviceSpec('WEB') }))).toBe(
      'rpc error: code = AlreadyExists desc = name conflicts with an existing object: service WEB already exists',
    );
  });

  it.each([
    ['ingress', 'ingress', 'as an ingress port'],
    ['ingress', 'host', 'as an ingress port'],
    ['host', 'ingress', 'as a host-published port'],
  ] as const)('a port in use in %s mode conflicts with %s mode', (first, second, how) => {
    leader.addNetwork('net1', 'ingress', true);
    const id = leader.service(serviceSpec('web2', { endpoint: { mode: 'vip', ports: [port(8080, first)] } }));
    const spec = serviceSpec('web3', { endpoint: { mode: 'vip', ports: [port(8080, second)] } });
    expect(words(leader.write({ op: 'service.create', spec }))).toBe(
      `${INVALID}port '8080' is already in use by service 'web2' (${id}) ${how}`,
    );
  });

  it('two services may have the same host-mode port', () => {
    const endpoint = { mode: 'vip' as const, ports: [port(8080, 'host')] };
    leader.service(serviceSpec('a', { endpoint }));
    expect(words(leader.write({ op: 'service.create', spec: serviceSpec('b', { endpoint }) }))).toBe('ok');
  });

  it('needs the ingress network for its ports', () => {
    const spec = serviceSpec('a', { endpoint: { mode: 'vip', ports: [port(80)] } });
    expect(words(leader.write({ op: 'service.create', spec }))).toBe(
      'rpc error: code = FailedPrecondition desc = service needs ingress network, but no ingress network is present',
    );
  });

  it('does not attach to the ingress network by name', () => {
    leader.addNetwork('net1', 'ingress', true);
    const spec = serviceSpec('a', {}, { networks: [{ target: 'net1', aliases: [], driverOptions: {} }] });
    expect(words(leader.write({ op: 'service.create', spec }))).toBe(
      `${INVALID}Service cannot be explicitly attached to the ingress network "ingress"`,
    );
  });
});

describe('updating a service', () => {
  const update = (ref: string, spec: ServiceSpec, version: number, rollback = false) =>
    leader.write({ op: 'service.update', ref, spec, version, rollback });
  const scaled = (replicas: number) => serviceSpec('web', { mode: { kind: 'replicated', replicas } });

  it('keeps the spec it replaces, names the new one by the version read, and forgets the last update', () => {
    const id = leader.service(scaled(3));
    const version = leader.version(id);
    leader.change((tx) =>
      tx.update({
        ...tx.get('service', id)!,
        updateStatus: { state: 'completed', startedAt: 0, completedAt: 1, message: '' },
      }),
    );
    expect(words(update('web', scaled(5), leader.version(id)))).toBe('ok');
    const service = leader.store.get('service', id)!;
    expect(service.spec).toEqual(scaled(5));
    expect(service.previousSpec).toEqual(scaled(3));
    expect(service.specVersion).toBeGreaterThan(version);
    expect(service.updateStatus).toBeNull();
    expect(leader.traced.at(-1)).toEqual({
      kind: 'service.updated',
      facts: { name: 'web', replicas: { from: 3, to: 5 } },
    });
  });

  it('rolls back by swapping the two specs', () => {
    const id = leader.service(scaled(3));
    update(id, scaled(5), leader.version(id));
    leader.now = seconds(9);
    expect(words(update(id, scaled(5), leader.version(id), true))).toBe('ok');
    const service = leader.store.get('service', id)!;
    expect([service.spec, service.previousSpec]).toEqual([scaled(3), scaled(5)]);
    expect(service.specVersion).toBe(0);
    expect(service.updateStatus).toEqual({
      state: 'rollback_started',
      startedAt: seconds(9),
      completedAt: null,
      message: 'manually requested rollback',
    });
  });

  it('counts the runs of a job', () => {
    const job = serviceSpec('web', { mode: { kind: 'global-job' } });
    const id = leader.service(job);
    leader.now = 5;
    update(id, job, leader.version(id));
    expect(leader.store.get('service', id)).toMatchObject({ jobIteration: 1, lastExecution: 5 });
  });

  it.each([
    ['of an older version', serviceSpec('web'), -1, false, 'rpc error: code = Unknown desc = update out of sequence'],
    [
      'to another mode',
      serviceSpec('web', { mode: { kind: 'global' } }),
      0,
      false,
      'rpc error: code = Unimplemented desc = service mode change is not allowed',
    ],
    [
      'to another name',
      serviceSpec('other'),
      0,
      false,
      'rpc error: code = Unimplemented desc = renaming services is not supported',
    ],
  ])('is refused %s', (_, spec, off, rollback, message) => {
    const id = leader.service(serviceSpec('web'));
    expect(words(update('web', spec, leader.version(id) + off, rollback))).toBe(message);
  });

  it('cannot roll back what was never updated', () => {
    const id = leader.service(serviceSpec('web'));
    expect(words(update('web', serviceSpec('web'), leader.version(id), true))).toBe(
      `rpc error: code = FailedPrecondition desc = service ${id} does not have a previous spec`,
    );
  });
});

describe('limits', () => {
  const replicas = (count: number, name = 'web') =>
    serviceSpec(name, { mode: { kind: 'replicated', replicas: count } });
  const FULL = 'rpc error: code = ResourceExhausted desc = this simulated swarm has room for 10000 tasks, not for ';

  it('a raft message is no larger than 1.5 MiB', () => {
    const spec = { annotations: { name: 'big', labels: { a: 'x'.repeat(1_600_000) } }, data: 'aGVsbG8=' };
    expect(words(leader.write({ op: 'config.create', spec: { ...spec, templating: null } }))).toBe(
      "rpc error: code = Unknown desc = raft: raft message is too large and can't be sent",
    );
    expect([...leader.store.all('config')]).toEqual([]);
  });

  it('a simulation has no room for millions of tasks', () => {
    expect(words(leader.write({ op: 'service.create', spec: replicas(10_001) }))).toBe(`${FULL}10001`);
    expect(words(leader.write({ op: 'service.create', spec: replicas(2 ** 64) }))).toBe(`${FULL}18446744073709552000`);
    const id = leader.service(replicas(9000));
    expect(words(leader.write({ op: 'service.create', spec: replicas(1001, 'other') }))).toBe(`${FULL}10001`);
    const update = (count: number) =>
      words(
        leader.write({
          op: 'service.update',
          ref: id,
          spec: replicas(count),
          version: leader.version(id),
          rollback: false,
        }),
      );
    expect(update(10_001)).toBe(`${FULL}10001`);
    expect(update(10_000)).toBe('ok');
  });

  it('jobs count by how many run at once', () => {
    const job = (maxConcurrent: number, totalCompletions: number) =>
      serviceSpec('job', { mode: { kind: 'replicated-job', maxConcurrent, totalCompletions } });
    expect(words(leader.write({ op: 'service.create', spec: job(20_000, 30_000) }))).toBe(`${FULL}20000`);
    expect(words(leader.write({ op: 'service.create', spec: job(20_000, 5) }))).toBe('ok');
  });
});

describe('references', () => {
  beforeEach(() => {
    leader.addNode('abc1', 'node1', 'manager');
    leader.addNode('abc2', 'node2', 'worker');
    leader.addNode('abd3', 'abc1', 'worker');
  });

  it.each([
    ['abc1', 'abc1'],
    ['node2', 'abc2'],
    ['abd', 'abd3'],
    ['abc', 'node abc is ambiguous (2 matches found)'],
    ['nosuch', 'node nosuch not found'],
    ['NODE2', 'node NODE2 not found'],
  ])('%s is %s', (ref, expected) => {
    const result = leader.read({ op: 'node.get', ref });
    expect(result.ok ? (result.value as NodeWithStatus).node.id : words(result)).toBe(expected);
  });

  it.each([
    [{ op: 'service.remove', ref: 'x' }, 'service x not found'],
    [{ op: 'network.remove', ref: 'x' }, 'network x not found'],
    [{ op: 'secret.remove', ref: 'x' }, 'secret x not found'],
    [{ op: 'config.remove', ref: 'x' }, 'config x not found'],
    [{ op: 'node.remove', ref: 'x', force: true }, 'node x not found'],
  ] as const)('%o: %s', (request, message) => {
    expect(words(leader.write(request))).toBe(message);
  });
});

describe('nodes', () => {
  beforeEach(() => {
    leader.addNode('n1', 'node1', 'manager');
    leader.addNode('n2', 'node2', 'worker');
  });
  const demote = (id: string) => {
    const { spec, meta } = leader.store.get('node', id)!;
    return leader.write({
      op: 'node.update',
      ref: id,
      version: meta.version,
      spec: { ...spec, desiredRole: 'worker' },
    });
  };
  const FAILED = 'rpc error: code = FailedPrecondition desc = ';

  it('are listed with their place in the raft group', () => {
    const result = leader.read({ op: 'node.list', filters: { role: ['manager'] } });
    expect(result.ok && result.value).toMatchObject([
      { node: { id: 'n1' }, manager: { leader: true, reachability: 'reachable', address: 'node1:2377' } },
    ]);
  });

  it('the last manager stays one', () => {
    expect(words(demote('n1'))).toBe(`${FAILED}attempting to demote the last manager of the swarm`);
  });

  it('a manager that the quorum needs stays one', () => {
    leader.addNode('n3', 'node3', 'manager');
    leader.quorumWouldHold = false;
    expect(words(demote('n1'))).toBe(
      `${FAILED}can't remove member from the raft: this would result in a loss of quorum`,
    );
    leader.quorumWouldHold = true;
    expect(words(demote('n1'))).toBe('ok');
    expect(leader.store.get('node', 'n1')!.spec.desiredRole).toBe('worker');
  });

  it('are removed when they are down, or by force; managers not at all', () => {
    expect(words(leader.write({ op: 'node.remove', ref: 'node2', force: false }))).toBe(
      `${FAILED}node n2 is not down and can't be removed`,
    );
    expect(words(leader.write({ op: 'node.remove', ref: 'node1', force: true }))).toBe(
      `${FAILED}node n1 is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
    );
    const service = leader.service(serviceSpec('web'));
    leader.addTask('t1', service, 'n2');
    expect(words(leader.write({ op: 'node.remove', ref: 'node2', force: true }))).toBe('ok');
    expect(leader.store.get('task', 't1')!.status).toMatchObject({
      state: TaskState.orphaned,
      message: 'Task belonged to a node that has been deleted',
    });
  });
});

describe('lists', () => {
  beforeEach(() => {
    leader.addNode('n1', 'node1', 'manager');
    leader.addNode('n2', 'node2', 'worker');
  });

  it('filter services by name, label and mode, and count their tasks', () => {
    const web = leader.service(serviceSpec('web', { annotations: { name: 'web', labels: { tier: 'front' } } }));
    leader.service(serviceSpec('agent', { mode: { kind: 'global' } }));
    leader.addTask('t1', web, 'n1');
    const names = (filters: Record<string, string[]>) => {
      const result = leader.read({ op: 'service.list', filters });
      return result.ok && (result.value as ServiceWithCounts[]).map(({ service }) => service.spec.annotations.name);
    };
    expect(names({})).toEqual(['web', 'agent']);
    expect(names({ name: ['we'] })).toEqual(['web']);
    expect(names({ label: ['tier=front'] })).toEqual(['web']);
    expect(names({ label: ['tier'] })).toEqual(['web']);
    expect(names({ label: ['tier=back'] })).toEqual([]);
    expect(names({ mode: ['global'] })).toEqual(['agent']);
    expect(leader.read({ op: 'service.get', ref: 'web' })).toMatchObject({
      value: { runningTasks: 1, desiredTasks: 1, completedTasks: 0 },
    });
  });

  it('filter tasks by service, node and desired state as users name them', () => {
    const web = leader.service(serviceSpec('web'));
    leader.addTask('t1', web, 'n1');
    leader.addTask('t2', web, 'n2', { desiredState: TaskState.shutdown });
    const ids = (filters: Record<string, string[]>) => {
      const result = leader.read({ op: 'task.list', filters });
      return result.ok ? (result.value as TasksWithNetworks).tasks.map(({ id }) => id) : words(result);
    };
    expect(ids({ service: ['web'] })).toEqual(['t1', 't2']);
    expect(ids({ node: ['node2'] })).toEqual(['t2']);
    expect(ids({ service: ['web'], 'desired-state': ['running'] })).toEqual(['t1']);
    expect(ids({ name: ['web.1'] })).toEqual(['t1', 't2']);
    expect(ids({ service: ['nosuch'] })).toBe('service nosuch not found');
    expect(ids({ '_up-to-date': ['true'] })).toEqual(['t1', 't2']);
    const spec = serviceSpec('web', {}, container({ image: 'nginx:1.27' }));
    leader.write({ op: 'service.update', ref: web, spec, version: leader.version(web), rollback: false });
    expect(ids({ '_up-to-date': ['true'] })).toEqual([]);
  });
});

describe('networks', () => {
  const create = (name: string, ipam: { subnet: string; range?: string; gateway?: string } | null = null) =>
    leader.write({
      op: 'network.create',
      spec: {
        annotations: { name, labels: {} },
        driver: 'overlay',
        driverOptions: {},
        ipv6: false,
        internal: false,
        attachable: false,
        ingress: false,
        ipam: ipam && { driver: 'default', configs: [{ range: '', gateway: '', ...ipam }] },
      },
    });

  it.each([
    ['10.9.0.0/24', '', '', 'ok'],
    ['300.1.0.0/24', '', '', 'ipam configuration: invalid subnet 300.1.0.0/24'],
    ['10.9.0.0/24', '10.8.0.0/25', '', 'ipam configuration: subnet 10.9.0.0/24 does not contain range 10.8.0.0/25'],
    ['10.9.0.0/24', '', '10.8.0.1', 'ipam configuration: subnet 10.9.0.0/24 does not contain gateway 10.8.0.1'],
    ['10.9.0.0/24', '', 'x', 'ipam configuration: invalid gateway x'],
  ])('subnet %s, range %s, gateway %s: %s', (subnet, range, gateway, expected) => {
    expect(words(create('net', { subnet, range, gateway }))).toBe(expected === 'ok' ? 'ok' : INVALID + expected);
  });

  it('in use stay', () => {
    leader.addNetwork('net1', 'mydrupal');
    const id = leader.service(
      serviceSpec('psql', {}, { networks: [{ target: 'net1', aliases: [], driverOptions: {} }] }),
    );
    expect(words(leader.write({ op: 'network.remove', ref: 'mydrupal' }))).toBe(
      `rpc error: code = FailedPrecondition desc = network net1 is in use by service ${id}`,
    );
    leader.write({ op: 'service.remove', ref: 'psql' });
    expect(words(leader.write({ op: 'network.remove', ref: 'mydrupal' }))).toBe('ok');
  });
});

describe('secrets and configs', () => {
  const create = (name: string, data = 'czNjcmV0') =>
    leader.write({ op: 'secret.create', spec: { annotations: { name, labels: {} }, data, driver: null } });

  it.each([
    ['db_pass', 'czNjcmV0', 'ok'],
    [
      'bad name',
      'czNjcmV0',
      'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]',
    ],
    ['empty', '', 'secret data must be larger than 0 and less than 512000 bytes'],
    ['large', 'A'.repeat(682_668), 'secret data must be larger than 0 and less than 512000 bytes'],
  ])('%s', (name, data, expected) => {
    expect(words(create(name, data))).toBe(expected === 'ok' ? 'ok' : INVALID + expected);
  });

  it('have names of their own, do not tell what they hold, and stay while they are used', () => {
    create('db_pass');
    expect(words(create('db_pass'))).toBe('rpc error: code = AlreadyExists desc = secret db_pass already exists');
    const [secret] = [...leader.store.all('secret')];
    expect(leader.read({ op: 'secret.get', ref: 'db_pass' })).toMatchObject({ value: { spec: { data: '' } } });
    leader.service(serviceSpec('app', {}, container({ secrets: [file('db_pass', 'db_pass', secret!.id)] })));
    expect(words(leader.write({ op: 'secret.remove', ref: 'db_pass' }))).toBe(
      `${INVALID}secret 'db_pass' is in use by the following service: app`,
    );
    leader.service(serviceSpec('two', {}, container({ secrets: [file('db_pass', 'db_pass', secret!.id)] })));
    expect(words(leader.write({ op: 'secret.remove', ref: 'db_pass' }))).toBe(
      `${INVALID}secret 'db_pass' is in use by the following services: app, two`,
    );
  });

  it('change their labels only', () => {
    create('s');
    const { id, meta, spec } = [...leader.store.all('secret')][0]!;
    const update = (data: string) =>
      leader.write({ op: 'secret.update', ref: id, version: meta.version, spec: { ...spec, data } });
    expect(words(update('b3RoZXI='))).toBe(`${INVALID}only updates to Labels are allowed`);
    expect(words(update(''))).toBe('ok');
  });
});

describe('the cluster', () => {
  const theCluster = () => leader.store.get('cluster', 'cluster1') as Cluster;
  const update = (change: object, spec = DEFAULT_CLUSTER_SPEC) =>
    leader.write({
      op: 'cluster.update',
      version: theCluster().meta.version,
      spec,
      rotateWorkerToken: false,
      rotateManagerToken: false,
      rotateUnlockKey: false,
      ...change,
    });

  it('rotates one token, of which only the secret changes', () => {
    const before = theCluster().joinTokens;
    update({ rotateWorkerToken: true });
    const after = theCluster().joinTokens;
    expect(after.manager).toBe(before.manager);
    expect(after.worker).not.toBe(before.worker);
    expect(after.worker).toMatch(/^SWMTKN-1-a{50}-[0-9a-z]{25}$/);
  });

  it('has an unlock key while it is locked', () => {
    const locked = { ...DEFAULT_CLUSTER_SPEC, autoLock: true };
    update({}, locked);
    const key = theCluster().unlockKey;
    expect(key).toMatch(/^SWMKEY-1-[A-Za-z0-9+/]{43}$/);
    update({}, locked);
    expect(theCluster().unlockKey).toBe(key);
    update({ rotateUnlockKey: true }, locked);
    expect(theCluster().unlockKey).not.toBe(key);
    update({});
    expect(theCluster().unlockKey).toBe('');
  });

  it('refuses short certificates', () => {
    expect(words(update({}, { ...DEFAULT_CLUSTER_SPEC, certExpiry: seconds(60) }))).toBe(
      `${INVALID}minimum certificate expiry time is: 1h0m0s`,
    );
  });

  it('tells of itself', () => {
    leader.addNode('n1', 'node1', 'manager');
    leader.addNode('n2', 'node2', 'worker');
    expect(leader.read({ op: 'info' })).toMatchObject({ value: { nodes: 2, managers: 1 } });
  });
});

describe('a write whose entry was lost with the leadership', () => {
  it('is answered as swarmkit does', () => {
    const data = { token: 'x', request: { op: 'service.create', spec: serviceSpec('web') } };
    leader.api.written(data, false);
    expect(words(leader.api.takeResult('x'))).toBe(
      'rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status',
    );
  });
});

describe('image references', () => {
  it.each([
    ['nginx', 'nginx'],
    ['docker.io/library/nginx:1.26', 'nginx:1.26'],
    ['docker.io/bitnami/redis', 'bitnami/redis'],
    ['localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
    [`nginx:1@sha256:${'0'.repeat(64)}`, `nginx:1@sha256:${'0'.repeat(64)}`],
    ['NGINX', null],
    ['a//b', null],
    ['nginx:', null],
    ['-x', null],
    ['nginx@sha256:12', null],
  ])('%s is %s', (text, expected) => {
    const parsed = parseImageReference(text);
    expect(parsed && familiarString(parsed)).toBe(expected);
  });
});
