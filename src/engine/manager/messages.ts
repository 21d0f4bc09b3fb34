/**
 * What travels between machines for the control plane, all on port 2377: payloads by message kind.
 * Sources: `swarmkit: api/raft.proto`, `api/dispatcher.proto`, `api/ca.proto`, `api/control.proto`.
 * Payloads are immutable data. A manager that does not lead passes dispatcher and CA requests on to the leader
 * (`swarmkit: protobuf/plugin/raftproxy`), and the answers back.
 */
import type { EventId, Micros } from '../../protocol/events.ts';
import type { Message as RaftMessage } from '../raft/types.ts';
import type {
  Config,
  Issuer,
  Network,
  NetworkKey,
  Node,
  NodeDescription,
  NodeRole,
  RootCertificate,
  Secret,
  Task,
  TaskStatus,
} from '../store/objects.ts';
import type { ControlError, ControlRequest, ControlResult } from './controlapi/control-request.ts';

/** Port of the manager's API: raft, dispatcher, CA and control. */
export const MANAGER_PORT = 2377;

/** Where managers are, as agents and joining nodes remember it. */
export interface RemoteManager {
  readonly nodeId: string;
  /** `ip:port` */
  readonly address: string;
}

/** Marks what a manager passes on: who asked it, so that the answer finds its way back. */
export interface Relayed {
  /** Host that asks. */
  readonly origin: string;
  /** Manager in between, if the request was passed on. */
  readonly via?: string;
}

/** A raft message; `sender` tells a member that does not know the sender yet where to answer. */
export interface RaftEnvelope {
  readonly message: RaftMessage;
}

/** Asks the leader to make the sender a member of the raft group. `swarmkit: raft.go Join` */
export interface RaftJoinRequest extends Relayed {
  readonly nodeId: string;
  readonly address: string;
  /** Drawn anew whenever the node begins to join: who asks again with the same one has not been a member meanwhile. */
  readonly life: string;
}
export type RaftJoinReply =
  | {
      readonly ok: true;
      readonly raftId: string;
      readonly members: readonly (RemoteManager & { readonly raftId: string })[];
    }
  | { readonly ok: false; readonly message: string };

/** Asks for a certificate: with a token to join, or with the node's own identity to renew. `swarmkit: ca/server.go IssueNodeCertificate` */
export interface CertificateRequest extends Relayed {
  readonly token: string;
  /** Empty when joining. */
  readonly nodeId: string;
  readonly hostname: string;
  readonly availability: Node['spec']['availability'];
}
export type CertificateReply =
  | {
      readonly ok: true;
      readonly nodeId: string;
      readonly role: NodeRole;
      readonly issuedAt: Micros;
      readonly expiresAt: Micros;
      /** Who has signed it: during a root rotation not yet the root that is trusted. */
      readonly issuer: Issuer;
      readonly managers: readonly RemoteManager[];
      readonly rootCa: RootCertificate;
    }
  /** `final`: asking again will not help; `plain` words stand alone, others behind their gRPC code. */
  | { readonly ok: false; readonly message: string; readonly final?: 'plain' | 'InvalidArgument' };

/** Opens a session with the dispatcher. */
export interface SessionRequest extends Relayed {
  readonly nodeId: string;
  readonly address: string;
  readonly description: NodeDescription;
}

/** What a session tells the agent, at its start and whenever node or managers change. */
export interface SessionMessage {
  readonly sessionId: string;
  readonly node: Node;
  readonly managers: readonly RemoteManager[];
  /** The root certificate that nodes should trust. */
  readonly rootCa: RootCertificate;
  /** Keys of gossip and of encrypted networks. */
  readonly networkKeys: readonly NetworkKey[];
  /** UDP port of VXLAN. */
  readonly dataPathPort: number;
  /** Networks that the node takes part in. Simplified: real tasks carry them. */
  readonly networks: readonly Network[];
  /** True for the first one. */
  readonly first: boolean;
}

export interface HeartbeatRequest extends Relayed {
  readonly nodeId: string;
  readonly sessionId: string;
}
export interface HeartbeatReply {
  readonly sessionId: string;
  /** When the next beat is expected. */
  readonly period: Micros;
}

/** What became of a task, and the event that made it so. */
export interface StatusUpdate {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly cause: EventId;
}

export interface StatusRequest extends Relayed {
  readonly nodeId: string;
  readonly sessionId: string;
  readonly updates: readonly StatusUpdate[];
}

/** The dispatcher will not serve this: the session is over. */
export interface DispatcherRefusal {
  /** Empty if there was none yet. */
  readonly sessionId: string;
  readonly message: string;
}

