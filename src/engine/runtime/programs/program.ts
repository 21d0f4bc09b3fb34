/**
 * What runs inside a container: a state machine whose whole state is plain data. It sees its container, virtual time and its
 * own timers; it writes lines to the container's log and ends with an exit code.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { ContainerConfig } from '../container.ts';

/** What a program can do. Valid only during the call. */
export interface ProgramContext {
  readonly config: ContainerConfig;
  readonly containerId: string;
  readonly hostname: string;
  readonly now: Micros;
  log(stream: 'stdout' | 'stderr', text: string): void;
  /** Calls `timer(kind)` later, unless the program has ended. */
  schedule(delay: Micros, kind: string): void;
  exit(code: number): void;
}

export interface Program<State = unknown> {
  readonly name: string;
  /** Begins; returns the first state. */
  start(context: ProgramContext, argv: readonly string[]): State;
  timer?(context: ProgramContext, state: State, kind: string): void;
  /**
   * A signal other than KILL. Returns whether the program took care of it; if not, a process with number 1 ignores it
   * (as in Linux for signals without a handler).
   */
  signal(context: ProgramContext, state: State, signal: string): boolean;
}
