/**
 * I12: nothing is answered before it is durable (Raft 5.1, figure 2), and a member comes back exactly as far as it was written. Each
 * raft message that leaves a machine is held against what that machine's disk would still have after a power cut in the same
 * instant: terms, votes (a candidate's own too), acknowledged entries with their terms, snapshots.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Envelope } from '../../engine/hardware/hardware.ts';
import type { RaftNode } from '../../engine/manager/raft-node.ts';
import type { RaftState } from '../../engine/raft/state.ts';
import type { Message, RaftId } from '../../engine/raft/types.ts';
import { type DurableRaft, durableRaft, isDurable, lastDurable, lastOf, termIn } from './raft/raft-record.ts';
import { Violation } from './violation.ts';

export class DurabilityChecker {
  private readonly cluster: Cluster;
  private nextMessage: number;
  /** The state of each machine's member, one object for each of its lives. */
  private readonly lives = new Map<string, { id: RaftId; state: RaftState }>();
  /** The highest term in which a member has spoken. */
  private readonly spoken = new Map<RaftId, number>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.nextMessage = cluster.hardware.state.nextMessage;
    for (const { name, swarm } of cluster.machines)
      if (swarm.manager) this.lives.set(name, lifeOf(swarm.manager.raftNode));
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    for (const { name, swarm } of this.cluster.machines) {
      const node = swarm.manager?.raftNode;
      const before = this.lives.get(name);
      if (!node || before?.state === node.raft.state) continue;
      this.lives.set(name, lifeOf(node));
      // Under another ID it is another member, to whom what the disk has means nothing.
      if (!before || before.id === node.state.raftId) this.checkReturn(name, node.raft.state);
    }
    const { state } = this.cluster.hardware;
    for (; this.nextMessage < state.nextMessage; this.nextMessage++) {
      const envelope = state.inFlight.get(this.nextMessage);
      if (envelope?.kind.startsWith('raft.')) this.check(envelope);
    }
  }

  /** Term, vote and log are what the disk has kept. A torn write may have left entries of a term without the term: it is taken over. */
  private checkReturn(machine: string, state: RaftState): void {
    const durable = durableRaft(this.cluster.hardware.machine(machine));
    const { hardState } = durable;
    const last = lastDurable(durable);
    // A member that has never written anything, or one that is alone and campaigns at once.
    if (hardState.term === 0 || state.role !== 'follower') return;
    const came = (what: string, there: unknown, here: unknown): Violation =>
      new Violation('I12 durable', `${machine} came back with ${what} ${here}, its disk has ${there}`);
    const term = Math.max(hardState.term, last.term);
    if (state.term !== term) throw came('term', term, state.term);
    const vote = hardState.term === term ? hardState.vote : null;
    if (state.vote !== vote) throw came(`in term ${term} the vote`, vote, state.vote);
    const mine = lastOf(state);
    if (mine.index !== last.index || mine.term !== last.term)
      throw came('a log that ends at', `(${last.term},${last.index})`, `(${mine.term},${mine.index})`);
    if (state.log.applied > Math.max(hardState.commit, durable.snapshot?.index ?? 0))
      throw came('applied', hardState.commit, state.log.applied);
  }

  private check({ from, payload }: Envelope): void {
    const { message } = payload as { message?: Message };
    // Joins are asked for by `raft.` messages too; a pre-vote promises nothing.
    if (!message || message.type === 'pre-vote-request' || message.type === 'pre-vote-reply') return;
    const durable = durableRaft(this.cluster.hardware.machine(from));
    const { hardState } = durable;
    const broken = (sent: string, held: string): Violation =>
      new Violation('I12 durable', `${from} sent ${sent} in term ${message.term}, its disk has ${held}`);
    const before = this.spoken.get(message.from) ?? 0;
    if (message.term < before) throw broken(`a ${message.type}`, `term ${hardState.term}: it has spoken in ${before}`);
    this.spoken.set(message.from, message.term);
    if (hardState.term < message.term && message.type !== 'member-removed')
      throw broken(`a ${message.type}`, `term ${hardState.term}`);
    const vote =
      message.type === 'vote-request'
        ? message.from
        : message.type === 'vote-reply' && message.granted
          ? message.to
          : null;
    if (vote !== null && hardState.term === message.term && hardState.vote !== vote)
      throw broken(`a vote for ${vote}`, `a vote for ${hardState.vote}`);
    if (message.type === 'append-reply' && message.ok)
      this.checkAcknowledged(message.from, message.index, durable, broken);
  }

  private checkAcknowledged(
    id: RaftId,
    index: number,
    durable: DurableRaft,
    broken: (sent: string, held: string) => Violation,
  ): void {
    const last = lastDurable(durable);
    if (index > last.index) throw broken(`an acknowledgement up to ${index}`, `entries up to ${last.index}`);
    for (const { swarm } of this.cluster.machines) {
      const node = swarm.manager?.raftNode;
      if (node?.state.raftId !== id) continue;
      const term = termIn(node.raft.state, index);
      const entry =
        term === undefined ? undefined : node.raft.state.log.entries[index - node.raft.state.log.offset - 1];
      if (entry && !isDurable(durable, entry))
        throw broken(`an acknowledgement up to (${term},${index})`, 'another entry there');
    }
  }
}

function lifeOf({ state, raft }: RaftNode): { id: RaftId; state: RaftState } {
  return { id: state.raftId, state: raft.state };
}
