/**
 * The rules of Raft (figure 3 of the paper, and what follows from it), watched from outside after every event. A second statement of
 * the rules: it reads members' recorded state, their disks and the messages that leave, and calls no engine code. The rules themselves
 * are in `raft/`: elections (I1, I2, I9), the log (I3-I7, I10), replication (I8, I11), members and snapshots (I13, I14), leadership.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Message, RaftId } from '../../engine/raft/types.ts';
import { ElectionRules } from './raft/election-rules.ts';
import { LeadershipRules } from './raft/leadership-rules.ts';
import { LogRules } from './raft/log-rules.ts';
import { MembershipRules } from './raft/membership-rules.ts';
import { type Member, RaftRecord } from './raft/raft-record.ts';
import { ReplicationRules } from './raft/replication-rules.ts';
import { isUnchanged, remember, type SeenMember, unseen } from './raft/seen-member.ts';

export class RaftChecker {
  /** Looks taken at members whose state had changed. */
  checks = 0;
  readonly record: RaftRecord;
  private readonly cluster: Cluster;
  private readonly elections: ElectionRules;
  private readonly logs: LogRules;
  private readonly replication: ReplicationRules;
  private readonly membership: MembershipRules;
  private readonly leadership: LeadershipRules;
  private readonly seen = new Map<RaftId, SeenMember>();
  private nextMessage: number;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.record = new RaftRecord(cluster);
    this.elections = new ElectionRules(this.record);
    this.logs = new LogRules(this.record);
    this.replication = new ReplicationRules(this.record);
    this.membership = new MembershipRules(this.record);
    this.leadership = new LeadershipRules(this.record);
    this.nextMessage = cluster.hardware.state.nextMessage;
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    const members = this.record.refresh();
    for (const member of members) this.look(member);
    this.checkMessages();
    for (const member of members) if (member.state.role === 'leader') this.replication.checkLeader(member);
    this.leadership.observe(members);
  }

  private checkMessages(): void {
    const { state } = this.cluster.hardware;
    for (; this.nextMessage < state.nextMessage; this.nextMessage++) {
      const envelope = state.inFlight.get(this.nextMessage);
      if (!envelope?.kind.startsWith('raft.')) continue;
      const { message } = envelope.payload as { message?: Message };
      if (!message || this.record.forsaken.has(message.from)) continue;
      this.elections.sent(message);
      this.membership.sent(message);
    }
  }

  private look(member: Member): void {
    let seen = this.seen.get(member.id);
    if (!seen || (seen.life !== member.state && this.record.configurations.length === 0)) {
      this.record.adopt(member);
      seen = unseen();
      this.seen.set(member.id, seen);
    } else if (isUnchanged(seen, member)) return;
    this.checks++;
    const isNewLife = seen.life !== member.state;
    if (isNewLife) this.begins(member);
    this.membership.appended(member, seen);
    this.leadership.changed(member, seen);
    this.elections.changed(member, seen);
    const truncated = this.logs.changed(member, seen);
    const countedBy = [this.record.configurationAt(seen.configurationIndex), this.configurationOf(member)];
    const fresh = this.logs.newlyCommitted(member, seen);
    const newest = fresh[fresh.length - 1];
    if (newest && seen.life !== null) this.replication.committed(newest, countedBy);
    this.membership.changed(member, seen);
    remember(seen, member);
    if (newest || truncated || isNewLife) this.elections.checkUpToDate();
    if (!truncated && !isNewLife) return;
    this.replication.checkStillThere();
    this.replication.checkCounted(member.id);
  }

  private begins({ id, machine }: Member): void {
    // A member that comes back with an empty disk has to answer for what it promised.
    this.record.lost.delete(id);
    this.record.machineOf.delete(id);
    this.record.machineOf.set(id, machine);
  }

  private configurationOf({ state: { configuration } }: Member): {
    index: number;
    members: ReadonlySet<RaftId>;
    removed: ReadonlySet<RaftId>;
  } {
    const { index, members, removed } = configuration;
    return { index, members: new Set(members.keys()), removed };
  }
}
