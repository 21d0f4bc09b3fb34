/** The daemon's requests, one after the other: JSON as Docker writes it, refusals in its words. */
import { beforeEach, describe, expect, it } from 'vitest';
import type * as api from '../../protocol/engine-api.ts';
import { seconds } from '../kernel/time.ts';
import { leavingManager } from './routes/swarm.ts';
import { TestHost } from './testing-host.ts';

let host: TestHost;
beforeEach(() => {
  host = new TestHost();
});

/** The body that the command line sends for `docker service create --name web nginx:1.26`. */
function serviceBody(more: object = {}, template: object = {}): object {
  return {
    Name: 'web',
    Labels: {},
    TaskTemplate: {
      ContainerSpec: { Image: 'nginx:1.26', Init: false, DNSConfig: {} },
      Resources: { Limits: {}, Reservations: {} },
      Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
      ForceUpdate: 0,
      ...template,
    },
    Mode: { Replicated: { Replicas: 3 } },
    EndpointSpec: { Mode: 'vip' },
    ...more,
  };
}

const json = (value: unknown) => JSON.stringify(value);
const filters = (value: object) => `filters=${JSON.stringify(value)}`;

describe('paths', () => {
  it.each([
    ['GET', '/v1.43/_ping', 200],
    ['GET', '/_ping', 200],
    ['GET', '/v1.50/version', 200],
    ['GET', '/nosuch', 404],
    ['DELETE', '/info', 404],
  ] as const)('%s %s: %i', (method, path, status) => {
    expect(host.ask(method, path)[0]).toBe(status);
  });

  it('says that a page is not found', () => {
    expect(host.refusal('GET', '/bogus')).toBe('404 page not found');
  });

  it('names images with slashes', () => {
    host.ask('POST', '/images/create?fromImage=traefik/whoami&tag=latest');
    expect(host.get<{ RepoTags: string[] }>('/images/traefik/whoami/json').RepoTags).toEqual(['traefik/whoami:latest']);
  });
});

describe('who may manage the swarm', () => {
  const NOT = 'This node is not a swarm manager.';
  it.each([
    [
      'outside any swarm',
      () => host.alone(),
      `503 ${NOT} Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.`,
    ],
    [
      'on a worker',
      () => host.worker(),
      `503 ${NOT} Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.`,
    ],
    [
      'on a manager that starts',
      () => Object.assign(host.facts, { controlAvailable: false }),
      `503 ${NOT} Manager is being prepared or has trouble connecting to the cluster.`,
    ],
    [
      'on a locked manager',
      () => Object.assign(host.facts, { controlAvailable: false, localState: 'locked' }),
      '503 Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.',
    ],
  ])('%s nobody', (_, make, expected) => {
    make();
    expect(host.refusal('GET', '/nodes')).toBe(expected);
    expect(host.refusal('POST', '/services/create', serviceBody())).toBe(expected);
    const isWorker = host.facts.localState === 'active' && !host.facts.isManager;
    expect(host.refusal('POST', '/networks/create', { Name: 'o', Driver: 'overlay' })).toBe(
      isWorker
        ? '403 Cannot create a multi-host network from a worker node. Please create the network from a manager node.'
        : expected,
    );
  });
});

