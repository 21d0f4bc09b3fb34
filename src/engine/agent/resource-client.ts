/**
 * What an agent asks of the resource API for its machine: places on networks, and giving them back. Calls need a session and wait
 * for one; what was sent into a session that broke is asked again in the next. `swarmkit: agent/resource.go, agent.go withSession`
 *
 * Invariant: every call is answered at most once, by its token.
 */
import type { EventId } from '../../protocol/events.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ResourceReply } from '../manager/messages.ts';

/** A call without what the agent itself adds. */
export type ResourceCall =
  | {
      readonly kind: 'resource.attach';
      readonly containerId: string;
      readonly target: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'resource.detach'; readonly attachmentId: string };

/** Plain data: calls without an answer, by token. */
export interface ResourceClientState {
  calls: Record<string, { call: ResourceCall; sent: boolean; cause: EventId }>;
}

export interface ResourceClientHost {
  /** Sends into the open session; false if there is none. */
  send(call: ResourceCall, token: string): boolean;
  done(token: string, result: ResourceReply['result']): void;
}

export class ResourceClient {
  readonly state: ResourceClientState;
  private readonly kernel: Kernel;
  private readonly host: ResourceClientHost;

  constructor(kernel: Kernel, state: ResourceClientState, host: ResourceClientHost) {
    this.kernel = kernel;
    this.state = state;
    this.host = host;
  }

  ask(token: string, call: ResourceCall): void {
    this.state.calls[token] = { call, sent: this.host.send(call, token), cause: this.kernel.cause };
  }

  /** Nobody waits for the answer any more: what has not been sent is not sent. */
  forget(token: string): void {
    if (this.state.calls[token]?.sent === false) delete this.state.calls[token];
  }

  /** A session has been opened: what waits for one is asked. */
  sessionOpened(): void {
    for (const [token, asked] of Object.entries(this.state.calls)) {
      if (asked.sent) continue;
      this.kernel.because(asked.cause, () => {
        asked.sent = this.host.send(asked.call, token);
      });
    }
  }

  sessionClosed(): void {
    for (const asked of Object.values(this.state.calls)) asked.sent = false;
  }

  receive({ token, result }: ResourceReply): void {
    if (!this.state.calls[token]) return;
    delete this.state.calls[token];
    this.host.done(token, result);
  }
}
