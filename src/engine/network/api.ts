/**
 * The network towards the rest of the engine: opening flows, looking names up, and what can be seen of a packet on its way.
 * A *flow* is one connection with its question and answer (TCP), one datagram, or one ping. Answers come through the handler
 * that was registered for `reply.kind`, with the token given: data only, so that a world can be cloned at any moment.
 */
import type { Micros } from '../../protocol/events.ts';
import type { FlowOrigin, FlowView, LoadView } from '../../protocol/network-view.ts';
import type { AppRequest, FlowResult, FlowTarget, ResolveResult } from '../runtime/programs/sockets.ts';

/** Who is told how a flow ended. */
export interface ReplyTo {
  /** Under which the handler was registered with `onReply`. */
  readonly kind: string;
  readonly machine: string;
  readonly token: string;
}

export interface FlowRequest {
  readonly origin: FlowOrigin;
  /** `host` is a name or an address. From outside: a machine's name or address. */
  readonly target: FlowTarget;
  readonly payload: AppRequest;
  /** Of the whole exchange, as `curl -m`; a connection attempt alone ends after `CONNECT_TIMEOUT`. */
  readonly timeout: Micros;
  /** Keeps the connection open after the answer. */
  readonly hold?: boolean;
  /** Of a name with several addresses only the first one is tried; else the next, if one cannot be reached. */
  readonly firstAddressOnly?: boolean;
  /** Each hop is an event of the trace. Without: the same decisions, only counted. */
  readonly traced: boolean;
  readonly reply: ReplyTo | null;
  /** Takes its counts to this load generator. */
  readonly load?: number;
}

/** What comes back: an answer or failure, something pushed on a held connection, or its end. */
export interface ReplyHandler {
  done(machine: string, token: string, result: FlowResult): void;
  chunk?(machine: string, token: string, body: string): void;
  closed?(machine: string, token: string): void;
}

/** A load generator: so many requests per second towards a target, counted by who answered. */
export interface LoadRequest {
  readonly origin: FlowOrigin;
  /** Several: one after the other in turn (a client that knows all nodes). */
  readonly targets: readonly FlowTarget[];
  readonly payload: AppRequest;
  readonly perSecond: number;
  readonly timeout: Micros;
}

/** The packet engine of the world. */
export interface FabricApi {
  /** Registers whom to tell. Each kind has exactly one handler; registered when the world is put together. */
  onReply(kind: string, handler: ReplyHandler): void;
  /** Opens a flow. Returns its id; the end is told to `reply`. */
  open(request: FlowRequest): number;
  /** Asks again on a held flow: the answer is told under the new token. */
  send(flow: number, payload: AppRequest, token: string): void;
  /** The client gives up, or is gone. */
  close(flow: number): void;
  /** What a look-up gives right now, at once and without a trace: for nslookup and dig. `container` null: the host itself. */
  resolve(machine: string, container: string | null, name: string, options?: { hosts?: boolean }): ResolveResult;
  startLoad(request: LoadRequest): number;
  stopLoad(load: number): void;
  loads(): readonly LoadView[];
  /** Flows in flight, then those that ended last (traced ones only). */
  flows(): readonly FlowView[];
}
