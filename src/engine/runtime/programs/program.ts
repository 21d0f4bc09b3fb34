/**
 * What runs inside a container: a state machine whose whole state is plain data. It sees its container, virtual time, its own
 * timers and its sockets; it writes to its output and ends with an exit code. The main process of a container is one, and so is
 * each command that `docker exec` or a health check runs beside it.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { Random } from '../../kernel/random.ts';
import type { Container, ContainerConfig, Image } from '../container.ts';
import type { ContainerFiles } from '../container-files.ts';
import type { FlowResult, IncomingRequest, ResolveResult, Sockets } from './sockets.ts';

/** One interface of a container, as `ip addr` shows it. */
export interface NetworkInterface {
  /** `eth0` */
  readonly name: string;
  /** With mask length: `10.0.1.3/24`. */
  readonly address: string;
  readonly mac: string;
  readonly mtu: number;
  /** Name of the docker network behind it. */
  readonly network: string;
  /** It leads out of the cluster: the default route goes over it. */
  readonly gateway: string | null;
}

/** What a process can see of its network without asking anybody. */
export interface NetworkFacts {
  /** Without the loopback. */
  readonly interfaces: readonly NetworkInterface[];
  /** First line of `/etc/resolv.conf`: `127.0.0.11` on networks with docker's resolver. */
  readonly nameserver: string;
}

/** What a program can do. Valid only during the call. */
export interface ProgramContext {
  readonly config: ContainerConfig;
  readonly containerId: string;
  readonly hostname: string;
  /** What the container was made of; null if the host has it no more. */
  readonly image: Image | null;
  readonly now: Micros;
  /** Its output is a terminal. */
  readonly tty: boolean;
  /** Somebody can write to it: `input` may be called. */
  readonly stdin: boolean;
  /** Writes as it is. */
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Writes a line. */
  log(stream: 'stdout' | 'stderr', line: string): void;
  /** Calls `timer(kind)` later, unless the program has ended. */
  schedule(delay: Micros, kind: string): void;
  exit(code: number): void;
  readonly sockets: Sockets;
  readonly network: NetworkFacts;
  /** Dice for a purpose. */
  random(purpose: string): Random;
  /**
   * What programs keep below `path`: on the volume that is mounted there, so that it outlives the container on this machine; else
   * in the container's own layer. Plain data, changed in place.
   */
  storage(path: string): Record<string, unknown>;
  /** Files of the container and of what is mounted in it. */
  readonly files: ContainerFiles;
}

export interface Program<State = unknown> {
  readonly name: string;
  /** Begins; returns the first state. It may already have used its sockets and timers, but nothing is told before it returns. */
  start(context: ProgramContext, argv: readonly string[]): State;
  timer?(context: ProgramContext, state: State, kind: string): void;
  /** Somebody asks on a port that the program listens on; to be answered with `sockets.respond`. */
  request?(context: ProgramContext, state: State, incoming: IncomingRequest): void;
  /** How an exchange that was begun with `sockets.connect` or `send` ended. */
  answer?(context: ProgramContext, state: State, token: string, result: FlowResult): void;
  /** Answer to `sockets.resolve`. */
  resolved?(context: ProgramContext, state: State, token: string, answer: ResolveResult): void;
  /** The other end of a connection held by this program has pushed something. */
  chunk?(context: ProgramContext, state: State, token: string, body: string): void;
  /** The other end of a connection held by this program is gone. */
  closed?(context: ProgramContext, state: State, token: string): void;
  /** Somebody has written to it; null: nothing more will be written. */
  input?(context: ProgramContext, state: State, text: string | null): void;
  /** A client whose connection was held is gone. */
  hungUp?(context: ProgramContext, state: State, connection: number): void;
  /**
   * A signal other than KILL. Returns whether the program took care of it; if not, a process with number 1 ignores it
   * (as in Linux for signals without a handler).
   */
  signal(context: ProgramContext, state: State, signal: string): boolean;
}

/** What the network tells a container's processes. */
export type ProcessMessage =
  | { readonly kind: 'request'; readonly incoming: IncomingRequest }
  | { readonly kind: 'answer'; readonly token: string; readonly result: FlowResult }
  | { readonly kind: 'resolved'; readonly token: string; readonly answer: ResolveResult }
  | { readonly kind: 'chunk'; readonly token: string; readonly body: string }
  | { readonly kind: 'closed'; readonly token: string }
  | { readonly kind: 'hung-up'; readonly connection: number };

/**
 * The network as containers' processes have it. The network engine gives it; what it has to say comes by `Runtime.tell`. On which
 * ports a container listens stands in the container itself.
 */
export interface ProcessNetwork {
  sockets(container: Container): Omit<Sockets, 'listen' | 'unlisten'>;
  /** What a container sees of its network. */
  facts(container: Container): NetworkFacts;
}