describe('/services', () => {
  it('shows what was created, with docker defaults where they are asked for', () => {
    const [status, created] = host.ask('POST', '/services/create', serviceBody());
    expect(status).toBe(201);
    const { ID } = created as { ID: string };
    const service = host.get<api.Service>(`/services/web?insertDefaults=true`);
    expect(service.ID).toBe(ID);
    expect(json(service.Spec)).toBe(
      '{"Name":"web","Labels":{},"TaskTemplate":{"ContainerSpec":{"Image":"nginx:1.26","Init":false,"StopGracePeriod":10000000000,"DNSConfig":{},"Isolation":"default"},"Resources":{"Limits":{},"Reservations":{}},"RestartPolicy":{"Condition":"any","Delay":5000000000,"MaxAttempts":0},"Placement":{"Platforms":[{"Architecture":"amd64","OS":"linux"}]},"ForceUpdate":0,"Runtime":"container"},"Mode":{"Replicated":{"Replicas":3}},"UpdateConfig":{"Parallelism":1,"FailureAction":"pause","Monitor":5000000000,"MaxFailureRatio":0,"Order":"stop-first"},"RollbackConfig":{"Parallelism":1,"FailureAction":"pause","Monitor":5000000000,"MaxFailureRatio":0,"Order":"stop-first"},"EndpointSpec":{"Mode":"vip"}}',
    );
    expect(json(service.Endpoint)).toBe('{"Spec":{}}');
  });

  it('leaves out what the client left out', () => {
    host.ask('POST', '/services/create', serviceBody());
    const { TaskTemplate, UpdateConfig } = host.get<api.Service>('/services/web').Spec;
    expect(UpdateConfig).toBeUndefined();
    expect(Object.keys(TaskTemplate)).toEqual(['ContainerSpec', 'Resources', 'Placement', 'ForceUpdate', 'Runtime']);
  });

  it('gives a spec back so that sending it again changes nothing', () => {
    host.ask('POST', '/services/create', serviceBody());
    const before = host.get<api.Service>('/services/web');
    expect(host.ask('POST', `/services/web/update?version=${before.Version.Index}`, before.Spec)).toEqual([
      200,
      { Warnings: null },
    ]);
    const after = host.get<api.Service>('/services/web');
    expect(after.Spec).toEqual(before.Spec);
    const [service] = [...host.leader.store.all('service')];
    expect(service!.spec).toEqual(service!.previousSpec);
  });

  it('lists with the counts of tasks when asked to', () => {
    host.ask('POST', '/services/create', serviceBody());
    expect(host.get<api.Service[]>('/services?status=true')[0]!.ServiceStatus).toEqual({
      RunningTasks: 0,
      DesiredTasks: 3,
      CompletedTasks: 0,
    });
    expect(host.get<api.Service[]>('/services')[0]!.ServiceStatus).toBeUndefined();
    expect(host.get<api.Service[]>(`/services?${filters({ mode: { global: true } })}`)).toEqual([]);
    expect(host.get<api.Service[]>(`/services?${filters({ name: ['we'] })}`)).toHaveLength(1);
    expect(host.refusal('GET', `/services?${filters({ bogus: ['1'] })}`)).toBe("400 Invalid filter 'bogus'");
  });

  it('names what was given no name', () => {
    host.ask('POST', '/services/create', serviceBody({ Name: '' }));
    expect(host.get<api.Service[]>('/services')[0]!.Spec.Name).toMatch(/^[a-z]+_[a-z]+$/);
  });

  it.each([
    [{}, { RestartPolicy: { Condition: 'sometimes' } }, '400 invalid RestartCondition: "sometimes"'],
    [{ UpdateConfig: { Order: 'sideways' } }, {}, '400 unrecognized update order sideways'],
    [{ RollbackConfig: { FailureAction: 'cry' } }, {}, '400 unrecognized update failure action cry'],
    [{ EndpointSpec: { Mode: 'odd' } }, {}, '400 invalid resolution mode: "odd"'],
    [{ Mode: { Global: {}, Replicated: {} } }, {}, '400 must specify only one service mode'],
    [{}, { ContainerSpec: undefined }, '400 mismatched Runtime and *Spec fields'],
    [{}, { ContainerSpec: { Image: 'nginx', Mounts: [{ Type: 'odd' }] } }, '400 invalid MountType: "odd"'],
    [{}, { Networks: [{ Target: 'nosuch' }] }, '404 network nosuch not found'],
    [
      { Name: 'bad_name!' },
      {},
      '400 rpc error: code = InvalidArgument desc = name must be valid as a DNS name component',
    ],
    [
      {},
      { Placement: { Constraints: ['node.role=manager'] } },
      '500 rpc error: code = Unknown desc = constraint expected one operator from ==, !=',
    ],
  ])('refuses %o %o', (more, template, expected) => {
    expect(host.refusal('POST', '/services/create', serviceBody(more, template))).toBe(expected);
  });

  it('tells why a network of this host will not do', () => {
    host.ask('POST', '/networks/create', { Name: 'mine' });
    const body = serviceBody({}, { Networks: [{ Target: 'mine' }] });
    expect(host.refusal('POST', '/services/create', body)).toBe(
      '403 The network mine cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.',
    );
  });

  it('turns names of networks into ids', () => {
    host.leader.addNetwork('net1', 'front');
    host.leader.addNetwork('net2', 'back');
    const Networks = [{ Target: 'back', Aliases: ['w'] }, { Target: 'front' }];
    host.ask('POST', '/services/create', serviceBody({}, { Networks }));
    expect(host.get<api.Service>('/services/web').Spec.TaskTemplate.Networks).toEqual([
      { Target: 'net2', Aliases: ['w'] },
      { Target: 'net1' },
    ]);
  });

  it('is updated at the version that was read', () => {
    host.ask('POST', '/services/create', serviceBody());
    expect(host.refusal('POST', '/services/web/update?version=x', serviceBody())).toBe(
      `400 invalid service version 'x': strconv.ParseUint: parsing "x": invalid syntax`,
    );
    expect(host.refusal('POST', '/services/web/update?version=1', serviceBody())).toBe(
      '500 rpc error: code = Unknown desc = update out of sequence',
    );
    expect(host.refusal('DELETE', '/services/nosuch')).toBe('404 service nosuch not found');
    expect(host.ask('DELETE', '/services/web')).toEqual([200, null]);
  });

  it('keeps every field of a container spec on its way through the store', () => {
    const ContainerSpec: api.ContainerSpec = {
      Image: 'nginx',
      Labels: { a: '1' },
      Command: ['c'],
      Args: ['a'],
      Hostname: 'h',
      Env: ['A=b'],
      Dir: '/d',
      User: 'u',
      Groups: ['g'],
      Init: true,
      StopSignal: 'SIGINT',
      TTY: true,
      OpenStdin: true,
      ReadOnly: true,
      Mounts: [
        { Type: 'volume', Source: 's', Target: '/t', ReadOnly: true, VolumeOptions: { Labels: { x: 'y' } } },
        { Type: 'tmpfs', Target: '/u', TmpfsOptions: { SizeBytes: 5 } },
      ],
      StopGracePeriod: 3_000_000_000,
      Healthcheck: {
        Test: ['CMD', 'x'],
        Interval: 1e9,
        Timeout: 2e9,
        StartPeriod: 3e9,
        StartInterval: 4e9,
        Retries: 5,
      },
      Hosts: ['1.2.3.4 a'],
      DNSConfig: { Nameservers: ['8.8.8.8'] },
      Isolation: 'default',
      Sysctls: { k: 'v' },
      CapabilityAdd: ['ALL'],
      CapabilityDrop: ['NET'],
      Ulimits: [{ Name: 'n', Soft: 1, Hard: 2 }],
      OomScoreAdj: 7,
    };
    const template = {
      ContainerSpec,
      Resources: {
        Limits: { NanoCPUs: 1e9, MemoryBytes: 1e8, Pids: 9 },
        Reservations: { NanoCPUs: 1e9, GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } }] },
      },
      RestartPolicy: { Condition: 'on-failure', Delay: 1e9, MaxAttempts: 3, Window: 2e9 },
      Placement: {
        Constraints: ['node.role==worker'],
        Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.z' } }],
        MaxReplicas: 2,
      },
      LogDriver: { Name: 'json-file', Options: { 'max-size': '1m' } },
      ForceUpdate: 4,
    };
    const UpdateConfig = {
      Parallelism: 2,
      Delay: 1e9,
      FailureAction: 'rollback',
      Monitor: 2e9,
      MaxFailureRatio: 0.5,
      Order: 'start-first',
    };
    const [status, body] = host.ask('POST', '/services/create', serviceBody({ UpdateConfig }, template));
    expect([status, body]).toEqual([201, { ID: expect.any(String) }]);
    const { Spec } = host.get<api.Service>('/services/web');
    expect(json(Spec.TaskTemplate)).toBe(json({ ...template, Runtime: 'container' }));
    expect(json(Spec.UpdateConfig)).toBe(json(UpdateConfig));
  });
});

