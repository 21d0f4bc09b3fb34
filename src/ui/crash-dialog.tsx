/** The world has stopped by our own mistake: the whole message, where it happened, and the session that shows it again. */
import { Download } from 'lucide-react';
import { Dialog } from './components/dialog.tsx';
import { ScrollRegion } from './components/scroll-region.tsx';
import { timeText } from './narrator/time-text.ts';
import { loadStart } from './store/worker-client.ts';
import { type Crash, useWorld } from './store/world.ts';

export default function CrashDialog({ crash }: { crash: Crash }) {
  const start = useWorld((state) => state.start);
  return (
    <Dialog title="The simulation has stopped" width="w-[720px]">
      <p className="text-t2">
        A rule of the simulation was broken: that is our mistake, not yours. The session below repeats it exactly.
      </p>
      <dl className="my-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-t3">Seed</dt>
        <dd className="font-mono">{crash.seed}</dd>
        <dt className="text-t3">Virtual time</dt>
        <dd className="font-mono">{timeText(crash.at, 6)}</dd>
      </dl>
      <ScrollRegion
        name="Message"
        className="max-h-[40vh] overflow-auto border border-line bg-stage p-3 text-small whitespace-pre-wrap font-mono"
      >
        {crash.message}
      </ScrollRegion>
      <div className="mt-4 flex gap-3">
        {crash.session && (
          <a
            href={`data:application/json;charset=utf-8,${encodeURIComponent(crash.session)}`}
            download={`swarmscope-seed-${crash.seed}.json`}
            className="inline-flex h-9 items-center gap-2 rounded-control bg-inverse px-4 font-semibold text-on-inverse focus-visible:outline-offset-2"
          >
            <Download size={18} strokeWidth={1.75} aria-hidden="true" />
            Download the session
          </a>
        )}
        {start && (
          <button
            type="button"
            onClick={() => void loadStart(start)}
            className="h-9 rounded-control border border-line2 px-4 hover:bg-raise"
          >
            Begin this world again
          </button>
        )}
      </div>
    </Dialog>
  );
}
