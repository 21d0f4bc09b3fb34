/**
 * Containers outside services on the swarm's networks: the daemon's side. A container that starts (or is connected) asks the
 * leader for a place on each attachable network; the place comes back as a task of this node, whose controller finds the
 * container waiting here and hands it its address. When the container leaves the network, that task ends and is given back.
 * Source: `moby: daemon/cluster/networks.go AttachNetwork, UpdateAttachment, WaitForDetachment`.
 *
 * Simplified: an attempt that ran out of time leaves nothing behind; docker's next one fails for that reason alone.
 */
import type { Micros } from '../../protocol/events.ts';
import type { ResourceCall } from '../agent/resource-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { seconds } from '../kernel/time.ts';
import type { ResourceReply } from '../manager/messages.ts';
import type { SwarmEndpoint } from '../runtime/container.ts';
import type { Task } from '../store/objects.ts';

export type AttachResult =
  | { readonly ok: true; readonly value: SwarmEndpoint }
  | { readonly ok: false; readonly message: string };

interface Attachment {
  readonly container: string;
  /** The network as it was asked for: a name or an id. */
  readonly target: string;
  /** The task that holds the place; null until the leader has answered. */
  task: string | null;
  /** What it gave; null until the task's controller has told. */
  endpoint: SwarmEndpoint | null;
  /** Who is told when it has. */
  readonly token: string;
  readonly timer: number;
  /** The question to the leader. */
  readonly call: string;
}

export interface AttachmentsState {
  /** By `container:target`. */
  attachments: Record<string, Attachment>;
  /** Tasks whose controller waits for their container to leave. */
  held: Record<string, string>;
  /** Answers that are awaited: of the attachment with this key, or of giving back the task. */
  calls: Record<string, { readonly attach: string } | { readonly detach: string }>;
  nextCall: number;
}

export function initialAttachments(): AttachmentsState {
  return { attachments: {}, held: {}, calls: {}, nextCall: 1 };
}

export interface AttachmentsHost {
  /** Asks the leader through the agent's session; `forget` takes back what has not been sent yet. */
  ask(token: string, call: ResourceCall): void;
  forget(token: string): void;
  /** The container has its place, or will not get one. */
  attached(token: string, result: AttachResult): void;
  /** A task that held a place has been given back, or could not be. */
  detached(taskId: string, trouble: string | null): void;
  /** Name of a network that tasks here are on. */
  networkName(id: string): string;
}

/** `moby: daemon/cluster/cluster.go swarmRequestTimeout` */
const ATTACH_TIMEOUT: Micros = seconds(20);
export const ATTACH_TIMER = 'attachments.timeout';

export class Attachments {
  readonly state: AttachmentsState;
  private readonly kernel: Kernel;
  private readonly machine: string;
  private readonly host: AttachmentsHost;

  constructor(kernel: Kernel, machine: string, state: AttachmentsState, host: AttachmentsHost) {
    this.kernel = kernel;
    this.machine = machine;
    this.state = state;
    this.host = host;
  }

  // ---- for containers

  /** Asks for a place; answered through `attached(token, ...)`, at the latest after 20 s. */
  attach(token: string, container: string, target: string, addresses: readonly string[]): void {
    const key = `${container}:${target}`;
    const known = this.state.attachments[key];
    if (known?.endpoint) return this.host.attached(token, { ok: true, value: known.endpoint });
    const data = { machine: this.machine, key };
    const timer = this.kernel.schedule(ATTACH_TIMEOUT, ATTACH_TIMER, this.machine, data);
    const call = this.nextCall({ attach: key });
    this.state.attachments[key] = { container, target, task: null, endpoint: null, token, timer, call };
    this.host.ask(call, { kind: 'resource.attach', containerId: container, target, addresses });
  }

