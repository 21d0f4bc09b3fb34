/**
 * What the page sees of the world. The worker sends one full `Snapshot`, then `SnapshotDelta`s.
 * Rows are immutable: a row that did not change is the same object in the worker and is not sent again.
 * Facts only: everything the page shows is stated here, nothing is worked out in the page.
 */
import type { EventId, Micros } from './events.ts';
import type { NetworkView } from './network-view.ts';

/** Names of task states, as Docker spells them. */
export type TaskStateName =
  | 'new'
  | 'allocated'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned';

/** Raft role of a manager's process, as it sees itself. */
export type RaftRole = 'follower' | 'candidate' | 'leader';

/** One manager's view of Raft. Times are virtual. */
export interface RaftView {
  raftId: string;
  role: RaftRole;
  term: number;
  votedFor: string | null;
  /** raftId of the leader this member believes in, or null. */
  leader: string | null;
  commitIndex: number;
  lastApplied: number;
  lastIndex: number;
  firstIndex: number;
  /** The newest entries of its log, oldest first, with what each says. */
  entries: { index: number; term: number; note: string }[];
  /** Follower or candidate: when the running election timer began, and how long it runs in all (fixed part + random part). */
  electionTimerStarted: Micros;
  electionTimeout: Micros;
  /** Fixed part of `electionTimeout`. */
  electionTimeoutBase: Micros;
  /** Candidate: who has said yes and no so far in this term (host names). */
  votesGranted: string[];
  votesRejected: string[];
  /** Why, in words, by host name: `log behind: (6,41) < (6,44)`. */
  refusals: { machine: string; reason: string }[];
  /** Members of the configuration in force (host names). */
  members: string[];
  /** Leader: per member host name, when it was last heard of and how far its log matches. */
  peers: { machine: string; lastHeard: Micros; matchIndex: number; nextIndex: number; active: boolean }[];
}

/** A physical host and what its daemon is doing. */
export interface MachineView {
  /** Host name: key of the machine everywhere. */
  name: string;
  address: string;
  power: boolean;
  daemon: 'running' | 'starting' | 'stopped';
  /** Cable plugged in. */
  cable: boolean;
  closedPorts: { port: number; protocol: 'tcp' | 'udp' }[];
  /** What else is wrong with it; absent while nothing is. `clockOffset`: seconds. `diskSync`: milliseconds that a write takes. */
  troubles?: { paused?: boolean; diskFull?: boolean; diskSync?: number; clockRate?: number; clockOffset?: number };
  cpus: number;
  memoryBytes: number;
  /** Swarm membership as the daemon itself sees it. */
  swarm: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  nodeId: string | null;
  /** Role by certificate; null outside a swarm. */
  role: 'manager' | 'worker' | null;
  /** Is this machine the Raft leader with its subsystems running. */
  isLeader: boolean;
  raft: RaftView | null;
  /** The agent's session with a manager (host name), or null. */
  sessionWith: string | null;
  containers: ContainerView[];
  /** Volumes on this machine's disk. One of the same name elsewhere is another one, with other contents. */
  volumes?: readonly VolumeView[];
  /** Secrets and configs that the node holds, because a task here needs them: names. */
  secrets?: readonly string[];
  configs?: readonly string[];
  /** Since when the machine is without power (for its trace on the stage). */
  downSince: Micros | null;
}

/** A container as the machine's runtime has it: the actual state, known or not to the managers. */
export interface ContainerView {
  id: string;
  name: string;
  image: string;
  state: 'created' | 'running' | 'exited' | 'removing' | 'dead' | 'paused';
  exitCode: number;
  taskId: string | null;
  startedAt: Micros | null;
  finishedAt: Micros | null;
}

/** A volume: what is in it outlives containers, and stays on its machine. */
export interface VolumeView {
  name: string;
  /** Nobody has named it: it goes with its container. */
  anonymous: boolean;
  createdAt: Micros;
  /** Nothing has been written to it. */
  empty: boolean;
  /** Containers that mount it. */
  containers: readonly string[];
}

/** A node object of the swarm, as the store of the leading (else most advanced) manager has it. */
export interface NodeView {
  id: string;
  machine: string;
  role: 'manager' | 'worker';
  availability: 'active' | 'pause' | 'drain';
  state: 'unknown' | 'down' | 'ready' | 'disconnected';
  message: string;
  address: string;
  labels: Readonly<Record<string, string>>;
  manager: { leader: boolean; reachability: 'unknown' | 'unreachable' | 'reachable'; address: string } | null;
}

