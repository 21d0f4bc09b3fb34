/**
 * Cuts a failing run down: takes steps away, in large pieces first, as long as the same invariant breaks (delta debugging, Zeller and
 * Hildebrandt 2002). What is left is the shortest story that was found, not the shortest that there is.
 */
import { type SimulationOptions, type SimulationResult, simulate } from '../simulation.ts';
import type { Step } from './step.ts';

type Failed = Pick<SimulationResult, 'violation' | 'steps'>;

export interface Shrunk {
  readonly steps: readonly Step[];
  readonly result: SimulationResult;
  /** How long a run of them is. */
  readonly minutes: number;
  /** Runs that it took. */
  readonly runs: number;
}

/** `budgetMs` bounds the wall time: what has been reached by then is the answer. Null if the steps alone do not break it again. */
export function shrink(
  options: SimulationOptions,
  failed: Failed,
  budgetMs: number,
  run: typeof simulate = simulate,
): Shrunk | null {
  const begin = performance.now();
  const invariant = failed.violation?.invariant;
  let runs = 0;
  const breaks = (steps: readonly Step[]): SimulationResult | null => {
    runs++;
    const result = run(shortened(options, failed, steps), steps);
    return result.violation?.invariant === invariant ? result : null;
  };
  let steps = failed.steps;
  let result = breaks(steps);
  if (!result) return null;
  for (let pieces = 2; steps.length > 0; ) {
    const size = Math.ceil(steps.length / pieces);
    let cut = false;
    for (let from = 0; from < steps.length && performance.now() - begin < budgetMs; ) {
      const rest = [...steps.slice(0, from), ...steps.slice(from + size)];
      const still = breaks(rest);
      if (still) {
        [steps, result, cut] = [rest, still, true];
      } else from += size;
    }
    if (performance.now() - begin >= budgetMs || (size === 1 && !cut)) break;
    pieces = cut ? Math.max(2, pieces - 1) : Math.min(steps.length, pieces * 2);
  }
  return { steps, result, minutes: shortened(options, failed, steps).minutes, runs };
}

/** A run ends when it has broken: steps are over early, and so is the run, if it broke before it was mended. */
function shortened(
  options: SimulationOptions,
  { violation, steps: all }: Failed,
  steps: readonly Step[],
): SimulationOptions {
  const last = (steps.at(-1)?.at ?? 0) / 60e6;
  const broke = (violation?.at ?? 0) / 60;
  const mended = (all.at(-1)?.at ?? 0) / 60e6;
  // Broken while it was being mended: that happens after the same time as before.
  return broke <= mended + 0.01 ? { ...options, minutes: Math.max(last, broke) + EPILOGUE_MINUTES } : options;
}

/** Of a run's minutes so many are kept for its end. */
const EPILOGUE_MINUTES = 2.5;
