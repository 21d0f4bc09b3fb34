/**
 * What a daemon asks of the leader's control API, as data: it travels over the network from managers that do not lead.
 * Source: `swarmkit: api/control.proto`. Bodies are store specs, already converted from Docker's JSON.
 */
import type {
  Cluster,
  ClusterSpec,
  Config,
  Network,
  NetworkSpec,
  Node,
  NodeSpec,
  Secret,
  Service,
  ServiceSpec,
  Task,
} from '../../store/objects.ts';

/** Docker's list filters after parsing: key to values. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** A reference as a user writes it: full id, exact name, or unique id prefix. */
export type Reference = string;

export type ControlRequest =
  | { readonly op: 'node.list'; readonly filters: Filters }
  | { readonly op: 'node.get'; readonly ref: Reference }
  | { readonly op: 'node.update'; readonly ref: Reference; readonly version: number; readonly spec: NodeSpec }
  | { readonly op: 'node.remove'; readonly ref: Reference; readonly force: boolean }
  | { readonly op: 'service.list'; readonly filters: Filters }
  | { readonly op: 'service.get'; readonly ref: Reference }
  | { readonly op: 'service.create'; readonly spec: ServiceSpec }
  | {
      readonly op: 'service.update';
      readonly ref: Reference;
      readonly version: number;
      readonly spec: ServiceSpec;
      readonly rollback: boolean;
    }
  | { readonly op: 'service.remove'; readonly ref: Reference }
  | { readonly op: 'task.list'; readonly filters: Filters }
  | { readonly op: 'task.get'; readonly ref: Reference }
  | { readonly op: 'network.list'; readonly filters: Filters }
  | { readonly op: 'network.get'; readonly ref: Reference }
  | { readonly op: 'network.create'; readonly spec: NetworkSpec }
  | { readonly op: 'network.remove'; readonly ref: Reference }
  | { readonly op: 'secret.list' | 'config.list'; readonly filters: Filters }
  | { readonly op: 'secret.get' | 'config.get'; readonly ref: Reference }
  | { readonly op: 'secret.create'; readonly spec: Secret['spec'] }
  | { readonly op: 'config.create'; readonly spec: Config['spec'] }
  | { readonly op: 'secret.update'; readonly ref: Reference; readonly version: number; readonly spec: Secret['spec'] }
  | { readonly op: 'config.update'; readonly ref: Reference; readonly version: number; readonly spec: Config['spec'] }
  | { readonly op: 'secret.remove' | 'config.remove'; readonly ref: Reference }
  | { readonly op: 'cluster.get' }
  | {
      readonly op: 'cluster.update';
      readonly version: number;
      readonly spec: ClusterSpec;
      readonly rotateWorkerToken: boolean;
      readonly rotateManagerToken: boolean;
      readonly rotateUnlockKey: boolean;
    }
  /** What `/info` tells of the cluster: counts, and the cluster object. */
  | { readonly op: 'info' };

export type ControlOp = ControlRequest['op'];

/** gRPC status codes in use. */
export type ControlCode =
  | 'NotFound'
  | 'InvalidArgument'
  | 'FailedPrecondition'
  | 'AlreadyExists'
  | 'PermissionDenied'
  | 'Unimplemented'
  | 'Unknown'
  | 'ResourceExhausted'
  | 'Unavailable'
  | 'DeadlineExceeded'
  | 'Internal';

/** A node with its place in the raft group, added when it is read. */
export interface NodeWithStatus {
  readonly node: Node;
  readonly manager: {
    readonly leader: boolean;
    readonly reachability: 'unknown' | 'unreachable' | 'reachable';
    readonly address: string;
    readonly raftId: string;
  } | null;
}

/** A service with the counts that `?status=true` asks for. */
export interface ServiceWithCounts {
  readonly service: Service;
  readonly runningTasks: number;
  readonly desiredTasks: number;
  readonly completedTasks: number;
}

/** Tasks with the networks they are attached to: Docker's JSON of a task carries each network whole. */
export interface TasksWithNetworks {
  readonly tasks: readonly Task[];
  readonly networks: readonly Network[];
}

/** What `/info` shows of the cluster. */
export interface ControlInfo {
  readonly cluster: Cluster;
  readonly nodes: number;
  readonly managers: number;
  readonly members: readonly { readonly nodeId: string; readonly address: string }[];
}

/** Values by operation: lists are arrays (but tasks, of which `get` gives a list of one); `create` gives the id; `update` and `remove` give null. */
export type ControlValue =
  | NodeWithStatus
  | readonly NodeWithStatus[]
  | ServiceWithCounts
  | readonly ServiceWithCounts[]
  | TasksWithNetworks
  | Network
  | readonly Network[]
  | Secret
  | readonly Secret[]
  | Config
  | readonly Config[]
  | Cluster
  | ControlInfo
  | { readonly id: string }
  | null;

/**
 * An expected refusal. `wrapped` tells whether the user sees `rpc error: code = CODE desc = ` before the message:
 * true for what a manager's control API says, false for what the daemon says itself.
 */
export interface ControlError {
  readonly code: ControlCode;
  readonly message: string;
  readonly wrapped: boolean;
}

export type ControlResult<T = ControlValue> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ControlError };