/** A service: what is wanted, what runs. */
export interface ServiceView {
  id: string;
  name: string;
  mode: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  image: string;
  /** Tasks wanted and running, as `docker service ls` counts them. */
  desired: number;
  running: number;
  ports: { published: number; target: number; protocol: 'tcp' | 'udp' | 'sctp'; mode: 'ingress' | 'host' }[];
  updateStatus: { state: string; message: string } | null;
  /** Order of creation, from 0: the page draws hues from it, so that a service keeps its hue. */
  hueIndex: number;
}

/** A task as the managers' store has it. */
export interface TaskView {
  id: string;
  serviceId: string | null;
  serviceName: string;
  slot: number;
  nodeId: string | null;
  /** Host name of `nodeId`. */
  machine: string | null;
  state: TaskStateName;
  desiredState: TaskStateName;
  message: string;
  err: string;
  image: string;
  /** When `state` was last set. */
  since: Micros;
  createdAt: Micros;
  containerId: string | null;
  exitCode: number | null;
  /** Trace event that last changed this task. */
  lastEvent: EventId;
  /** Task that took this one's place, if one did (same slot, newer). */
  successor: string | null;
}

/** A message on its way between machines: the page moves it between `departs` and `arrives`. */
export interface MessageView {
  id: number;
  from: string;
  to: string;
  departs: Micros;
  arrives: Micros;
  /**
   * Shapes on the stage go by this: `raft.vote-request`, `raft.vote-reply`, `raft.heartbeat`, `raft.heartbeat-reply`,
   * `raft.append`, `raft.append-reply`, `raft.snapshot`, `raft.timeout-now`, `raft.forward`, `dispatcher.session`, `dispatcher.heartbeat`,
   * `dispatcher.assignments`, `dispatcher.status`, `control.request`, `control.reply`, `ca.request`, `ca.reply`, ...
   */
  kind: string;
  /** Raft messages: term. */
  term?: number;
  /** Entries carried, votes granted and so on, ready to read. */
  note?: string;
  /** Replies: yes or no. */
  ok?: boolean;
  /** It will never arrive: where and why it is dropped is known when it meets the cut. */
  dropped?: { at: Micros; reason: string };
}

/** Quorum, in words and numbers. */
export interface QuorumView {
  members: { machine: string; reachable: boolean; leader: boolean }[];
  needed: number;
  /** Machine that leads, or null. */
  leader: string | null;
  term: number;
  /** Since when there is no leader; null while there is one or there is no swarm. */
  leaderlessSince: Micros | null;
}

/** One whole picture. Keys of the maps are the rows' own ids (machines: host name). */
export interface Snapshot {
  now: Micros;
  /** Unix time in milliseconds at virtual time 0. */
  epochMs: number;
  seed: number;
  eventCount: number;
  /** In the order in which the machines were made. */
  machines: MachineView[];
  nodes: NodeView[];
  services: ServiceView[];
  tasks: TaskView[];
  messages: MessageView[];
  quorum: QuorumView | null;
  /** What nodes know of their networks, and packets; the same object while nothing of it has changed. */
  network?: NetworkView;
  /** A broken engine: the world has stopped. */
  error: { message: string; at: Micros; event: EventId } | null;
}

/** Lists of the network whose rows are sent one by one, by their row's own id (`networkKeys`). */
export type NetworkTable = 'gossip' | 'overlays' | 'endpoints' | 'balancers' | 'pointers';

/** What identifies a row of each of these lists. */
export const networkKeys: { [Table in NetworkTable]: (row: NetworkView[Table][number]) => string } = {
  gossip: ({ machine }) => machine,
  overlays: ({ key }) => key,
  endpoints: ({ container }) => container,
  balancers: ({ key }) => key,
  pointers: ({ balancer }) => balancer,
};

/** Rows of a list that are new or replaced, and keys of those that are gone. */
export interface RowChanges<Row, Key> {
  changed: Row[];
  removed: Key[];
}

/** Changes of the network's part: rows of the long lists; flows and loads, whose order means something, each whole. */
export type NetworkDelta = { [Table in NetworkTable]?: RowChanges<NetworkView[Table][number], string> } & Partial<
  Pick<NetworkView, 'flows' | 'loads'>
>;

/**
 * Changed and removed rows since the last picture. A message that came and went between two pictures is in one of them, so that it can
 * be shown.
 */
export interface SnapshotDelta {
  now: Micros;
  eventCount: number;
  machines?: MachineView[];
  removedMachines?: string[];
  nodes?: NodeView[];
  removedNodes?: string[];
  services?: ServiceView[];
  removedServices?: string[];
  tasks?: TaskView[];
  removedTasks?: string[];
  messages?: MessageView[];
  removedMessages?: number[];
  quorum?: QuorumView | null;
  network?: NetworkDelta;
  error?: Snapshot['error'];
}
