/**
 * The cluster object: its settings, join tokens and unlock key. `swarmkit: manager/controlapi/cluster.go`,
 * `ca/config.go`, `manager/encryption/encryption.go`
 */
import type { Random } from '../../kernel/random.ts';
import { seconds } from '../../kernel/time.ts';
import { CLUSTER_NAME, type Cluster, type ClusterSpec } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import { newJoinToken } from '../ca/root-certificate.ts';
import { newUnlockKey } from '../ca/unlock-key.ts';
import type { LeaderContext } from '../subsystem.ts';
import { validateCaConfig } from './ca-rotation.ts';
import type { ControlInfo, ControlRequest, ControlResult } from './control-request.ts';
import { countNodes } from './node.ts';
import { invalid, outOfSequence, type Refusal, refuseBare } from './refusal.ts';
import type { WriteContext } from './write-context.ts';

type Update = Extract<ControlRequest, { op: 'cluster.update' }>;

const LEAST_CERT_EXPIRY = seconds(3600);

/** The one cluster object, or undefined before it is there. */
export function theCluster(reader: StoreReader): Cluster | undefined {
  return reader.byName('cluster', CLUSTER_NAME);
}

export function getCluster(reader: StoreReader): ControlResult<Cluster> {
  const cluster = theCluster(reader);
  return cluster ? { ok: true, value: cluster } : refuseBare('NotFound', 'This node is not part of a swarm');
}

export function clusterInfo(leader: LeaderContext): ControlResult<ControlInfo> {
  const cluster = getCluster(leader.store);
  if (!cluster.ok) return cluster;
  const members = leader.members().map(({ nodeId, address }) => ({ nodeId, address }));
  return { ok: true, value: { cluster: cluster.value, ...countNodes(leader.store, leader), members } };
}

export function updateCluster({ tx, leader }: WriteContext, request: Update): ControlResult {
  const found = getCluster(tx);
  if (!found.ok) return found;
  const cluster = found.value;
  const refusal = validateClusterSpec(request.spec);
  if (refusal) return refusal;
  if (request.version !== cluster.meta.version) return outOfSequence();
  const root = validateCaConfig(cluster, request.spec, leader);
  if (!root.ok) return root;
  leader.begin('cluster.updated', [`cluster:${cluster.id}`], {
    rotated: [
      ...(request.rotateWorkerToken ? ['worker token'] : []),
      ...(request.rotateManagerToken ? ['manager token'] : []),
      ...(request.rotateUnlockKey ? ['unlock key'] : []),
    ],
  });
  if (root.value.rootRotation && root.value.rootRotation !== cluster.rootRotation)
    leader.begin('ca.rotation.started', [`cluster:${cluster.id}`], { digest: root.value.rootRotation.to.digest });
  const dice = leader.random('tokens');
  const { worker, manager } = cluster.joinTokens;
  const { digest } = cluster.rootCa;
  tx.update({
    ...cluster,
    ...root.value,
    spec: request.spec,
    // Only their secrets change: nodes that have joined are not affected.
    joinTokens: {
      worker: request.rotateWorkerToken ? newJoinToken(digest, dice) : worker,
      manager: request.rotateManagerToken ? newJoinToken(digest, dice) : manager,
    },
    unlockKey: unlockKey(cluster, request, dice),
  });
  return { ok: true, value: null };
}

function validateClusterSpec(spec: ClusterSpec): Refusal | null {
  if (spec.certExpiry < LEAST_CERT_EXPIRY) return invalid('minimum certificate expiry time is: 1h0m0s');
  if (spec.dispatcherHeartbeat < 0) return invalid('heartbeat time period cannot be a negative duration');
  if (spec.annotations.name !== CLUSTER_NAME) return invalid('modification of cluster name is not allowed');
  return null;
}

function unlockKey(cluster: Cluster, { spec, rotateUnlockKey }: Update, dice: Random): string {
  if (!spec.autoLock) return '';
  return cluster.unlockKey === '' || rotateUnlockKey ? newUnlockKey(dice) : cluster.unlockKey;
}
