/** Where the page begins: the worker first, so that the world is made while React is still being read; then the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Start } from '../protocol/start.ts';
import { defaultStart, startNamed } from '../scenarios/starts.ts';
import { App } from './app.tsx';
import './look/page.css';
import { createSwarmscope, type Swarmscope, startFromAddress } from './scripting.ts';
import { stageMounted } from './stage-view.tsx';
import { usePanels } from './store/panels.ts';
import { startTheme } from './store/theme.ts';
import { connectWorld, loadStart, type WorldLink } from './store/worker-client.ts';
import { useWorld } from './store/world.ts';
import { forgetTerminals, startTerminals } from './terminal/sessions.ts';

declare global {
  interface Window {
    swarmscope: Swarmscope;
  }
}

/** The world's own thread. */
function createLink(): WorldLink {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
  worker.onerror = (event) => {
    useWorld.getState().crashed(event.message || 'The worker that runs the world could not be started.', '');
  };
  return worker as WorldLink;
}

function requestedStart(): Start {
  const usual = startNamed(defaultStart) as Start;
  try {
    return startFromAddress(location.search) ?? usual;
  } catch (error) {
    usePanels.getState().set({ dialog: 'starts', startFailure: (error as Error).message });
    return usual;
  }
}

function begin(): void {
  startTheme();
  startTerminals();
  useWorld.subscribe((state, before) => {
    if (state.worldNumber === before.worldNumber) return;
    forgetTerminals();
    usePanels.getState().set({ terminalHost: null });
  });
  window.swarmscope = createSwarmscope(stageMounted);
  loadStart(requestedStart()).catch((error: Error) => useWorld.getState().crashed(error.message, ''));
  connectWorld(createLink());
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

begin();
