/**
 * Replaces the root certificate of a running swarm. `swarmkit: ca/reconciler.go rootRotationReconciler`
 *
 * While it goes on, nodes still trust the old root; new certificates are signed by the new one, whose key the old one vouches
 * for. Nodes are asked in batches to get a new certificate; when every node of the swarm has told of one, the new root takes the
 * old one's place, with new join tokens. A node that is down holds all this up until it comes back or is removed.
 */
import { seconds } from '../../kernel/time.ts';
import type { Cluster, Issuer, Node } from '../../store/objects.ts';
import type { StoreReader, Transaction } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';
import { newJoinToken } from './root-certificate.ts';

/** `IssuanceStateRotateMaxBatchSize` */
const BATCH = 30;
/** `ca/server.go defaultRootReconciliationInterval` */
export const ROTATION_INTERVAL = seconds(3);

/** Who signs certificates now: the new root as soon as there is one. */
export function issuerOf({ rootCa, rootRotation }: Pick<Cluster, 'rootCa' | 'rootRotation'>): Issuer {
  const { subject, publicKey } = rootRotation?.to ?? rootCa;
  return { subject, publicKey };
}

/** Has the node told that its certificate is by this issuer? */
function hasIssuer(node: Node, issuer: Issuer): boolean {
  const told = node.description?.tls?.issuer;
  return told?.publicKey === issuer.publicKey && told.subject === issuer.subject;
}

/** The nodes that still have a certificate by another issuer. */
export function unconvergedNodes(reader: StoreReader, cluster: Cluster): Node[] {
  const issuer = issuerOf(cluster);
  return [...reader.all('node')].filter((node) => !hasIssuer(node, issuer));
}

/** One step: asks the next nodes, or ends the rotation when none is left. Returns whether it goes on. */
export function reconcileRotation(transaction: Transaction, cluster: Cluster, leader: LeaderContext): boolean {
  const { rootRotation } = cluster;
  if (!rootRotation) return false;
  const left = unconvergedNodes(transaction, cluster);
  if (left.length === 0) {
    finish(transaction, cluster, leader);
    return false;
  }
  const asked = left.filter(({ certificate }) => certificate.state !== 'rotate').slice(0, BATCH);
  if (asked.length === 0) return true;
  leader.begin(
    'ca.rotation.asked',
    asked.map(({ id }) => `node:${id}` as const),
    { nodes: asked.length, left: left.length },
  );
  for (const node of asked) transaction.update({ ...node, certificate: { ...node.certificate, state: 'rotate' } });
  return true;
}

function finish(transaction: Transaction, cluster: Cluster, leader: LeaderContext): void {
  const rootCa = cluster.rootRotation!.to;
  const dice = leader.random('tokens');
  leader.begin('ca.rotation.completed', [`cluster:${cluster.id}`], { digest: rootCa.digest });
  transaction.update({
    ...cluster,
    rootCa,
    rootRotation: null,
    joinTokens: { worker: newJoinToken(rootCa.digest, dice), manager: newJoinToken(rootCa.digest, dice) },
  });
}