  /** The container leaves these networks (by name or id); without `targets` all of them. */
  leave(container: string, targets?: readonly string[]): void {
    for (const [key, attachment] of Object.entries(this.state.attachments)) {
      if (attachment.container !== container || !isAmong(attachment, targets)) continue;
      const { task, endpoint, token } = attachment;
      if (endpoint === null) this.giveUp(key, attachment);
      else delete this.state.attachments[key];
      if (endpoint === null) this.host.attached(token, { ok: false, message: 'context canceled' });
      else if (task !== null && this.state.held[task] !== undefined) this.giveBack(task);
    }
  }

  timedOut(key: string): void {
    const attachment = this.state.attachments[key];
    if (!attachment || attachment.endpoint) return;
    const { task, target, token } = attachment;
    this.giveUp(key, attachment);
    const message =
      task === null
        ? `Could not attach to network ${target}: context deadline exceeded`
        : 'attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded';
    this.host.attached(token, { ok: false, message });
  }

  /** It is waited for no more: what the leader has made of it is given back. */
  private giveUp(key: string, { task, timer, call }: Attachment): void {
    delete this.state.attachments[key];
    this.kernel.cancel(timer);
    if (task !== null) this.giveBack(task);
    else this.host.forget(call);
  }

  // ---- for the tasks that hold the places

  /** The task's controller has started: whoever waits for it has its address. False: nobody does. */
  update(task: Task): boolean {
    const [given] = task.networks;
    const container = task.spec.attachment?.containerId ?? '';
    if (!given) return false;
    const name = this.host.networkName(given.networkId);
    const attachment =
      this.state.attachments[`${container}:${name}`] ?? this.state.attachments[`${container}:${given.networkId}`];
    if (!attachment) return false;
    if (attachment.endpoint) return true;
    this.kernel.cancel(attachment.timer);
    attachment.task = task.id;
    attachment.endpoint = { network: given.networkId, networkName: name, address: given.addresses[0] ?? '' };
    this.host.attached(attachment.token, { ok: true, value: attachment.endpoint });
    return true;
  }

  /** Holds the place until the container leaves; `detached` tells when it has been given back. */
  hold(task: Task): void {
    this.state.held[task.id] = task.spec.attachment?.containerId ?? '';
    const isUsed = Object.values(this.state.attachments).some((attachment) => attachment.task === task.id);
    if (!isUsed) this.giveBack(task.id);
  }

  // ---- the leader

  private giveBack(task: string): void {
    this.host.ask(this.nextCall({ detach: task }), { kind: 'resource.detach', attachmentId: task });
  }

  private nextCall(about: AttachmentsState['calls'][string]): string {
    const token = `attachments:${this.machine}:${this.state.nextCall++}`;
    this.state.calls[token] = about;
    return token;
  }

  answered(token: string, result: ResourceReply['result']): void {
    const about = this.state.calls[token];
    delete this.state.calls[token];
    if (!about) return;
    if ('attach' in about) return this.placed(about.attach, result);
    delete this.state.held[about.detach];
    this.host.detached(about.detach, result.ok ? null : textOf(result.error));
  }

  private placed(key: string, result: ResourceReply['result']): void {
    const attachment = this.state.attachments[key];
    if (!attachment) {
      // Nobody waits any more.
      if (result.ok) this.giveBack(result.attachmentId);
      return;
    }
    if (result.ok) {
      attachment.task = result.attachmentId;
      return;
    }
    delete this.state.attachments[key];
    this.kernel.cancel(attachment.timer);
    const message = `Could not attach to network ${attachment.target}: ${textOf(result.error)}`;
    this.host.attached(attachment.token, { ok: false, message });
  }
}

function isAmong({ target, endpoint }: Attachment, targets: readonly string[] | undefined): boolean {
  if (!targets) return true;
  return targets.some((one) => one === target || one === endpoint?.network || one === endpoint?.networkName);
}

function textOf({ code, message, wrapped }: { code: string; message: string; wrapped: boolean }): string {
  return wrapped ? `rpc error: code = ${code} desc = ${message}` : message;
}
