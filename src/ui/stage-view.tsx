/** The stage with the narrator above it. */
import { lazy, Suspense, useEffect } from 'react';
import { NarratorLine } from './narrator/narrator-line.tsx';
import Stage from './stage/stage.tsx';
import { noteStage } from './store/first-picture.ts';
import { useWorld } from './store/world.ts';

const NetworkStage = lazy(() => import('./stage/network/network-stage.tsx'));
const OrchestrationStage = lazy(() => import('./stage/orchestration/orchestration-stage.tsx'));

export function StageView({ phone = false }: { phone?: boolean }) {
  const lens = useWorld((state) => state.lens);
  useEffect(noteStage, []);
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col bg-stage">
      <NarratorLine
        phone={phone}
        className={phone ? 'h-[58px] flex-none px-[14px] pt-[6px]' : 'flex-none px-5 pt-3 h-14'}
      />
      <div id="stage" role="tabpanel" aria-label="The swarm" className="relative min-h-0 flex-1">
        {lens === 'network' || lens === 'orchestration' ? (
          <Suspense fallback={null}>{lens === 'network' ? <NetworkStage /> : <OrchestrationStage />}</Suspense>
        ) : (
          <Stage />
        )}
      </div>
    </div>
  );
}