describe('/nodes', () => {
  it('shows a manager as docker does', () => {
    const [node] = host.get<api.Node[]>('/nodes');
    expect(json(node!.Spec)).toBe('{"Labels":{},"Role":"manager","Availability":"active"}');
    expect(json(node!.ManagerStatus)).toBe('{"Leader":true,"Reachability":"reachable","Addr":"node1:2377"}');
    expect(json(node!.Status)).toBe('{"State":"ready","Addr":"10.0.0.1"}');
    expect(node!.CreatedAt).toBe('2026-11-21T00:00:00Z');
  });

  it('changes labels, availability and role', () => {
    host.leader.addNode('n2', 'node2', 'worker');
    const version = host.get<api.Node>('/nodes/node2').Version.Index;
    const body = { Labels: { storage: 'fast' }, Role: 'worker', Availability: 'drain' };
    expect(host.ask('POST', `/nodes/n2/update?version=${version}`, body)).toEqual([200, null]);
    expect(json(host.get<api.Node>('/nodes/n2').Spec)).toBe(
      '{"Labels":{"storage":"fast"},"Role":"worker","Availability":"drain"}',
    );
    expect(host.refusal('POST', `/nodes/n2/update?version=1`, { ...body, Availability: 'sleepy' })).toBe(
      '400 invalid Availability: "sleepy"',
    );
    expect(host.refusal('POST', `/nodes/n2/update?version=1`, { ...body, Role: 'king' })).toBe(
      '400 invalid Role: "king"',
    );
  });

  it('refuses filters that mean nothing', () => {
    expect(host.refusal('GET', `/nodes?${filters({ role: ['king'] })}`)).toBe("500 Invalid role filter: 'king'");
    expect(host.refusal('GET', `/nodes?${filters({ x: ['1'] })}`)).toBe("400 Invalid filter 'x'");
  });

  it('stays while it is ready', () => {
    host.leader.addNode('n2', 'node2', 'worker');
    expect(host.refusal('DELETE', '/nodes/node2')).toBe(
      "400 rpc error: code = FailedPrecondition desc = node n2 is not down and can't be removed",
    );
    expect(host.ask('DELETE', '/nodes/node2?force=1')).toEqual([200, null]);
  });
});

