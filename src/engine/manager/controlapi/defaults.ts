/** What holds where a service spec says nothing. Source: `swarmkit: api/defaults/service.go`, `manager/manager.go`. */
import { seconds } from '../../kernel/time.ts';
import type {
  ClusterSpec,
  ContainerSpec,
  EndpointSpec,
  Placement,
  Resources,
  RestartPolicy,
  UpdateConfig,
} from '../../store/objects.ts';
import { CLUSTER_NAME } from '../../store/objects.ts';

export const DEFAULT_RESTART: RestartPolicy = { condition: 'any', delay: seconds(5), maxAttempts: 0, window: 0 };

/** For updates and for rollbacks. */
export const DEFAULT_UPDATE: UpdateConfig = {
  parallelism: 1,
  delay: 0,
  monitor: seconds(5),
  failureAction: 'pause',
  maxFailureRatio: 0,
  order: 'stop-first',
};

export const DEFAULT_STOP_GRACE = seconds(10);

export const NO_RESOURCES: Resources = { nanoCpus: 0, memoryBytes: 0, generic: [] };

export const NO_PLACEMENT: Placement = { constraints: [], preferences: [], maxReplicas: 0, platforms: [] };

export const DEFAULT_ENDPOINT: EndpointSpec = { mode: 'vip', ports: [] };

/** A container spec that says nothing but its image. */
export function emptyContainerSpec(image: string): ContainerSpec {
  return {
    image,
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
    isolation: 'default',
    carried: {},
  };
}

/** The spec of a fresh cluster. */
export const DEFAULT_CLUSTER_SPEC: ClusterSpec = {
  annotations: { name: CLUSTER_NAME, labels: {} },
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
};
