/** Ways from a thing to its moments: when it happened, when it came to be. */
import type { LookTarget } from '../../protocol/worker-messages.ts';
import { lookAt } from '../actions/time-control.ts';
import type { Inspected } from './subject.ts';

interface Moment {
  label: string;
  target: LookTarget;
}

/** The moments worth going to. */
export function momentsOf(inspected: Inspected): Moment[] {
  if (inspected.kind === 'event')
    return [
      { label: 'Show this moment', target: { event: inspected.event.id } },
      { label: 'Just before it', target: { before: inspected.event.id } },
    ];
  if (inspected.kind === 'task') return [{ label: 'When it was created', target: { at: inspected.task.createdAt } }];
  return [];
}

export function Moments({ inspected }: { inspected: Inspected }) {
  const moments = momentsOf(inspected);
  if (moments.length === 0) return null;
  return (
    <fieldset className="flex flex-wrap gap-2 px-5 pt-2 max-[720px]:px-[14px]" aria-label="Go to a moment">
      {moments.map(({ label, target }) => (
        <button
          key={label}
          type="button"
          onClick={() => void lookAt(target)}
          className="inline-flex h-7 items-center rounded-control border border-line2 px-[10px] text-small hover:bg-raise max-[720px]:h-11"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
