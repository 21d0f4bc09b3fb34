/**
 * The vocabulary of the consensus module: log entries, messages between members, and what a member asks its host to do (`Ready`).
 * Source: the Raft paper (extended version) and etcd-io/raft `raftpb/raft.proto`, `node.go`.
 * Everything here is immutable plain data: it can be shared between simulated machines, cloned, and drawn.
 */

/** Identifies one membership. Opaque, drawn anew for each join, never used again after a removal. */
export type RaftId = string;

/** What every log entry has: its place and the term of the leader that first wrote it (Raft 5.3). */
export interface EntryBase {
  readonly index: number;
  readonly term: number;
}

/** A command for the state machine. `data === null` is the empty entry that a new leader writes first (Raft 8). */
export interface NormalEntry extends EntryBase {
  readonly type: 'normal';
  readonly data: unknown;
}

/** A change of the membership (Raft 6; thesis 4.1: one member at a time). Takes effect when applied, see `membership.ts`. */
export interface ConfEntry extends EntryBase {
  readonly type: 'conf';
  readonly change: ConfChange;
}

export type Entry = NormalEntry | ConfEntry;

/** One member more, one less, or a new context (such as the address) for one. */
export interface ConfChange {
  readonly type: 'add' | 'remove' | 'update';
  readonly raftId: RaftId;
  /** What the host wants to remember of the member, for instance its address. Opaque to Raft. */
  readonly context: unknown;
}

/** What must be on disk before any message that depends on it leaves (Raft 5.1, figure 2: persistent state). */
export interface HardState {
  readonly term: number;
  readonly vote: RaftId | null;
  /** Only a hint that saves work after a restart; losing it is harmless. */
  readonly commit: number;
}

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** What is lost in a crash without harm, yet the host wants to see change. */
export interface SoftState {
  readonly role: Role;
  readonly leader: RaftId | null;
}

export interface Member {
  readonly raftId: RaftId;
  readonly context: unknown;
}

/** Stands for the applied prefix of the log up to `index`: state machine, members and removed members as of that entry (Raft 7). */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  readonly members: readonly Member[];
  readonly removed: readonly RaftId[];
  /** The state machine, opaque to Raft. */
  readonly data: unknown;
}

/** Every message carries the sender's term; a pre-vote carries the term that the sender would move to. */
export interface MessageBase {
  readonly from: RaftId;
  readonly to: RaftId;
  readonly term: number;
}

/** RequestVote (Raft 5.2, 5.4.1). */
export interface VoteRequest extends MessageBase {
  readonly type: 'vote-request';
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Set by a leadership transfer: to be answered although the voter still hears its leader (thesis 3.10). */
  readonly force: boolean;
}

export interface VoteReply extends MessageBase {
  readonly type: 'vote-reply';
  readonly granted: boolean;
  /** Why not, in words, such as `already voted for X in term 7` or `log behind: (6,41) < (6,44)` (term, index). */
  readonly reason?: string;
}

