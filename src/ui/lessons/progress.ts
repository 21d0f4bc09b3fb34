/** Which lessons have been finished and where each was left, kept in the browser. */
import { readSetting, writeSetting } from '../store/panels.ts';

export interface Progress {
  /** Lessons that have been finished once. */
  done: readonly string[];
  /** The step at which a lesson was left. */
  steps: Readonly<Record<string, number>>;
}

const setting = 'swarmscope.lessons';
const nothing: Progress = { done: [], steps: {} };

/** What was kept; nothing when it cannot be read. */
export function readProgress(text: string | null = readSetting(setting)): Progress {
  if (text === null) return nothing;
  try {
    const { done, steps } = JSON.parse(text) as Partial<Record<keyof Progress, unknown>>;
    return {
      done: Array.isArray(done) ? done.filter((id): id is string => typeof id === 'string') : [],
      steps: Object.fromEntries(
        Object.entries(typeof steps === 'object' && steps !== null ? steps : {}).filter(([, step]) =>
          Number.isSafeInteger(step),
        ),
      ) as Record<string, number>,
    };
  } catch {
    // Somebody else wrote there, or it was cut off: the course begins anew.
    return nothing;
  }
}

export function writeProgress(progress: Progress): void {
  writeSetting(setting, JSON.stringify(progress));
}
