/** A leader for tests of the control API: writes are committed at once, members and quorum are what the test says. */
import { swarmId } from '../../kernel/ids.ts';
import { Random, seedStream } from '../../kernel/random.ts';
import type { Node, NodeRole, ServiceSpec, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import { initialStore, Store, Transaction } from '../../store/store.ts';
import type { LeaderContext, RaftMember } from '../subsystem.ts';
import { ControlApi } from './control-api.ts';
import type { ControlRequest, ControlResult } from './control-request.ts';
import { DEFAULT_CLUSTER_SPEC, DEFAULT_RESTART, emptyContainerSpec, NO_PLACEMENT, NO_RESOURCES } from './defaults.ts';

const META = { version: 0, createdAt: 0, updatedAt: 0 };

export class TestLeader {
  readonly store = new Store(initialStore());
  readonly traced: { kind: string; facts: unknown }[] = [];
  readonly api: ControlApi;
  members: RaftMember[] = [];
  quorumWouldHold = true;
  now = 0;
  private index = 10;

  constructor() {
    const dice = new Random(seedStream(1, 'test'));
    const trace = (kind: string, _objects: unknown, facts?: unknown) => this.traced.push({ kind, facts });
    const leader = this;
    const context: LeaderContext = {
      store: this.store,
      machine: 'node1',
      nodeId: 'n1',
      get now() {
        return leader.now;
      },
      cause: 0,
      requestWrite: () => {},
      schedule: () => 0,
      cancel: () => {},
      random: () => dice,
      newId: () => swarmId(dice),
      emit: trace,
      begin: trace,
      members: () => this.members,
      canRemoveMember: () => this.quorumWouldHold,
    };
    this.api = new ControlApi(context);
    this.change((tx) =>
      tx.create({
        kind: 'cluster',
        id: 'cluster1',
        meta: META,
        spec: DEFAULT_CLUSTER_SPEC,
        joinTokens: {
          worker: `SWMTKN-1-${'a'.repeat(50)}-${'b'.repeat(25)}`,
          manager: `SWMTKN-1-${'a'.repeat(50)}-${'c'.repeat(25)}`,
        },
        rootCa: { certificate: 'CERT', digest: 'a'.repeat(50), subject: 'SUBJECT', publicKey: 'KEY' },
        rootRotation: null,
        lastForcedRotation: 0,
        unlockKey: '',
        defaultAddressPool: [],
        subnetSize: 24,
        dataPathPort: 4789,
      }),
    );
  }

  /** Changes the store as some other subsystem would. */
  change(work: (tx: Transaction) => void): void {
    const tx = new Transaction(this.store, this.now);
    work(tx);
    this.store.apply(tx.changes(), ++this.index);
  }

  /** Performs a write to its end. */
  write(request: ControlRequest): ControlResult {
    const data = { token: 't', request };
    this.change((tx) => this.api.write(tx, data));
    this.api.written(data, true);
    return this.api.takeResult('t');
  }

  read(request: ControlRequest): ControlResult {
    return this.api.read(request);
  }

  addNode(id: string, hostname: string, role: NodeRole, state: Node['status']['state'] = 'ready'): void {
    this.change((tx) =>
      tx.create({
        kind: 'node',
        id,
        meta: META,
        spec: { annotations: { name: '', labels: {} }, desiredRole: role, availability: 'active' },
        description: {
          hostname,
          platform: { architecture: 'x86_64', os: 'linux' },
          resources: { nanoCpus: 2e9, memoryBytes: 4e9, generic: [] },
          engineVersion: '28.2.2',
          engineLabels: {},
          plugins: [],
        },
        status: { state, message: '', address: '10.0.0.1' },
        role,
        certificate: { role, issuedAt: 0, expiresAt: 0, state: 'issued' },
        attachments: {},
      }),
    );
    if (role === 'manager')
      this.members.push({
        raftId: id,
        nodeId: id,
        address: `${hostname}:2377`,
        leader: this.members.length === 0,
        reachable: true,
      });
  }

  addNetwork(id: string, name: string, ingress = false): void {
    this.change((tx) =>
      tx.create({
        kind: 'network',
        id,
        meta: META,
        spec: {
          annotations: { name, labels: {} },
          driver: 'overlay',
          driverOptions: {},
          ipv6: false,
          internal: false,
          attachable: false,
          ingress,
          ipam: null,
        },
        allocated: null,
        predefined: false,
      }),
    );
  }

  addTask(id: string, serviceId: string, nodeId: string, more: Partial<Task> = {}): void {
    const service = this.store.get('service', serviceId)!;
    this.change((tx) =>
      tx.create({
        kind: 'task',
        id,
        meta: META,
        spec: service.spec.task,
        specVersion: service.specVersion,
        serviceId,
        serviceAnnotations: service.spec.annotations,
        slot: 1,
        nodeId,
        annotations: { name: '', labels: {} },
        status: {
          timestamp: 0,
          state: TaskState.running,
          message: 'started',
          err: '',
          container: null,
          ports: [],
          appliedBy: '',
        },
        desiredState: TaskState.running,
        networks: [],
        endpoint: null,
        logDriver: null,
        assignedGeneric: [],
        jobIteration: null,
        ...more,
      }),
    );
  }

  /** Creates a service and gives its id. */
  service(spec: ServiceSpec): string {
    const result = this.write({ op: 'service.create', spec });
    if (!result.ok) throw new Error(result.error.message);
    return (result.value as { id: string }).id;
  }

  version(serviceId: string): number {
    return this.store.get('service', serviceId)!.meta.version;
  }
}

/** A replicated service of one nginx, with changes. */
export function serviceSpec(
  name: string,
  more: Partial<ServiceSpec> = {},
  task: Partial<ServiceSpec['task']> = {},
): ServiceSpec {
  return {
    annotations: { name, labels: {} },
    task: {
      container: emptyContainerSpec('nginx:1.26'),
      limits: NO_RESOURCES,
      pidsLimit: 0,
      reservations: NO_RESOURCES,
      restart: DEFAULT_RESTART,
      placement: NO_PLACEMENT,
      networks: [],
      forceUpdate: 0,
      logDriver: null,
      present: [],
      ...task,
    },
    mode: { kind: 'replicated', replicas: 1 },
    update: null,
    rollback: null,
    endpoint: null,
    ...more,
  };
}

/** What a user would read of a refusal; `ok` if there is none. */
export function words(result: ControlResult): string {
  if (result.ok) return 'ok';
  const { code, message, wrapped } = result.error;
  return wrapped ? `rpc error: code = ${code} desc = ${message}` : message;
}
