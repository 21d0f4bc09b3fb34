/**
 * Command-line clients of the network (`curl`, `ping`, `nslookup` ...) as state machines with plain-data state, so that the same
 * program runs in a host's shell and in a simulated container. Whoever runs one gives it a `ClientIo` and tells it what has come.
 */
import type { CallResult, HostNetworkFacts, LookUpResult, NetworkCall } from '../protocol/network-call.ts';

/** What a client can do. Valid only during the call. */
export interface ClientIo {
  /** Whose version of the program this is: outputs differ. Containers have busybox's, hosts those of Debian. */
  readonly flavour: 'busybox' | 'debian';
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  readonly hostname: string;
  readonly facts: HostNetworkFacts;
  /** All of standard input; empty if nothing was given. */
  readonly stdin: string;
  /** Is standard output a terminal? */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string>>;
  write(stream: 'stdout' | 'stderr', text: string): void;
  readFile(path: string): string | null;
  writeFile(path: string, text: string): void;
  /** Opens a connection; told by `answered(token, ...)`. */
  connect(token: string, call: Extract<NetworkCall, { kind: 'connect' }>): void;
  /** Gives a connection up. */
  close(token: string): void;
  /** Looks a name up; told by `resolved(token, ...)`. */
  lookUp(token: string, name: string): void;
  /** Told by `woke(token)`. */
  wait(ms: number, token: string): void;
  /** Ends the program. Nothing is told after it. */
  exit(code: number): void;
}

export interface Client<State = unknown> {
  readonly name: string;
  /** Begins; `args` without the program's own name. Nothing is told before it returns. */
  start(io: ClientIo, args: readonly string[]): State;
  answered?(io: ClientIo, state: State, token: string, result: CallResult): void;
  resolved?(io: ClientIo, state: State, token: string, result: LookUpResult): void;
  woke?(io: ClientIo, state: State, token: string): void;
  pushed?(io: ClientIo, state: State, token: string, body: string): void;
  closed?(io: ClientIo, state: State, token: string): void;
  /** Ctrl-C. Without: it ends with 130. */
  interrupted?(io: ClientIo, state: State): void;
}

/** Words and exit code of a failed start. */
export function refuse(io: ClientIo, text: string, code: number): null {
  io.write('stderr', `${text}\n`);
  io.exit(code);
  return null;
}

/** Four numbers with dots. */
export function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((byte) => Number(byte) < 256);
}
