/**
 * The cluster object: its settings, join tokens and unlock key. `swarmkit: manager/controlapi/cluster.go`,
 * `ca/config.go`, `manager/encryption/encryption.go`
 */
import { letters } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { seconds } from '../../kernel/time.ts';
import { CLUSTER_NAME, type Cluster, type ClusterSpec } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';
import type { ControlInfo, ControlRequest, ControlResult } from './control-request.ts';
import { countNodes } from './node.ts';
import { invalid, outOfSequence, type Refusal, refuseBare } from './refusal.ts';
import type { WriteContext } from './write-context.ts';

type Update = Extract<ControlRequest, { op: 'cluster.update' }>;

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 43 base64 digits hold 258 bits: of the last digit only four bits belong to a key of 256. */
const BASE64_LAST = 'AEIMQUYcgkosw048';
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
  leader.begin('cluster.updated', [`cluster:${cluster.id}`], {
    rotated: [
      ...(request.rotateWorkerToken ? ['worker token'] : []),
      ...(request.rotateManagerToken ? ['manager token'] : []),
      ...(request.rotateUnlockKey ? ['unlock key'] : []),
    ],
  });
  const dice = leader.random('tokens');
  const { worker, manager } = cluster.joinTokens;
  tx.update({
    ...cluster,
    spec: request.spec,
    joinTokens: {
      worker: request.rotateWorkerToken ? rotatedToken(worker, dice) : worker,
      manager: request.rotateManagerToken ? rotatedToken(manager, dice) : manager,
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

/** A join token: the digest that names the swarm's root certificate, and a secret of its own. */
export function newJoinToken(rootDigest: string, dice: Random): string {
  return `SWMTKN-1-${rootDigest}-${letters(dice, BASE36, 25)}`;
}

/** Only the secret changes: nodes that have joined are not affected. */
function rotatedToken(token: string, dice: Random): string {
  return newJoinToken(token.split('-')[2]!, dice);
}

/** A key of 256 bits for managers' disks. */
export function newUnlockKey(dice: Random): string {
  return `SWMKEY-1-${letters(dice, BASE64, 42)}${letters(dice, BASE64_LAST, 1)}`;
}

function unlockKey(cluster: Cluster, { spec, rotateUnlockKey }: Update, dice: Random): string {
  if (!spec.autoLock) return '';
  return cluster.unlockKey === '' || rotateUnlockKey ? newUnlockKey(dice) : cluster.unlockKey;
}