describe('/tasks', () => {
  it('carry their networks whole, and no runtime', () => {
    host.leader.addNetwork('net1', 'front');
    host.ask('POST', '/services/create', serviceBody());
    const { ID } = host.get<api.Service>('/services/web');
    host.leader.addTask('t1', ID, 'n1', {
      networks: [{ networkId: 'net1', addresses: ['10.0.1.3/24'], aliases: [] }],
    });
    const [task] = host.get<api.Task[]>(`/tasks?${filters({ service: { web: true } })}`);
    expect(task).toMatchObject({ ID: 't1', ServiceID: ID, Slot: 1, NodeID: 'n1', DesiredState: 'running' });
    expect(task!.Spec.Runtime).toBeUndefined();
    expect(task!.NetworksAttachments).toMatchObject([
      { Network: { ID: 'net1', Spec: { Name: 'front' } }, Addresses: ['10.0.1.3/24'] },
    ]);
    expect(json(task!.Status)).toBe(
      '{"Timestamp":"2026-11-21T00:00:00Z","State":"running","Message":"started","PortStatus":{}}',
    );
    expect(host.refusal('GET', `/tasks?${filters({ 'desired-state': ['odd'] })}`)).toBe(
      "500 Invalid desired-state filter: 'odd'",
    );
    expect(host.refusal('GET', '/tasks/nosuch')).toBe('404 task nosuch not found');
  });
});

describe('/swarm', () => {
  const TOKEN = `SWMTKN-1-${'a'.repeat(50)}-${'b'.repeat(25)}`;

  it('begins with addresses resolved and the spec complete', () => {
    host.alone();
    const id = host.send('POST', '/swarm/init', {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: '',
      Spec: { Orchestration: { TaskHistoryRetentionLimit: 2 } },
    });
    expect(host.asked.at(-1)).toMatchObject({
      what: 'init',
      body: {
        listenAddress: '0.0.0.0:2377',
        advertiseAddress: '10.0.0.1:2377',
        dataPathPort: 4789,
        subnetSize: 24,
        spec: { taskHistoryLimit: 2, dispatcherHeartbeat: seconds(5) },
      },
    });
    host.swarmDone('newnode');
    expect(host.replies.get(id)).toMatchObject({ status: 200, body: 'newnode' });
  });

  it.each([
    ['POST', '/swarm/init', {}],
    ['POST', '/swarm/join', { RemoteAddrs: ['10.0.0.2'], JoinToken: TOKEN }],
  ] as const)('%s %s in a swarm', (method, path, body) => {
    expect(host.refusal(method, path, body)).toBe(
      '503 This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.',
    );
  });

  it.each([
    [
      '/swarm/init',
      { AdvertiseAddr: '999.1.1.1' },
      '400 advertise address must be a non-zero IP address or network interface (with optional port number)',
    ],
    ['/swarm/init', { DefaultAddrPool: ['x'] }, '400 invalid CIDR address: x'],
    ['/swarm/join', {}, '400 at least 1 RemoteAddr is required to join'],
    ['/swarm/join', { RemoteAddrs: ['10.0.0.2'], JoinToken: 'SWMTKN-1-bad-token' }, '400 invalid join token'],
    ['/swarm/leave', {}, '503 This node is not part of a swarm'],
  ])('%s %o outside a swarm', (path, body, expected) => {
    host.alone();
    expect(host.refusal('POST', path, body)).toBe(expected);
  });

  it('joins at the port of the swarm', () => {
    host.alone();
    const id = host.send('POST', '/swarm/join', { RemoteAddrs: ['10.0.0.2'], JoinToken: TOKEN });
    expect(host.asked.at(-1)).toMatchObject({
      what: 'join',
      body: { remoteAddresses: ['10.0.0.2:2377'], token: TOKEN },
    });
    host.swarmDone();
    expect(host.replies.get(id)!.status).toBe(200);
  });

  const manager = (id: string, reachability: 'reachable' | 'unreachable') =>
    ({ node: { id }, manager: { reachability } }) as Parameters<typeof leavingManager>[0][number];
  const AS = 'You are attempting to leave the swarm on a node that is participating as a manager. ';
  const ONLY =
    'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message.';
  it.each([
    [
      ['reachable'],
      `${AS}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `,
    ],
    [
      ['reachable', 'reachable'],
      `${AS}Removing this node leaves 1 managers out of 2. Without a Raft quorum your swarm will be inaccessible. ${ONLY}`,
    ],
    [['reachable', 'reachable', 'reachable'], AS + ONLY],
    [
      ['reachable', 'reachable', 'unreachable'],
      `${AS}Removing this node leaves 1 managers out of 3. Without a Raft quorum your swarm will be inaccessible. ${ONLY}`,
    ],
  ] as const)('a manager among %o leaves only by force', (states, expected) => {
    expect(
      leavingManager(
        states.map((state, i) => manager(`n${i}`, state)),
        'n0',
      ),
    ).toBe(expected);
  });

  it('a worker leaves, a manager by force', () => {
    expect(host.refusal('POST', '/swarm/leave')).toContain('503 You are attempting to leave the swarm');
    host.send('POST', '/swarm/leave?force=1');
    expect(host.asked.at(-1)).toMatchObject({ what: 'leave', body: true });
  });

  it('shows its settings and tokens', () => {
    const swarm = host.get<api.Swarm>('/swarm');
    expect(swarm.JoinTokens.Worker).toMatch(/^SWMTKN-1-/);
    expect(json(swarm.Spec.Raft)).toBe(
      '{"SnapshotInterval":10000,"KeepOldSnapshots":0,"LogEntriesForSlowFollowers":500,"ElectionTick":10,"HeartbeatTick":1}',
    );
    expect([swarm.DefaultAddrPool, swarm.SubnetSize, swarm.DataPathPort]).toEqual([null, 24, 4789]);
  });

  it('changes its settings', () => {
    const { Spec, Version, JoinTokens } = host.get<api.Swarm>('/swarm');
    Spec.Orchestration.TaskHistoryRetentionLimit = 2;
    Spec.EncryptionConfig.AutoLockManagers = true;
    const path = `/swarm/update?version=${Version.Index}&rotateWorkerToken=true`;
    expect(host.ask('POST', path, Spec)).toEqual([200, null]);
    const after = host.get<api.Swarm>('/swarm');
    expect(after.Spec).toEqual(Spec);
    expect(after.JoinTokens.Worker).not.toBe(JoinTokens.Worker);
    expect(host.get<{ UnlockKey: string }>('/swarm/unlockkey').UnlockKey).toMatch(/^SWMKEY-1-/);
  });

  it('is unlocked only when it is locked', () => {
    expect(host.refusal('POST', '/swarm/unlock', { UnlockKey: 'x' })).toBe('409 swarm is not locked');
    Object.assign(host.facts, { localState: 'locked', controlAvailable: false });
    expect(host.refusal('POST', '/swarm/unlock', { UnlockKey: 'x' })).toBe('400 invalid key string');
  });
});