/** Asks whether a vote would be granted, without anyone moving to the new term (thesis 9.6). */
export interface PreVoteRequest extends MessageBase {
  readonly type: 'pre-vote-request';
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** Granted: `term` is the one asked for. Refused: it is the voter's own. */
export interface PreVoteReply extends MessageBase {
  readonly type: 'pre-vote-reply';
  readonly granted: boolean;
  readonly reason?: string;
}

/** AppendEntries (Raft 5.3). With no entries it probes for the match or tells a new commit index. */
export interface AppendRequest extends MessageBase {
  readonly type: 'append';
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
}

export interface AppendReply extends MessageBase {
  readonly type: 'append-reply';
  readonly ok: boolean;
  /** If ok: the log agrees with the leader's up to here, durably. Else: the `prevIndex` that was refused. */
  readonly index: number;
  /** If refused: the last index that may agree, and its term here (Raft 5.3, the optimisation at its end). */
  readonly hintIndex: number;
  readonly hintTerm: number;
  readonly reason?: string;
}

/** Kept apart from `append` so that it never carries more than the member is known to hold. */
export interface Heartbeat extends MessageBase {
  readonly type: 'heartbeat';
  readonly commit: number;
}

export interface HeartbeatReply extends MessageBase {
  readonly type: 'heartbeat-reply';
}

/** InstallSnapshot (Raft 7), in one piece. Answered by an `append-reply`. */
export interface InstallSnapshot extends MessageBase {
  readonly type: 'snapshot';
  readonly snapshot: Snapshot;
}

/** Leadership transfer: campaign now, do not wait for the timeout (thesis 3.10). */
export interface TimeoutNow extends MessageBase {
  readonly type: 'timeout-now';
}

/** The answer to anything that a removed member sends (SwarmKit: `raft: member was removed`). */
export interface MemberRemoved extends MessageBase {
  readonly type: 'member-removed';
}

export type Message =
  | VoteRequest
  | VoteReply
  | PreVoteRequest
  | PreVoteReply
  | AppendRequest
  | AppendReply
  | Heartbeat
  | HeartbeatReply
  | InstallSnapshot
  | TimeoutNow
  | MemberRemoved;

/**
 * What the host has to do next, in this order:
 * 1. write `snapshot` (it replaces the whole log), `entries` (first dropping every stored entry from `entries[0].index` on) and
 *    `hardState`, all or nothing; wait until they are durable if `mustSync`;
 * 2. send `messages`;
 * 3. apply `snapshot`, then `committed`, to the state machine;
 * 4. call `Raft.advance(ready)`.
 * Messages may be stepped and ticks may pass between `ready` and `advance`; their effects come with the next one.
 */
export interface Ready {
  readonly softState: SoftState | null;
  readonly hardState: HardState | null;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
  readonly committed: readonly Entry[];
  readonly messages: readonly Message[];
  readonly mustSync: boolean;
}

export interface RaftConfig {
  readonly id: RaftId;
  /** A follower that hears nothing for electionTicks..2*electionTicks-1 ticks, drawn at each reset, campaigns. SwarmKit: 10. */
  readonly electionTicks: number;
  /** SwarmKit: 1. */
  readonly heartbeatTicks: number;
  /** A leader cut off from the majority steps down; a follower that hears its leader ignores votes. SwarmKit: on. */
  readonly checkQuorum: boolean;
  /** Ask before raising the term (thesis 9.6). SwarmKit: off. */
  readonly preVote: boolean;
  /** At most so many entries in one append. */
  readonly maxEntriesPerAppend: number;
  /** At most so many unanswered appends to one member. SwarmKit: 256. */
  readonly maxInflight: number;
  /** Entries kept behind a snapshot for slow followers. SwarmKit: 500. */
  readonly keepEntries: number;
  /** An integer 0..n-1. The only source of chance. */
  random(n: number): number;
}

export type RaftErrorKind =
  | 'not-leader'
  | 'transferring'
  | 'not-member'
  | 'already-member'
  | 'removed'
  | 'last-member'
  | 'conf-change-pending'
  | 'term-not-committed'
  | 'not-promotable';

export interface RaftError {
  readonly kind: RaftErrorKind;
  readonly message: string;
}

/** Where the proposal stands in the log; it is certain only once an entry of this index *and term* is committed. */
export interface Proposed {
  readonly ok: true;
  readonly index: number;
  readonly term: number;
}

export type ProposalResult = Proposed | { readonly ok: false; readonly error: RaftError };
export type RequestResult = { readonly ok: true } | { readonly ok: false; readonly error: RaftError };

export type ProgressState = 'probe' | 'replicate' | 'snapshot';

export interface ProgressStatus {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  /** Whether the member was heard since the last quorum check. */
  readonly recentActive: boolean;
  readonly inflight: number;
}

/** A picture of one member, for display and for checkers. */
export interface Status {
  readonly id: RaftId;
  readonly role: Role;
  readonly term: number;
  readonly vote: RaftId | null;
  readonly leader: RaftId | null;
  readonly commit: number;
  readonly applied: number;
  readonly first: number;
  readonly last: number;
  /** The last index that is durable here. */
  readonly stable: number;
  readonly electionElapsed: number;
  readonly randomizedElectionTimeout: number;
  readonly heartbeatElapsed: number;
  /** Votes received so far as (pre-)candidate. */
  readonly votes: ReadonlyMap<RaftId, boolean>;
  readonly members: ReadonlyMap<RaftId, unknown>;
  /** This member has learnt that it was removed. */
  readonly removed: boolean;
  readonly leadTransferee: RaftId | null;
  /** A leader's book-keeping, itself included; empty otherwise. */
  readonly progress: ReadonlyMap<RaftId, ProgressStatus>;
}
