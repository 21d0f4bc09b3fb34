/** The page on a narrow screen: stage on top, a sheet that pulls up, command chips instead of a keyboard, and the transport at thumb's reach. */
import { BookOpen, Globe, Menu, SquareTerminal } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { commandHost } from './actions/actions.ts';
import { suggestions } from './actions/suggestions.ts';
import { setSpeed } from './actions/time-control.ts';
import { Logo } from './components/glyphs.tsx';
import { IconButton } from './components/icon-button.tsx';
import { Lanes } from './dock/lanes.tsx';
import { BackButton, Clock, NowButton, PlayButton, Rate, StepButton } from './dock/transport.tsx';
import { StageView } from './stage-view.tsx';
import { usePanels } from './store/panels.ts';
import { useWorld, wantedTime } from './store/world.ts';
import { typeCommand } from './terminal/sessions.ts';
import { TerminalWhenReady, useTerminalHost } from './terminal/terminal-panel.tsx';
import { QuorumBar } from './top-bar/quorum-bar.tsx';
import { LearnButton, LensTabs, WorldButton } from './top-bar/top-bar.tsx';

const BrowserWindow = lazy(() => import('./browser/browser-window.tsx'));
const Inspector = lazy(() => import('./inspector/inspector.tsx'));
const LessonPanel = lazy(() => import('./lessons/lesson-panel.tsx'));

export function Phone() {
  useEffect(
    () =>
      // What one taps is what one wants to read about.
      useWorld.subscribe((state, before) => {
        if (state.selection && state.selection !== before.selection)
          usePanels.getState().set({ sheet: 'inspector', browserOpen: false });
      }),
    [],
  );
  const isPast = useWorld((state) => state.time.newest !== null);
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <header className="flex h-12 flex-none items-center gap-1 border-b border-line bg-chrome pr-1 pl-[14px]">
        <h1>
          <span className="sr-only">Swarmscope</span>
          <Logo size={22} />
        </h1>
        <WorldButton phone />
        <span className="ml-auto">
          <QuorumBar short />
        </span>
        <LearnButton phone />
        <IconButton
          icon={Menu}
          name="Help and settings"
          onClick={() => usePanels.getState().set({ dialog: 'help' })}
          className="size-11"
        />
      </header>
      <nav aria-label="Lenses" className="h-11 flex-none border-b border-line bg-chrome">
        <LensTabs className="flex h-full" grow />
      </nav>
      <main className="flex min-h-0 flex-1 flex-col">
        <StageView phone />
        <Sheet />
        <Chips />
      </main>
      <section aria-label="Time" className="flex h-[104px] flex-none flex-col border-t border-line bg-chrome">
        <Lanes compact />
        <div className="flex h-[60px] flex-none items-center gap-1 px-2">
          <BackButton className="size-11" />
          <PlayButton className="h-12 w-[60px]" />
          <StepButton className="size-11" />
          <Clock className="ml-auto" />
          {isPast ? <NowButton className="h-11 w-[81px]" /> : <SpeedCycle />}
        </div>
      </section>
    </div>
  );
}

/** Under the stage: the inspector or a terminal; a tap on its handle pulls it up over the stage. */
function Sheet() {
  const sheet = usePanels((state) => state.sheet);
  const up = usePanels((state) => state.sheetUp);
  const browserOpen = usePanels((state) => state.browserOpen);
  const set = usePanels((state) => state.set);
  const host = useTerminalHost();
  return (
    <div className="relative h-[174px] flex-none">
      <section
        aria-label={
          browserOpen
            ? 'Browser window'
            : { terminal: `Terminal of ${host ?? 'no host'}`, lesson: 'Sheet with the lesson', inspector: 'Inspector' }[
                sheet
              ]
        }
        className={`absolute inset-x-0 bottom-0 z-10 flex flex-col border-t border-line transition-[height] duration-200 ease-chrome ${
          up ? 'h-[52dvh]' : 'h-full'
        } ${sheet === 'terminal' ? 'bg-stage' : 'bg-chrome'}`}
      >
        <button
          type="button"
          aria-expanded={up}
          aria-label={up ? 'Lower the sheet' : 'Pull the sheet up'}
          onClick={() => set({ sheetUp: !up })}
          className="flex h-6 w-full flex-none items-center justify-center"
        >
          <span className="h-1 w-9 rounded-[2px] bg-line2" />
        </button>
        <div className={`relative flex min-h-0 flex-1 flex-col ${sheet === 'inspector' ? 'overflow-y-auto' : ''}`}>
          {browserOpen ? (
            <Suspense fallback={null}>
              <BrowserWindow />
            </Suspense>
          ) : sheet === 'terminal' ? (
            <TerminalWhenReady host={host} />
          ) : sheet === 'lesson' ? (
            <Suspense fallback={null}>
              <LessonPanel />
            </Suspense>
          ) : (
            <Suspense fallback={null}>
              <Inspector />
            </Suspense>
          )}
        </div>
      </section>
    </div>
  );
}