describe('/info', () => {
  it('tells of the swarm', () => {
    expect(host.get<api.Info>('/info').Swarm).toMatchObject({
      NodeID: 'n1',
      NodeAddr: '10.0.0.1',
      LocalNodeState: 'active',
      ControlAvailable: true,
      Error: '',
      Nodes: 1,
      Managers: 1,
      RemoteManagers: [{ NodeID: 'n1', Addr: '10.0.0.1:2377' }],
      Cluster: { Spec: { Orchestration: { TaskHistoryRetentionLimit: 5 } } },
    });
  });

  it('tells why the swarm does not answer', () => {
    host.unreachable = { code: 'Unknown', message: 'The swarm does not have a leader.', wrapped: true };
    expect(host.get<api.Info>('/info').Swarm).toMatchObject({
      LocalNodeState: 'active',
      ControlAvailable: true,
      Error: 'rpc error: code = Unknown desc = The swarm does not have a leader.',
    });
    expect(host.refusal('GET', '/nodes')).toBe(
      '500 rpc error: code = Unknown desc = The swarm does not have a leader.',
    );
  });

  it('works outside a swarm', () => {
    host.alone();
    expect(host.get<api.Info>('/info').Swarm).toEqual({
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    });
  });

  it('warns of two managers', () => {
    host.leader.addNode('n2', 'node2', 'manager');
    expect(host.get<api.Info>('/info').Swarm.Warnings![0]).toContain('two-manager configuration');
  });
});

