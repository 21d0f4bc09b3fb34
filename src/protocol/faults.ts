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
  /** The daemon is held still (SIGSTOP): containers run on, others hear nothing and are not told why. */
  | { kind: 'daemon-pause'; machine: string }
  /** It goes on (SIGCONT): what has come meanwhile is dealt with now. */
  | { kind: 'daemon-resume'; machine: string }
  /** The clock, and with it the daemon's timers, runs this much faster (above 1) or slower; what is due is moved too. */
  | { kind: 'clock-rate'; machine: string; rate: number }
  /** The clock is set wrong by so many seconds: timestamps of the machine change, timers do not. */
  | { kind: 'clock-jump'; machine: string; seconds: number }
  /** The clock is set right and runs true again. */
  | { kind: 'clock-mend'; machine: string }
  /** Whatever is written takes so long until it is safe. */
  | { kind: 'disk-slow'; machine: string; syncMs: number }
  /** No space is left: a manager there stops, images and containers cannot be made; what runs goes on. */
  | { kind: 'disk-full'; machine: string }
  /** Space and speed are back. */
  | { kind: 'disk-mend'; machine: string }
  /**
   * The machine goes off and comes back, when it has power, with another disk: an empty one, or the old one without what Raft
   * keeps there (`/var/lib/docker/swarm/raft`).
   */
  | { kind: 'disk-lost'; machine: string; what: 'everything' | 'raft' }
  /** Network cable out: nothing leaves or reaches the machine. */
  | { kind: 'cable-cut'; machine: string }
  | { kind: 'cable-mend'; machine: string }
  /** One direction of one pair of machines. */
  | { kind: 'link-cut'; from: string; to: string }
  | { kind: 'link-mend'; from: string; to: string }
  /**
   * Changes quality of the link in both directions; absent fields stay. Milliseconds; loss, duplication and reordering are 0..1.
   * Datagrams can be doubled and overtaken, raft messages (calls of their own) overtaken, other TCP neither.
   */
  | {
      kind: 'link-quality';
      from: string;
      to: string;
      delayMs?: number;
      jitterMs?: number;
      loss?: number;
      duplication?: number;
      reordering?: number;
    }
  /** One direction is clogged: what is sent waits, and all of it arrives at once when the link is free again. */
  | { kind: 'link-clog'; from: string; to: string }
  | { kind: 'link-unclog'; from: string; to: string }
  /** Firewall: packets to this port of the machine vanish. */
  | { kind: 'port-close'; machine: string; port: number; protocol: 'tcp' | 'udp' }
  | { kind: 'port-open'; machine: string; port: number; protocol: 'tcp' | 'udp' }
  /** The main process of a container ends with this exit code (137 = SIGKILL by hand). */
  | { kind: 'container-crash'; machine: string; container: string; exitCode: number };

export type FaultKind = Fault['kind'];

/** Answer to a fault: it took, or why it could not (unknown machine, already off ...). */
export type FaultResult = { ok: true } | { ok: false; error: { kind: 'not-found' | 'invalid'; message: string } };
