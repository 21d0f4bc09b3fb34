/**
 * The leader's log broker: who wants logs of services and tasks asks here; the nodes that run them are told, and what they hand in is
 * passed on. `swarmkit: manager/logbroker/broker.go, subscription.go`
 *
 * Simplified: a node counts as connected while it has a session with the dispatcher; there the two streams break each for itself.
 */
import type { Node, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import type { StoreEvent } from '../../store/store.ts';
import type { ManagerContext, MessageReceiver } from '../manager.ts';
import type {
  CancelLogsRequest,
  LogSubscription,
  ManagerMessageKind,
  PublishLogsRequest,
  Relayed,
  SubscribeLogsRequest,
} from '../messages.ts';
import type { Subsystem } from '../subsystem.ts';

interface Subscription {
  readonly request: SubscribeLogsRequest;
  /** Nodes that run tasks of it, and whether they have handed in all that they have. */
  nodes: Record<string, 'waiting' | 'done'>;
  /** Tasks that have no node yet. */
  pending: string[];
  trouble: string[];
}

interface LogBrokerState {
  /** By the name that the asker gave. */
  subscriptions: Record<string, Subscription>;
}

export class LogBroker implements Subsystem<LogBrokerState>, MessageReceiver {
  readonly name = 'logbroker';
  readonly state: LogBrokerState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as LogBrokerState | undefined) ?? { subscriptions: {} };
  }

  start(): void {}

  write(): void {}

  /** `broker.go Stop`: whoever listens is told at once. */
  stop(): void {
    const error = 'rpc error: code = Canceled desc = context canceled';
    for (const subscription of Object.values(this.state.subscriptions))
      this.context.answer(asker(subscription), 'logs.end', { id: subscription.request.id, error });
  }

  receive(kind: ManagerMessageKind, payload: unknown): void {
    if (kind === 'logs.subscribe') this.subscribe(payload as SubscribeLogsRequest);
    else if (kind === 'logs.publish') this.publish(payload as PublishLogsRequest);
    else if (kind === 'logs.cancel') this.remove((payload as CancelLogsRequest).id);
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const id in this.state.subscriptions) {
      const subscription = this.state.subscriptions[id]!;
      for (const event of events) {
        if (event.kind === 'node') this.nodeChanged(subscription, event.object as Node, event.old as Node | undefined);
        else if (event.kind === 'task' && event.action !== 'remove' && subscription.request.options.follow)
          this.taskChanged(subscription, event.object as Task);
      }
    }
  }

  // ---- subscriptions

  private subscribe(request: SubscribeLogsRequest): void {
    const subscription: Subscription = { request, nodes: {}, pending: [], trouble: [] };
    this.state.subscriptions[request.id] = subscription;
    for (const task of this.wanted(request)) {
      if (task.nodeId === '') subscription.pending.push(task.id);
      else subscription.nodes[task.nodeId] = 'waiting';
    }
    for (const nodeId in subscription.nodes) this.tell(subscription, nodeId);
    this.maybeEnd(subscription);
  }

  /** Without following, tasks that have not begun to run are left out. */
  private wanted({ selector, options }: SubscribeLogsRequest): Task[] {
    const { store } = this.context;
    const tasks = selector.taskIds.flatMap((id) => store.get('task', id) ?? []);
    for (const id of selector.serviceIds)
      for (const task of store.tasksOfService(id))
        if (options.follow || task.status.state >= TaskState.running) tasks.push(task);
    return tasks;
  }

  private tell(subscription: Subscription, nodeId: string, close = false): void {
    const { id, selector, options } = subscription.request;
    const agent = this.context.agentOf(nodeId);
    const message: LogSubscription = { id, selector, options, close };
    if (agent) this.context.answer(agent, 'logs.subscription', message, { note: close ? 'close' : undefined });
    else if (!close) this.done(subscription, nodeId, `node ${nodeId} is not available`);
  }

  private publish({ id, nodeId, messages, close }: PublishLogsRequest): void {
    const subscription = this.state.subscriptions[id];
    if (!subscription) return;
    if (messages.length > 0) this.context.answer(asker(subscription), 'logs.messages', { id, messages });
    if (close) this.done(subscription, nodeId, null);
  }

  private done(subscription: Subscription, nodeId: string, trouble: string | null): void {
    if (trouble !== null) subscription.trouble.push(trouble);
    subscription.nodes[nodeId] = 'done';
    this.maybeEnd(subscription);
  }

  /** Who follows hears no end. */
  private maybeEnd(subscription: Subscription): void {
    const { id, options } = subscription.request;
    if (options.follow || this.state.subscriptions[id] !== subscription) return;
    if (Object.values(subscription.nodes).includes('waiting')) return;
    this.remove(id);
    const { trouble, pending } = subscription;
    const reasons = [...trouble, ...pending.map((task) => `task ${task} has not been scheduled`)];
    const error =
      reasons.length === 0
        ? null
        : `rpc error: code = Unknown desc = warning: incomplete log stream. some logs could not be retrieved for the following reasons: ${reasons.join(', ')}`;
    this.context.answer(asker(subscription), 'logs.end', { id, error });
  }

  private remove(id: string): void {
    const subscription = this.state.subscriptions[id];
    delete this.state.subscriptions[id];
    if (!subscription) return;
    for (const nodeId in subscription.nodes) this.tell(subscription, nodeId, true);
  }

  // ---- what changes meanwhile

  /** A node that is gone will hand in nothing; one that has come back is told again. */
  private nodeChanged(subscription: Subscription, node: Node, old: Node | undefined): void {
    const state = subscription.nodes[node.id];
    if (state === undefined || !old || old.status.state === node.status.state) return;
    if (node.status.state === 'ready') {
      if (subscription.request.options.follow) this.tell(subscription, node.id);
    } else if (state === 'waiting' && node.status.state === 'down')
      this.done(subscription, node.id, `node ${node.id} disconnected unexpectedly`);
  }

  private taskChanged(subscription: Subscription, task: Task): void {
    const { serviceIds, taskIds } = subscription.request.selector;
    if (!serviceIds.includes(task.serviceId) && !taskIds.includes(task.id)) return;
    if (task.nodeId === '' || subscription.nodes[task.nodeId] !== undefined) return;
    subscription.nodes[task.nodeId] = 'waiting';
    this.tell(subscription, task.nodeId);
  }
}

function asker({ request }: Subscription): Relayed {
  return { origin: request.origin };
}
