/**
 * The keys of gossip and of encrypted overlays: made by the leader, kept in the cluster object, told to every node with its
 * session. Source: `swarmkit: manager/keymanager/keymanager.go`.
 *
 * Three keys per subsystem, ordered by one Lamport clock: the middle one is used to send (`moby: daemon/libnetwork/agent.go
 * getPrimaryKeyTag`), all three to read. Every 12 hours since its leadership began a leader drops the oldest and makes a new one, so
 * that nodes which are one change behind still understand the others and are understood.
 *
 * Simplified: a key is a random number that nothing is encrypted with; who lacks it is treated as one who cannot read.
 */
import type { Micros } from '../../../protocol/events.ts';
import { hexId } from '../../kernel/ids.ts';
import { seconds } from '../../kernel/time.ts';
import type { Cluster, NetworkKey } from '../../store/objects.ts';
import type { StoreReader, Transaction } from '../../store/store.ts';
import type { LeaderContext, Subsystem } from '../subsystem.ts';

/** `DefaultKeyRotationInterval` */
export const KEY_ROTATION_INTERVAL: Micros = seconds(12 * 3600);
const KEYRING_SIZE = 3;
const KEY_LENGTH = 16;
const SUBSYSTEMS: readonly NetworkKey['subsystem'][] = ['networking:gossip', 'networking:ipsec'];
/** The clock of a new swarm begins somewhere below this. */
const SKEW = 65_536;

export class KeyManager implements Subsystem<object> {
  readonly name = 'keymanager';
  /** All that it remembers is in the cluster object. */
  readonly state = {};
  private readonly context: LeaderContext;

  constructor(context: LeaderContext) {
    this.context = context;
  }

  start(): void {
    if (!clusterOf(this.context.store)?.networkBootstrapKeys?.length) this.context.requestWrite(this.name);
    this.context.schedule(this.name, KEY_ROTATION_INTERVAL, 'rotate');
  }

  onCommit(): void {}

  timer(): void {
    this.context.schedule(this.name, KEY_ROTATION_INTERVAL, 'rotate');
    this.context.requestWrite(this.name);
  }

  write(transaction: Transaction): void {
    const cluster = clusterOf(transaction);
    if (!cluster) return;
    const old = cluster.networkBootstrapKeys ?? [];
    let clock = cluster.encryptionKeyLamportClock ?? this.context.random('keys').int(SKEW);
    const keys: NetworkKey[] = [];
    for (const subsystem of SUBSYSTEMS) {
      const ring = old.filter((key) => key.subsystem === subsystem);
      const kept = ring.length === KEYRING_SIZE ? ring.slice(1) : ring;
      const missing = KEYRING_SIZE - kept.length;
      keys.push(...kept, ...Array.from({ length: missing }, () => this.newKey(subsystem, ++clock)));
    }
    transaction.update({ ...cluster, networkBootstrapKeys: keys, encryptionKeyLamportClock: clock });
    this.context.begin(old.length === 0 ? 'keys.created' : 'keys.rotated', [`cluster:${cluster.id}`], {
      keys: keys.map(({ subsystem, lamportTime }) => `${subsystem} ${lamportTime}`),
      dropped: old.filter((key) => !keys.includes(key)).map(({ lamportTime }) => lamportTime),
      primary: SUBSYSTEMS.map((subsystem) => `${subsystem} ${primaryOf(keys, subsystem)?.lamportTime ?? ''}`),
    });
  }

  private newKey(subsystem: NetworkKey['subsystem'], lamportTime: number): NetworkKey {
    return { subsystem, lamportTime, key: hexId(this.context.random('keys'), KEY_LENGTH * 2) };
  }
}

/** The key that a node sends with: the second oldest. */
export function primaryOf(keys: readonly NetworkKey[], subsystem: NetworkKey['subsystem']): NetworkKey | undefined {
  return keys
    .filter((key) => key.subsystem === subsystem)
    .sort((a, b) => a.lamportTime - b.lamportTime)
    .at(1);
}

function clusterOf(reader: StoreReader): Cluster | undefined {
  for (const cluster of reader.all('cluster')) return cluster;
  return undefined;
}
