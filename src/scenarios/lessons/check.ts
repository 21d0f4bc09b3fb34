/**
 * What can be asked of a world, as data: of its state (a snapshot), of its history (events since the step began), and over time. Read by
 * `watch.ts`.
 */
import type { NodeView, TaskStateName } from '../../protocol/snapshot.ts';

/** A number: exactly so many. */
export type Count = number | { min?: number; max?: number };

export type Check =
  | { all: readonly Check[] }
  | { any: readonly Check[] }
  | { not: Check }
  | StateCheck
  | HistoryCheck
  | TimeCheck;

export type StateCheck =
  | {
      service: string;
      running?: Count;
      desired?: Count;
      /** Its image begins so. */
      image?: string;
      mode?: 'replicated' | 'global';
      /** A port that it publishes. */
      port?: number;
      update?: string;
    }
  /** Tasks of a service: those wanted to run, unless `desired` says otherwise; `err` and `image`: a part of the text. */
  | {
      tasks: string;
      on?: string;
      state?: TaskStateName;
      desired?: TaskStateName;
      err?: string;
      image?: string;
      count: Count;
    }
  /** The tasks of a service that run are on so many machines. */
  | { spread: string; machines: Count }
  /** A machine's node in the swarm. */
  | {
      node: string;
      role?: NodeView['role'];
      state?: NodeView['state'];
      availability?: NodeView['availability'];
      label?: readonly [string, string];
      reachability?: 'reachable' | 'unreachable';
    }
  | { nodes: Count; role?: NodeView['role']; state?: NodeView['state'] }
  | {
      machine: string;
      power?: boolean;
      cable?: boolean;
      swarm?: 'inactive' | 'pending' | 'active';
      container?: string;
      ports?: 'open';
    }
  /** Who leads: a machine, somebody, nobody. */
  | { leader: string | 'somebody' | 'nobody' }
  | { managers: Count }
  | { volume: string; on?: string; empty?: boolean }
  /** An overlay that is present on so many machines. */
  | { overlay: string; machines: Count };

export type HistoryCheck =
  /** Events of a kind since the step began. `where`: facts of theirs. */
  | {
      happened: string;
      on?: string;
      where?: Readonly<Record<string, string | number | boolean | null>>;
      times?: Count;
    }
  /** Engine API requests that change something, since the step began: `POST /services`; the path may go on. */
  | { asked: string; on?: string }
  /** Command lines since the step began in which this stands: a regular expression, blanks as they come. */
  | { typed: string; on?: string }
  /** So many different containers have answered HTTP requests since the step began. */
  | { answerers: Count };

export type TimeCheck =
  /** At every moment since the step began so many tasks of the service ran. */
  | { available: string; atLeast: number }
  /** It has held for so long without a break. */
  | { held: Check; seconds: number }
  /** It has held at some moment since the step began. */
  | { ever: Check };

/** Does a number fit? */
export function fits(count: Count | undefined, value: number): boolean {
  if (count === undefined) return true;
  if (typeof count === 'number') return value === count;
  return value >= (count.min ?? 0) && value <= (count.max ?? Number.POSITIVE_INFINITY);
}
