/** The panel under the stage: a tab per host, its terminal, the browser window beside them, and the fold that leaves one line of it. */
import { ChevronDown, ChevronUp } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { IconButton } from '../components/icon-button.tsx';
import { TabList } from '../components/tabs.tsx';
import { useAfterFirstPicture } from '../store/first-picture.ts';
import { usePanels } from '../store/panels.ts';
import { useWorld } from '../store/world.ts';
import { ensureSession } from './sessions.ts';

const browserWindow = () => import('../browser/browser-window.tsx');
const BrowserWindow = lazy(browserWindow);
const terminalBody = () => import('./terminal-body.tsx');
const TerminalBody = lazy(terminalBody);

/** Fetches what terminals and the browser window beside them are made of. */
export async function terminalModules(): Promise<void> {
  await Promise.all([terminalBody(), import('./xterm-view.ts'), browserWindow()]);
}

/** `children`: the line above it that sizes it. */
export function TerminalPanel({ children }: { children?: ReactNode }) {
  const host = useTerminalHost();
  const folded = usePanels((state) => state.terminalFolded);
  const browserOpen = usePanels((state) => state.browserOpen);
  const readerMode = usePanels((state) => state.readerMode);
  const set = usePanels((state) => state.set);
  return (
    <section aria-label="Terminals" className="flex h-full flex-col border-t border-line bg-stage">
      {children}
      <div className="flex h-[29px] flex-none items-stretch border-b border-line bg-chrome pl-2" id="terminal-tabs">
        <HostTabs host={host} />
        <span
          className={`ml-auto hidden flex-none items-center px-3 text-small whitespace-nowrap text-t3 min-[1200px]:flex ${
            browserOpen ? 'invisible' : ''
          }`}
        >
          hover a row to find it on the map
        </span>
        <button
          type="button"
          aria-pressed={readerMode}
          title="Keeps the terminal's text where a screen reader finds it"
          onClick={() => set({ readerMode: !readerMode })}
          className="sr-only bg-inverse px-2 text-on-inverse focus-visible:not-sr-only"
        >
          Screen reader mode
        </button>
        <IconButton
          icon={folded ? ChevronUp : ChevronDown}
          name={folded ? 'Unfold the terminal' : 'Fold the terminal'}
          onClick={() => set({ terminalFolded: !folded })}
          className="mr-1 h-7 w-8 self-center"
        />
      </div>
      <div
        id="terminal"
        role="tabpanel"
        aria-label={browserOpen ? 'Browser window' : host ? `Terminal of ${host}` : 'Terminal'}
        className={`relative min-h-0 flex-1 ${folded ? 'hidden' : ''}`}
      >
        {/* Out of sight, but of the same size: a terminal counts its columns. */}
        <div className={browserOpen ? 'invisible' : ''}>
          <TerminalWhenReady host={host} />
        </div>
        {browserOpen && (
          <Suspense fallback={null}>
            <BrowserWindow />
          </Suspense>
        )}
      </div>
    </section>
  );
}

/** Id of the browser window's tab: no host can have this name. */
const browserTab = ':browser';

function HostTabs({ host }: { host: string | null }) {
  const names = useWorld((state) => state.snapshot?.machines.map((machine) => machine.name).join(' ') ?? '');
  const dead = useWorld(
    (state) =>
      state.snapshot?.machines
        .filter((machine) => !machine.power)
        .map((machine) => machine.name)
        .join(' ') ?? '',
  ).split(' ');
  const browserOpen = usePanels((state) => state.browserOpen);
  if (!host) return null;
  return (
    <TabList
      name="Host"
      controls="terminal"
      className="flex min-w-0 items-stretch overflow-x-auto [scrollbar-width:none]"
      tabs={[
        ...names.split(' ').map((name) => ({
          id: name,
          name: dead.includes(name) ? `${name}, no power` : name,
          label: dead.includes(name) ? <s>{name}</s> : name,
        })),
        { id: browserTab, label: 'Browser' },
      ]}
      active={browserOpen ? browserTab : host}
      onChange={(id) =>
        usePanels
          .getState()
          .set({ terminalFolded: false, ...(id === browserTab ? { browserOpen: true } : { terminalHost: id }) })
      }
      tabClass={(active) =>
        `flex-none px-3 text-small ${
          active ? 'bg-stage font-[650] text-t1 shadow-[inset_0_2px_0_var(--t1)]' : 'text-t2 hover:text-t1'
        }`
      }
    />
  );
}

/** The host whose terminal shows: the chosen one while it exists, else the first. */
export function useTerminalHost(): string | null {
  const chosen = usePanels((state) => state.terminalHost);
  return useWorld((state) => {
    const machines = state.snapshot?.machines;
    const found = machines?.find((machine) => machine.name === chosen) ?? machines?.[0];
    return found?.name ?? null;
  });
}

/** Loads the terminal once the first picture has been drawn; its session in the worker begins meanwhile. */
export function TerminalWhenReady({ host }: { host: string | null }) {
  const afterPicture = useAfterFirstPicture();
  useEffect(() => {
    if (host && afterPicture) ensureSession(host);
  }, [host, afterPicture]);
  if (!host || !afterPicture) return null;
  return (
    <Suspense fallback={null}>
      <TerminalBody host={host} />
    </Suspense>
  );
}
