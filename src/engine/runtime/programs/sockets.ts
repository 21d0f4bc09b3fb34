/**
 * What programs say to each other, and the sockets they say it through: requests and answers like HTTP's (or plain text, for
 * redis and the like), connections to a name and a port. All of it is plain data; what comes in is told to the program by the
 * handlers in `Program`, named by the token that the program chose.
 */
import type { EventId, Micros } from '../../../protocol/events.ts';
import type { Room } from '../../../protocol/network-view.ts';

export type Transport = 'tcp' | 'udp' | 'icmp';

/** What a client asks. For protocols other than HTTP `body` is what is said, and method, path and host are empty. */
export interface AppRequest {
  readonly protocol: 'http' | 'text';
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The `Host` header. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server answers. Text protocols have status 0. */
export interface AppResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a client wants to go: a name or an address, and a port (0 with icmp). */
export interface FlowTarget {
  readonly host: string;
  readonly port: number;
  readonly protocol: Transport;
}

/** Why an exchange came to nothing. */
export type FlowFailureReason =
  | 'name not found'
  | 'connection refused'
  | 'timed out'
  | 'host unreachable'
  | 'network unreachable'
  | 'connection reset';

/**
 * How an exchange ended. `connected` tells whether the other end was ever heard of; `dropped` says where the last packet was
 * lost and why, if it was (the client itself cannot know: this is for the picture and for explanations).
 */
export type FlowResult =
  | {
      readonly ok: true;
      readonly flow: number;
      readonly response: AppResponse;
      /** Whom the client believes it talked to, after resolving. */
      readonly remote: { readonly address: string; readonly port: number };
      readonly local: { readonly address: string; readonly port: number };
      /** Container that answered. */
      readonly servedBy: { readonly machine: string; readonly container: string; readonly task: string | null } | null;
      readonly took: Micros;
      readonly event: EventId;
      /** Addresses of the name that were tried before, in vain. */
      readonly tried?: readonly {
        readonly address: string;
        readonly reason: FlowFailureReason;
        readonly took: Micros;
      }[];
    }
  | {
      readonly ok: false;
      readonly flow: number;
      readonly reason: FlowFailureReason;
      readonly remote: { readonly address: string; readonly port: number } | null;
      readonly dropped: {
        readonly machine: string;
        readonly room: Room;
        readonly reason: string;
        readonly detail: string;
      } | null;
      readonly took: Micros;
      readonly event: EventId;
      /** Addresses of the name that were tried before, in vain. */
      readonly tried?: readonly {
        readonly address: string;
        readonly reason: FlowFailureReason;
        readonly took: Micros;
      }[];
    };

/** An answer of the resolver. */
export type ResolveResult =
  | {
      readonly ok: true;
      readonly name: string;
      /** In the order given: shuffled at every query. Empty for a name that exists but has no such record. */
      readonly addresses: readonly string[];
      /** Who knew it: the container's hosts file, docker's resolver (with the network's name), or the world outside. */
      readonly source: 'hosts' | 'network' | 'outside';
      readonly network: string | null;
      /** Reverse look-ups: the name. */
      readonly pointer: string | null;
    }
  | { readonly ok: false; readonly name: string; readonly reason: 'name not found' | 'no answer' };

/** A request that has reached a listening program. It answers with `respond(connection, ...)`, now or later. */
export interface IncomingRequest {
  readonly connection: number;
  readonly request: AppRequest;
  /** Port of the program that was reached. */
  readonly port: number;
  readonly protocol: Transport;
  /** Who asks, as the program sees it: often the load balancer's address. */
  readonly peer: { readonly address: string; readonly port: number };
  /** The client wants to keep the connection: `push` may follow `respond`. */
  readonly hold: boolean;
}

export interface ConnectOptions {
  /** The client gives up after so long; a minute when absent. */
  readonly timeout?: Micros;
  /** Keeps the connection, for `send` and for what the server pushes. */
  readonly hold?: boolean;
  /** Does not take the next address of a name if the first cannot be reached. */
  readonly firstAddressOnly?: boolean;
}

/** The sockets that a program has: part of its context. */
export interface Sockets {
  /** Takes requests on a port from now on. */
  listen(port: number, protocol?: 'tcp' | 'udp'): void;
  /** Takes none any more. */
  unlisten(port: number, protocol?: 'tcp' | 'udp'): void;
  /** Answers a request. */
  respond(connection: number, response: AppResponse): void;
  /** Sends something on a connection that is held; the client is told by `chunk`. */
  push(connection: number, body: string): void;
  /** Ends a connection, from either side. */
  hangUp(connection: number): void;
  /** Opens a connection and asks; the program's `answer(token, result)` tells how it ended. Returns the connection. */
  connect(token: string, target: FlowTarget, request: AppRequest, options?: ConnectOptions): number;
  /** Asks again on a held connection: the same task answers. */
  send(connection: number, token: string, request: AppRequest): void;
  /** Looks a name up; the program's `resolved(token, answer)` tells the result. */
  resolve(token: string, name: string): void;
}

/** A plain GET. */
export function httpGet(host: string, path = '/', headers: Readonly<Record<string, string>> = {}): AppRequest {
  return { protocol: 'http', method: 'GET', path, host, headers, body: '' };
}

/** One line of a text protocol. */
export function textRequest(body: string): AppRequest {
  return { protocol: 'text', method: '', path: '', host: '', headers: {}, body };
}

/** An answer of an HTTP server. */
export function httpResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'text/plain; charset=utf-8' },
): AppResponse {
  return { status, headers, body };
}

/** An answer of a text protocol. */
export function textResponse(body: string): AppResponse {
  return { status: 0, headers: {}, body };
}
