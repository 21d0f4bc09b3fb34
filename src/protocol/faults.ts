/**
 * The small door: what can be made to go wrong (and right again), apart from Engine API requests.
 * A machine is named by its host name (`node1`).
 */

export type Fault =
  /** Everything on the machine stops at once; what was not synced to disk is gone. */
  | { kind: 'power-off'; machine: string }
  /** Power on: disk as it was synced, daemon starts, containers are started again by swarm only. */
  | { kind: 'power-on'; machine: string }
  /** Clean stop of the daemon: containers get their signals, sessions end. */
  | { kind: 'daemon-stop'; machine: string }
  | { kind: 'daemon-start'; machine: string }
  /** Clean stop and start in one. */
  | { kind: 'daemon-restart'; machine: string }
  /** Network cable out: nothing leaves or reaches the machine. */
  | { kind: 'cable-cut'; machine: string }
  | { kind: 'cable-mend'; machine: string }
  /** One direction of one pair of machines. */
  | { kind: 'link-cut'; from: string; to: string }
  | { kind: 'link-mend'; from: string; to: string }
  /** Changes quality of the link in both directions; absent fields stay. Milliseconds; loss is 0..1. */
  | { kind: 'link-quality'; from: string; to: string; delayMs?: number; jitterMs?: number; loss?: number }
  /** Firewall: packets to this port of the machine vanish. */
  | { kind: 'port-close'; machine: string; port: number; protocol: 'tcp' | 'udp' }
  | { kind: 'port-open'; machine: string; port: number; protocol: 'tcp' | 'udp' }
  /** The main process of a container ends with this exit code (137 = SIGKILL by hand). */
  | { kind: 'container-crash'; machine: string; container: string; exitCode: number };

export type FaultKind = Fault['kind'];

/** Answer to a fault: it took, or why it could not (unknown machine, already off ...). */
export type FaultResult = { ok: true } | { ok: false; error: { kind: 'not-found' | 'invalid'; message: string } };
