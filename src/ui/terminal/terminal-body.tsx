/** The terminals themselves, one on top of the other; the one of the chosen host shows. */
import { useEffect, useRef } from 'react';
import { usePanels } from '../store/panels.ts';
import { useWorld } from '../store/world.ts';
import { takeFocusWish } from './sessions.ts';
import type { TerminalView } from './xterm-view.ts';

export default function TerminalBody({ host }: { host: string }) {
  const parent = useRef<HTMLDivElement>(null);
  const views = useRef(new Map<string, Promise<TerminalView>>());
  const worldNumber = useWorld((state) => state.worldNumber);
  const theme = useWorld((state) => state.theme);
  const readerMode = usePanels((state) => state.readerMode);

  // A new world has new terminals.
  // biome-ignore lint/correctness/useExhaustiveDependencies: worldNumber is the reason to start anew.
  useEffect(() => {
    const made = views.current;
    return () => {
      for (const view of made.values()) void view.then((done) => done.dispose());
      made.clear();
    };
  }, [worldNumber]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: worldNumber: after it the host's terminal is another one.
  useEffect(() => {
    let current = true;
    const shown = viewOf(views.current, host, parent.current);
    void shown.then((view) => {
      if (!current) return;
      for (const sibling of parent.current?.children ?? []) (sibling as HTMLElement).hidden = sibling !== view.element;
      view.fit();
      if (takeFocusWish(host)) view.focus();
    });
    const watch = new ResizeObserver(() => void shown.then((view) => current && view.fit()));
    if (parent.current) watch.observe(parent.current);
    const onFocus = () => void shown.then((view) => takeFocusWish(host) && view.focus());
    document.addEventListener('swarmscope:focus-terminal', onFocus);
    return () => {
      current = false;
      watch.disconnect();
      document.removeEventListener('swarmscope:focus-terminal', onFocus);
    };
  }, [host, worldNumber]);

  useEffect(() => {
    for (const view of views.current.values()) void view.then((done) => done.setTheme(theme));
  }, [theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a newly shown host's terminal needs the mode too.
  useEffect(() => {
    for (const view of views.current.values()) void view.then((done) => done.setScreenReaderMode(readerMode));
  }, [readerMode, host, worldNumber]);

  return <div ref={parent} className="absolute inset-0 overflow-hidden" />;
}

function viewOf(
  views: Map<string, Promise<TerminalView>>,
  host: string,
  parent: HTMLElement | null,
): Promise<TerminalView> {
  let view = views.get(host);
  if (!view) {
    view = import('./xterm-view.ts').then((module) => {
      if (!parent) throw new Error('the terminal panel is gone');
      return module.createTerminalView(host, parent, useWorld.getState().theme);
    });
    views.set(host, view);
  }
  return view;
}
