/** A session is being played again: how far it is. Nothing shows when it takes no time worth telling. */
import { usePanels } from '../store/panels.ts';

export function Opening() {
  const share = usePanels((state) => state.opening);
  if (share === null) return null;
  const percent = Math.round(share * 100);
  return (
    <div
      role="progressbar"
      aria-label="Playing the session again"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="fixed inset-x-0 top-0 z-30 mx-auto mt-16 w-72 border border-line2 bg-chrome p-4 shadow-[0_8px_24px_#0006]"
    >
      <p className="mb-2">
        Playing the session again <span className="float-right font-mono">{percent} %</span>
      </p>
      <div className="h-1 bg-raise">
        <div className="h-1 bg-inverse" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
