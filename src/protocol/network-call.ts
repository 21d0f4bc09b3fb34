/**
 * The door from outside the engine into the simulated network: what a process in a host's shell (`curl`, `ping`) or a browser
 * window asks, and what comes back. A call is one connection with its question and answer, one ping, or one look-up of a name;
 * recorded as a timed input like a request to a daemon. Times in milliseconds of virtual time, with fractions.
 */
import type { ApiReply } from './api.ts';

/** What is said first. `text`: what is said in `body`, for protocols other than HTTP. */
export interface CallRequest {
  protocol: 'http' | 'text';
  method: string;
  /** With its query. */
  path: string;
  /** The `Host` header. */
  host: string;
  headers: Record<string, string>;
  body: string;
}

export interface CallTarget {
  /** A name or an address. */
  host: string;
  /** 0 with icmp. */
  port: number;
  protocol: 'tcp' | 'udp' | 'icmp';
}

/** A process opens a connection and asks, or looks a name up. */
export type NetworkCall =
  | {
      kind: 'connect';
      target: CallTarget;
      request: CallRequest;
      /** The whole exchange ends after so long. */
      timeoutMs: number;
      /** Keep the connection after the answer: what the server then sends comes as `pushed`. */
      hold?: boolean;
      /** Of a name with several addresses only the first is tried; else the next, if one cannot be reached. */
      firstAddressOnly?: boolean;
    }
  | { kind: 'look-up'; name: string };

/** A connection with its question. */
export type ConnectCall = Extract<NetworkCall, { kind: 'connect' }>;

/** A load generator outside the cluster: so many GET requests per second, to the targets in turn. */
export interface LoadOrder {
  targets: readonly { host: string; port: number }[];
  path: string;
  /** 1 to 1000. */
  perSecond: number;
  /** After so long a request counts as failed. */
  timeoutMs: number;
}

/** Where a call comes from: a shell on a machine, a process in one of its containers (by id), or a client outside (a browser). */
export type CallOrigin = { machine: string; container?: string } | 'outside';

export interface CallAnswer {
  /** 0 for text. */
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface CallEnd {
  address: string;
  port: number;
}

export type CallFailure =
  | 'name not found'
  | 'connection refused'
  | 'timed out'
  | 'host unreachable'
  | 'network unreachable'
  | 'connection reset';

export type CallTries = readonly { readonly address: string; readonly reason: CallFailure; readonly tookMs: number }[];

/** How an exchange ended. */
export type CallResult =
  | {
      ok: true;
      response: CallAnswer;
      remote: CallEnd;
      local: CallEnd;
      /** Container that answered, for whoever draws it: the client cannot know. */
      servedBy: { machine: string; container: string } | null;
      /** Number of the flow, to look its way up. */
      flow: number;
      tookMs: number;
      /** Addresses of the name that were tried before, in vain. */
      tried?: CallTries;
    }
  | {
      ok: false;
      reason: CallFailure;
      remote: CallEnd | null;
      /** The connection was there, the answer was not. */
      connected: boolean;
      flow: number;
      tookMs: number;
      tried?: CallTries;
    };

/** What a resolver answers. */
export type LookUpResult =
  | {
      ok: true;
      name: string;
      addresses: readonly string[];
      /** Reverse look-ups: the name. */
      pointer: string | null;
    }
  | { ok: false; name: string; reason: 'name not found' | 'no answer' };

/** What comes back for the call with this id. */
export type NetworkReply =
  | { type: 'answered'; id: number; result: CallResult }
  | { type: 'looked-up'; id: number; result: LookUpResult }
  /** Something came on a held connection. */
  | { type: 'pushed'; id: number; body: string }
  /** A held connection has ended. */
  | { type: 'closed'; id: number };

/** All that comes back to programs outside the engine. */
export type WorldReply = ApiReply | NetworkReply;

/** What a program in a shell holds: the network of its host. */
export interface NetworkClient {
  /**
   * Opens a connection. `onPushed` is told what comes after the answer, if the connection is held; `closed` resolves when it ends.
   * `close` gives it up (Ctrl-C).
   */
  connect(
    call: Extract<NetworkCall, { kind: 'connect' }>,
    onPushed?: (body: string) => void,
  ): { result: Promise<CallResult>; closed: Promise<void>; close(): void };
  lookUp(name: string): Promise<LookUpResult>;
  /** What the host itself knows of its network, without asking anybody. */
  facts(): HostNetworkFacts;
}

/** A network interface, as `ip addr` shows it. */
export interface InterfaceFacts {
  name: string;
  /** With mask length; empty: none. */
  address: string;
  mac: string;
  mtu: number;
  /** The default route goes over it, by this gateway. */
  gateway: string | null;
}

/** What a host (or a container) knows of its own network. */
export interface HostNetworkFacts {
  interfaces: readonly InterfaceFacts[];
  nameserver: string;
  /** Ports on which something listens; `process` as `ss -p` names it. */
  listening: readonly { protocol: 'tcp' | 'udp'; address: string; port: number; process: string }[];
}
