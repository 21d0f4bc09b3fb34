/** The page: the grid of its panels on a wide screen, the phone's order on a narrow one, and what lies over both. */
import { lazy, Suspense, useEffect } from 'react';
import { listenToKeys } from './actions/keyboard.ts';
import { Splitter } from './components/splitter.tsx';
import { Dock } from './dock/dock.tsx';
import { Phone } from './phone.tsx';
import { Opening } from './share/opening.tsx';
import { StageView } from './stage-view.tsx';
import { useAfterFirstPicture } from './store/first-picture.ts';
import { useMedia } from './store/hooks.ts';
import { usePanels } from './store/panels.ts';
import { useWorld } from './store/world.ts';
import { TerminalPanel, terminalModules } from './terminal/terminal-panel.tsx';
import { TopBar } from './top-bar/top-bar.tsx';

/** What the first picture does without. */
const later = {
  inspector: () => import('./inspector/inspector.tsx'),
  menu: () => import('./actions/action-menu.tsx'),
  starts: () => import('./top-bar/starts-dialog.tsx'),
  help: () => import('./top-bar/help-dialog.tsx'),
  palette: () => import('./palette/palette-dialog.tsx'),
  share: () => import('./share/share-dialog.tsx'),
  lessons: () => import('./lessons/chooser-dialog.tsx'),
  lesson: () => import('./lessons/lesson-panel.tsx'),
  crash: () => import('./crash-dialog.tsx'),
};
const Inspector = lazy(later.inspector);
const ActionMenu = lazy(later.menu);
const StartsDialog = lazy(later.starts);
const HelpDialog = lazy(later.help);
const PaletteDialog = lazy(later.palette);
const ShareDialog = lazy(later.share);
const LessonsDialog = lazy(later.lessons);
const LessonPanel = lazy(later.lesson);
const CrashDialog = lazy(later.crash);

/** Fetches the rest once the terminal is there, so that the page needs no network from then on. */
async function fetchTheRest(): Promise<void> {
  await terminalModules();
  await Promise.all(Object.values(later).map((fetch) => fetch()));
}

/** One line of the terminal, when it is folded: its tabs. */
const foldedTerminal = 30;

export function App() {
  const isNarrow = useMedia('(max-width: 720px)');
  const hasPicture = useAfterFirstPicture();
  useEffect(listenToKeys, []);
  useEffect(() => {
    if (!hasPicture) return;
    // What cannot be fetched now is asked for again when it is needed.
    void fetchTheRest().catch(() => {});
  }, [hasPicture]);
  return (
    <>
      {isNarrow ? <Phone /> : <Desk />}
      <Suspense fallback={null}>
        <Overlays />
      </Suspense>
    </>
  );
}

function Desk() {
  const afterPicture = useAfterFirstPicture();
  const isLarge = useMedia('(min-width: 1800px) and (min-height: 1000px)');
  const folded = usePanels((state) => state.terminalFolded);
  const inspectorWidth = usePanels((state) => state.inspectorWidth) ?? (isLarge ? 440 : 384);
  // The Network lens has the hop ledger in its dock; the terminal makes room for it.
  const isNetwork = useWorld((state) => state.lens === 'network');
  // A page needs more room than a few lines of text.
  const browserOpen = usePanels((state) => state.browserOpen);
  const usualTerminal = browserOpen ? 320 : isNetwork ? 112 : isLarge ? 256 : 224;
  const openTerminal = usePanels((state) => state.terminalHeight) ?? usualTerminal;
  const dockHeight = (isLarge ? 192 : 176) + (isNetwork ? 88 : 0);
  const set = usePanels((state) => state.set);
  const hasLesson = usePanels((state) => state.lesson !== null);
  const terminalHeight = folded ? foldedTerminal : openTerminal;
  return (
    <div
      className="grid h-dvh overflow-hidden"
      style={{
        gridTemplateColumns: `minmax(0, 1fr) min(${inspectorWidth}px, 42vw)`,
        gridTemplateRows: `${isLarge ? 52 : 48}px minmax(0, 1fr) min(${terminalHeight}px, 50vh) ${dockHeight}px`,
      }}
    >
      <TopBar />
      <main className="flex min-h-0 min-w-0">
        <StageView />
      </main>
      <aside
        aria-label="Inspector"
        className="relative row-span-2 flex min-h-0 min-w-0 flex-col border-l border-line bg-chrome"
      >
        <Splitter
          name="Width of the inspector"
          orientation="vertical"
          value={inspectorWidth}
          min={300}
          max={720}
          onChange={(value) => set({ inspectorWidth: value })}
          className="left-0"
        />
        <Suspense fallback={null}>
          {hasLesson && <LessonPanel />}
          {afterPicture && <Inspector />}
        </Suspense>
      </aside>
      <div className="relative min-h-0 min-w-0">
        <TerminalPanel>
          <Splitter
            name="Height of the terminal"
            orientation="horizontal"
            value={terminalHeight}
            min={80}
            max={560}
            onChange={(value) => set({ terminalHeight: value, terminalFolded: false })}
            className="top-0"
          />
        </TerminalPanel>
      </div>
      <div className="col-span-2 min-h-0 min-w-0">
        <Dock />
      </div>
    </div>
  );
}

function Overlays() {
  const dialog = usePanels((state) => state.dialog);
  const crash = useWorld((state) => state.crash);
  const hasMenu = useWorld((state) => state.menu !== null);
  return (
    <>
      {hasMenu && <ActionMenu />}
      {dialog === 'starts' && <StartsDialog />}
      {dialog === 'help' && <HelpDialog />}
      {dialog === 'palette' && <PaletteDialog />}
      {dialog === 'share' && <ShareDialog />}
      {dialog === 'lessons' && <LessonsDialog />}
      <Opening />
      {crash && <CrashDialog crash={crash} />}
    </>
  );
}
