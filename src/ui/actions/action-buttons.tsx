/** The actions of the selected thing as buttons, with their keys. */
import type { ObjectRef } from '../../protocol/events.ts';
import { useWorld } from '../store/world.ts';
import { actionsFor, subjectOf } from './actions.ts';
import { performAction } from './perform.ts';

export function ActionButtons({ reference }: { reference: ObjectRef }) {
  // One string of what the buttons say: pictures that change nothing here do not draw them again.
  const shown = useWorld((state) => {
    const subject = subjectOf(state.snapshot, reference);
    return subject
      ? actionsFor(subject)
          .filter(({ isRare }) => !isRare)
          .map((action) => `${action.id}\t${action.label(subject)}\t${action.disabled(subject) ?? ''}`)
          .join('\n')
      : '';
  });
  if (!shown) return null;
  const offered = actionsFor(subjectOf(useWorld.getState().snapshot, reference)).filter(({ isRare }) => !isRare);
  return (
    <fieldset className="flex flex-wrap gap-2 px-5 pt-3 max-[720px]:px-[14px]" aria-label="Do something to it">
      {shown.split('\n').map((line, index) => {
        const [id, label, disabled] = line.split('\t');
        const action = offered[index];
        return (
          <button
            key={id}
            type="button"
            aria-disabled={disabled ? true : undefined}
            aria-keyshortcuts={action?.key}
            title={disabled || undefined}
            onClick={() => action && performAction(action, reference)}
            className="inline-flex h-7 items-center gap-[6px] rounded-control border border-line2 px-[10px] text-small hover:bg-raise aria-disabled:border-line aria-disabled:text-t3 aria-disabled:hover:bg-transparent max-[720px]:h-11"
          >
            {label}
            {action?.key && (
              <span className="font-mono text-[11px] text-t3 max-[720px]:hidden" aria-hidden="true">
                {action.key}
              </span>
            )}
          </button>
        );
      })}
    </fieldset>
  );
}
