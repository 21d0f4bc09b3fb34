/** All checkers together: what must hold after every event of a simulated world. */
import type { Cluster } from '../../engine/cluster.ts';
import type { Micros } from '../../protocol/events.ts';
import { AddressChecker } from './address-checker.ts';
import { ApiChecker } from './api-checker.ts';
import { CommittedHistory } from './committed-history.ts';
import { DurabilityChecker } from './durability-checker.ts';
import { JobChecker } from './job-checker.ts';
import { PacketChecker } from './packet-checker.ts';
import { PlacementChecker } from './placement-checker.ts';
import { RaftChecker } from './raft-checker.ts';
import { ReasonChecker } from './reason-checker.ts';
import { ReplicaChecker } from './replica-checker.ts';
import { SlotChecker } from './slot-checker.ts';
import { SlotLedger } from './slot-ledger.ts';
import { TaskChecker } from './task-checker.ts';
import { UpdateChecker } from './update-checker.ts';
import { WireChecker } from './wire-checker.ts';

export class Invariants {
  /** What the swarm has decided so far. */
  readonly history: CommittedHistory;
  readonly addresses: AddressChecker;
  /** To be told of what users ask and are answered. */
  readonly api: ApiChecker;
  readonly packets: PacketChecker;
  private readonly replicas: ReplicaChecker;
  private readonly wire: WireChecker;
  private readonly cluster: Cluster;
  private readonly raft: RaftChecker;
  private readonly disks: DurabilityChecker | null;
  /** Storms of the raft group: what runs on the machines is looked at in other profiles, with clocks that are right. */
  private readonly raftOnly: boolean;

  constructor(cluster: Cluster, options: { ignoreDisks?: boolean; raftOnly?: boolean } = {}) {
    this.cluster = cluster;
    this.raftOnly = options.raftOnly ?? false;
    this.raft = new RaftChecker(cluster);
    this.disks = options.ignoreDisks ? null : new DurabilityChecker(cluster);
    const history = new CommittedHistory(cluster, this.raft.record.committed);
    this.history = history;
    this.addresses = new AddressChecker(cluster, history);
    this.replicas = new ReplicaChecker(cluster, history);
    this.api = new ApiChecker(cluster, history);
    this.packets = new PacketChecker(cluster, history);
    this.wire = new WireChecker(cluster, history);
    const ledger = new SlotLedger(history);
    if (this.raftOnly) {
      history.listen(this.replicas);
      history.listen(this.api);
      return;
    }
    for (const rule of [
      ledger,
      this.replicas,
      new TaskChecker(history),
      new PlacementChecker(history),
      new SlotChecker(history, ledger),
      new ReasonChecker(history, ledger),
      new UpdateChecker(history, ledger),
      new JobChecker(history),
      this.addresses,
      this.api,
    ])
      history.listen(rule);
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    this.raft.observe();
    this.disks?.observe();
    // A new cluster made by force has lost what it has lost: its history begins elsewhere.
    if (this.raft.record.isForced) return;
    this.history.observe();
    this.replicas.observe();
    this.api.observe();
    if (this.raftOnly) return;
    this.wire.observe();
    this.packets.observe();
  }

  /** For when there is time: everything on every manager that has caught up. */
  compare(): void {
    if (!this.raft.record.isForced) this.replicas.compare();
  }

  /** As `Cluster.advance`, with a look after every event. */
  advance(until: Micros): void {
    const { kernel } = this.cluster;
    while (kernel.runNext(until)) this.observe();
    kernel.passTo(until);
  }
}
