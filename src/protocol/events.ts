/**
 * The trace: everything that happens in the simulated world, each event with its cause.
 * Walking `cause` back from any event ends in an input (a command, a button, a failure) or in the start of the world.
 */

/** Virtual time in microseconds since the world began. */
export type Micros = number;

/** Trace ids count up from 1; 0 stands for the beginning of the world. */
export type EventId = number;

/** A thing an event is about: `kind:id`, for example `node:ykvop4...`, `task:...`, `machine:node3`, `service:...`. */
export type ObjectRef = `${string}:${string}`;

/** One thing that happened. */
export interface TraceEvent {
  id: EventId;
  at: Micros;
  /** Dotted, lower case, broad part first: `raft.election.started`, `task.state`, `fault.power-off`, `net.dropped`. */
  kind: string;
  /** The event that made this one happen; 0 for inputs and the start. */
  cause: EventId;
  /** Host on which it happened, if on one. */
  machine?: string;
  objects: ObjectRef[];
  /** Plain facts of this event (ids, numbers, words); never whole objects. */
  data?: Readonly<Record<string, unknown>>;
}

/** Broad lanes of the timeline and of the event list's filter. */
export type EventLane = 'you' | 'raft' | 'nodes' | 'scheduling' | 'tasks' | 'network' | 'runtime';