/** Commands to tap: a phone's keyboard is a poor place for them. The first chip names the host and shows its terminal. */
function Chips() {
  const host = useTerminalHost();
  const sheet = usePanels((state) => state.sheet);
  const browserOpen = usePanels((state) => state.browserOpen);
  const hasLesson = usePanels((state) => state.lesson !== null);
  const commands = useWorld((state) => (state.snapshot ? suggestions(state.snapshot, state.selection).join('\n') : ''));
  const run = (command: string) => {
    const { snapshot } = useWorld.getState();
    const on = (snapshot && commandHost(snapshot, host)) ?? host;
    if (!on) return;
    usePanels.getState().set({ sheet: 'terminal', terminalHost: on });
    typeCommand(on, command);
  };
  return (
    <fieldset
      aria-label="Commands"
      className="flex h-14 min-w-0 flex-none items-center gap-2 overflow-x-auto border-t border-line bg-raise px-[14px] [scrollbar-width:none]"
    >
      {hasLesson && (
        <button
          type="button"
          aria-pressed={sheet === 'lesson' && !browserOpen}
          aria-label="Lesson"
          onClick={() => usePanels.getState().set({ sheet: 'lesson', sheetUp: true, browserOpen: false })}
          className="flex size-11 flex-none items-center justify-center rounded-control text-t2 aria-pressed:text-t1"
        >
          <BookOpen size={18} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
      <button
        type="button"
        aria-pressed={sheet === 'terminal' && !browserOpen}
        aria-label={`Terminal of ${host ?? 'no host'}`}
        onClick={() =>
          usePanels
            .getState()
            .set({ sheet: sheet === 'terminal' && !browserOpen ? 'inspector' : 'terminal', browserOpen: false })
        }
        className="flex h-11 flex-none items-center gap-2 rounded-control pr-1 font-mono text-small text-t2 aria-pressed:text-t1"
      >
        <SquareTerminal size={18} strokeWidth={1.75} aria-hidden="true" />
        {host}
      </button>
      <button
        type="button"
        aria-pressed={browserOpen}
        aria-label="Browser"
        onClick={() => usePanels.getState().set({ browserOpen: !browserOpen, sheetUp: !browserOpen })}
        className="flex size-11 flex-none items-center justify-center rounded-control text-t2 aria-pressed:text-t1"
      >
        <Globe size={18} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {commands.split('\n').map((command) => (
        <button
          key={command}
          type="button"
          onClick={() => run(command)}
          className="h-11 flex-none rounded-control border border-line2 bg-stage px-3 font-mono text-small font-semibold whitespace-nowrap"
        >
          {command.replace(/^docker /, '')}
        </button>
      ))}
    </fieldset>
  );
}

/** A tap goes to the next speed that is of use on a phone. */
function SpeedCycle() {
  const speed = useWorld((state) => wantedTime(state).speed);
  const stops = [0.01, 0.1, 1, 10, 100];
  const next = stops.find((stop) => stop > speed * 1.001) ?? (stops[0] as number);
  return (
    <button
      type="button"
      aria-label={`Speed ${speed}; tap for ${next}`}
      onClick={() => setSpeed(next)}
      className="rounded-control"
    >
      <Rate className="h-11 text-lens" />
    </button>
  );
}
