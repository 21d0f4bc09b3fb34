/** For tests of the subsystems: store objects with everything that a test does not care about filled in. */
import { seconds } from '../kernel/time.ts';
import type {
  Cluster,
  Network,
  Node,
  Placement,
  PortConfig,
  Resources,
  RestartPolicy,
  Service,
  ServiceMode,
  ServiceSpec,
  Task,
  TaskSpec,
  UpdateConfig,
} from '../store/objects.ts';
import { TaskState } from '../store/objects.ts';

const META = { version: 0, createdAt: 0, updatedAt: 0 };
export const NO_RESOURCES: Resources = { nanoCpus: 0, memoryBytes: 0, generic: [] };
const ANYWHERE: Placement = { constraints: [], preferences: [], maxReplicas: 0, platforms: [] };
const RESTART: RestartPolicy = { condition: 'any', delay: seconds(5), maxAttempts: 0, window: 0 };
export const UPDATE: UpdateConfig = {
  parallelism: 1,
  delay: 0,
  monitor: seconds(5),
  failureAction: 'pause',
  maxFailureRatio: 0,
  order: 'stop-first',
};

export interface NodeOptions {
  labels?: Record<string, string>;
  engineLabels?: Record<string, string>;
  availability?: Node['spec']['availability'];
  state?: Node['status']['state'];
  role?: Node['role'];
  address?: string;
  architecture?: string;
  os?: string;
  resources?: Partial<Resources>;
  plugins?: { type: string; name: string }[];
}

/** A node that is ready; its id is its name. */
export function testNode(name: string, options: NodeOptions = {}): Node {
  const role = options.role ?? 'worker';
  return {
    kind: 'node',
    id: name,
    meta: META,
    spec: {
      annotations: { name: '', labels: options.labels ?? {} },
      desiredRole: role,
      availability: options.availability ?? 'active',
    },
    description: {
      hostname: name,
      platform: { architecture: options.architecture ?? 'x86_64', os: options.os ?? 'linux' },
      resources: { nanoCpus: 4e9, memoryBytes: 8e9, generic: [], ...options.resources },
      engineVersion: '28.2.2',
      engineLabels: options.engineLabels ?? {},
      plugins: options.plugins ?? [],
    },
    status: { state: options.state ?? 'ready', message: '', address: options.address ?? '192.168.0.1' },
    role,
    certificate: { role, issuedAt: 0, expiresAt: seconds(90 * 24 * 3600), state: 'issued' },
    attachments: {},
  };
}

export interface ServiceOptions {
  mode?: ServiceMode;
  replicas?: number;
  image?: string;
  placement?: Partial<Placement>;
  reservations?: Partial<Resources>;
  restart?: Partial<RestartPolicy>;
  update?: Partial<UpdateConfig>;
  rollback?: Partial<UpdateConfig>;
  ports?: Partial<PortConfig>[];
  endpointMode?: 'vip' | 'dnsrr';
  networks?: string[];
}

export function testTaskSpec(options: ServiceOptions = {}): TaskSpec {
  return {
    container: {
      image: options.image ?? 'nginx:1',
      labels: {},
      command: [],
      args: [],
      hostname: '',
      env: [],
      dir: '',
      user: '',
      groups: [],
      tty: false,
      openStdin: false,
      readOnly: false,
      init: null,
      stopSignal: '',
      stopGracePeriod: null,
      health: null,
      hosts: [],
      mounts: [],
      secrets: [],
      configs: [],
      isolation: '',
      carried: {},
    },
    limits: NO_RESOURCES,
    pidsLimit: 0,
    reservations: { ...NO_RESOURCES, ...options.reservations },
    restart: { ...RESTART, ...options.restart },
    placement: { ...ANYWHERE, ...options.placement },
    networks: (options.networks ?? []).map((target) => ({ target, aliases: [], driverOptions: {} })),
    forceUpdate: 0,
    logDriver: null,
    present: [],
  };
}

export function testServiceSpec(name: string, options: ServiceOptions = {}): ServiceSpec {
  const ports = (options.ports ?? []).map((port) => ({
    name: '',
    protocol: 'tcp' as const,
    targetPort: 80,
    publishedPort: 0,
    publishMode: 'ingress' as const,
    ...port,
  }));
  return {
    annotations: { name, labels: {} },
    task: testTaskSpec(options),
    mode: options.mode ?? { kind: 'replicated', replicas: options.replicas ?? 1 },
    update: options.update ? { ...UPDATE, ...options.update } : null,
    rollback: options.rollback ? { ...UPDATE, ...options.rollback } : null,
    endpoint: { mode: options.endpointMode ?? 'vip', ports },
  };
}

/** A service as the control API makes it; its id is its name. */
export function testService(name: string, options: ServiceOptions = {}): Service {
  return {
    kind: 'service',
    id: name,
    meta: META,
    spec: testServiceSpec(name, options),
    specVersion: 0,
    previousSpec: null,
    previousSpecVersion: null,
    endpoint: null,
    updateStatus: null,
    jobIteration: 0,
    lastExecution: null,
  };
}

/** A PENDING task of a service. */
export function testTask(id: string, service: Service, changes: Partial<Task> = {}): Task {
  return {
    kind: 'task',
    id,
    meta: META,
    spec: service.spec.task,
    specVersion: service.specVersion,
    serviceId: service.id,
    serviceAnnotations: service.spec.annotations,
    slot: 1,
    nodeId: '',
    annotations: { name: '', labels: {} },
    status: {
      timestamp: 0,
      state: TaskState.pending,
      message: 'pending task scheduling',
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
    ...changes,
  };
}

export function testNetwork(name: string, changes: Partial<Network['spec']> = {}): Network {
  return {
    kind: 'network',
    id: name,
    meta: META,
    spec: {
      annotations: { name, labels: {} },
      driver: 'overlay',
      driverOptions: {},
      ipv6: false,
      internal: false,
      attachable: false,
      ingress: name === 'ingress',
      ipam: null,
      ...changes,
    },
    allocated: null,
    predefined: changes.driver === 'host' || changes.driver === 'bridge',
  };
}

export function testCluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    kind: 'cluster',
    id: 'cluster',
    meta: META,
    spec: {
      annotations: { name: 'default', labels: {} },
      taskHistoryLimit: 5,
      raft: {
        snapshotInterval: 10_000,
        keepOldSnapshots: 0,
        logEntriesForSlowFollowers: 500,
        heartbeatTick: 1,
        electionTick: 10,
      },
      dispatcherHeartbeat: seconds(5),
      certExpiry: seconds(90 * 24 * 3600),
      forceRotate: 0,
      signingCaCert: '',
      signingCaKey: '',
      externalCas: [],
      autoLock: false,
    },
    joinTokens: { worker: '', manager: '' },
    rootCa: { certificate: '', digest: '', subject: '', publicKey: '' },
    rootRotation: null,
    lastForcedRotation: 0,
    unlockKey: '',
    defaultAddressPool: [],
    subnetSize: 0,
    dataPathPort: 4789,
    ...changes,
  };
}
