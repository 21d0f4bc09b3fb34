/**
 * The first transaction of a new swarm: cluster object, the founder's node object, and the networks that are always there.
 * `swarmkit: manager/manager.go becomeLeader`
 */
import { swarmId } from '../kernel/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Availability, Cluster, ClusterSpec, Network, Node, RootCertificate } from '../store/objects.ts';
import type { Transaction } from '../store/store.ts';
import { newJoinToken } from './ca/root-certificate.ts';
import { newUnlockKey } from './ca/unlock-key.ts';
import { DEFAULT_CLUSTER_SPEC } from './controlapi/defaults.ts';

/** What `docker swarm init` decides. */
export interface BootstrapOptions {
  readonly nodeId: string;
  readonly hostname: string;
  readonly address: string;
  readonly availability: Availability;
  readonly spec: ClusterSpec;
  readonly defaultAddressPool: readonly string[];
  readonly subnetSize: number;
  readonly dataPathPort: number;
  /** Made before the manager starts: the founder signs its own first certificate. */
  readonly rootCa: RootCertificate;
}

const META = { version: 0, createdAt: 0, updatedAt: 0 } as const;

export function bootstrapCluster(transaction: Transaction, options: BootstrapOptions, kernel: Kernel): void {
  const ids = kernel.random('ids');
  const dice = kernel.random('certificates');
  const { rootCa } = options;
  const cluster: Cluster = {
    kind: 'cluster',
    id: swarmId(ids),
    meta: META,
    spec: options.spec,
    joinTokens: { worker: newJoinToken(rootCa.digest, dice), manager: newJoinToken(rootCa.digest, dice) },
    rootCa,
    rootRotation: null,
    lastForcedRotation: 0,
    unlockKey: options.spec.autoLock ? newUnlockKey(dice) : '',
    defaultAddressPool: options.defaultAddressPool,
    subnetSize: options.subnetSize,
    dataPathPort: options.dataPathPort,
  };
  transaction.create(cluster);
  const now = kernel.now;
  const node: Node = {
    kind: 'node',
    id: options.nodeId,
    meta: META,
    spec: { annotations: { name: '', labels: {} }, desiredRole: 'manager', availability: options.availability },
    description: null,
    status: { state: 'unknown', message: '', address: options.address },
    role: 'manager',
    certificate: { role: 'manager', issuedAt: now, expiresAt: now + DEFAULT_CLUSTER_SPEC.certExpiry, state: 'issued' },
    attachments: {},
  };
  transaction.create(node);
  transaction.create(network(swarmId(ids), 'ingress', 'overlay', true));
  transaction.create(network(swarmId(ids), 'bridge', 'bridge', false));
  transaction.create(network(swarmId(ids), 'host', 'host', false));
}

function network(id: string, name: string, driver: string, ingress: boolean): Network {
  return {
    kind: 'network',
    id,
    meta: META,
    predefined: !ingress,
    spec: {
      annotations: { name, labels: {} },
      driver,
      driverOptions: {},
      ipv6: false,
      internal: false,
      attachable: false,
      ingress,
      ipam: null,
    },
    allocated: null,
  };
}
