/** The bar on top: which world, which lens, whether the swarm can change, and the page's own settings. */
import { BookOpen, ChevronDown, CircleQuestionMark, Moon, Share2, Sun } from 'lucide-react';
import { Logo } from '../components/glyphs.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { TabList } from '../components/tabs.tsx';
import { useMedia } from '../store/hooks.ts';
import { usePanels } from '../store/panels.ts';
import { chooseTheme } from '../store/theme.ts';
import { type Lens, useWorld } from '../store/world.ts';
import { QuorumBar } from './quorum-bar.tsx';

/** The lenses that work, in the order of their keys. */
const lenses: readonly { id: Lens; label: string }[] = [
  { id: 'cluster', label: 'Cluster' },
  { id: 'raft', label: 'Raft' },
  { id: 'network', label: 'Network' },
  { id: 'orchestration', label: 'Orchestration' },
];

export function TopBar() {
  const isTight = useMedia('(max-width: 1280px)');
  return (
    <header className="relative col-span-2 flex h-full items-center border-b border-line bg-chrome px-4">
      <h1 className="mr-[14px] flex items-center gap-2 text-[17px] font-bold tracking-[-0.01em]">
        <Logo />
        Swarmscope
      </h1>
      <WorldButton />
      <LensTabs className="absolute inset-y-0 left-1/2 flex -translate-x-1/2 max-[1280px]:static max-[1280px]:h-full max-[1280px]:translate-x-0" />
      <div className="ml-auto flex items-center gap-3">
        <QuorumBar short={isTight} />
        <div className="flex items-center">
          <LearnButton />
          <ShareButton />
          <ThemeButton />
          <HelpButton />
        </div>
      </div>
    </header>
  );
}

/** The world's name and seed; opens the chooser of starts. */
export function WorldButton({ phone = false }: { phone?: boolean }) {
  const title = useWorld((state) => state.start?.title ?? 'Loading');
  const seed = useWorld((state) => state.snapshot?.seed);
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      title="Begin another world"
      onClick={() => usePanels.getState().set({ dialog: 'starts' })}
      className={`flex min-w-0 items-center gap-2 rounded-control px-[14px] hover:bg-raise ${phone ? 'h-11 text-lens font-semibold' : 'h-8 border-l border-line text-body text-t2'}`}
    >
      <span className="truncate">{title}</span>
      {seed !== undefined && !phone && (
        <span className="font-mono text-caption text-t3 max-[1280px]:hidden">seed {seed}</span>
      )}
      <ChevronDown size={16} strokeWidth={1.75} aria-hidden="true" className="flex-none" />
    </button>
  );
}

export function LensTabs({ className, grow = false }: { className: string; grow?: boolean }) {
  const lens = useWorld((state) => state.lens);
  return (
    <TabList
      name="Lens"
      controls="stage"
      className={className}
      tabs={lenses.map(({ id, label }, index) => ({
        id,
        name: label,
        shortcut: String(index + 1),
        label: (
          <>
            {!grow && (
              <span
                className="font-mono rounded-[3px] border border-line px-1 py-px text-[11px] leading-[14px] font-medium text-t3"
                aria-hidden="true"
              >
                {index + 1}
              </span>
            )}
            {label}
          </>
        ),
      }))}
      active={lens}
      onChange={(id) => useWorld.getState().setLens(id)}
      tabClass={(active) =>
        `flex h-full items-center justify-center gap-[7px] px-[14px] text-lens ${grow ? 'flex-1' : ''} ${
          active ? 'font-[650] text-t1 shadow-[inset_0_-3px_0_var(--t1)]' : 'text-t2 hover:text-t1'
        }`
      }
    />
  );
}

export function ThemeButton({ className }: { className?: string }) {
  const theme = useWorld((state) => state.theme);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <IconButton
      icon={theme === 'dark' ? Sun : Moon}
      name={`Use the ${other} theme`}
      onClick={() => chooseTheme(other)}
      className={className}
    />
  );
}

/** Opens the course; while a lesson is taken, too: from there to another one. */
export function LearnButton({ phone = false }: { phone?: boolean }) {
  const open = () => usePanels.getState().set({ dialog: 'lessons' });
  if (phone) return <IconButton icon={BookOpen} name="Learn" onClick={open} className="size-11" />;
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={open}
      className="mr-1 flex h-8 items-center gap-[7px] rounded-control px-[10px] font-semibold text-t1 hover:bg-raise"
    >
      <BookOpen size={18} strokeWidth={1.75} aria-hidden="true" />
      <span className="max-[1100px]:sr-only">Learn</span>
    </button>
  );
}

export function ShareButton({ className }: { className?: string }) {
  return (
    <IconButton
      icon={Share2}
      name="Share this moment"
      onClick={() => usePanels.getState().set({ dialog: 'share', sessionFailure: '' })}
      className={className}
    />
  );
}

export function HelpButton({ className }: { className?: string }) {
  return (
    <IconButton
      icon={CircleQuestionMark}
      name="Help and keys"
      shortcut="?"
      onClick={() => usePanels.getState().set({ dialog: 'help' })}
      className={className}
    />
  );
}
