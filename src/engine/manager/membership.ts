/**
 * Changes of the raft group, one at a time, as the leader makes them: joins of new managers, removals of demoted ones.
 * `swarmkit: manager/state/raft/raft.go Join, RemoveMember`. A change that raft does not accept yet (one is pending, or the
 * leader has committed nothing in its own term) waits for the next change of raft's state.
 *
 *
 * One departure, for safety: a node that is a member already but has lost its log asks to join anew. SwarmKit hands it its old raft ID,
 * under which it has promised what it no longer knows: it may vote twice in a term, and mostly panics at the first heartbeat
 * (`tocommit(X) is out of range [lastIndex(0)]`, moby #29180). Here the old ID is removed, and the node gets a new one.
 */
import { swarmId } from '../kernel/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ConfChange, ConfEntry } from '../raft/types.ts';
import type { RaftJoinReply, RaftJoinRequest, Relayed } from './messages.ts';
import type { MemberContext, RaftNode } from './raft-node.ts';

/** `swarmkit: manager/state/raft/raft.go ErrCannotRemoveMember` */
const WOULD_LOSE_QUORUM = 'raft: member cannot be removed, because removing it may result in loss of quorum';

const LOST_LEADERSHIP = 'raft: failed to process the request: node lost leader status';
const UNREACHABLE = 'could not connect to prospective new cluster member using its advertised address';
const EARLIER_JOIN = 'raft: this node is being added since an earlier request';

/** Whether the change makes this node a member. */
function joins({ type, context }: ConfChange, nodeId: string, life?: string): boolean {
  const member = context as MemberContext | null;
  return type === 'add' && member?.nodeId === nodeId && (life === undefined || member.life === life);
}

interface WantedChange {
  change: ConfChange;
  /** Who waits for the answer to a join. */
  asker: Relayed | null;
}

export interface MembershipState {
  queue: WantedChange[];
  /** Proposed, not applied yet. */
  current: WantedChange | null;
}

export class MembershipChanges {
  readonly state: MembershipState;
  private readonly kernel: Kernel;
  private readonly machine: string;
  private readonly node: RaftNode;
  private readonly answer: (to: Relayed, reply: RaftJoinReply) => void;

  constructor(
    kernel: Kernel,
    machine: string,
    node: RaftNode,
    state: MembershipState,
    answer: (to: Relayed, reply: RaftJoinReply) => void,
  ) {
    this.kernel = kernel;
    this.machine = machine;
    this.node = node;
    this.state = state;
    this.answer = answer;
  }

  /**
   * A manager asks to become a member; `answers`: it can be reached. If it asks again because it has had no answer, it gets the one answer; if it was a member under
   * another ID, that one goes first.
   */
  add({ nodeId, address, life, origin, via }: RaftJoinRequest, answers: boolean): void {
    const asker: Relayed = via === undefined ? { origin } : { origin, via };
    if (!answers) return this.answer(asker, { ok: false, message: UNREACHABLE });
    if (!this.node.isLeader) return this.answer(asker, { ok: false, message: LOST_LEADERSHIP });
    const { queue, current } = this.state;
    const waiting = [...(current ? [current] : []), ...queue].find(({ change }) => joins(change, nodeId, life));
    if (waiting) {
      waiting.asker = asker;
      return;
    }
    if (current && joins(current.change, nodeId)) return this.answer(asker, { ok: false, message: EARLIER_JOIN });
    for (const { raftId, nodeId: member } of this.node.members()) {
      if (member !== nodeId) continue;
      const known = this.node.contextOf(raftId);
      if (known?.life === life) return this.answer(asker, { ok: true, raftId, members: this.node.members() });
      if (!this.node.canRemoveMember(raftId)) return this.answer(asker, { ok: false, message: WOULD_LOSE_QUORUM });
      this.remove(raftId);
    }
    // An earlier life's wish is void.
    this.state.queue = queue.filter(({ change }) => !joins(change, nodeId));
    const context: MemberContext = { nodeId, address, life };
    this.state.queue.push({
      change: { type: 'add', raftId: swarmId(this.kernel.random('raft-ids')), context },
      asker,
    });
    this.pump();
  }

  remove(raftId: string): void {
    const wanted = (entry: WantedChange): boolean => entry.change.type === 'remove' && entry.change.raftId === raftId;
    if (this.state.queue.some(wanted) || (this.state.current && wanted(this.state.current))) return;
    this.state.queue.push({ change: { type: 'remove', raftId, context: null }, asker: null });
    this.pump();
  }

  /** Proposes the next change if raft takes it now. */
  pump(): void {
    if (!this.node.isLeader || this.state.current !== null) return;
    const next = this.state.queue[0];
    if (!next) return;
    // Before proposing: a sole member may apply the change before `proposeConfChange` returns.
    this.state.current = next;
    this.state.queue.shift();
    const result = this.node.proposeConfChange(next.change);
    if (result.ok) return;
    this.state.current = null;
    if (result.error.kind === 'conf-change-pending' || result.error.kind === 'term-not-committed') {
      this.state.queue.unshift(next);
      return;
    }
    if (next.asker) this.answer(next.asker, { ok: false, message: result.error.message });
  }

  /** A change of the group has been applied here. */
  applied(entry: ConfEntry): void {
    const { type, raftId, context } = entry.change;
    const member = context as MemberContext | null;
    this.kernel.emit(`raft.member.${type}`, this.machine, [`machine:${this.machine}`], {
      raftId,
      nodeId: member?.nodeId ?? null,
    });
    const { current } = this.state;
    if (!current || current.change.raftId !== raftId || current.change.type !== type) return;
    this.state.current = null;
    if (current.asker) this.answer(current.asker, { ok: true, raftId, members: this.node.members() });
  }

  /** Leadership is lost: whoever waits is told to ask again. */
  abandon(): void {
    const waiting = this.state.current ? [this.state.current, ...this.state.queue] : this.state.queue;
    this.state.queue = [];
    this.state.current = null;
    for (const { asker } of waiting) if (asker) this.answer(asker, { ok: false, message: LOST_LEADERSHIP });
  }
}