/** A piece of an agent's assignments. */
export type Assignment =
  /** `cause`: why the task is what it is now. */
  | { readonly action: 'update'; readonly task: Task; readonly cause: EventId }
  | { readonly action: 'update'; readonly secret: Secret }
  | { readonly action: 'update'; readonly config: Config }
  | { readonly action: 'remove'; readonly taskId: string }
  | { readonly action: 'remove'; readonly secretId: string }
  | { readonly action: 'remove'; readonly configId: string };

/** COMPLETE replaces everything the agent knows; INCREMENTAL changes it. */
export interface Assignments {
  readonly sessionId: string;
  readonly type: 'complete' | 'incremental';
  readonly changes: readonly Assignment[];
}

/** A node asks for an address on a network for a container of its own. `swarmkit: api/resource.proto AttachNetworkRequest` */
export interface AttachNetworkRequest extends Relayed {
  readonly token: string;
  readonly nodeId: string;
  readonly containerId: string;
  /** Name or id of the network. */
  readonly target: string;
  /** Wanted ones; empty: any. */
  readonly addresses: readonly string[];
}

/** ... and gives it back. */
export interface DetachNetworkRequest extends Relayed {
  readonly token: string;
  readonly nodeId: string;
  readonly attachmentId: string;
}

/** `attachmentId`: the task that holds the address. */
export interface ResourceReply {
  readonly token: string;
  readonly result:
    | { readonly ok: true; readonly attachmentId: string }
    | { readonly ok: false; readonly error: ControlError };
}

// ---- logs of tasks. `swarmkit: api/logbroker.proto`

/** Whose logs are wanted. */
export interface LogSelector {
  readonly serviceIds: readonly string[];
  readonly taskIds: readonly string[];
}

/** Which part of them. */
export interface LogOptions {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Newest lines of each task; null for all. */
  readonly tail: number | null;
  readonly since: Micros | null;
}

/** A line on its way from the node that wrote it. */
export interface LogMessage {
  readonly nodeId: string;
  readonly serviceId: string;
  readonly taskId: string;
  readonly at: Micros;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A manager's daemon asks the leader's log broker, under a name of its own. */
export interface SubscribeLogsRequest extends Relayed {
  readonly id: string;
  readonly selector: LogSelector;
  readonly options: LogOptions;
}
export interface CancelLogsRequest extends Relayed {
  readonly id: string;
}

/** The broker tells a node that somebody wants logs of its tasks, or does no more. */
export interface LogSubscription {
  readonly id: string;
  readonly selector: LogSelector;
  readonly options: LogOptions;
  readonly close: boolean;
}

/** A node hands in lines; `close`: it has no more. */
export interface PublishLogsRequest extends Relayed {
  readonly id: string;
  readonly nodeId: string;
  readonly messages: readonly LogMessage[];
  readonly close: boolean;
}

/** What the broker passes on to who asked. */
export interface LogMessages {
  readonly id: string;
  readonly messages: readonly LogMessage[];
}

/** There is no more; `error`: why not all could be had. */
export interface LogsEnd {
  readonly id: string;
  readonly error: string | null;
}

export interface ControlCall extends Relayed {
  readonly token: string;
  readonly request: ControlRequest;
}
export interface ControlReply {
  readonly token: string;
  readonly result: ControlResult;
}

/** Payload by message kind. */
export interface ManagerMessages {
  'raft.join': RaftJoinRequest;
  'raft.join-reply': RaftJoinReply;
  'ca.request': CertificateRequest;
  'ca.reply': CertificateReply;
  'dispatcher.session': SessionRequest;
  'dispatcher.session-message': SessionMessage;
  'dispatcher.heartbeat': HeartbeatRequest;
  'dispatcher.heartbeat-reply': HeartbeatReply;
  'dispatcher.status': StatusRequest;
  'dispatcher.assignments': Assignments;
  'dispatcher.refusal': DispatcherRefusal;
  'resource.attach': AttachNetworkRequest;
  'resource.detach': DetachNetworkRequest;
  'resource.reply': ResourceReply;
  'logs.subscribe': SubscribeLogsRequest;
  'logs.cancel': CancelLogsRequest;
  'logs.subscription': LogSubscription;
  'logs.publish': PublishLogsRequest;
  'logs.messages': LogMessages;
  'logs.end': LogsEnd;
  'control.request': ControlCall;
  'control.reply': ControlReply;
}
export type ManagerMessageKind = keyof ManagerMessages;

/** An answer on its way back through the manager that passed the question on. */
export interface RelayedAnswer {
  readonly kind: ManagerMessageKind;
  readonly to: string;
  readonly payload: unknown;
}