describe('/networks', () => {
  const names = () =>
    host
      .get<api.Network[]>('/networks')
      .map(({ Name, Scope }) => `${Name} ${Scope}`)
      .sort();

  it('are those of the host, and in a swarm the swarm ones', () => {
    host.alone();
    expect(names()).toEqual(['bridge local', 'host local', 'none local']);
    host.leader.addNetwork('ing', 'ingress', true);
    host.leader.addNetwork('far', 'faraway');
    host.worker();
    host.dockerd.swarmJoined();
    host.pass(seconds(1));
    host.facts.networks = [host.leader.store.get('network', 'ing')!];
    expect(names()).toEqual(['bridge local', 'docker_gwbridge local', 'host local', 'ingress swarm', 'none local']);
    host.facts.controlAvailable = true;
    expect(names()).toContain('faraway swarm');
    expect(names().filter((name) => name === 'ingress swarm')).toHaveLength(1);
    expect(host.get<api.Network>('/networks/bridge').Id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are made where they belong', () => {
    const [, made] = host.ask('POST', '/networks/create', { Name: 'mydrupal', Driver: 'overlay' });
    expect((made as api.NetworkCreateResponse).Id).toMatch(/^[0-9a-z]{25}$/);
    const [, local] = host.ask('POST', '/networks/create', { Name: 'mine', Driver: 'bridge' });
    expect((local as api.NetworkCreateResponse).Id).toMatch(/^[0-9a-f]{64}$/);
    expect(host.get<api.Network>('/networks/mine').IPAM.Config).toEqual([
      { Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' },
    ]);
  });

  it.each([
    [{ Name: 'taken', Driver: 'overlay' }, '409 network with name taken already exists'],
    [{ Name: 'x', Driver: 'nosuchdriver' }, '404 plugin "nosuchdriver" not found'],
    [{ Name: 'bridge' }, '403 operation is not permitted on predefined bridge network'],
    [
      { Name: 'x', Driver: 'overlay', IPAM: { Config: [{ Subnet: '300.1.0.0/24' }] } },
      '400 Invalid subnet 300.1.0.0/24 : invalid CIDR address: 300.1.0.0/24',
    ],
  ])('refuses %o', (body, expected) => {
    host.leader.addNetwork('t', 'taken');
    expect(host.refusal('POST', '/networks/create', body)).toBe(expected);
  });

  it.each(['/networks/create', '/volumes/create'])('a plugin is looked for for 15 seconds: POST %s', (path) => {
    const before = host.kernel.now;
    expect(host.refusal('POST', path, { Name: 'xy', Driver: 'nosuch' })).toContain('plugin "nosuch" not found');
    expect(host.kernel.now - before).toBe(seconds(15));
  });

  it('that are not there are not found', () => {
    expect(host.refusal('GET', '/networks/nosuch')).toBe('404 network nosuch not found');
    expect(host.refusal('DELETE', '/networks/nosuch')).toBe('404 network nosuch not found');
    expect(host.refusal('DELETE', '/networks/bridge')).toBe(
      '403 bridge is a pre-defined network and cannot be removed',
    );
  });

  it('are filtered', () => {
    host.leader.addNetwork('t', 'mine');
    const [network, ...more] = host.get<api.Network[]>(`/networks?${filters({ name: ['min'], scope: ['swarm'] })}`);
    expect([network!.Name, more]).toEqual(['mine', []]);
  });
});

describe('/secrets and /configs', () => {
  it('come and go', () => {
    const [status, made] = host.ask('POST', '/secrets/create', { Name: 's', Labels: {}, Data: 'czNjcmV0' });
    expect(status).toBe(201);
    expect(json(host.get<api.Secret>('/secrets/s').Spec)).toBe('{"Name":"s","Labels":{}}');
    host.ask('POST', '/configs/create', { Name: 'c', Labels: { b: '2', a: '1' }, Data: 'czNjcmV0' });
    expect(json(host.get<api.Config>('/configs/c').Spec)).toBe(
      '{"Name":"c","Labels":{"a":"1","b":"2"},"Data":"czNjcmV0"}',
    );
    expect(host.ask('DELETE', `/secrets/${(made as { ID: string }).ID}`)).toEqual([204, null]);
    expect(host.refusal('DELETE', '/secrets/s')).toBe('404 secret s not found');
    expect(host.get<api.Secret[]>('/secrets')).toEqual([]);
  });
});

describe('/containers', () => {
  it('live and die', () => {
    const id = host.container('web');
    const [shown] = host.get<api.ContainerSummary[]>('/containers/json');
    expect(shown).toMatchObject({
      Id: id,
      Names: ['/web'],
      Image: 'nginx:1.26',
      State: 'running',
      Ports: [{ PrivatePort: 80, Type: 'tcp' }],
    });
    host.pass(seconds(5));
    expect(host.get<api.ContainerSummary[]>('/containers/json')[0]!.Status).toMatch(/^Up \d seconds$/);
    expect(host.refusal('DELETE', '/containers/web')).toContain('409 You cannot remove a running container');
    expect(host.ask('POST', `/containers/${id.slice(0, 12)}/kill`)).toEqual([204, null]);
    expect(host.get<api.ContainerInspect>('/containers/web/json').State).toMatchObject({
      Status: 'exited',
      Running: false,
      ExitCode: 137,
    });
    expect(host.get<api.ContainerSummary[]>('/containers/json')).toEqual([]);
    expect(host.get<api.ContainerSummary[]>('/containers/json?all=1')[0]!.Status).toBe(
      'Exited (137) Less than a second ago',
    );
    expect(host.ask('DELETE', '/containers/web')).toEqual([204, null]);
    expect(host.get<api.ContainerSummary[]>('/containers/json?all=1')).toEqual([]);
  });

  it.each([
    ['POST', '/containers/nosuch/kill', '404 Cannot kill container: nosuch: No such container: nosuch'],
    ['POST', '/containers/nosuch/stop', '404 No such container: nosuch'],
    ['GET', '/containers/nosuch/json', '404 No such container: nosuch'],
    ['POST', '/containers/web/kill?signal=ODD', '400 Invalid signal: ODD'],
    ['GET', '/containers/web/logs', '400 Bad parameters: you must choose at least one stream'],
    ['GET', '/exec/nosuch/json', '404 No such exec instance: nosuch'],
  ] as const)('%s %s: %s', (method, path, expected) => {
    host.container('web');
    expect(host.refusal(method, path)).toBe(expected);
  });

  it('stop within their grace, restart, and are waited for', () => {
    host.container('web');
    const wait = host.send('POST', '/containers/web/wait');
    expect(host.ask('POST', '/containers/web/stop?t=1')[0]).toBe(204);
    expect(host.replies.get(wait)).toMatchObject({ status: 200, streaming: true });
    expect(host.chunks.at(-1)).toEqual({ json: { StatusCode: expect.any(Number) } });
    expect(host.ask('POST', '/containers/web/stop')[0]).toBe(304);
    expect(host.ask('POST', '/containers/web/restart')[0]).toBe(204);
    expect(host.ask('POST', '/containers/web/start')[0]).toBe(304);
    expect(host.ask('POST', '/containers/web/rename?name=other')[0]).toBe(204);
    expect(host.get<api.ContainerSummary[]>('/containers/json')[0]!.Names).toEqual(['/other']);
  });

  it('need their image first, and a name of their own', () => {
    expect(host.refusal('POST', '/containers/create?name=web', { Image: 'nginx' })).toBe(
      '404 No such image: nginx:latest',
    );
    host.container('web');
    expect(host.refusal('POST', '/containers/create?name=web', { Image: 'nginx:1.26' })).toContain(
      '409 Conflict. The container name "/web" is already in use by container',
    );
  });

  it('run commands', () => {
    host.container('web', { Hostname: 'inside' });
    const [, made] = host.ask('POST', '/containers/web/exec', { Cmd: ['hostname'], AttachStdout: true });
    const { Id } = made as { Id: string };
    host.ask('POST', `/exec/${Id}/start`, { Detach: false });
    host.pass(seconds(1));
    expect(host.chunks.at(-1)).toEqual({ stream: 'stdout', text: 'inside\n' });
    expect(host.get<api.ExecInspect>(`/exec/${Id}/json`)).toMatchObject({ ExitCode: 0, Running: false });
  });

  it('are filtered', () => {
    host.container('web.1.abc', { Labels: { 'com.docker.swarm.service.name': 'web' } });
    const list = (value: object) => host.get<unknown[]>(`/containers/json?${filters(value)}`).length;
    expect(list({ name: ['web.1'] })).toBe(1);
    expect(list({ name: ['web.2'] })).toBe(0);
    expect(list({ label: ['com.docker.swarm.service.name=web'] })).toBe(1);
    expect(list({ ancestor: ['nginx'] }), 'swarm pulls by digest: the host knows no such tag').toBe(0);
    expect(list({ status: ['exited'] })).toBe(0);
  });
});

describe('images and the registry', () => {
  it('pulls, lists and removes', () => {
    host.ask('POST', '/images/create?fromImage=redis&tag=7');
    expect(host.chunks.at(-1)).toEqual({ json: { status: 'Status: Downloaded newer image for redis:7' } });
    const [image] = host.get<api.ImageSummary[]>('/images/json');
    expect(image).toMatchObject({ RepoTags: ['redis:7'], RepoDigests: [expect.stringMatching(/^redis@sha256:/)] });
    expect(host.ask('DELETE', '/images/redis:7')[0]).toBe(200);
    expect(host.refusal('GET', '/images/redis:7/json')).toBe('404 no such image: redis:7: No such image: redis:7');
  });

  it('tells the digest of a name, always the same', () => {
    const digest = () => host.get<api.DistributionInspect>('/distribution/nginx:1.26/json').Descriptor.digest;
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest()).toBe(digest());
    expect(host.refusal('GET', '/distribution/NGINX/json')).toBe(
      '400 invalid reference format: repository name must be lowercase',
    );
    expect(host.refusal('GET', '/distribution/nosuch/json')).toContain('404 pull access denied for nosuch');
  });
});

describe('/volumes', () => {
  it('come and go', () => {
    expect(host.ask('POST', '/volumes/create', { Name: 'data', Labels: { a: 'b' } })[0]).toBe(201);
    expect(host.get<api.VolumeList>('/volumes').Volumes).toEqual([
      {
        CreatedAt: '2026-11-21T00:00:00Z',
        Driver: 'local',
        Labels: { a: 'b' },
        Mountpoint: '/var/lib/docker/volumes/data/_data',
        Name: 'data',
        Options: null,
        Scope: 'local',
      },
    ]);
    expect(host.ask('DELETE', '/volumes/data')[0]).toBe(204);
    expect(host.refusal('GET', '/volumes/data')).toBe('404 get data: no such volume');
  });
});

describe('/events', () => {
  it('stream what happens, filtered', () => {
    const id = host.send('GET', `/events?${filters({ type: ['container'], event: ['start', 'die'] })}`);
    expect(host.replies.get(id)).toMatchObject({ status: 200, streaming: true });
    const container = host.container('web');
    host.ask('POST', '/containers/web/kill');
    const events = host.chunks.flatMap((chunk) => ('json' in chunk ? [chunk.json as api.EventMessage] : []));
    const own = events.filter(({ Type }) => Type === 'container');
    expect(own.map(({ Action }) => Action)).toEqual(['start', 'die']);
    expect(own[0]).toMatchObject({ status: 'start', id: container, from: 'nginx:1.26', scope: 'local' });
    host.dockerd.cancel(id);
    expect(host.dockerd.state.eventStreams.size).toBe(0);
  });

  it('give what was, up to a moment', () => {
    host.container('web');
    const id = host.send('GET', `/events?since=0&until=1795219300&${filters({ event: ['start'] })}`);
    expect(host.chunks.at(-1)).toMatchObject({ json: { Action: 'start', Type: 'container' } });
    host.pass(seconds(200));
    expect(host.ended.at(-1)).toEqual({ id, error: undefined });
  });

  it('tell of the swarm on managers', () => {
    host.send('GET', '/events');
    host.leader.store.onCommit((events) => host.dockerd.storeChanged(events));
    host.ask('POST', '/services/create', serviceBody());
    expect(host.chunks.at(-1)).toMatchObject({
      json: { Type: 'service', Action: 'create', Actor: { Attributes: { name: 'web' } }, scope: 'swarm' },
    });
  });
});

describe('logs', () => {
  it('of a container, with time stamps, and on until it ends', () => {
    const id = host.container('web');
    host.pass(seconds(2));
    const container = host.runtime.find(id)!;
    container.logs.splice(0, container.logs.length, { at: 1_500_000, stream: 'stdout', text: 'hello' });
    const call = host.send('GET', '/containers/web/logs?stdout=1&timestamps=1&follow=1');
    expect(host.chunks.at(-1)).toEqual({ stream: 'stdout', text: '2026-11-21T00:00:01.500000000Z hello\n' });
    host.dockerd.containerOutput(id, { at: 2_000_000, stream: 'stderr', text: 'not wanted' });
    host.dockerd.containerOutput(id, { at: 2_000_000, stream: 'stdout', text: 'more' });
    expect(host.chunks.at(-1)).toEqual({ stream: 'stdout', text: '2026-11-21T00:00:02.000000000Z more\n' });
    host.ask('POST', '/containers/web/kill');
    expect(host.ended.at(-1)).toEqual({ id: call, error: undefined });
  });

  it('of a service, with where each line comes from', () => {
    host.ask('POST', '/services/create', serviceBody());
    const { ID } = host.get<api.Service>('/services/web');
    const call = host.send('GET', '/services/web/logs?stdout=1&details=1&tail=2');
    const { token, body } = host.asked.at(-1)!;
    expect(body).toMatchObject({ serviceIds: [ID], tail: 2, follow: false });
    const context = { nodeId: 'n1', serviceId: ID, taskId: 't1' };
    host.dockerd.logLine(token, context, { at: 0, stream: 'stdout', text: 'hi' });
    expect(host.chunks.at(-1)).toEqual({
      stream: 'stdout',
      text: `com.docker.swarm.node.id=n1,com.docker.swarm.service.id=${ID},com.docker.swarm.task.id=t1 hi\n`,
    });
    host.dockerd.logsEnd(token, 'rpc error: code = Unknown desc = warning: some are missing');
    expect(host.ended.at(-1)).toEqual({
      id: call,
      error: 'Error grabbing logs: rpc error: code = Unknown desc = warning: some are missing',
    });
  });

  it('of what is not there', () => {
    expect(host.refusal('GET', '/services/nosuch/logs?stdout=1')).toBe('404 service nosuch not found');
  });
});

describe('a request that waits', () => {
  it('is plain data, so that a world can be cloned in the middle of it', () => {
    host.container('web');
    host.send('POST', '/containers/web/stop');
    expect(host.dockerd.state.calls.size).toBe(1);
    expect(structuredClone(host.dockerd.state)).toEqual(host.dockerd.state);
  });

  it('is forgotten when its client goes away', () => {
    host.alone();
    const id = host.send('POST', '/swarm/init', {});
    host.dockerd.cancel(id);
    host.swarmDone('n');
    expect(host.replies.has(id)).toBe(false);
  });
});
