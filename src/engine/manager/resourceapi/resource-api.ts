/**
 * The leader's resource API: a node asks for a place on a network for a container that a user started there, and gives it back.
 * A place is a task of its own, without a service, that belongs to the node from the beginning: the allocator gives it an
 * address, the scheduler only checks the node. Source: `swarmkit: manager/resourceapi/allocator.go`.
 */
import { type Network, type Task, TaskState } from '../../store/objects.ts';
import type { StoreReader, Transaction } from '../../store/store.ts';
import type { ControlError } from '../controlapi/control-request.ts';
import { DEFAULT_RESTART, emptyContainerSpec, NO_PLACEMENT, NO_RESOURCES } from '../controlapi/defaults.ts';
import type { ManagerContext, MessageReceiver } from '../manager.ts';
import type { AttachNetworkRequest, DetachNetworkRequest, ManagerMessageKind, ResourceReply } from '../messages.ts';
import type { Subsystem } from '../subsystem.ts';

type Request =
  | { readonly kind: 'resource.attach'; readonly request: AttachNetworkRequest }
  | { readonly kind: 'resource.detach'; readonly request: DetachNetworkRequest };

/** Answers of turns under way, by token. */
interface ResourceApiState {
  answers: Record<string, ResourceReply['result']>;
}

export class ResourceApi implements Subsystem<ResourceApiState>, MessageReceiver {
  readonly name = 'resourceapi';
  readonly state: ResourceApiState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as ResourceApiState | undefined) ?? { answers: {} };
  }

  start(): void {}

  onCommit(): void {}

  receive(kind: ManagerMessageKind, request: unknown): void {
    this.context.requestWrite(this.name, { kind, request });
  }

  write(transaction: Transaction, data: unknown): void {
    const asked = data as Request;
    this.state.answers[asked.request.token] =
      asked.kind === 'resource.attach'
        ? this.attach(transaction, asked.request)
        : this.detach(transaction, asked.request);
  }

  written(data: unknown, ok: boolean): void {
    const { request } = data as Request;
    const { token } = request;
    const result = this.state.answers[token];
    delete this.state.answers[token];
    this.context.answer(request, 'resource.reply', { token, result: ok && result ? result : LOST }, { ok });
  }

  private attach(transaction: Transaction, request: AttachNetworkRequest): ResourceReply['result'] {
    const { target } = request;
    const network = transaction.get('network', target) ?? transaction.byName('network', target);
    if (!network) return refused('NotFound', `network ${target} not found`);
    if (!network.spec.attachable) return refused('PermissionDenied', `network ${target} not manually attachable`);
    const task = this.attachment(network, request);
    transaction.create(task);
    this.context.begin('attachment.created', [`task:${task.id}`, `network:${network.id}`, `node:${task.nodeId}`], {
      network: network.spec.annotations.name,
      container: request.containerId,
      hostname: hostnameOf(transaction, task.nodeId),
    });
    return { ok: true, attachmentId: task.id };
  }

  private attachment(network: Network, { nodeId, containerId, addresses }: AttachNetworkRequest): Task {
    const { now } = this.context;
    const none = { name: '', labels: {} };
    return {
      kind: 'task',
      id: this.context.newId(),
      meta: { version: 0, createdAt: now, updatedAt: now },
      spec: {
        container: emptyContainerSpec(''),
        limits: NO_RESOURCES,
        pidsLimit: 0,
        reservations: NO_RESOURCES,
        restart: DEFAULT_RESTART,
        placement: NO_PLACEMENT,
        networks: [{ target: network.id, aliases: [], driverOptions: {}, addresses }],
        forceUpdate: 0,
        logDriver: null,
        present: [],
        attachment: { containerId },
      },
      specVersion: 0,
      serviceId: '',
      serviceAnnotations: none,
      slot: 0,
      nodeId,
      annotations: none,
      status: {
        timestamp: now,
        state: TaskState.new,
        message: 'created',
        err: '',
        container: null,
        ports: [],
        appliedBy: '',
      },
      desiredState: TaskState.running,
      networks: [],
      endpoint: null,
      logDriver: null,
      assignedGeneric: [],
      jobIteration: null,
    };
  }

  private detach(transaction: Transaction, request: DetachNetworkRequest): ResourceReply['result'] {
    const { attachmentId, nodeId } = request;
    const task = transaction.get('task', attachmentId);
    if (!task) return refused('NotFound', `attachment ${attachmentId} not found`);
    if (task.nodeId !== nodeId)
      return refused('PermissionDenied', `attachment ${attachmentId} doesn't belong to this node`);
    transaction.remove('task', attachmentId);
    this.context.begin('attachment.removed', [`task:${attachmentId}`, `node:${nodeId}`], {
      container: task.spec.attachment?.containerId ?? '',
      hostname: hostnameOf(transaction, nodeId),
    });
    return { ok: true, attachmentId };
  }
}

function refused(code: ControlError['code'], message: string): ResourceReply['result'] {
  return { ok: false, error: { code, message, wrapped: true } };
}

const LOST = refused('Unknown', 'raft: failed to process the request: node lost leader status');

function hostnameOf(reader: StoreReader, nodeId: string): string {
  return reader.get('node', nodeId)?.description?.hostname ?? '';
}
