/** The dock at the foot of the page: the transport of virtual time, then the lanes of what has happened, or the hops of a packet. */
import { lazy, Suspense } from 'react';
import { shownFlow } from '../stage/network/trace.ts';
import { useWorld } from '../store/world.ts';
import { Lanes } from './lanes.tsx';
import { Transport } from './transport.tsx';

const LedgerPanel = lazy(async () => ({ default: (await import('../inspector/ledger.tsx')).LedgerPanel }));

export function Dock() {
  const hasLedger = useWorld(
    (state) => state.lens === 'network' && shownFlow(state.snapshot?.network, state.selection) !== null,
  );
  return (
    <section aria-label="Time" className="flex h-full min-w-0 flex-col border-t border-line bg-chrome">
      <Transport />
      {hasLedger ? (
        <Suspense fallback={null}>
          <LedgerPanel />
        </Suspense>
      ) : (
        <Lanes />
      )}
    </section>
  );
}
