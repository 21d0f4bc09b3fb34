/** Where the page begins, on the line to the worker that `boot.ts` has started. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { booted } from './boot.ts';
import './look/page.css';
import { createSwarmscope, type Swarmscope } from './scripting.ts';
import { startSharing } from './share/session.ts';
import { usePanels } from './store/panels.ts';
import { startTheme } from './store/theme.ts';
import { connectWorld } from './store/worker-client.ts';
import { useWorld } from './store/world.ts';
import { forgetTerminals, startTerminals } from './terminal/sessions.ts';

declare global {
  interface Window {
    swarmscope: Swarmscope;
  }
}

function begin(): void {
  const { link, early, onBroken, startFailure } = booted;
  startTheme();
  startTerminals();
  useWorld.subscribe((state, before) => {
    if (state.worldNumber === before.worldNumber) return;
    forgetTerminals();
    usePanels.getState().set({ terminalHost: null });
  });
  onBroken((message) => useWorld.getState().crashed(message, ''));
  if (startFailure) usePanels.getState().set({ dialog: 'starts', startFailure });
  startSharing();
  const lesson = new URLSearchParams(location.search).get('lesson');
  if (lesson) usePanels.getState().set({ lesson, sheet: 'lesson', sheetUp: true });
  connectWorld(link, early);
  window.swarmscope = createSwarmscope();
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

begin();
