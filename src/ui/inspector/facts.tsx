/** The tab Facts: what is so, in pairs of words; what names another thing leads to it. */
import { useWorld } from '../store/world.ts';
import { factsOf, type Inspected } from './subject.ts';

export function Facts({ inspected }: { inspected: Inspected }) {
  const snapshot = useWorld((state) => state.snapshot);
  if (!snapshot) return null;
  return (
    <dl className="grid grid-cols-[128px_1fr] gap-x-4 gap-y-[6px]">
      {factsOf(snapshot, inspected).map(({ name, value, mono, ref }) => (
        <div key={`${name} ${value}`} className="contents">
          <dt className="text-t3">{name}</dt>
          <dd className={`min-w-0 break-words ${mono ? 'font-mono text-small break-all' : ''}`}>
            {ref ? (
              <button
                type="button"
                onClick={() => useWorld.getState().select(ref)}
                className="text-left underline decoration-line2 underline-offset-2 hover:decoration-t1"
              >
                {value}
              </button>
            ) : (
              value
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
