/**
 * A bug to plant in the engine, to test the testers: a change of one place in one file. The checkers must find each, by the
 * invariant named, within the budget of seeds.
 */
import type { FaultProfile } from '../simulation.ts';

export interface PlantedBug {
  /** What the engine then does wrong. */
  name: string;
  /** Where it has been seen. */
  source: string;
  /** File in the project. */
  file: string;
  /** Must occur in it exactly once. */
  find: string;
  replace: string;
  /** Further places that must change with it: where the design guards twice. */
  also?: readonly { file: string; find: string; replace: string }[];
  /** Invariants of which one must fire: the first that the broken rule can break is seen, whichever that is. */
  invariants: readonly string[];
  /** Faults under which it shows. */
  profile: FaultProfile;
  /** The disks are not looked at, which would show it before it has done any harm. */
  ignoreDisks?: boolean;
  /** The seed that showed it when this was written: looked at first where time is short. */
  seed?: number;
  /** Not found within the budget as the engine and the seeds are now, and why that may be: only `--planted` looks for it. */
  missed?: string;
  /** An event never ends: runs are watched from another thread. */
  hangs?: boolean;
}
