/**
 * One member of a Raft cluster as a pure state machine: messages, ticks and proposals go in, `Ready` comes out; no I/O, no clock.
 * Source: etcd-io/raft `rawnode.go`, `raft.go`; the Raft paper and thesis for the rules. SwarmKit runs the same module.
 *
 * Where the rules are: terms `step.ts`, time `tick.ts`, roles `roles.ts`, votes `elections.ts`, the leader's side of the log
 * `replication.ts`, the follower's `following.ts`, members `membership.ts`, handing over `transfer.ts`, disk and network `ready.ts`.
 */
import { assert } from './assert.ts';
import { startElection } from './elections.ts';
import { compactLog, termAt } from './log.ts';
import { proposeConfChange } from './membership.ts';
import { advance, hasReady, ready } from './ready.ts';
import { broadcastAppend, reportSnapshot, reportUnreachable } from './replication.ts';
import { appendAsLeader, drawElectionTimeout } from './roles.ts';
import type { RaftState } from './state.ts';
import { statusOf } from './status.ts';
import { step } from './step.ts';
import { tick } from './tick.ts';
import { transferLeadership } from './transfer.ts';
import type {
  ConfChange,
  Message,
  ProposalResult,
  RaftConfig,
  RaftError,
  RaftId,
  Ready,
  RequestResult,
  Snapshot,
  Status,
} from './types.ts';

/** What SwarmKit sets (`manager/state/raft/raft.go` DefaultNodeConfig, DefaultRaftConfig); it needs an id and dice. */
export const SWARMKIT_RAFT_DEFAULTS: Omit<RaftConfig, 'id' | 'random'> = {
  electionTicks: 10,
  heartbeatTicks: 1,
  checkQuorum: true,
  preVote: false,
  // Simplified: SwarmKit limits an append to 64 KiB; entries are opaque here, so their number is limited.
  maxEntriesPerAppend: 64,
  maxInflight: 256,
  keepEntries: 500,
};

export class Raft {
  readonly config: RaftConfig;
  /** All that changes. Plain data: the host may clone it, and build a `Raft` around the clone. */
  readonly state: RaftState;

  constructor(config: RaftConfig, state: RaftState) {
    assert(config.electionTicks > config.heartbeatTicks, 'the election timeout must exceed the heartbeat interval');
    this.config = config;
    this.state = state;
    if (state.randomizedElectionTimeout === 0) drawElectionTimeout(this);
  }

  /** One unit of time has passed. */
  tick(): void {
    tick(this);
  }

  /** Takes a message. Returns null, or in words why it had no effect. */
  step(message: Message): string | null {
    return step(this, message);
  }

  /** Appends a command to the leader's log; anyone but a leader refuses (SwarmKit drops forwarded proposals). */
  propose(data: unknown): ProposalResult {
    const { state } = this;
    const refusal = this.#leaderRefusal();
    if (refusal !== null) return { ok: false, error: refusal };
    if (state.leadTransferee !== null) {
      const message = `leadership is being handed to ${state.leadTransferee}`;
      return { ok: false, error: { kind: 'transferring', message } };
    }
    const proposed = appendAsLeader(this, { type: 'normal', data });
    broadcastAppend(this);
    return proposed;
  }

  /** Proposes to add, remove or update one member; refused while another change is not applied yet. */
  proposeConfChange(change: ConfChange): ProposalResult {
    const refusal = this.#leaderRefusal();
    return refusal === null ? proposeConfChange(this, change) : { ok: false, error: refusal };
  }

  /** Starts an election at once, as a sole member does. */
  campaign(): RequestResult {
    return startElection(this, false);
  }

  /** Hands leadership to a member once it has caught up; given up after an election timeout. */
  transferLeadership(to: RaftId): RequestResult {
    const refusal = this.#leaderRefusal();
    return refusal === null ? transferLeadership(this, to) : { ok: false, error: refusal };
  }

  /**
   * Whether this is a leader that has applied an entry of its own term, hence all that was ever committed before. Only then may its
   * state machine be served and changed (SwarmKit `raft.go` caughtUp).
   */
  hasCaughtUpAsLeader(): boolean {
    const { role, log, term } = this.state;
    return role === 'leader' && termAt(log, log.applied) === term;
  }

  /** Whether `ready` would have something to say. False while the last `Ready` is not advanced. */
  hasReady(): boolean {
    return hasReady(this);
  }

  /** What to write, send and apply now, in the order told at `Ready`. */
  ready(): Ready {
    return ready(this);
  }

  /** The host has made everything in `ready` durable, sent and applied it. */
  advance(ready: Ready): void {
    advance(this, ready);
  }

  /** A snapshot of exactly the applied prefix. To be called when no `Ready` is open, so that `data` stands for it. */
  createSnapshot(data: unknown): Snapshot {
    const { log, configuration, readyOpen } = this.state;
    assert(log.applied > 0, 'nothing is applied yet');
    assert(
      !readyOpen && log.pendingSnapshot === null,
      'a snapshot while a Ready is open could stand for another prefix',
    );
    return {
      index: log.applied,
      term: termAt(log, log.applied)!,
      members: [...configuration.members].map(([raftId, context]) => ({ raftId, context })),
      removed: [...configuration.removed],
      data,
    };
  }

  /** Forgets the log before a snapshot that is written, except the last `keepEntries` entries, for slow followers. */
  compact(snapshot: Snapshot, keepEntries: number = this.config.keepEntries): void {
    compactLog(this.state.log, snapshot, keepEntries);
  }

  /** The last message to the member could not be delivered. */
  reportUnreachable(id: RaftId): void {
    reportUnreachable(this, id);
  }

  /** A snapshot message to the member was delivered, or failed. */
  reportSnapshot(id: RaftId, ok: boolean): void {
    reportSnapshot(this, id, ok);
  }

  /** A picture for display and for checkers; it allocates, unlike the rest. */
  status(): Status {
    return statusOf(this);
  }

  #leaderRefusal(): RaftError | null {
    const { role, leader } = this.state;
    if (role === 'leader') return null;
    return { kind: 'not-leader', message: leader === null ? 'there is no leader' : `the leader is ${leader}` };
  }
}
