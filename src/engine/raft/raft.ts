/**
 * One member of a Raft cluster as a pure state machine: messages, ticks and proposals go in, `Ready` comes out; no I/O, no clock.
 * Source: etcd-io/raft `rawnode.go`, `raft.go`; the Raft paper and thesis for the rules. SwarmKit runs the same module.
 */
import type { RaftState } from './state.ts';
import type {
  ConfChange,
  Message,
  ProposalResult,
  RaftConfig,
  RaftId,
  Ready,
  RequestResult,
  Snapshot,
  Status,
} from './types.ts';

export class Raft {
  readonly config: RaftConfig;
  /** All that changes. Plain data: the host may clone it, and build a `Raft` around the clone. */
  readonly state: RaftState;

  constructor(config: RaftConfig, state: RaftState) {
    this.config = config;
    this.state = state;
  }

  /** One unit of time has passed. */
  tick(): void {
    throw new Error('not written yet');
  }

  /** Takes a message. Returns null, or in words why it had no effect. */
  step(_message: Message): string | null {
    throw new Error('not written yet');
  }

  /** Appends a command to the leader's log; anyone but a leader refuses (SwarmKit drops forwarded proposals). */
  propose(_data: unknown): ProposalResult {
    throw new Error('not written yet');
  }

  /** Proposes to add, remove or update one member; refused while another change is not applied yet. */
  proposeConfChange(_change: ConfChange): ProposalResult {
    throw new Error('not written yet');
  }

  /** Starts an election at once, as a sole member does. */
  campaign(): RequestResult {
    throw new Error('not written yet');
  }

  /** Hands leadership to a member once it has caught up; given up after an election timeout. */
  transferLeadership(_to: RaftId): RequestResult {
    throw new Error('not written yet');
  }

  /** Whether `ready` would have something to say. False while the last `Ready` is not advanced. */
  hasReady(): boolean {
    throw new Error('not written yet');
  }

  ready(): Ready {
    throw new Error('not written yet');
  }

  /** The host has made everything in `ready` durable, sent and applied it. */
  advance(_ready: Ready): void {
    throw new Error('not written yet');
  }

  /** A snapshot of exactly the applied prefix. To be called when no `Ready` is open, so that `data` stands for it. */
  createSnapshot(_data: unknown): Snapshot {
    throw new Error('not written yet');
  }

  /** Forgets the log before a snapshot that is durable, except `keepEntries` entries for slow followers. */
  compact(_snapshot: Snapshot): void {
    throw new Error('not written yet');
  }

  /** The last message to the member could not be delivered. */
  reportUnreachable(_id: RaftId): void {
    throw new Error('not written yet');
  }

  /** A snapshot message to the member was delivered, or failed. */
  reportSnapshot(_id: RaftId, _ok: boolean): void {
    throw new Error('not written yet');
  }

  status(): Status {
    throw new Error('not written yet');
  }
}
