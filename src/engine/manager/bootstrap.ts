/**
 * The first transaction of a new swarm: cluster object, the founder's node object, and the networks that are always there.
 * `swarmkit: manager/manager.go becomeLeader`
 */
import { letters, swarmId } from '../kernel/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Availability, Cluster, ClusterSpec, Network, Node } from '../store/objects.ts';
import type { Transaction } from '../store/store.ts';

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
}

const META = { version: 0, createdAt: 0, updatedAt: 0 } as const;
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function bootstrapCluster(transaction: Transaction, options: BootstrapOptions, kernel: Kernel): void {
  const ids = kernel.random('ids');
  const dice = kernel.random('certificates');
  const digest = letters(dice, BASE36, 50);
  const cluster: Cluster = {
    kind: 'cluster',
    id: swarmId(ids),
    meta: META,
    spec: options.spec,
    joinTokens: {
      worker: joinToken(digest, letters(dice, BASE36, 25)),
      manager: joinToken(digest, letters(dice, BASE36, 25)),
    },
    rootCa: {
      certificate: certificate(letters(dice, BASE64, 492)),
      digest,
      subject: 'MBMxETAPBgNVBAMTCHN3YXJtLWNh',
      publicKey: `MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${letters(dice, BASE64, 86)}==`,
    },
    unlockKey: options.spec.autoLock ? unlockKey(letters(dice, BASE64, 43)) : '',
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
    certificate: { role: 'manager', issuedAt: now, expiresAt: now + options.spec.certExpiry },
    attachments: {},
  };
  transaction.create(node);
  transaction.create(network(swarmId(ids), 'ingress', 'overlay', true));
  transaction.create(network(swarmId(ids), 'bridge', 'bridge', false));
  transaction.create(network(swarmId(ids), 'host', 'host', false));
}

/** `SWMTKN-1-<digest of the root certificate>-<secret>` */
export function joinToken(digest: string, secret: string): string {
  return `SWMTKN-1-${digest}-${secret}`;
}

export function unlockKey(secret: string): string {
  return `SWMKEY-1-${secret}`;
}

/** Simplified: the root certificate has the form of one, not the content; nothing is signed in here. */
function certificate(body: string): string {
  const encoded = `MIIB${body}`;
  const lines = encoded.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
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
