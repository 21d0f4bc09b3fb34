/** The cluster object between the store and Docker's JSON. `moby: daemon/cluster/convert/swarm.go`, `api/types/swarm/swarm.go` */
import type * as api from '../../../protocol/engine-api.ts';
import { issuerOf } from '../../manager/ca/root-rotation.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../manager/controlapi/defaults.ts';
import type { Cluster, ClusterSpec, TlsFacts } from '../../store/objects.ts';
import { filled, list, sortedMap, struct } from './go-json.ts';
import { annotationsJson, head } from './meta.ts';
import { type EpochMs, fromNanos, nanos } from './time.ts';

/** The pool that is meant when none was given; `docker info` shows none then. */
const BUILT_IN_POOL = '10.0.0.0/8';

export function swarmJson(cluster: Cluster, epochMs: EpochMs): api.Swarm {
  const { worker, manager } = cluster.joinTokens;
  return { ...clusterInfoJson(cluster, epochMs), JoinTokens: { Worker: worker, Manager: manager } };
}

/** The cluster without its tokens, as part of `/info`. */
export function clusterInfoJson(cluster: Cluster, epochMs: EpochMs): api.ClusterInfo {
  const pool = cluster.defaultAddressPool;
  const isBuiltIn = pool.length === 0 || (pool.length === 1 && pool[0] === BUILT_IN_POOL);
  return {
    ...head(cluster, epochMs),
    Spec: swarmSpecJson(cluster.spec),
    TLSInfo: tlsInfoJson({ trustRoot: cluster.rootCa.certificate, issuer: issuerOf(cluster) }),
    RootRotationInProgress: cluster.rootRotation !== null,
    DefaultAddrPool: isBuiltIn ? null : list(pool),
    SubnetSize: cluster.subnetSize,
    DataPathPort: cluster.dataPathPort,
  };
}

/** What `/info` has for a cluster that could not be asked for: Go's zero values. `moby: daemon/cluster/swarm.go Info` */
export const EMPTY_CLUSTER_INFO: api.ClusterInfo = {
  ID: '',
  Version: { Index: 0 },
  CreatedAt: '0001-01-01T00:00:00Z',
  UpdatedAt: '0001-01-01T00:00:00Z',
  Spec: {
    Labels: null as unknown as api.Labels,
    Orchestration: {},
    Raft: { ElectionTick: 0, HeartbeatTick: 0 },
    Dispatcher: {},
    CAConfig: {},
    TaskDefaults: {},
    EncryptionConfig: { AutoLockManagers: false },
  },
  TLSInfo: {},
  RootRotationInProgress: false,
  DefaultAddrPool: null,
  SubnetSize: 0,
  DataPathPort: 0,
};

export function swarmSpecJson(spec: ClusterSpec): api.SwarmSpec {
  const { raft } = spec;
  return {
    ...annotationsJson(spec.annotations),
    Orchestration: { TaskHistoryRetentionLimit: spec.taskHistoryLimit },
    Raft: struct({
      SnapshotInterval: filled(raft.snapshotInterval),
      KeepOldSnapshots: raft.keepOldSnapshots,
      LogEntriesForSlowFollowers: filled(raft.logEntriesForSlowFollowers),
      ElectionTick: raft.electionTick,
      HeartbeatTick: raft.heartbeatTick,
    }),
    Dispatcher: struct({ HeartbeatPeriod: filled(nanos(spec.dispatcherHeartbeat)) }),
    CAConfig: struct({
      NodeCertExpiry: filled(nanos(spec.certExpiry)),
      ExternalCAs: filled(
        spec.externalCas.map(({ protocol, url, options, caCert }) =>
          struct({ Protocol: protocol, URL: url, Options: sortedMap(options), CACert: caCert }),
        ),
      ),
      ForceRotate: filled(spec.forceRotate),
    }),
    TaskDefaults: {},
    EncryptionConfig: { AutoLockManagers: spec.autoLock },
  };
}

export function tlsInfoJson({ trustRoot, issuer }: TlsFacts): api.TlsInfo {
  return struct({
    TrustRoot: filled(trustRoot),
    CertIssuerSubject: filled(issuer.subject),
    CertIssuerPublicKey: filled(issuer.publicKey),
  });
}

/** A client's spec laid over another: what it leaves out or gives as 0 stays as it was. `MergeSwarmSpecToGRPC` */
export function mergeSwarmSpec(given: Partial<api.SwarmSpec>, base: ClusterSpec = DEFAULT_CLUSTER_SPEC): ClusterSpec {
  const { Raft: raft, Dispatcher: dispatcher, CAConfig: ca } = given;
  return {
    annotations: {
      name: given.Name || base.annotations.name,
      labels: filled(given.Labels) ?? base.annotations.labels,
    },
    taskHistoryLimit: given.Orchestration?.TaskHistoryRetentionLimit ?? base.taskHistoryLimit,
    raft: {
      snapshotInterval: raft?.SnapshotInterval || base.raft.snapshotInterval,
      keepOldSnapshots: raft?.KeepOldSnapshots ?? base.raft.keepOldSnapshots,
      logEntriesForSlowFollowers: raft?.LogEntriesForSlowFollowers || base.raft.logEntriesForSlowFollowers,
      heartbeatTick: raft?.HeartbeatTick || base.raft.heartbeatTick,
      electionTick: raft?.ElectionTick || base.raft.electionTick,
    },
    dispatcherHeartbeat: dispatcher?.HeartbeatPeriod ? fromNanos(dispatcher.HeartbeatPeriod) : base.dispatcherHeartbeat,
    certExpiry: ca?.NodeCertExpiry ? fromNanos(ca.NodeCertExpiry) : base.certExpiry,
    forceRotate: ca?.ForceRotate ?? base.forceRotate,
    signingCaCert: ca?.SigningCACert ?? '',
    signingCaKey: ca?.SigningCAKey ?? '',
    externalCas: (ca?.ExternalCAs ?? []).map((external) => ({
      protocol: external.Protocol || 'cfssl',
      url: external.URL ?? '',
      options: { ...external.Options },
      caCert: external.CACert ?? '',
    })),
    autoLock: given.EncryptionConfig?.AutoLockManagers ?? false,
  };
}
